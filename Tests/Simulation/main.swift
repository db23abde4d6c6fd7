import Glibc
import Schedule

// Simulation [seeds] [days] [first seed]: plays that many processes and says what was played, or ends with the first
// fault and status 1.

let arguments = CommandLine.arguments.dropFirst().map { Int($0) ?? 0 }
let (seeds, days) = (arguments.first ?? 1000, arguments.dropFirst().first ?? 3650)
let first = UInt64(arguments.dropFirst(2).first ?? 0)
let jobs = try RandomJobs(directory: ZoneDirectory(environment: [:]))
let begin = ContinuousClock.now
var total = Simulation.Counts()
for seed in first..<first + UInt64(seeds) {
    // The same process also at the pace of seconds, for as many days as give about as many runs.
    for (pace, days) in [(RandomJobs.Pace.hours, days), (.seconds, max(1, days / 3650))] {
        var simulation = try Simulation(seed: seed, days: days, pace: pace, jobs: jobs)
        do {
            try simulation.run()
        } catch let fault as Oracle.Fault {
            print("seed \(seed), \(days) days at the pace of \(pace): \(fault.text)\n\(simulation.history)")
            exit(1)
        }
        total.add(simulation.counts)
    }
    if seed % 100 == 99 {
        print("seed \(seed) after \(ContinuousClock.now - begin)")
        // Seen at once, also in a file.
        fflush(nil)
    }
}
print(
    "\(seeds) seeds of \(days) days: no promise broken in \(total.looks) looks, \(total.starts) runs, "
        + "\(total.holds) holds, \(total.skips) skips, \(total.crashes) crashes, \(total.faults) faults of the clock, \(total.moved) last slots moved back; "
        + "\(ContinuousClock.now - begin)"
)
