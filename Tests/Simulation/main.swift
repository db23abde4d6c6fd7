import Glibc
import Schedule

// ClockworkSimulation [lives] [days] [first seed]: plays that many lives and says what was played, or ends with the
// first fault and status 1.

let arguments = CommandLine.arguments.dropFirst().map { Int($0) ?? 0 }
let (lives, days) = (arguments.first ?? 10_000, arguments.dropFirst().first ?? 365)
let first = UInt64(arguments.dropFirst(2).first ?? 0)
let jobs = try RandomJobs(directory: ZoneDirectory(environment: [:]))
let begin = ContinuousClock.now
var total = Simulation.Counts()
for seed in first..<first + UInt64(lives) {
    // Every tenth life also at the pace of seconds, for as many days as give about as many runs.
    let paces: [(RandomJobs.Pace, Int)] = [(.days, days), (.seconds, max(1, days / 365))]
    for (pace, days) in seed % 10 == 0 ? paces : Array(paces.prefix(1)) {
        var simulation = try Simulation(seed: seed, days: days, pace: pace, jobs: jobs)
        do {
            try simulation.run()
        } catch let fault as Oracle.Fault {
            print("seed \(seed), \(days) days at the pace of \(pace): \(fault.text)\n\(simulation.history)")
            exit(1)
        }
        total.add(simulation.counts)
    }
    if seed % 1_000 == 999 {
        print("seed \(seed) after \(ContinuousClock.now - begin)")
        // Seen at once, also in a file.
        fflush(nil)
    }
}
print(
    "\(lives) lives of \(days) days: no promise broken in \(total.looks) looks, \(total.runs) runs, "
        + "\(total.attempts) attempts (\(total.retries) retries), \(total.held) holds, \(total.passed) slots left out, "
        + "\(total.gaveWay) that gave way, \(total.outages) outages, \(total.limits) own limits, \(total.kills) restarts "
        + "(\(total.stops) stops, \(total.interrupted) runs interrupted), \(total.reloads) reloads, "
        + "\(total.faults) faults of the clock, \(total.moved) last slots moved back; \(ContinuousClock.now - begin)"
)
