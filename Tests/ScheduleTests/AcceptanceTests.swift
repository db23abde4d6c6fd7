import Testing

@testable import Schedule

@Suite("What is a schedule, and its canonical form")
struct AcceptanceTests {
    @Test(
        "text, canonical form",
        arguments: [
            // every keeps its units and drops zero parts
            ("every 15m", "every 15m"), ("every 120m", "every 120m"), ("every 1h0m30s", "every 1h30s"),
            ("every 90", "every 90s"), ("every 0d1s", "every 1s"), ("every 3650d", "every 3650d"),
            // times and days are sorted, each once
            ("daily 03:00", "daily 03:00"), ("daily 13:00,07:00,13:00", "daily 07:00,13:00"),
            ("weekly sun,MON,thu,mon 15:00,03:00", "weekly mon,thu,sun 03:00,15:00"),
            ("monthly 1 03:00", "monthly 1 03:00"), ("monthly last 03:00", "monthly last 03:00"),
            ("monthly 31 03:00", "monthly 31 03:00"),
            // cron: numbers for names, 0 for Sunday, seconds only where they are not 0
            ("cron 0 5 * * 1", "cron 0 5 * * 1"), ("cron 0 0 5 * * 1", "cron 0 5 * * 1"),
            ("cron 30 0 5 * * 1", "cron 30 0 5 * * 1"), ("cron * 0 5 * * 1", "cron * 0 5 * * 1"),
            ("cron 0 5 * JAN-Mar mon-fri", "cron 0 5 * 1-3 1-5"), ("cron 0 5 ? * 7", "cron 0 5 * * 0"),
            ("cron 0 5 * * SUN-MON", "cron 0 5 * * 0-1"), ("cron 0 5 * * FRI-SUN", "cron 0 5 * * 5-7"),
            ("cron 0 5 * * 0-7", "cron 0 5 * * 0-7"), ("cron 05 007 * * *", "cron 5 7 * * *"),
            ("cron */1 */5 1-31/2 5/3 *", "cron * */5 1-31/2 5/3 *"), ("cron 5-5 3-3/2 * * *", "cron 5 3 * * *"),
            ("cron 30,10,20-25,10 * * * *", "cron 10,20-25,30 * * * *"),
            // a range may go round the field's end; a step keeps its phase there
            ("cron 0 22-4 * * *", "cron 0 0-4,22-23 * * *"), ("cron 0 22-4/3 * * *", "cron 0 1-4/3,22-23/3 * * *"),
            ("cron 0 6 * * SAT-MON", "cron 0 6 * * 0-1,6"), ("cron 0 6 * * 5-0", "cron 0 6 * * 5-7"),
            ("cron 0 6 * * 7-2", "cron 0 6 * * 0-2"), ("cron 0 6 * * FRI-MON/2", "cron 0 6 * * 0-1/2,5-6/2"),
            ("cron 0 0 1 NOV-FEB *", "cron 0 0 1 1-2,11-12 *"), ("cron 0 0 25-5 * *", "cron 0 0 1-5,25-31 * *"),
            ("cron 50-10 23-0 * * *", "cron 0-10,50-59 0,23 * * *"), ("cron 0 23-1/2 * * *", "cron 0 1,23 * * *"),
            ("cron 0 20-1/5 * * *", "cron 0 1,20-23/5 * * *"),
            // Quartz and EventBridge write ? for a day field that is not looked at
            ("cron 0 0 9 ? * MON-FRI", "cron 0 9 * * 1-5"), ("cron 0 0 9 1 * ?", "cron 0 9 1 * *"),
            // a list that begins with a star stays so, and one that does not does not
            ("cron 0 0 5,*/10 * 1", "cron 0 0 5,*/10 * 1"), ("cron 0 0 */10,5 * 1", "cron 0 0 */10,5 * 1"),
            ("cron 0 0 L,LW,15w,1 * *", "cron 0 0 1,15W,L,LW * *"),
            ("cron 0 0 * * 5L,fri#2,monl,7#1", "cron 0 0 * * 0#1,1L,5#2,5L"),
            ("cron H H(0-7) * * h", "cron H H(0-7) * * H"), ("cron H/15 H(8-18)/2 * * *", "cron H/15 H(8-18)/2 * * *"),
            ("cron 0 0 * * H(0-0),H", "cron 0 0 * * H,H(0-0)"), ("cron 0 0 * * H,H(0-0)", "cron 0 0 * * H,H(0-0)"),
            ("cron 4 */10 lw 5/1 2,H,4L,sun,H(0-0)", "cron 4 */10 LW 5/1 0,2,H,H(0-0),4L"),
            ("cron 0 0 H(1-10) * *", "cron 0 0 H(1-10) * *"), ("cron 0 0 * * H(MON-FRI)", "cron 0 0 * * H(1-5)"),
            ("cron @daily", "cron 0 0 * * *"), ("cron @MIDNIGHT", "cron 0 0 * * *"), ("cron @hourly", "cron 0 * * * *"),
            ("cron @weekly", "cron 0 0 * * 0"), ("cron @monthly", "cron 0 0 1 * *"),
            ("cron @yearly", "cron 0 0 1 1 *"), ("cron @annually", "cron 0 0 1 1 *"),
            // blanks of every sort
            (" \tdaily\t 03:00 \r\n", "daily 03:00"), ("cron\t0  5 *\t* 1\n", "cron 0 5 * * 1"),
            // rare, but it comes
            ("cron 0 0 29 2 *", "cron 0 0 29 2 *"), ("cron 0 0 29 2 */7", "cron 0 0 29 2 */7"),
            ("cron 0 0 H(1-29) 2 *", "cron 0 0 H(1-29) 2 *"), ("cron 0 0 30 2 1", "cron 0 0 30 2 1"),
            ("cron 0 0 31W 1 *", "cron 0 0 31W 1 *"),
        ]
    )
    func accepts(_ text: String, canonical: String) throws {
        let schedule = try Schedule(parsing: text)
        #expect(schedule.description == canonical)
        #expect(try Schedule(parsing: canonical) == schedule)
    }

