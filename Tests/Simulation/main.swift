import Glibc
import Schedule

// ClockworkSimulation [lives] [days] [first seed]: plays that many lives and says what was played, or ends with the
// first fault and status 1.

let arguments = CommandLine.arguments.dropFirst().map { Int($0) ?? 0 }
let (lives, days) = (arguments.first ?? 10_000, arguments.dropFirst().first ?? 365)
let first = UInt64(arguments.dropFirst(2).first ?? 0)
let jobs = try RandomJobs(directory: ZoneDirectory(environment: [:]))
let start = ContinuousClock.now

/// What was played with these seeds, or the fault that ended it.
func play(_ seeds: Range<UInt64>) throws -> (counts: Simulation.Counts, fault: String?) {
    var total = Simulation.Counts()
    for seed in seeds {
        // Every tenth life also at the pace of seconds, for as many days as give about as many runs.
        let paces: [(RandomJobs.Pace, Int)] = [(.days, days), (.seconds, max(1, days / 365))]
        for (pace, days) in seed % 10 == 0 ? paces : Array(paces.prefix(1)) {
            var simulation = try Simulation(seed: seed, days: days, pace: pace, jobs: jobs)
            do {
                try simulation.run()
            } catch let fault as Oracle.Fault {
                let text = "seed \(seed), \(days) days at the pace of \(pace): \(fault.text)"
                return (total, "\(text)\n\(simulation.history)")
            }
            total.add(simulation.counts)
        }
    }
    return (total, nil)
}

var total = Simulation.Counts()
try await withThrowingTaskGroup(of: (Simulation.Counts, String?).self) { group in
    var next = first
    var played: UInt64 = 0
    let end = first + UInt64(lives)
    func begin() {
        guard next < end else { return }
        let seeds = next..<min(end, next + 10)
        next = seeds.upperBound
        group.addTask { try play(seeds) }
    }
    for _ in 0..<max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) { begin() }
    while let (counts, fault) = try await group.next() {
        if let fault {
            print(fault)
            exit(1)
        }
        total.add(counts)
        played += 10
        if played % 1_000 == 0 {
            print("\(played) lives after \(ContinuousClock.now - start)")
            // Seen at once, also in a file.
            fflush(nil)
        }
        begin()
    }
}
print(
    "\(lives) lives of \(days) days: no promise broken in \(total.looks) looks, \(total.runs) runs, "
        + "\(total.attempts) attempts (\(total.retries) retries), \(total.held) holds, \(total.passed) slots left out, "
        + "\(total.gaveWay) that gave way, \(total.givenUp) given up, \(total.outages) outages, \(total.limits) own limits, \(total.kills) restarts "
        + "(\(total.stops) stops, \(total.interrupted) runs interrupted), \(total.reloads) reloads, "
        + "\(total.faults) faults of the clock, \(total.moved) last slots moved back; \(ContinuousClock.now - start)"
)
