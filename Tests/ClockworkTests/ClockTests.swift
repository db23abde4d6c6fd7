import Schedule
import Testing

@testable import Clockwork

@Suite("A wall clock that is set, stands wrong, or runs out")
struct ClockTests {
    // MARK: Forward

    @Test("an hour forward: what was passed runs once, under its own slot or in a new phase")
    func hourForward() throws {
        var rig = try running(["daily 00:30", "every 15m", "daily 03:00"])
        rig.shift = .seconds(3_645)
        let attempts = rig.look(at: 0)
        #expect(attempts.map(\.brief) == ["a 1800 catchup", "b 3645 catchup"])
        for attempt in attempts { #expect(rig.answer(attempt, status: 200).isEmpty) }
        #expect(rig.next == 900)
    }

    @Test("three days forward: one run per job")
    func daysForward() throws {
        var rig = try running(["every 1m", "daily 03:00"])
        let now = 3 * day + 4 * 3_600 + 45
        rig.shift = .seconds(now)
        let attempts = rig.look(at: 0)
        #expect(attempts.map(\.brief) == ["b \(3 * day + 3 * 3_600) catchup", "a \(now) catchup"])
        #expect(attempts.map(\.run.due) == [Rig.at(3 * day + 3 * 3_600), Rig.at(now - 45)])
    }

    // MARK: Back

    @Test("a little back: no slot runs twice, and nothing is silent for longer than its gap")
    func littleBack() throws {
        var rig = try running(["every 15m", "daily 00:00"])
        rig.shift = .seconds(-600)
        #expect(rig.look(at: 1).isEmpty)
        #expect(rig.look(at: 600).isEmpty)
        #expect(rig.look(at: 1_500).map(\.brief) == ["a 900 schedule"])
        #expect(rig.facts.isEmpty)
    }

    @Test("days back: now counts as the last slot, and one line says so")
    func farBack() throws {
        var rig = try running(["every 15m", "daily 03:00"])
        rig.shift = .seconds(-3 * day)
        #expect(rig.look(at: 0).isEmpty)
        let now = -3 * day
        #expect(
            rig.facts.map(\.brief) == ["configured a last=\(now)", "configured b last=\(now)", "clock went back: a b"]
        )
        #expect(rig.look(at: 899).isEmpty)
        #expect(rig.look(at: 900).map(\.brief) == ["a \(now + 900) schedule"])
        #expect(rig.look(at: 3 * 3_600).map(\.brief).contains("b \(now + 3 * 3_600) schedule"))
    }

    @Test("less than a second back is no news, however short the gap after the last slot")
    func slewed() throws {
        let jobs = [try job("a", "daily 00:00"), try job("b", "every 1s")]
        // The first run's slot is off the grid: a millisecond before the next one.
        var rig = Rig(jobs, at: -0.001)
        for attempt in rig.look(at: -0.001) { _ = rig.answer(attempt, status: 200) }
        for step in [-9, -996] {
            rig.shift = .milliseconds(step)
            #expect(rig.look(at: 0).isEmpty)
            #expect(rig.facts.isEmpty)
        }
        rig.shift = .zero
        #expect(rig.look(at: 0).map(\.brief) == ["a 0 schedule"])
        #expect(rig.look(at: 0.999).map(\.brief) == ["b 0.999 schedule"])
    }

    @Test("steps back add up, however small the last one; the gap itself is not too far")
    func stepsAddUp() throws {
        var rig = try running(["every 15m"])
        for (step, isTold) in [(-600, false), (-900, false), (-901, true)] {
            rig.shift = .seconds(step)
            _ = rig.look(at: 0)
            #expect(!rig.facts.isEmpty == isTold)
        }
        #expect(rig.next == 900)
    }

    @Test("far back while a run is in flight: the slots from then on count, those that it lasts through too")
    func farBackInFlight() throws {
        var rig = Rig([try job("a", "daily 03:00")])
        let first = try #require(rig.look(at: 0).first)
        _ = rig.connect(first)
        rig.shift = .seconds(-3 * day)
        _ = rig.look(at: 0)
        #expect(rig.facts.map(\.brief).last == "clock went back: a")
        let slot = -3 * day + 3 * 3_600
        _ = rig.look(at: 3 * 3_600)
        #expect(rig.facts.map(\.brief) == ["held a \(slot) running"])
        rig.pass(to: 4 * 3_600)
        #expect(rig.answer(first, status: 200).map(\.brief) == ["a \(slot) catchup"])
    }

    @Test("far back just before a run ends: the next look says so, and its job is not silent")
    func farBackThenEnded() throws {
        var rig = Rig([try job("a", "every 15m")])
        let first = try #require(rig.look(at: 0).first)
        _ = rig.connect(first)
        rig.shift = .seconds(-3 * day)
        #expect(rig.answer(first, status: 200).isEmpty)
        #expect(rig.facts.map(\.brief).last == "clock went back: a")
        #expect(rig.next == 900)
    }