    @Test(
        "equal schedules print alike and others do not",
        arguments: [("cron @daily", "cron 0 0 * * *"), ("daily 03:00,01:00", "daily 01:00,03:00")]
    )
    func equality(_ left: String, _ right: String) throws {
        #expect(try Schedule(parsing: left) == Schedule(parsing: right))
        #expect(try Schedule(parsing: "every 120m") != Schedule(parsing: "every 2h"))
    }

    @Test("text to value to text to value, on generated schedules")
    func roundTrip() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = ScheduleGenerator(seed: seed)
        for _ in 0..<5000 {
            let text = generator.schedule()
            let schedule: Schedule
            do { schedule = try Schedule(parsing: text) } catch ScheduleError.neverFires { continue }
            let canonical = schedule.description
            try #require(try Schedule(parsing: canonical) == schedule, "\(text) (seed \(seed))")
            try #require(try Schedule(parsing: canonical).description == canonical, "\(text) (seed \(seed))")
        }
    }

    @Test(
        "a moment reads RFC 3339 and prints it in UTC",
        arguments: [
            ("2026-11-21T03:44:55Z", "2026-11-21T03:44:55Z"), ("2026-11-21T04:44:55+01:00", "2026-11-21T03:44:55Z"),
            ("2026-11-21t03:44:55.120z", "2026-11-21T03:44:55.120Z"),
            ("2026-11-20 23:59:59.0000000019-03:30", "2026-11-21T03:29:59.000000001Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"), ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500Z"), ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
            ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
        ]
    )
    func moments(_ text: String, printed: String) throws {
        #expect(try Moment(parsing: text).description == printed)
    }

    @Test("a moment's arithmetic stops at the ends of its range")
    func extremes() {
        let last = Moment(seconds: .max, nanoseconds: 999_999_999)
        let first = Moment(seconds: .min)
        #expect((last + .seconds(1)).seconds == .max)
        #expect((first - .nanoseconds(1)).seconds == .min)
        #expect((last - first).components.seconds == .max)
        #expect((first - last).components.seconds <= .min + 1)
        #expect((first - .seconds(Int64.min)).seconds >= -1)
        #expect(!last.description.isEmpty && !first.description.isEmpty)
        #expect(Moment(seconds: -1, nanoseconds: 999_999_999) + .nanoseconds(1) == .epoch)
    }
}
