import Foundation
import Testing

@testable import Schedule

@Suite("The longest gap between slots")
struct LongestGapTests {
    /// Sunday, 2026-03-01T00:00:00Z.
    private static let now = Moment(seconds: 1_772_323_200)

    private func timetable(_ text: String, _ zone: String = "UTC") throws -> Timetable {
        let directory = ZoneDirectory(environment: ProcessInfo.processInfo.environment)
        return Timetable(try Schedule(parsing: text), in: try Zone(named: zone, in: directory))
    }

    @Test(
        "of the coming 35 days, in seconds",
        arguments: [
            ("every 90s", "UTC", 90), ("daily 03:00", "UTC", 86_400), ("daily 03:00,15:00", "UTC", 43_200),
            ("cron 0 9-17 * * MON-FRI", "UTC", 64 * 3_600), ("cron */15 * * * *", "UTC", 900),
            ("cron 0,5 2,4 * * *", "UTC", 78_900), ("cron * * * * * *", "UTC", 1),
            ("weekly mon 03:00", "UTC", 7 * 86_400),
            ("monthly 1 03:00", "UTC", 31 * 86_400), ("cron 0 0 29 2 *", "UTC", 1_461 * 86_400),
            // Summer time begins on 8 March there, and ends on 5 April here.
            ("daily 12:00", "America/New_York", 86_400), ("daily 05:00", "Australia/Sydney", 25 * 3_600),
            ("cron 0 */2 * * *", "Australia/Sydney", 3 * 3_600),
            ("cron */29 * * * *", "Australia/Lord_Howe", 1_800),
        ]
    )
    func gap(_ text: String, zone: String, seconds: Int) throws {
        #expect(try timetable(text, zone).longestGap(from: Self.now) == .seconds(seconds))
    }

    @Test("no shorter than on a walk over all slots, and hardly longer, on random schedules")
    func walk() throws {
        let seed = UInt64.random(in: 0...999_999)
        print("longest gap: seed \(seed)")
        var generator = ScheduleGenerator(seed: seed)
        var count = 0
        while count < 400 {
            let text = generator.schedule()
            let zone = generator.one(of: ["UTC", "Europe/Prague", "Australia/Lord_Howe", "America/New_York"])
            guard !text.hasPrefix("every"), let timetable = try? timetable(text, zone) else { continue }
            // Of a day that the window cuts, the gaps of a whole one are taken.
            guard let middle = timetable.next(after: Self.now + .seconds(2 * 86_400)),
                middle < Self.now + .seconds(32 * 86_400)
            else { continue }
            guard var slot = timetable.next(after: Self.now), let second = timetable.next(after: slot) else { continue }
            var longest = second - slot
            var walked = 0
            while let next = timetable.next(after: slot), next <= Self.now + .seconds(35 * 86_400), walked < 60_000 {
                longest = max(longest, next - slot)
                (slot, walked) = (next, walked + 1)
            }
            guard walked < 60_000 else { continue }
            count += 1
            let gap = try #require(timetable.longestGap(from: Self.now))
            // A day that a clock change makes shorter counts as a whole one.
            #expect((longest...longest + .seconds(3_600)).contains(gap), "\(text) in \(zone), seed \(seed)")
        }
    }
}