    @Test("back over a slot that was held, and then a retry: it is made, and gives way when that slot comes")
    func backOverHeldSlotAndRetry() throws {
        var rig = Rig([try job("a", "every 15m") { $0.retries = 1 }])
        let first = try #require(rig.look(at: 0).first)
        _ = rig.connect(first)
        _ = rig.look(at: 900)
        rig.shift = .seconds(-7)
        _ = rig.answer(first, status: 500)
        #expect(rig.facts.map(\.brief) == ["attempt a failed", "failed a 0 failed", "released a 1 running"])
        #expect(rig.look(at: 907).map(\.brief) == ["a 900 schedule"])
        #expect(rig.ends.map(\.outcome) == [.failed])
    }

    @Test("back over a slot that was held: it is slept for again")
    func backOverHeldSlot() throws {
        var rig = Rig([try job("a", "every 15m")])
        let first = try #require(rig.look(at: 0).first)
        _ = rig.connect(first)
        _ = rig.look(at: 900)
        rig.shift = .seconds(-10)
        _ = rig.look(at: 900)
        #expect(rig.answer(first, status: 200).isEmpty)
        #expect(rig.next == 910)
    }

    @Test("back before a first run begins: it begins all the same, and under a slot that is not ahead")
    func backBeforeFirst() throws {
        var rig = Rig([try job("a", "daily 03:00")], threads: 1)
        rig.shift = .seconds(-5)
        let first = try #require(rig.look(at: 0).first)
        #expect(first.brief == "a -5 first")
        let mayGo = rig.connect(first)
        #expect(mayGo)
    }

    @Test("a moment of being first seen that lies in the future keeps no first run off")
    func seenAhead() throws {
        let a = try job("a", "daily 03:00")
        var state = JobState(name: "a")
        state.apply(a.configured(seen: Rig.at(5 * day)))
        var rig = Rig([a], states: [state])
        let first = try #require(rig.look(at: 0).first)
        let mayGo = rig.connect(first)
        #expect(mayGo)
        #expect(first.brief == "a 0 first")
        #expect(rig.told.map(\.brief) == ["configured a seen=0", "began a 0#1"])
    }

    @Test("a last slot from a state that lies in the future is moved when the first runs could begin")
    func stateInTheFuture() throws {
        let jobs = [try job("a", "every 15m"), try job("b", "daily 03:00")]
        var rig = Rig(jobs, states: [ran(jobs[0], at: day), ran(jobs[1], at: 3 * 3_600)])
        #expect(rig.look(at: 0).isEmpty)
        #expect(rig.facts.map(\.brief) == ["configured a last=0", "clock went back: a"])
        #expect(rig.next == 900)
    }

    @Test("a last slot that no other follows does not silence its job", arguments: ["every 1m", "daily 03:00"])
    func endOfTime(schedule: String) throws {
        let a = try job("a", schedule)
        var state = ran(a, at: 0)
        state.apply(a.configured(last: Moment(seconds: 253_402_300_799)))
        var rig = Rig([a], states: [state])
        _ = rig.look(at: 0)
        #expect(rig.facts.map(\.brief).last == "clock went back: a")
        #expect(rig.next.map { $0 < Double(day) } == true)
    }

    @Test("back while a run is delayed by the spread: it counts from the start, whatever the clock shows")
    func backInSpread() throws {
        var rig = Rig([try job("a", "every 1h")], spread: 600)
        _ = rig.look(at: 0)
        let begin = try #require(rig.next)
        #expect(begin > 1)
        rig.shift = .seconds(-3_600)
        #expect(rig.look(at: 1).isEmpty)
        #expect(rig.look(at: begin - 0.01).isEmpty)
        #expect(rig.look(at: begin).count == 1)
        // The same where its slot has been by either clock.
        let b = try job("b", "daily 00:00")
        var other = Rig([b], states: [ran(b, at: -3 * day)], spread: 600, at: 40_000)
        _ = other.look(at: 40_000)
        let late = try #require(other.next)
        other.shift = .seconds(-3_600)
        _ = other.look(at: 40_001)
        #expect(other.run(to: late).map(\.brief) == ["b 0 catchup"])
    }

    @Test("forward while a run is delayed: it begins at once, in a new phase if it is late")
    func forwardInDelay() throws {
        let a = try job("a", "every 2h") { $0.jitterSeconds = 3_600 }
        var rig = Rig([a], states: [ran(a, at: -7_200)])
        #expect(rig.look(at: 0).isEmpty)
        rig.shift = .seconds(5_400)
        #expect(rig.look(at: 1).map(\.brief) == ["a 5401 catchup"])
    }
}
