import Clockwork
import Glibc
import Schedule

/// What a wake-up of the loop costs beside how many idle jobs, what a job weighs, and what a start takes.
enum ClockworkBenchmarks {
    private static let counts = [10, 1_000, 10_000, 100_000]
    private static let now = Moment(seconds: 1_780_000_000)

    static func run(directory: ZoneDirectory) throws {
        let empty = residentBytes()
        let jobs = try make(counts.last ?? 0, directory)
        let weight = (residentBytes() - empty) / jobs.count
        var table = Table(
            "Clockwork: cost of a wake-up, by idle jobs",
            "jobs",
            "nothing due",
            "ratio",
            "5 ms back",
            "a run",
            "ratio",
            "init + begin",
            "3 days forward",
            "bytes per job"
        )
        var base: (idle: Duration, run: Duration)?
        for count in counts {
            let before = residentBytes()
            var clockwork: Clockwork?
            let starting = ContinuousClock().measure { clockwork = started(Array(jobs.prefix(count))) }
            guard let clockwork else { continue }
            let bytes = (residentBytes() - before) / count
            let (idle, perRun) = (nothingDue(clockwork), run(clockwork))
            let first = base ?? (idle, perRun)
            base = first
            table.add(
                Figure.count(count),
                Figure.time(idle),
                Figure.ratio(idle, to: first.idle),
                Figure.time(stepBack(clockwork)),
                Figure.time(perRun),
                Figure.ratio(perRun, to: first.run),
                Figure.time(starting),
                Figure.time(stepForward(clockwork)),
                count < 10_000 ? "-" : "\(bytes)"
            )
        }
        table.show()
        print("  and \(weight) bytes for each job's name and timetable")
    }

    /// What deciding a start costs where 10,000 runs wait for places in 100 groups of one.
    static func runGroups(directory: ZoneDirectory) throws {
        let groups = (0..<100).map { Group(name: "g\($0)", limit: 1) }
        let jobs = try make(10_000, directory).enumerated().map { place, job in
            var job = job
            job.groups = place % 3 == 0 ? ["g\(place % 100)"] : ["g\(place % 100)", "g\((place + 1) % 100)"].sorted()
            job.first = .now
            return job
        }
        var clockwork = Clockwork(
            jobs: jobs,
            rules: Clockwork.Rules(tick: .seconds(30), groups: groups),
            random: SystemRandomNumberGenerator()
        )
        _ = clockwork.load([], graceEnd: .zero, at: reading(.zero))
        var (open, starts) = (starts(in: clockwork.look(at: reading(.zero)))[...], 0)
        let time = ContinuousClock().measure {
            while let attempt = open.popFirst() {
                _ = clockwork.connected(attempt, begin: reading(.zero), at: reading(.zero))
                var orders = clockwork.ended(attempt, begin: reading(.zero), AttemptEnd(.ok), at: reading(.zero))
                orders += clockwork.look(at: reading(.zero))
                open += Self.starts(in: orders)
                starts += 1
            }
        }
        var table = Table(
            "Clockwork: 10,000 runs that wait for places in 100 groups",
            "starts",
            "a run, decided and ended"
        )
        table.add(Figure.count(starts), Figure.time(time / max(1, starts)))
        table.show()
    }

    private static func starts(in orders: [Order]) -> [Attempt] {
        orders.compactMap { if case .start(let attempt) = $0 { attempt } else { nil } }
    }

    /// Both clocks, which go together.
    private static func reading(_ passed: Duration) -> Reading { Reading(now: now + passed, uptime: passed) }

    /// The least of several looks: what a look at a clock costs that has moved on by a microsecond.
    private static func nothingDue(_ clockwork: Clockwork) -> Duration {
        var (clockwork, passed) = (clockwork, Duration.zero)
        return leastTime(rounds: 100_000) {
            passed += .microseconds(1)
            if !clockwork.look(at: reading(passed)).isEmpty || clockwork.nextLook.moment == nil {
                print("something was due")
            }
        }
    }

    /// A wall clock that is set back by a few milliseconds at every look.
    private static func stepBack(_ clockwork: Clockwork) -> Duration {
        var (clockwork, passed) = (clockwork, Duration.milliseconds(600))
        return leastTime(of: 1, rounds: 100) {
            passed -= .milliseconds(5)
            _ = clockwork.look(at: Reading(now: now + passed, uptime: .milliseconds(600) - passed))
        }
    }

    /// Slots come, their requests go out and are answered; per run, since many jobs share a slot.
    private static func run(_ clockwork: Clockwork) -> Duration {
        var clockwork = clockwork
        var runs = 0
        let time = ContinuousClock().measure {
            while runs < 20_000, let due = clockwork.nextLook.moment {
                runs += answer(clockwork.look(at: reading(due - now)), &clockwork, reading(due - now))
            }
        }
        return time / max(1, runs)
    }

    /// Each attempt that is ordered connects and is answered; how many there were, those that came meanwhile as well.
    private static func answer(_ orders: [Order], _ clockwork: inout Clockwork, _ time: Reading) -> Int {
        var (orders, count) = (orders, 0)
        while !orders.isEmpty {
            var next: [Order] = []
            for case .start(let attempt) in orders {
                var end = AttemptEnd(.ok)
                end.status = 200
                _ = clockwork.connected(attempt, begin: time, at: time)
                next += clockwork.ended(attempt, begin: time, end, at: time)
                next += clockwork.look(at: time)
                count += 1
            }
            orders = next
        }
        return count
    }

    /// The decision after the machine slept: all that was missed, at once.
    private static func stepForward(_ clockwork: Clockwork) -> Duration {
        var clockwork = clockwork
        return ContinuousClock().measure { _ = clockwork.look(at: reading(.seconds(3 * 86_400))) }
    }

    private static func started(_ jobs: [Job]) -> Clockwork {
        let rules = Clockwork.Rules(tick: .seconds(30), threads: jobs.count)
        var clockwork = Clockwork(jobs: jobs, rules: rules, random: SystemRandomNumberGenerator())
        let time = reading(.zero)
        let orders = clockwork.load([], graceEnd: .zero, at: time) + clockwork.look(at: time)
        _ = answer(orders, &clockwork, time)
        return clockwork
    }

    private static func make(_ count: Int, _ directory: ZoneDirectory) throws -> [Job] {
        let prague = try Zone(named: "Europe/Prague", in: directory)
        let texts = ScheduleBenchmarks.schedules.filter { $0 != "cron * * * * * *" } + ["every 1h"]
        return try (0..<count).map { number in
            let name = "job-\(number)"
            let schedule = try Schedule(parsing: texts[number % texts.count])
            let zone = number % 2 == 0 ? Zone.utc : prague
            let timetable = Timetable(schedule, in: zone, hashKey: HashKey(job: name))
            return Job(name: name, timetable: timetable, method: "POST", path: "/", timeoutSeconds: 60)
        }
    }

    private static func residentBytes() -> Int {
        guard let file = unsafe fopen("/proc/self/statm", "r") else { return 0 }
        defer { unsafe fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard unsafe fgets(&line, 128, file) != nil else { return 0 }
        let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
