import Foundation
import Schedule
import Testing

@Suite("ScheduleHint")
struct ScheduleHintTests {
    /// 2026-01-01T00:00:00Z.
    private let now = Moment(seconds: 1_767_225_600)

    @Test(
        "what may surprise",
        arguments: [
            (
                "cron */7 * * * *", "UTC",
                [
                    "steps by 7 through the 60 values of minute, which leaves a shorter gap at the end; an even step or "
                        + "every keeps the gap"
                ]
            ),
            (
                "monthly 30 03:00", "UTC",
                [
                    "has no slot in months without such a day, February among them; write \"monthly last HH:MM\" for "
                        + "the last day of each month"
                ]
            ),
            (
                "cron 0 0 31 4-12 *", "UTC",
                [
                    "has no slot in months without such a day, April among them; write \"monthly last HH:MM\" for "
                        + "the last day of each month"
                ]
            ),
            (
                "daily 02:30", "America/New_York",
                [
                    "has a slot at 2026-03-08T02:30:00, which a clock change leaves out; it runs at "
                        + "2026-03-08T07:00:00Z then"
                ]
            ),
            (
                "cron 15,45 1 * * *", "America/New_York",
                [
                    "has a slot at 2026-11-01T01:15:00, which a clock change repeats; it runs the first time only, at "
                        + "2026-11-01T05:15:00Z"
                ]
            ),
            ("daily 02:30", "UTC", []), ("every 7m", "America/New_York", []),
            ("cron */30 * * * *", "America/New_York", []),
            ("weekly mon 02:30", "America/New_York", []), ("monthly last 03:00", "UTC", []),
            ("monthly 28 03:00", "UTC", []),
            ("cron 0 0 15W * *", "UTC", []), ("cron 0 0 * * 1,5L", "UTC", []), ("cron */60 */6 * * *", "UTC", []),
        ]
    )
    func hints(_ text: String, zone: String, sentences: [String]) throws {
        let zone = try Zone(named: zone, in: ZoneDirectory(environment: ProcessInfo.processInfo.environment))
        let timetable = Timetable(try Schedule(parsing: text), in: zone)
        #expect(timetable.hints(from: now).map(\.description) == sentences)
    }
}
