import Schedule
import Testing

@testable import Clockwork

@Suite("Runs that are delayed on purpose")
struct DelayTests {
    @Test("jitter is within its bound and below the gap, stable, and leaves the slot as it is", arguments: [5, 3_600])
    func jitter(seconds: Int) throws {
        let a = try job("a", "every 10s") { $0.jitterSeconds = seconds }
        var rig = Rig([a], states: [ran(a, at: -10)])
        var delays: Set<Int> = []
        for slot in 0..<200 {
            var attempts = rig.look(at: Double(slot * 10))
            if attempts.isEmpty {
                let begin = try #require(rig.next)
                _ = rig.look(at: begin - 0.001)
                attempts = rig.look(at: begin)
            }
            #expect(attempts.map(\.run.slot) == [Rig.at(slot * 10)])
            let delay = Int(((rig.seconds - Double(slot * 10)) * 1_000).rounded())
            #expect((0..<min(seconds, 10) * 1_000).contains(delay))
            delays.insert(delay)
            for attempt in attempts { _ = rig.answer(attempt, status: 200) }
        }
        #expect(delays.count > 150)
        #expect(rig.ends.allSatisfy { $0.lateMilliseconds == 0 })
    }

    @Test("jitter is uniform: 10 000 slots in 20 bins")
    func jitterIsUniform() throws {
        var bins = Array(repeating: 0, count: 20)
        let key = HashKey(seed: "seed", job: "a")
        for slot in 0..<10_000 { bins[key.value(for: "jitter \(Rig.at(slot * 10))", below: 10_000) / 500] += 1 }
        let chiSquared = bins.reduce(0.0) { $0 + (Double($1) - 500) * (Double($1) - 500) / 500 }
        // 19 degrees of freedom: 43.8 is passed by chance once in a thousand seeds, and this seed is fixed.
        #expect(chiSquared < 43.8)
    }

    @Test("restarts inside the delay change nothing: it counts from the slot", arguments: [nil, -21_600] as [Int?])
    func restarts(last: Int?) throws {
        let a = try job("a", "every 6h") { $0.jitterSeconds = 6 * 3_600 }
        let states = last.map { [ran(a, at: $0)] } ?? []
        var straight = Rig([a], states: states)
        let begin = try #require(straight.look(at: 0).isEmpty ? straight.next : nil)
        #expect(begin > 3_600)
        let run = try #require(straight.look(at: begin).first)
        // Each hour, and with a grace.
        var rig = Rig([a], states: states)
        while rig.seconds + 3_600 < begin {
            #expect(rig.run(to: rig.seconds + 3_590).isEmpty)
            rig = rig.restarted(grace: 5, after: 10)
        }
        #expect(rig.run(to: begin - 0.001).isEmpty)
        #expect(rig.run(to: begin).map(\.run) == [run.run])
    }

    @Test("first runs and catch-ups are spread over the window after the start, each at a stable moment")
    func spread() throws {
        let jobs = try (0..<40).map { try job("job\($0)", "every 1h") }
        let states = jobs.prefix(20).map { ran($0, at: -5_000) }
        var starts: [[Double]] = []
        for _ in 0..<2 {
            var rig = Rig(jobs, states: states, spread: 100)
            var seconds: [Double] = []
            for second in stride(from: 0.0, through: 100, by: 1) { seconds += rig.look(at: second).map { _ in second } }
            starts.append(seconds)
        }
        #expect(starts[0].count == 40)
        #expect(Set(starts[0]).count > 20)
        #expect((starts[0].max() ?? 0) > 80)
        #expect(starts[0] == starts[1])
    }

    @Test("a spread is no lateness, and lasts from the start, so that a slot after it waits no longer")
    func spreadIsNoLateness() throws {
        let a = try job("a", "daily 23:00")
        var rig = Rig([a], states: [ran(a, at: -90_000)], spread: 600)
        let run = try #require(rig.run(to: 600, answer: 200).first)
        let delay = rig.ends[0].began - Rig.at(0)
        #expect(delay > .seconds(1))
        #expect(run.run.due == Rig.at(-3_600) + delay)
        #expect(rig.ends[0].lateMilliseconds == 3_600_000)
    }

    @Test("the spread ends with its window: what is caught up later is late by all the time that passed")
    func spreadEnds() throws {
        let a = try job("a", "daily 01:00")
        var rig = Rig([a], states: [ran(a, at: -3_600)], spread: 600)
        _ = rig.look(at: 0)
        // As after the sleep of a machine.
        let run = try #require(rig.look(at: 7_200).first?.run)
        #expect(run.trigger == .catchup)
        #expect(run.due == Rig.at(3_600))
    }

    @Test("a delayed run gives way to nothing and is left out by no window: its delay was meant")
    func window() throws {
        let a = try job("a", "every 2h") { ($0.jitterSeconds, $0.catchup) = (7_200, .skip) }
        var rig = Rig([a], states: [ran(a, at: -7_200)])
        _ = rig.look(at: 0)
        let begin = try #require(rig.next)
        #expect(begin > 60)
        #expect(rig.look(at: begin + 30).map(\.brief) == ["a 0 schedule"])
        var late = Rig([a], states: [ran(a, at: -7_200)])
        _ = late.look(at: 0)
        #expect(late.look(at: begin + 31).isEmpty)
        #expect(late.facts.map(\.brief) == ["passed a 0"])
    }

    @Test("a run that waits for the target and gives way to a delayed slot waits for that delay as well")
    func delayedWhileDown() throws {
        let a = try job("a", "every 2h") { $0.jitterSeconds = 7_200 }
        var rig = Rig([a], states: [ran(a, at: -7_200)])
        _ = rig.look(at: 0)
        let begin = try #require(rig.next)
        let first = try #require(rig.look(at: begin).first)
        _ = rig.fail(first, .unreachable, wasSent: false)
        for _ in 0..<2_000 {
            guard let next = rig.next, next < 7_200 else { break }
            for probe in rig.look(at: next) { _ = rig.fail(probe, .unreachable, wasSent: false) }
        }
        #expect(rig.look(at: 7_200).isEmpty)
        guard case .delayed(let until) = try rig.entry("a").stage else {
            Issue.record("\(try rig.entry("a").stage)")
            return
        }
        #expect(until > Rig.at(7_200))
        rig.pass(to: Double((until - Rig.midnight).wholeMilliseconds) / 1_000)
        #expect(rig.look(at: rig.seconds).map(\.brief) == ["a 7200 schedule"])
    }
}
