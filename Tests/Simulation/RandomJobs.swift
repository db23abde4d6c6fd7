import Clockwork
import Schedule
import TestSupport

/// The random jobs of one simulated life, and what a reload makes of them.
struct RandomJobs {
    /// How often they run, and with it how long a life can be played in reasonable time.
    enum Pace { case seconds, days }

    private static let names = [
        "UTC", "UTC", "Europe/Prague", "Europe/Dublin", "America/New_York", "America/Sao_Paulo", "Africa/Cairo",
        "Africa/Casablanca", "Antarctica/Troll", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham",
    ]

    static let groups = ["a", "b", "c"]

    private let zones: [Zone]

    init(directory: ZoneDirectory) throws { zones = try Self.names.map { try Zone(named: $0, in: directory) } }

    func make(_ count: Int, pace: Pace, random: inout SplitMix) throws -> [Job] {
        try (0..<count).map { number in
            // Names that do not sort as the numbers do.
            let name = "job-\(random.next() % 1_000)-\(number)"
            var job = Job(
                name: name,
                timetable: try timetable(name, pace, &random),
                method: "POST",
                path: "/",
                timeoutSeconds: 60
            )
            setOptions(&job, &random)
            return job
        }
    }

    /// What an operator may do to a list of jobs, first to the one of this name; those that are left out go to `bench`,
    /// and may come back.
    func change(
        _ jobs: inout [Job],
        bench: inout [Job],
        pace: Pace,
        first: String? = nil,
        random: inout SplitMix
    ) throws {
        let named = first.flatMap { name in jobs.firstIndex { $0.name == name } }
        for number in 0..<Int.random(in: named == nil ? 0...3 : 1...3, using: &random) {
            let any = jobs.isEmpty ? 0 : Int.random(in: jobs.indices, using: &random)
            let place = number == 0 ? named ?? any : any
            switch Int.random(in: 0...3, using: &random) {
            case 0 where jobs.count > 10: bench.append(jobs.remove(at: place))
            case 1 where !jobs.isEmpty: jobs[place].timetable = try timetable(jobs[place].name, pace, &random)
            case 2 where !jobs.isEmpty: setOptions(&jobs[place], &random)
            default:
                guard !bench.isEmpty else { break }
                jobs.insert(bench.remove(at: Int.random(in: bench.indices, using: &random)), at: place)
            }
        }
    }

    private func setOptions(_ job: inout Job, _ random: inout SplitMix) {
        func one<Value>(of values: [Value]) -> Value { values[Int.random(in: values.indices, using: &random)] }
        job.path = "/\(random.next() % 100)"
        job.timeoutSeconds = one(of: [1, 5, 60, 60, 900])
        job.retries = one(of: [0, 0, 1, 2, 6])
        job.jitterSeconds = one(of: [0, 0, 0, 0, 5, 600, 90_000])
        job.catchup = one(of: [.one, .one, .one, .skip])
        job.catchupWindowSeconds = one(of: [nil, nil, nil, 0, 1, 600, 40_000])
        job.first = one(of: [.now, .now, .wait])
        job.abandonHoldSeconds = one(of: [nil, nil, 0, 30, 5_000])
        job.groups = one(of: [[], [], [], ["a"], ["a"], ["b"], ["a", "b"], ["a", "b", "c"]])
        job.priority = one(of: [.high, .normal, .normal, .low])
        job.waitSeconds = one(of: [nil, nil, nil, nil, 1, 30, 600, 40_000])
        job.initialOffset = one(of: [nil, nil, nil, nil, .seconds(412)])
    }

    private func timetable(_ name: String, _ pace: Pace, _ random: inout SplitMix) throws -> Timetable {
        let text = pace == .seconds ? frequent(&random) : seldom(&random)
        let zone = zones[Int.random(in: zones.indices, using: &random)]
        return Timetable(try Schedule(parsing: text), in: zone, hashKey: HashKey(seed: "s", job: name))
    }

    private func frequent(_ random: inout SplitMix) -> String {
        func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &random) }
        switch number(0...5) {
        case 0: return "every \(number(10...90))s"
        case 1: return "every \(number(20...3000))s"
        case 2: return "cron */\(number(8...30)) * * * * *"
        case 3: return "cron \(number(0...59)) */\(number(1...30)) * * * *"
        case 4: return "cron */\(number(1...30)) * * * *"
        default: return seldom(&random)
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
        case 0: return "every \(number(8...40))h\(number(1...59))m"
        case 1: return "every \(number(1...40))d"
        case 2: return "every \(number(30_000...400_000))s"
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
