import Schedule
import Testing

@testable import Clockwork

@Suite("A wall clock that goes back and forth while runs wait or are under way")
struct ClockUnderWayTests {
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
}
