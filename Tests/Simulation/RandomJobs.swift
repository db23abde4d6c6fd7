import Schedule
import TestSupport

/// The random jobs of one simulated process.
///
/// Few are frequent, since each of their slots is played through; the rest run from hourly to yearly.
struct RandomJobs {
    /// How often the frequent ones run, and with it how many days can be played in reasonable time.
    enum Pace { case seconds, hours }

    private static let names = [
        "UTC", "UTC", "Europe/Prague", "Europe/Dublin", "America/New_York", "America/Sao_Paulo", "Africa/Cairo",
        "Africa/Casablanca", "Antarctica/Troll", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham",
    ]

    private let zones: [Zone]

    init(directory: ZoneDirectory) throws { zones = try Self.names.map { try Zone(named: $0, in: directory) } }

    func make(_ count: Int, pace: Pace, random: inout SplitMix) throws -> [(name: String, timetable: Timetable)] {
        try (0..<count).map { number in
            let isFrequent = pace == .seconds || number == 0
            let text = isFrequent ? frequent(pace, &random) : seldom(&random)
            // Names that do not sort as the numbers do.
            let name = "job-\(random.next() % 1_000)-\(number)"
            let zone = zones[Int.random(in: zones.indices, using: &random)]
            let timetable = Timetable(try Schedule(parsing: text), in: zone, hashKey: HashKey(seed: "s", job: name))
            return (name, timetable)
        }
    }

    private func frequent(_ pace: Pace, _ random: inout SplitMix) -> String {
        func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &random) }
        switch (pace, number(0...5)) {
        case (.seconds, 0): return "every \(number(1...9))s"
        case (.seconds, 1): return "every \(number(20...3000))s"
        case (.seconds, 2): return "cron */\(number(2...30)) * * * * *"
        case (.seconds, 3): return "cron \(number(0...59)) */\(number(1...30)) * * * *"
        case (.seconds, 4): return "cron */\(number(1...30)) * * * *"
        case (.seconds, _): return seldom(&random)
        case (.hours, 0...2): return "every \(number(30...90))m"
        case (.hours, 3): return "cron \(number(0...59)) * * * *"
        case (.hours, _): return "cron */30 * * * *"
        }
    }

    private func seldom(_ random: inout SplitMix) -> String {
        func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &random) }
        func two(_ range: ClosedRange<Int>) -> String {
            let text = String(number(range))
            return text.count < 2 ? "0" + text : text
        }
        func weekday() -> String { ["mon", "tue", "wed", "thu", "fri", "sat", "sun"][number(0...6)] }
        switch number(0...13) {
        case 0: return "every \(number(3...40))h\(number(1...59))m"
        case 1: return "every \(number(1...40))d"
        case 2: return "every \(number(20_000...400_000))s"
        case 3: return "daily \(two(0...3)):\(two(0...59))"
        case 4: return "daily \(two(0...23)):\(two(0...59))"
        case 5: return "daily 02:30,03:00"
        case 6: return "weekly \(weekday()) \(two(0...23)):\(two(0...59))"
        case 7: return "monthly \(number(1...31)) \(two(0...3)):\(two(0...59))"
        case 8: return "monthly last 03:00"
        case 9: return "cron \(number(0...59)) \(number(0...3)) * * \(number(0...7))"
        case 10: return "cron \(number(0...59)) \(number(0...59)) \(number(0...23)) * * MON-FRI"
        case 11: return "cron H H(0-7) * * *"
        case 12: return "cron 0 \(number(0...23))/8 LW * *"
        default: return "cron 0 0 29 2 *"
        }
    }
}
