import Testing

@testable import Schedule

@Suite("Properties of slots, on random schedules in odd zones")
struct SlotPropertyTests {
    /// Zones with odd jumps, and moments shortly before some of them.
    static let places = [
        ("UTC", "2024-02-27T00:00:00Z"), ("Australia/Lord_Howe", "2024-04-05T00:00:00Z"),
        ("Australia/Lord_Howe", "2024-10-04T00:00:00Z"), ("Asia/Kathmandu", "2025-12-30T00:00:00Z"),
        ("Pacific/Apia", "2011-12-28T00:00:00Z"), ("America/Sao_Paulo", "2018-11-02T00:00:00Z"),
        ("America/Sao_Paulo", "2018-02-16T00:00:00Z"), ("Africa/Cairo", "2024-04-24T00:00:00Z"),
        ("Africa/Casablanca", "2024-03-08T00:00:00Z"), ("Antarctica/Troll", "2026-03-27T00:00:00Z"),
        ("Europe/Dublin", "2026-10-23T00:00:00Z"), ("America/New_York", "2026-03-06T00:00:00Z"),
        ("Pacific/Chatham", "2090-04-01T00:00:00Z"), ("Europe/Prague", "2200-03-25T00:00:00Z"),
    ]

    @Test("ascending, the same from anywhere between, and found backwards as forwards")
    func order() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = ScheduleGenerator(seed: seed)
        for round in 0..<1500 {
            let (name, date) = Self.places[round % Self.places.count]
            let text = generator.schedule()
            guard let schedule = try? Schedule(parsing: text) else { continue }
            if case .every = schedule { continue }
            let timetable = Timetable(schedule, in: try Fixtures.zone(name), hashKey: HashKey(seed: "s", job: text))
            let start = try Moment(parsing: date) + .seconds(generator.number(0...400_000))
            var previous = start
            for slot in timetable.slots(after: start, count: 12) {
                let what: Comment = "\(text) in \(name) from \(start) at \(slot) (seed \(seed))"
                try #require(slot > previous, what)
                let between =
                    previous
                    + .seconds(Int64.random(in: 0..<(slot - previous).components.seconds, using: &generator.random))
                try #require(timetable.next(after: between) == slot, what)
                try #require(timetable.next(after: slot - .nanoseconds(1)) == slot, what)
                try #require(timetable.latest(after: start, through: slot) == slot, what)
                try #require(timetable.latest(after: start, through: slot + .nanoseconds(1)) == slot, what)
                let before = timetable.latest(after: start, through: slot - .nanoseconds(1))
                try #require(before == (previous == start ? nil : previous), what)
                previous = slot
            }
        }
    }

    @Test("a range round the end of its field is a walk round the field, printed as ranges that are not")
    func roundTheEnd() throws {
        for kind in CronFieldKind.allCases {
            for _ in 0..<300 {
                let low = Int.random(in: kind.bounds)
                let high = Int.random(in: kind.bounds)
                let step = Int.random(in: kind.steps)
                let start = kind.bounds.lowerBound
                let wholeWeek = kind == .dayOfWeek && high - low == 7 ? 7 : 0
                let length = (high - low + 2 * kind.count) % kind.count + wholeWeek
                let walk = stride(from: 0, through: length, by: step)
                    .reduce(into: UInt64()) { $0 |= 1 << UInt64((low - start + $1) % kind.count + start) }
                let field = try CronField(parsing: "\(low)-\(high)/\(step)", in: kind)
                let what: Comment = "\(kind.name) \(low)-\(high)/\(step) is \(field)"
                func days(_ bits: UInt64) -> UInt64 {
                    kind == .dayOfWeek ? bits & 0x7F | bits >> 7 & 1 : bits
                }
                #expect(days(field.values(in: kind) { _, _ in 0 }) == walk, what)
                #expect(try CronField(parsing: field.description[...], in: kind) == field, what)
            }
        }
    }

    @Test("a daily schedule has one slot per date and time, wherever the day exists", arguments: places)
    func oncePerDate(_ name: String, _ start: String) throws {
        let zone = try Fixtures.zone(name)
        let start = try Moment(parsing: start)
        for time in ["00:00", "00:30", "01:30", "02:10", "02:30", "23:45"] {
            let timetable = try Fixtures.timetable("daily \(time)", in: name)
            let dates = timetable.slots(after: start, count: 30).map { slot in
                CivilTime(secondsSinceEpoch: slot.seconds + Int64(zone.offset(at: slot))).day
            }
            let repeated = zip(dates, dates.dropFirst()).filter { $0 == $1 }.count
            #expect(repeated == (name == "Pacific/Apia" && time != "00:00" ? 1 : 0), "\(time) in \(name)")
            #expect(
                zip(dates, dates.dropFirst()).allSatisfy {
                    $1.daysSinceEpoch - $0.daysSinceEpoch <= 1
                        || name == "Pacific/Apia"
                }
            )
        }
    }

    @Test("13th or Friday: either day field counts when both are restricted")
    func eitherDay() throws {
        let slots = try Fixtures.timetable("cron 0 0 13 * 5").slots(
            after: .init(parsing: "2026-01-01T00:00:00Z"),
            count: 6
        )
        #expect(
            slots.map { String($0.description.prefix(10)) } == [
                "2026-01-02", "2026-01-09", "2026-01-13", "2026-01-16", "2026-01-23", "2026-01-30",
            ]
        )
    }

    @Test(
        "rare days and the end of the calendar",
        arguments: [
            ("cron 0 0 29 2 *", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z"),
            ("cron 0 0 29 2 */7", "2076-03-01T00:00:00Z", "2088-02-29T00:00:00Z"),
            ("cron 0 0 LW * *", "2026-05-01T00:00:00Z", "2026-05-29T00:00:00Z"),
            ("cron 0 0 1W * *", "2026-08-01T00:00:00Z", "2026-08-03T00:00:00Z"),
            ("cron 0 0 31W * *", "2026-05-01T00:00:00Z", "2026-05-29T00:00:00Z"),
            ("cron 0 0 * * 5L", "2026-11-01T00:00:00Z", "2026-11-27T00:00:00Z"),
            ("cron 0 0 * * MON#5", "2026-10-01T00:00:00Z", "2026-11-30T00:00:00Z"),
            ("monthly 31 03:00", "2026-03-31T03:00:00Z", "2026-05-31T03:00:00Z"),
            ("monthly last 03:00", "2026-02-01T00:00:00Z", "2026-02-28T03:00:00Z"),
            ("daily 00:00", "9999-12-30T12:00:00Z", "9999-12-31T00:00:00Z"),
            ("daily 00:00", "9999-12-31T00:00:00Z", nil), ("every 1d", "9999-12-31T00:00:00Z", nil),
            ("cron 59 59 23 31 12 *", "9998-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
            ("cron 0 0 29 2 */7", "9990-01-01T00:00:00Z", nil),
            ("cron * * * * * *", "2038-01-19T03:14:07Z", "2038-01-19T03:14:08Z"),
            ("daily 00:00", "0001-01-01T00:00:00Z", "0001-01-02T00:00:00Z"),
        ] as [(String, String, String?)]
    )
    func rare(_ schedule: String, after: String, slot: String?) throws {
        #expect(try Fixtures.timetable(schedule).next(after: Moment(parsing: after))?.description == slot)
    }

    @Test(
        "both ends of the calendar, where the wall clock shows the year 0 or 10000",
        arguments: ["America/New_York", "Asia/Tokyo"]
    )
    func ends(_ zone: String) throws {
        let timetable = try Fixtures.timetable("cron 0 * * * *", in: zone)
        let first = try #require(timetable.next(after: Moment(seconds: .min)))
        #expect(first.description.hasPrefix("0001-01-01T00:"))
        #expect(timetable.latest(after: Moment(seconds: .min), through: first) == first)
        let last = try #require(timetable.latest(after: .epoch, through: Moment(seconds: .max)))
        #expect(last.description == "9999-12-31T23:00:00Z")
        #expect(timetable.next(after: last) == nil)
    }

    @Test("any moment at all is answered, and soon")
    func bounded() throws {
        let moments = [Int64.min, -62_135_596_801, 0, 1_800_000_000, 253_402_300_799, 253_402_300_800, .max]
        for text in [
            "cron 0 0 29 2 */7", "cron * * 29 2 */7", "cron * * * * * *", "daily 02:30", "monthly 31 00:00", "every 1s",
        ] {
            for zone in ["UTC", "Europe/Dublin", "Africa/Casablanca"] {
                let timetable = try Fixtures.timetable(text, in: zone)
                for seconds in moments {
                    let elapsed = ContinuousClock().measure {
                        _ = timetable.next(after: Moment(seconds: seconds))
                        _ = timetable.latest(after: Moment(seconds: .min), through: Moment(seconds: seconds))
                        _ = timetable.latest(after: Moment(seconds: seconds), through: Moment(seconds: .max))
                    }
                    #expect(elapsed < .milliseconds(500), "\(text) in \(zone) at \(seconds)")
                }
            }
        }
    }

    @Test("a job of every second after three days of suspend is answered by arithmetic")
    func suspend() throws {
        let now = try Moment(parsing: "2026-11-21T03:44:55.500Z")
        for text in ["cron * * * * * *", "cron * * * * *", "every 1s", "daily 03:00"] {
            let timetable = try Fixtures.timetable(text, in: "Europe/Prague")
            let latest = timetable.latest(after: now - .seconds(3 * 86_400), through: now)
            let elapsed = ContinuousClock().measure {
                for _ in 0..<1000 { _ = timetable.latest(after: now - .seconds(3 * 86_400), through: now) }
            }
            #expect(try #require(latest) <= now)
            #expect(elapsed < .seconds(1), "\(text): \(elapsed) for 1000")
        }
        let quarterly = try Fixtures.timetable("every 15m")
        #expect(quarterly.latest(after: now, through: now + .seconds(899)) == nil)
        #expect(quarterly.latest(after: now, through: now + .seconds(900)) == now + .seconds(900))
        #expect(quarterly.latest(after: now, through: now - .seconds(3600)) == nil)
        let suspended = try Fixtures.timetable("every 10m").latest(after: now - .seconds(3 * 86_400 + 1), through: now)
        #expect(suspended == now - .seconds(1))
    }
}
