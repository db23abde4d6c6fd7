import Foundation
import Schedule
import Testing

@Suite("ScheduleHint")
struct ScheduleHintTests {
    /// 2026-01-01T00:00:00Z.
    private let now = Moment(seconds: 1_767_225_600)

    private static let sevens =
        "steps by 7 through the 60 values of minute, which leaves a shorter gap at the end; a step that divides "
        + "them, or every, keeps the gap"
    private static let quartz =
        "has days of the week as numbers beside a ?; here 1 is Monday, in Quartz and EventBridge it is Sunday: write "
        + "names, as in MON-FRI"

    private static let either =
        "has both day fields restricted, and a day that matches either is one; for one weekday of the month "
        + "alone write its week behind it, as in MON#1 or FRI#3"
    private static let weeks =
        "has both day fields restricted, and a day that matches either is one; for the days of the week alone write * as "
        + "day-of-month"

    private static func offset(_ zone: String, _ offset: String) -> String {
        "has the zone \(zone), which is always UTC\(offset), in summer too; write a zone of a place, such as "
            + "Europe/Prague, or UTC"
    }

    private static func pause(_ minutes: Int, _ from: String, _ to: String) -> String {
        "pauses for \(minutes) min from \(from) to \(to), because of a clock change; with all 24 hours in the hour field, "
            + "or with every, it goes on as ever"
    }

    private static func leftOut(_ wall: String, _ runs: String) -> String {
        "has a slot at \(wall), which a clock change leaves out; it runs at \(runs) then"
    }

    @Test(
        "what may surprise",
        arguments: [
            (
                "cron */7 * * * *", "UTC",
                [
                    "steps by 7 through the 60 values of minute, which leaves a shorter gap at the end; a step that divides "
                        + "them, or every, keeps the gap"
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
            (
                "cron 0 3 */2 * *", "UTC",
                [
                    "steps by 2 through the 31 values of day-of-month, which leaves a shorter gap at the end; a step that "
                        + "divides them, or every, keeps the gap"
                ]
            ),
            ("cron 0-59/7 * * * *", "UTC", [Self.sevens]), ("cron 3/7 * * * *", "UTC", [Self.sevens]),
            ("cron H/7 * * * *", "UTC", [Self.sevens]), ("cron 0-50/7 * * * *", "UTC", []),
            ("cron 50-10/7 * * * *", "UTC", []), ("cron 50-1/7 * * * *", "UTC", []), ("cron 50-4/7 * * * *", "UTC", []),
            ("cron 0 0 * * WED-TUE/2", "UTC", []), ("cron 0 22-4/5 * * *", "UTC", []),
            ("cron 50-59/7 * * * *", "UTC", [Self.sevens]), ("cron 0-3,50-59/7 * * * *", "UTC", [Self.sevens]),
            ("cron 0 20-5/3 * * *", "UTC", []), ("cron 20/15 * * * *", "UTC", []), ("cron 0 0 * * 1-5/2", "UTC", []),
            (
                "cron 0 9 1-7 * MON", "UTC", [Self.either]
            ),
            ("cron 0 9 1-7 * MON#1", "UTC", [Self.weeks]), ("cron 0 9 15 * MON#1,FRIL", "UTC", [Self.weeks]),
            ("cron 0 9 1-7 * MON#1,FRI", "UTC", [Self.either]), ("cron 0 9 * * MON#1", "UTC", []),
            ("cron 0 0 9 ? * 2-6", "UTC", [Self.quartz]), ("cron 0 9 ? * 1", "UTC", [Self.quartz]),
            ("cron 0 0 9 ? * MON-FRI", "UTC", []), ("cron 0 0 9 1 * ?", "UTC", []), ("cron 0 9 * * 2-6", "UTC", []),
            (
                "cron */15 1-3 * * *", "America/New_York",
                [
                    "has a slot at 2026-03-08T02:00:00, which a clock change leaves out; it runs at 2026-03-08T07:00:00Z "
                        + "then",
                    "pauses for 75 min from 2026-11-01T01:45:00 to 2026-11-01T02:00:00, because of a clock change; with "
                        + "all 24 hours in the hour field, or with every, it goes on as ever",
                ]
            ),
            (
                "cron 15 * * * *", "Australia/Lord_Howe",
                [
                    Self.pause(90, "2026-04-05T01:15:00", "2026-04-05T02:15:00"),
                    "pauses for 90 min from 2026-10-04T01:15:00 to 2026-10-04T03:15:00, because of a clock change; with "
                        + "all 24 hours in the hour field, or with every, it goes on as ever",
                ]
            ),
            (
                "cron 0 */2 * * *", "Europe/Prague",
                [
                    Self.leftOut("2026-03-29T02:00:00", "2026-03-29T01:00:00Z"),
                    Self.pause(180, "2026-10-25T02:00:00", "2026-10-25T04:00:00"),
                ]
            ),
            // No wall time of it in the hour that comes twice.
            (
                "cron 0 1-23/2 * * *", "Europe/Prague",
                [Self.pause(180, "2026-10-25T01:00:00", "2026-10-25T03:00:00")]
            ),
            ("cron 0 */6 * * *", "Australia/Sydney", [Self.pause(420, "2026-04-05T00:00:00", "2026-04-05T06:00:00")]),
            (
                "cron 0 */12 * * *", "America/New_York",
                [Self.pause(780, "2026-11-01T00:00:00", "2026-11-01T12:00:00")]
            ),
            (
                "cron 0 */2 * * *", "Australia/Lord_Howe",
                [
                    Self.pause(150, "2026-04-05T00:00:00", "2026-04-05T02:00:00"),
                    Self.leftOut("2026-10-04T02:00:00", "2026-10-03T15:30:00Z"),
                ]
            ),
            (
                "cron 0 */5 * * *", "America/Santiago",
                [
                    "steps by 5 through the 24 values of hour, which leaves a shorter gap at the end; a step that divides "
                        + "them, or every, keeps the gap",
                    Self.leftOut("2026-09-06T00:00:00", "2026-09-06T04:00:00Z"),
                ]
            ),
            (
                "cron 0 */2 * * *", "Antarctica/Troll",
                [
                    Self.leftOut("2026-03-29T02:00:00", "2026-03-29T01:00:00Z"),
                    Self.pause(240, "2026-10-25T02:00:00", "2026-10-25T04:00:00"),
                ]
            ),
            // A day of 25 hours and a night that is longer are as usual.
            ("cron 0 */2 * * *", "Asia/Tokyo", []), ("cron 0 5 * * *", "Europe/Prague", []),
            ("cron 0 8-18 * * *", "Europe/Prague", []), ("cron 0 1,12 * * *", "Europe/Prague", []),
            ("cron 0 0 1-30/2 * *", "Europe/Prague", []), ("daily 00:00,12:00", "Europe/Prague", []),
            ("cron 0 */6 * * MON-FRI", "Europe/Prague", []),
            ("daily 03:00", "EST", [Self.offset("EST", "-05:00")]),
            ("daily 03:00", "Etc/GMT+5", [Self.offset("Etc/GMT+5", "-05:00")]),
            ("daily 03:00", "Etc/GMT", []), ("daily 03:00", "Etc/UTC", []), ("daily 03:00", "America/Panama", []),
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
