import Testing

@testable import Schedule

/// Named by the shape of the jump; each case checks its own premise against the machine's zone data.
@Suite("Daylight saving")
struct DaylightSavingTests {
    /// A change of a zone's offset at a moment, and what schedules do across it.
    struct Jump: CustomTestStringConvertible, Sendable {
        let shape: String, zone: String
        /// The first moment with the new offset.
        let at: String
        /// Seconds the clock jumps.
        let by: Int
        let cases: [Case]
        var testDescription: String { "\(shape): \(zone)" }
    }

    struct Case: Sendable {
        let schedule: String, after: String, slots: [String]
        init(_ schedule: String, after: String, _ slots: [String]) {
            (self.schedule, self.after, self.slots) = (schedule, after, slots)
        }
    }

    static let jumps = [
        Jump(
            shape: "gap of an hour",
            zone: "America/New_York",
            at: "2026-03-08T07:00:00Z",
            by: 3600,
            cases: [
                Case("daily 02:30", after: "2026-03-07T12:00:00Z", ["2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"]),
                Case(
                    "daily 02:00,02:15,02:59,03:00,03:01",
                    after: "2026-03-08T06:59:59Z",
                    ["2026-03-08T07:00:00Z", "2026-03-08T07:01:00Z", "2026-03-09T06:00:00Z"]
                ),
                Case(
                    "cron 30 * * * *",
                    after: "2026-03-08T06:00:00Z",
                    ["2026-03-08T06:30:00Z", "2026-03-08T07:30:00Z"]
                ),
                Case(
                    "cron 30 2 * * *",
                    after: "2026-03-08T06:00:00Z",
                    ["2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"]
                ),
                Case(
                    "cron 0,30 1-3 * * *",
                    after: "2026-03-08T06:00:00Z",
                    ["2026-03-08T06:30:00Z", "2026-03-08T07:00:00Z", "2026-03-08T07:30:00Z", "2026-03-09T05:00:00Z"]
                ),
                Case("every 15m", after: "2026-03-08T06:50:00Z", ["2026-03-08T07:05:00Z", "2026-03-08T07:20:00Z"]),
            ]
        ),
        Jump(
            shape: "fold of an hour",
            zone: "America/New_York",
            at: "2026-11-01T06:00:00Z",
            by: -3600,
            cases: [
                Case("daily 01:30", after: "2026-10-31T12:00:00Z", ["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]),
                Case("daily 01:30", after: "2026-11-01T05:30:00Z", ["2026-11-02T06:30:00Z"]),
                Case(
                    "cron */30 * * * *",
                    after: "2026-11-01T04:30:00Z",
                    [
                        "2026-11-01T05:00:00Z", "2026-11-01T05:30:00Z", "2026-11-01T06:00:00Z", "2026-11-01T06:30:00Z",
                        "2026-11-01T07:00:00Z",
                    ]
                ),
                Case(
                    "cron */30 1 * * *",
                    after: "2026-11-01T04:30:00Z",
                    ["2026-11-01T05:00:00Z", "2026-11-01T05:30:00Z", "2026-11-02T06:00:00Z"]
                ),
                Case(
                    "cron 45 0-11,12-23 * * *",
                    after: "2026-11-01T05:00:00Z",
                    ["2026-11-01T05:45:00Z", "2026-11-01T06:45:00Z"]
                ),
            ]
        ),
        Jump(
            shape: "half an hour back",
            zone: "Australia/Lord_Howe",
            at: "2024-04-06T15:00:00Z",
            by: -1800,
            cases: [
                Case("daily 01:40", after: "2024-04-06T14:00:00Z", ["2024-04-06T14:40:00Z", "2024-04-07T15:10:00Z"]),
                Case(
                    "cron 40 * * * *",
                    after: "2024-04-06T14:00:00Z",
                    ["2024-04-06T14:40:00Z", "2024-04-06T15:10:00Z", "2024-04-06T16:10:00Z"]
                ),
            ]
        ),
        Jump(
            shape: "half an hour forward",
            zone: "Australia/Lord_Howe",
            at: "2024-10-05T15:30:00Z",
            by: 1800,
            cases: [
                Case("daily 02:10", after: "2024-10-05T10:00:00Z", ["2024-10-05T15:30:00Z", "2024-10-06T15:10:00Z"]),
                Case(
                    "cron 0,15,45 * * * *",
                    after: "2024-10-05T15:00:00Z",
                    ["2024-10-05T15:15:00Z", "2024-10-05T15:45:00Z", "2024-10-05T16:00:00Z"]
                ),
            ]
        ),
        Jump(
            shape: "odd base offset",
            zone: "Pacific/Chatham",
            at: "2024-04-06T14:00:00Z",
            by: -3600,
            cases: [
                Case("daily 03:00", after: "2024-04-06T00:00:00Z", ["2024-04-06T13:15:00Z", "2024-04-07T14:15:00Z"])
            ]
        ),
        Jump(
            shape: "negative saving",
            zone: "Europe/Dublin",
            at: "2026-03-29T01:00:00Z",
            by: 3600,
            cases: [
                Case("daily 01:30", after: "2026-03-28T12:00:00Z", ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]),
                Case(
                    "cron @hourly",
                    after: "2026-03-28T23:30:00Z",
                    ["2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"]
                ),
            ]
        ),
        Jump(
            shape: "no midnight",
            zone: "America/Sao_Paulo",
            at: "2018-11-04T03:00:00Z",
            by: 3600,
            cases: [
                Case("daily 00:00", after: "2018-11-03T12:00:00Z", ["2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"]),
                Case(
                    "cron 0 0 4 11 *",
                    after: "2018-01-01T00:00:00Z",
                    ["2018-11-04T03:00:00Z", "2019-11-04T03:00:00Z"]
                ),
                Case(
                    "weekly sun 00:30,01:30",
                    after: "2018-11-03T12:00:00Z",
                    ["2018-11-04T03:00:00Z", "2018-11-04T03:30:00Z", "2018-11-11T02:30:00Z"]
                ),
            ]
        ),
        Jump(
            shape: "midnight twice",
            zone: "America/Sao_Paulo",
            at: "2018-02-18T02:00:00Z",
            by: -3600,
            cases: [
                Case("daily 00:00", after: "2018-02-17T12:00:00Z", ["2018-02-18T03:00:00Z"]),
                Case("daily 23:30", after: "2018-02-17T12:00:00Z", ["2018-02-18T01:30:00Z", "2018-02-19T02:30:00Z"]),
                Case(
                    "cron 30 * 17 2 *",
                    after: "2018-02-18T01:00:00Z",
                    ["2018-02-18T01:30:00Z", "2018-02-18T02:30:00Z"]
                ),
            ]
        ),
        Jump(
            shape: "no midnight, a Friday",
            zone: "Africa/Cairo",
            at: "2024-04-25T22:00:00Z",
            by: 3600,
            cases: [
                Case(
                    "daily 00:00,00:59,01:00",
                    after: "2024-04-25T12:00:00Z",
                    ["2024-04-25T22:00:00Z", "2024-04-26T21:00:00Z"]
                )
            ]
        ),
        Jump(
            shape: "a day that is not",
            zone: "Pacific/Apia",
            at: "2011-12-30T10:00:00Z",
            by: 86_400,
            cases: [
                Case(
                    "daily 03:00",
                    after: "2011-12-29T20:00:00Z",
                    ["2011-12-30T10:00:00Z", "2011-12-30T13:00:00Z", "2011-12-31T13:00:00Z"]
                ),
                Case(
                    "weekly fri 03:00,15:00",
                    after: "2011-12-29T20:00:00Z",
                    ["2011-12-30T10:00:00Z", "2012-01-05T13:00:00Z"]
                ),
                Case(
                    "monthly 30 03:00",
                    after: "2011-12-01T00:00:00Z",
                    ["2011-12-30T10:00:00Z", "2012-01-29T13:00:00Z"]
                ),
                Case("cron 0 * 30 12 *", after: "2011-12-29T20:00:00Z", ["2012-12-29T10:00:00Z"]),
            ]
        ),
        Jump(
            shape: "two hours",
            zone: "Antarctica/Troll",
            at: "2026-03-29T01:00:00Z",
            by: 7200,
            cases: [
                Case(
                    "daily 01:00,02:59,03:00",
                    after: "2026-03-28T12:00:00Z",
                    ["2026-03-29T01:00:00Z", "2026-03-29T23:00:00Z"]
                )
            ]
        ),
        Jump(
            shape: "saving suspended for Ramadan",
            zone: "Africa/Casablanca",
            at: "2024-03-10T02:00:00Z",
            by: -3600,
            cases: [
                Case("daily 02:30", after: "2024-03-09T12:00:00Z", ["2024-03-10T01:30:00Z", "2024-03-11T02:30:00Z"]),
                Case(
                    "cron 30 * * * *",
                    after: "2024-03-10T01:00:00Z",
                    ["2024-03-10T01:30:00Z", "2024-03-10T02:30:00Z"]
                ),
            ]
        ),
    ]

    @Test("by the shape of the jump", arguments: jumps)
    func table(_ jump: Jump) throws {
        let zone = try Fixtures.zone(jump.zone)
        let at = try Moment(parsing: jump.at)
        let change = zone.offset(at: at) - zone.offset(at: at - .seconds(1))
        try #require(change == jump.by, "\(jump.zone) does not jump so at \(jump.at): pick another date")
        for expected in jump.cases {
            let text = expected.schedule
            let timetable = try Fixtures.timetable(text, in: jump.zone)
            let after = try Moment(parsing: expected.after)
            let slots = timetable.slots(after: after, count: expected.slots.count)
            #expect(slots.map(\.description) == expected.slots, "\(text) after \(expected.after)")
            if case .every = timetable.schedule { continue }
            // Backwards from every five minutes, so also from within a fold, where the clock shows less than before.
            let many = timetable.slots(after: after, count: 20)
            for minutes in stride(from: 0, through: 4 * 1440, by: 5) {
                let now = after + .seconds(minutes * 60)
                guard now < many.last ?? now else { break }
                let latest = many.last { $0 <= now }
                #expect(timetable.latest(after: after, through: now) == latest, "\(text) through \(now)")
            }
        }
    }
}
