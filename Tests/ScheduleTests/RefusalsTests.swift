import Testing

@testable import Schedule

@Suite("What of a schedule does not fit a moment")
struct RefusalsTests {
    @Test(
        "field by field, by the clock of the zone",
        arguments: [
            // 2026-11-25 is a Wednesday.
            (
                "cron 0 3 * * 1", "UTC", "2026-11-25T12:00:00Z",
                ["hour 12 is not 3", "day-of-week 3 (Wednesday) is not 1"]
            ),
            ("cron 0 3 * * 1", "UTC", "2026-11-23T03:00:00Z", []),
            ("cron 0 3 * * 1", "Europe/Prague", "2026-11-23T02:00:00Z", []),
            ("cron 0 3 * * 1", "Europe/Prague", "2026-11-23T03:00:00Z", ["hour 4 is not 3"]),
            ("cron */15 * * * *", "UTC", "2026-11-25T12:07:30Z", ["second 30 is not 0", "minute 7 is not */15"]),
            ("cron 30 * * * * *", "UTC", "2026-11-25T12:07:00Z", ["second 0 is not 30"]),
            ("cron 0 0 1 1 *", "UTC", "2026-11-25T00:00:00Z", ["day-of-month 25 is not 1", "month 11 is not 1"]),
            ("cron 0 0 L * *", "UTC", "2026-11-29T00:00:00Z", ["day-of-month 29 is not L"]),
            ("cron 0 0 L * *", "UTC", "2026-11-30T00:00:00Z", []),
            ("cron 0 0 * * MON#1", "UTC", "2026-11-09T00:00:00Z", ["day-of-week 1 (Monday) is not 1#1"]),
            // Of two restricted day fields one is enough.
            (
                "cron 0 0 1 * MON", "UTC", "2026-11-25T00:00:00Z",
                ["day-of-month 25 is not 1", "day-of-week 3 (Wednesday) is not 1"]
            ),
            ("cron 0 0 1 * MON", "UTC", "2026-11-23T00:00:00Z", []),
            ("cron 0 0 * * 7", "UTC", "2026-11-22T00:00:00Z", []),
            ("daily 03:00,15:00", "UTC", "2026-11-25T12:00:00Z", ["12:00 is not 03:00 or 15:00"]),
            ("daily 03:00", "UTC", "2026-11-25T03:00:01Z", ["03:00:01 is not 03:00"]),
            ("daily 03:00", "UTC", "2026-11-25T03:00:00.5Z", ["it is no whole second"]),
            ("weekly mon,thu 03:00", "UTC", "2026-11-25T03:00:00Z", ["Wednesday is not mon or thu"]),
            ("monthly last 03:00", "UTC", "2026-11-25T04:00:00Z", ["day 25 is not last", "04:00 is not 03:00"]),
            ("monthly 25 03:00", "UTC", "2026-11-25T03:00:00Z", []),
            ("every 15m", "UTC", "2026-11-25T04:00:00Z", []),
            // Twice on the clock, and only the first time a slot: no field says so.
            ("daily 02:30", "Europe/Prague", "2026-10-25T01:30:00Z", []),
        ]
    )
    func refusals(_ line: String, zone: String, moment: String, refusals: [String]) throws {
        let zone = try Zone(named: zone, in: ZoneDirectory(environment: [:]))
        let timetable = Timetable(try Schedule(parsing: line), in: zone)
        #expect(timetable.refusals(of: try Moment(parsing: moment)) == refusals)
    }

    @Test("H is told as what it came to")
    func hashed() throws {
        let timetable = Timetable(try Schedule(parsing: "cron H * * * *"), hashKey: HashKey(seed: "s", job: "j"))
        let slot = try #require(timetable.next(after: .epoch))
        let minute = slot.seconds / 60 % 60
        #expect(timetable.refusals(of: slot).isEmpty)
        let other = slot + .seconds(60)
        #expect(timetable.refusals(of: other) == ["minute \((minute + 1) % 60) is not H (\(minute) here)"])
    }

    @Test("where no clock change is, nothing refuses exactly the slots")
    func agrees() throws {
        let lines = [
            "cron 7 */3 * * 1-5", "cron 0 0 15W * 2", "cron */10 8-10 * 2,11 *", "weekly sat 10:00", "monthly 31 00:00",
            "cron 0 12 * * 5L", "cron 0 0 LW * *", "cron 0 0 */2 * 3",
        ]
        for line in lines {
            let timetable = Timetable(try Schedule(parsing: line))
            // Ten minutes are a divisor of most of what is asked, and 7 is not.
            for step in 0..<20_000 {
                let moment = Moment(seconds: 1_790_000_000 / 60 * 60 + Int64(step) * 7 * 60)
                #expect(timetable.refusals(of: moment).isEmpty == timetable.isSlot(moment), "\(line) \(moment)")
            }
        }
    }
}
