import Schedule
import Testing

@testable import Clockwork

private func run(_ id: UInt64, slot: Int, outcome: Outcome = .ok) -> RunRecord {
    RunRecord(id: RunID(0, id), slot: Rig.at(slot), began: Rig.at(slot), outcome: outcome, milliseconds: 5)
}

private func begin(_ id: UInt64, slot: Int, attempt: Int = 1) -> Fact {
    let begin = RunBegin(id: RunID(0, id), slot: Rig.at(slot), trigger: .schedule, at: Rig.at(slot), attempt: attempt)
    return .began("a", begin)
}

private func configured(_ schedule: String = "daily 03:00", last: Int? = nil) -> Fact {
    .configured("a", Fact.Configuration(schedule: schedule, zone: "UTC", last: last.map { Rig.at($0) }))
}

private func state(_ facts: Fact...) -> JobState {
    var state = JobState(name: "a")
    for fact in facts { state.apply(fact) }
    return state
}

@Suite("What is known of a job")
struct JobStateTests {
    @Test("a schedule that changes during a run stays changed: neither a later attempt nor a withdrawal goes behind it")
    func changedInFlight() {
        var known = state(configured(last: 1), begin(7, slot: 5), configured("daily 04:00", last: 9))
        known.apply(begin(7, slot: 5, attempt: 2))
        #expect(known.last == Rig.at(9))
        #expect(known.inFlight?.begin.attempt == 2)
        known.apply(.withdrawn("a", RunID(0, 7)))
        #expect(known.last == Rig.at(9))
    }

    @Test("the same where the run is the job's first: it is first seen again when its schedule changes")
    func changedInFirst() {
        var known = state(
            .configured("a", Fact.Configuration(schedule: "daily 03:00", zone: "UTC", seen: Rig.at(1))),
            begin(7, slot: 1),
            configured("daily 04:00", last: 9),
            .withdrawn("a", RunID(0, 7))
        )
        #expect(known.last == nil)
        #expect(known.seen == Rig.at(9))
        known.apply(configured("daily 05:00"))
        #expect(known.seen == Rig.at(9))
    }

    @Test("a run that the app never saw takes its job back to the slot before; another's withdrawal does not")
    func withdrawn() {
        var known = state(configured(last: 1), begin(7, slot: 5))
        known.apply(.withdrawn("a", RunID(0, 8)))
        #expect(known.last == Rig.at(5))
        known.apply(.withdrawn("a", RunID(0, 7)))
        #expect(known.last == Rig.at(1))
        #expect(known.highest == nil)
        #expect(known.inFlight == nil)
    }

    @Test("after an attempt that the app may have seen, a withdrawal of the next one leaves the slot as begun")
    func withdrawnLater() {
        let known = state(
            configured(last: 1),
            begin(7, slot: 5),
            .failed("a", run(7, slot: 5, outcome: .failed), nil),
            begin(7, slot: 5, attempt: 2),
            .withdrawn("a", RunID(0, 7))
        )
        #expect(known.last == Rig.at(5))
        #expect(known.highest == Rig.at(5))
    }

    @Test("the last 20 runs are kept, with the last success and the failures since")
    func runs() {
        var known = state(configured())
        for slot in 1...30 {
            known.apply(.ended("a", run(UInt64(slot), slot: slot, outcome: slot == 12 ? .ok : .failed), nil))
        }
        #expect(known.runs.map(\.slot) == (11...30).map { Rig.at($0) })
        #expect(known.lastSuccess == Rig.at(12) + .milliseconds(5))
        #expect(known.consecutiveFailures == 18)
        known.apply(.ended("a", run(98, slot: 98, outcome: .aborted), nil))
        known.apply(.ended("a", run(99, slot: 99, outcome: .interrupted), nil))
        #expect(known.consecutiveFailures == 18)
        known.apply(.ended("a", run(100, slot: 100, outcome: .busy), nil))
        #expect(known.consecutiveFailures == 0)
        #expect(known.lastSuccess == Rig.at(12) + .milliseconds(5))
    }

    @Test("an end that comes after the next run's begin leaves that in flight")
    func lateEnd() {
        let known = state(begin(1, slot: 1), begin(2, slot: 2), .ended("a", run(1, slot: 1), nil))
        #expect(known.inFlight?.begin.id == RunID(0, 2))
        #expect(known.last == Rig.at(2))
    }

    @Test("last slots never go back, and the highest begun one not even with a clock that went back")
    func neverBack() {
        var known = state(configured(last: 50), begin(1, slot: 100), .ended("a", run(1, slot: 100), nil))
        known.apply(.passed("a", slot: Rig.at(70)))
        #expect(known.last == Rig.at(100))
        known.apply(configured(last: 10))
        #expect(known.last == Rig.at(10))
        #expect(known.highest == Rig.at(100))
        #expect(known.anchor(at: Rig.at(99)) == Rig.at(10))
        #expect(known.anchor(at: Rig.at(100)) == Rig.at(100))
    }

    @Test("a hold lasts as long as its end says, and no longer than at first if the clock went back")
    func hold() {
        let hold = Hold(from: Rig.at(10), until: Rig.at(70), reason: .abandoned)
        #expect([10, 69, 70, 80, -5_000].map { hold.rest(at: Rig.at($0)) } == [60, 1, 0, 0, 60].map { .seconds($0) })
    }
}
