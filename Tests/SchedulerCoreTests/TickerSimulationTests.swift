import Schedule
import Testing

@testable import TickerSimulation

@Suite("Ticker, played through on random clocks")
struct TickerSimulationTests {
    private static let jobs = Result { try RandomJobs(directory: ZoneDirectory(environment: [:])) }

    // `make sim` plays ten years of many more.
    @Test("two months: every promise of the clock is kept", arguments: 0..<UInt64(6))
    func months(seed: UInt64) throws {
        try play(seed, days: 60, pace: .hours)
    }

    @Test("an hour of frequent jobs: every promise of the clock is kept", arguments: 100..<UInt64(104))
    func frequent(seed: UInt64) throws {
        try play(seed, days: 1, pace: .seconds)
    }

    private func play(_ seed: UInt64, days: Int, pace: RandomJobs.Pace) throws {
        var simulation = try Simulation(seed: seed, days: days, pace: pace, jobs: Self.jobs.get())
        do {
            try simulation.run()
        } catch let fault as Oracle.Fault {
            Issue.record("seed \(seed): \(fault.text)\n\(simulation.history)")
        }
        #expect(simulation.counts.starts > 100)
    }
}
