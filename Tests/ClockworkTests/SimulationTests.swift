import Schedule
import Testing

@testable import ClockworkSimulation

@Suite("The clockwork, played through beside an oracle")
struct SimulationTests {
    private static let jobs = Result { try RandomJobs(directory: ZoneDirectory(environment: [:])) }

    // `make sim` plays a year of many more.
    @Test("ten days of twenty jobs, again and again: every promise is kept", arguments: 0..<UInt64(20))
    func days(tens: UInt64) throws {
        for seed in 10 * tens..<10 * tens + 10 { try play(seed, days: 10, pace: .days) }
    }

    @Test("hours of frequent jobs: every promise is kept", arguments: 1_000..<UInt64(1_004))
    func frequent(seed: UInt64) throws { try play(seed, days: 1, pace: .seconds) }

    private func play(_ seed: UInt64, days: Int, pace: RandomJobs.Pace) throws {
        var simulation = try Simulation(seed: seed, days: days, pace: pace, jobs: Self.jobs.get())
        do {
            try simulation.run()
        } catch let fault as Oracle.Fault {
            Issue.record("seed \(seed), \(days) days at the pace of \(pace): \(fault.text)\n\(simulation.history)")
        }
        #expect(simulation.counts.looks > 10)
    }
}
