import Schedule
import Testing

@testable import Clockwork

/// Jobs that have run once, at midnight.
private func running(_ schedules: [String], buildDate: Moment = .epoch) throws -> Rig {
    let jobs = try zip(["a", "b", "c"], schedules).map { try job($0, $1) }
    var rig = Rig(jobs, buildDate: buildDate)
    for attempt in rig.look(at: 0) { _ = rig.answer(attempt, status: 200) }
    return rig
}

private let day = 86_400

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

    @Test("two days behind at the start, then right: nothing that began before is sent again")
    func behindAtStart() throws {
        let jobs = [try job("a", "every 15m"), try job("b", "daily 00:00")]
        var before = Rig(jobs, states: jobs.map { ran($0, at: -900) })
        for attempt in before.look(at: 0) { _ = before.answer(attempt, status: 200) }
        var rig = before.restarted(shift: .seconds(-2 * day))
        // The clock is behind: later slots run (again), by its time.
        let again = rig.run(to: 1_000, answer: 200)
        #expect(again.map(\.brief) == ["a \(-2 * day + 900) schedule"])
        rig.shift = .zero
        #expect(rig.look(at: 1_000).map(\.brief) == ["a 1000 catchup"])
        #expect(rig.look(at: 1_001).isEmpty)
        #expect(try rig.nextSlot("b") == Rig.at(day))
        // Within the gap after the highest slot nothing is caught up.
        var soon = before.restarted(shift: .seconds(-2 * day))
        _ = soon.look(at: 10)
        soon.shift = .zero
        #expect(soon.look(at: 20).isEmpty)
        #expect(soon.next == 900)
    }

    @Test(
        "a slot that became due on a clock that was behind is not sent once more when that is right again",
        arguments: [false, true]
    )
    func behindWhileWaiting(isConnecting: Bool) throws {
        let jobs = [try job("a", "every 15m"), try job("b", "daily 00:00")]
        var before = Rig(jobs, states: [ran(jobs[0], at: -900), ran(jobs[1], at: 0)])
        for attempt in before.look(at: 0) { _ = before.answer(attempt, status: 200) }
        before.shift = .seconds(-day)
        // Of the slots of the day before there is one for a, which waits for the thread that b has.
        var rig = Rig(
            jobs,
            states: [before.disk["a"] ?? ran(jobs[0], at: 0), ran(jobs[1], at: -2 * day)],
            threads: isConnecting ? 2 : 1,
            shift: .seconds(-day)
        )
        let attempts = rig.look(at: 0) + rig.look(at: 900)
        #expect(
            attempts.map(\.brief)
                == (isConnecting ? ["b \(-day) schedule", "a \(-day + 900) schedule"] : ["b \(-day) schedule"])
        )
        rig.shift = .zero
        if isConnecting {
            let mayGo = rig.connect(attempts[1])
            #expect(!mayGo)
            #expect(rig.fail(attempts[1], .aborted, wasSent: false).map(\.brief) == ["a 900 schedule"])
        } else {
            rig.pass(to: 800)
            #expect(rig.answer(attempts[0], status: 200).map(\.brief).filter { $0.hasPrefix("a") }.isEmpty)
        }
    }

    @Test("no slot that has begun is told to be held when a clock that was behind comes to it again")
    func behindAndHeld() throws {
        let a = try job("a", "every 10m", timeout: 9_000)
        var before = Rig([a], states: [ran(a, at: -600)])
        for attempt in before.look(at: 0) { _ = before.answer(attempt, status: 200) }
        var rig = before.restarted(shift: .seconds(-1_200))
        _ = rig.look(at: 0)
        let attempt = try #require(rig.look(at: 600).first)
        _ = rig.connect(attempt)
        // The slot at midnight comes for the second time.
        _ = rig.look(at: 1_200)
        #expect(rig.facts.isEmpty)
        _ = rig.look(at: 1_800)
        #expect(rig.facts.map(\.brief) == ["held a 600 running"])
    }

    @Test("far back and right again while a run is between two attempts: no slot has come, and it goes on")
    func backInBackoff() throws {
        var rig = Rig([try job("a", "every 1h") { $0.retries = 1 }])
        _ = rig.answer(try #require(rig.look(at: 0).first), status: 500)
        rig.shift = .seconds(-day)
        _ = rig.look(at: 1)
        rig.shift = .zero
        _ = rig.look(at: 2)
        #expect(rig.run(to: 7).map(\.brief) == ["a 0 first #2"])
    }

    @Test(
        "far back while an attempt is under way that finds the target down: the slots from then on come at their time"
    )
    func farBackAndUnreachable() throws {
        let a = try job("a", "every 1h")
        var rig = Rig([a], states: [ran(a, at: -3_600)])
        let first = try #require(rig.look(at: 0).first)
        rig.shift = .seconds(-2 * day)
        _ = rig.look(at: 1)
        _ = rig.fail(first, .unreachable, wasSent: false)
        #expect(rig.next == 3_601)
        #expect(rig.look(at: 3_601).map(\.brief) == ["a \(-2 * day + 3_601) schedule"])
    }

    @Test("back over the slot of a run that is refused its thread: it waits for its time")
    func backAndRefused() throws {
        let a = try job("a", "daily 00:00")
        var rig = Rig([a], states: [ran(a, at: -day)])
        let first = try #require(rig.look(at: 0).first)
        rig.shift = .seconds(-10)
        _ = rig.look(at: 1)
        _ = rig.refuse(first)
        #expect(rig.look(at: 2).isEmpty)
        #expect(rig.run(to: 10).map(\.brief) == ["a 0 schedule"])
        #expect(rig.seconds == 10)
    }

    @Test("back over the delay of a run that is refused its thread: it waits for that once more")
    func backOverDelay() throws {
        let a = try job("a", "daily 00:00") { $0.jitterSeconds = 7_200 }
        var rig = Rig([a], states: [ran(a, at: -day)])
        _ = rig.look(at: 0)
        let delay = try #require(rig.next)
        let first = try #require(rig.look(at: delay).first)
        rig.shift = .seconds(-60)
        _ = rig.refuse(first)
        #expect(rig.run(to: delay + 59.9).isEmpty)
        #expect(rig.run(to: delay + 60).map(\.brief) == ["a 0 schedule"])
    }

    @Test("back again after a clock that was ahead, which the record still says: slots before that come at their time")
    func backAgain() throws {
        var rig = try running(["daily 12:00"])
        rig.shift = .seconds(3 * day)
        for attempt in rig.look(at: 0) { _ = rig.answer(attempt, status: 200) }
        rig.shift = .zero
        _ = rig.look(at: 1)
        #expect(rig.facts.map(\.brief).last == "clock went back: a")
        rig.shift = .seconds(3 * day)
        _ = rig.look(at: 2)
        rig.shift = .zero
        _ = rig.look(at: 3)
        #expect(rig.next == 43_200)
        #expect(rig.look(at: 43_200).map(\.brief) == ["a 43200 schedule"])
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

    // MARK: Wrong

    @Test("before the build date nothing begins, it is said once each way, and exactly at it the clock is believed")
    func buildDate() throws {
        var rig = Rig([try job("a", "every 1m")], buildDate: Rig.at(0), shift: .epoch - Rig.midnight)
        #expect(rig.look(at: 0).isEmpty)
        #expect(rig.facts.map(\.brief) == ["clock is wrong"])
        #expect(rig.look(at: 3_600).isEmpty)
        #expect(rig.facts.isEmpty)
        rig.shift = .seconds(-3_600)
        #expect(rig.look(at: 3_600).map(\.brief) == ["a 0 first"])
        #expect(rig.facts.map(\.brief) == ["clock is right", "configured a seen=0"])
    }

    @Test("a clock at 1970 that is mended: no slot twice after, and no moment of 1970 in any fact")
    func lostClock() throws {
        let jobs = [
            try job("a", "daily 00:00"), try job("b", "every 15m") { $0.retries = 2 }, try job("c", "every 1h"),
        ]
        let states = [ran(jobs[0], at: -day), ran(jobs[1], at: -300), ran(jobs[2], at: -3_600)]
        var rig = Rig(jobs, states: states, buildDate: Rig.at(-day))
        let attempts = rig.look(at: 0)
        #expect(attempts.map(\.brief) == ["a 0 schedule", "c 0 schedule"])
        _ = rig.connect(attempts[0])
        rig.shift = .epoch - Rig.midnight
        // Before anyone has looked at the clock, one connects, and one ends.
        let mayGo = rig.connect(attempts[1])
        #expect(!mayGo)
        _ = rig.fail(attempts[1], .aborted, wasSent: false)
        rig.pass(to: 5)
        _ = rig.fail(attempts[0], .timeout, wasSent: true)
        #expect(rig.facts.map(\.brief).contains("ended a 0 timeout until=65"))
        #expect(rig.look(at: 30).isEmpty)
        rig.replace([try job("a", "daily 00:01"), jobs[1], jobs[2]])
        rig.shift = .zero
        // What was refused its request is still due; what is new has missed nothing.
        #expect(rig.look(at: 40).map(\.brief) == ["c 40 catchup"])
        #expect(rig.facts.map(\.brief) == ["clock is right", "configured a last=40"])
        #expect(rig.look(at: 60).isEmpty)
        for (_, state) in rig.disk {
            let moments = [state.seen, state.last, state.hold?.from, state.hold?.until] + state.runs.map(\.began)
            #expect(moments.allSatisfy { $0.map { $0 > Rig.at(-2 * day) } ?? true }, "\(state)")
        }
    }

    @Test("a handshake that fails on a clock at 1970, which knows no certificate that is valid: the slot stays due")
    func handshakeOnLostClock() throws {
        let a = try job("a", "daily 00:00")
        var rig = Rig([a], states: [ran(a, at: -day)], buildDate: Rig.at(-day))
        let first = try #require(rig.look(at: 0).first)
        rig.shift = .epoch - Rig.midnight
        _ = rig.fail(first, .tls, wasSent: false)
        #expect(rig.ends.isEmpty)
        rig.shift = .zero
        #expect(rig.look(at: 1).map(\.brief) == ["a 0 schedule"])
    }

    @Test("a request that its stuck thread does not give back, on a clock at 1970: no moment of that in its record")
    func endedOnLostClock() throws {
        var rig = Rig([try job("a", "every 1h")], buildDate: Rig.at(0))
        let first = try #require(rig.look(at: 0).first)
        _ = rig.connect(first)
        rig.shift = .epoch - Rig.midnight
        rig.pass(to: 20)
        rig.stop()
        rig.end()
        #expect(rig.facts.map(\.brief) == ["attempt a aborted", "ended a 0 aborted until=120"])
    }
}
