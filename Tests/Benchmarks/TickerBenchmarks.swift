import Glibc
import Schedule
import SchedulerCore

/// What a wake-up of the loop costs beside how many idle jobs, what a job weighs, and what a start takes.
enum TickerBenchmarks {
    private static let counts = [10, 1_000, 10_000, 100_000, 1_000_000]
    private static let now = Moment(seconds: 1_780_000_000)

    static func run(directory: ZoneDirectory) throws {
        let empty = residentBytes()
        let jobs = try make(counts.last ?? 0, directory)
        let weight = (residentBytes() - empty) / jobs.count
        var table = Table(
            "Ticker: cost of a wake-up, by idle jobs",
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
            var ticker: Ticker?
            let starting = ContinuousClock().measure { ticker = started(Array(jobs.prefix(count))) }
            guard let ticker else { continue }
            let bytes = (residentBytes() - before) / count
            let (idle, perRun) = (nothingDue(ticker), run(ticker))
            let first = base ?? (idle, perRun)
            base = first
            table.add(
                Figure.count(count),
                Figure.time(idle),
                Figure.ratio(idle, to: first.idle),
                Figure.time(stepBack(ticker)),
                Figure.time(perRun),
                Figure.ratio(perRun, to: first.run),
                Figure.time(starting),
                Figure.time(stepForward(ticker)),
                count < 10_000 ? "-" : "\(bytes)"
            )
        }
        table.show()
        print("  and \(weight) bytes for each job's name and timetable")
    }

    /// The least of several looks: what a look at a clock costs that has moved on by a microsecond.
    private static func nothingDue(_ ticker: Ticker) -> Duration {
        var (ticker, clock) = (ticker, now)
        return leastTime(rounds: 100_000) {
            clock = clock + .microseconds(1)
            if !ticker.look(at: clock).isEmpty || ticker.nextDue == nil { print("something was due") }
        }
    }

    /// A clock that is set back by a few milliseconds at every look.
    private static func stepBack(_ ticker: Ticker) -> Duration {
        var (ticker, clock) = (ticker, now + .milliseconds(600))
        return leastTime(of: 1, rounds: 100) {
            clock = clock - .milliseconds(5)
            _ = ticker.look(at: clock)
        }
    }

    /// Slots come, their jobs run and end; per run, since many jobs share a slot.
    private static func run(_ ticker: Ticker) -> Duration {
        var ticker = ticker
        var runs = 0
        let time = ContinuousClock().measure {
            while runs < 20_000, let due = ticker.nextDue {
                for case .start(let run) in ticker.look(at: due) {
                    _ = ticker.ended(run.job, at: due)
                    runs += 1
                }
            }
        }
        return time / max(1, runs)
    }

    /// The decision after the machine slept: all that was missed, at once.
    private static func stepForward(_ ticker: Ticker) -> Duration {
        var ticker = ticker
        return ContinuousClock().measure { _ = ticker.look(at: now + .seconds(3 * 86_400)) }
    }

    private static func started(_ jobs: [(name: String, timetable: Timetable)]) -> Ticker {
        var ticker = Ticker(jobs, tick: .seconds(30))
        ticker.begin(at: now)
        for case .start(let run) in ticker.look(at: now) { _ = ticker.ended(run.job, at: now) }
        return ticker
    }

    private static func make(_ count: Int, _ directory: ZoneDirectory) throws -> [(name: String, timetable: Timetable)]
    {
        let prague = try Zone(named: "Europe/Prague", in: directory)
        let texts = ScheduleBenchmarks.schedules.filter { $0 != "cron * * * * * *" } + ["every 1h"]
        return try (0..<count).map { number in
            let name = "job-\(number)"
            let schedule = try Schedule(parsing: texts[number % texts.count])
            return (name, Timetable(schedule, in: number % 2 == 0 ? .utc : prague, hashKey: HashKey(job: name)))
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
