import HTTPClient
import Schedule
import Testing

@testable import SchedulerCore

@Suite("Clockwork after a restart, and with slots that are too old")
struct ClockworkRestartTests {
    @Test("a run of the last process holds its job; the streak is told, with its count when it ends")
    func hold() throws {
        let run = Run(job: 0, slot: Rig.at(-10), trigger: .schedule)
        var rig = try Rig(["a": "every 10s POST /"], last: [0: -10], holds: [0: (run, .seconds(25))])
        let orders = rig.look(at: 0)
        guard case .hold(_, slot: Rig.at(0), isAbandoned: true) = orders.first, orders.count == 1 else {
            Issue.record("\(orders)")
            return
        }
        #expect(rig.next == 25)
        #expect(rig.attempts(at: 24.9).isEmpty)
        let later = rig.look(at: 25)
        guard case .release(_, slots: 3) = later.first, case .attempt(let attempt) = later.last else {
            Issue.record("\(later)")
            return
        }
        #expect(attempt.run.slot == Rig.at(20))
    }

    @Test("a run that waits for the target is left out once too old, and another one probes in its place")
    func tooOldWhileDown() throws {
        let lines = ["a": "every 1h POST / catchup=skip", "b": "every 1h POST /"]
        var rig = try Rig(lines, last: [0: -3_600, 1: -3_600])
        let attempts = rig.attempts(at: 0)
        #expect(attempts.count == 2)
        for attempt in attempts { _ = rig.fail(attempt, .unreachable, sent: false) }
        for time in [1.0, 3, 7, 15] {
            for probe in rig.attempts(at: time) { _ = rig.fail(probe, .unreachable, sent: false) }
        }
        // Over a tick late: a would be the probe, by its name.
        let orders = rig.look(at: 31)
        guard case .skip(let job, slot: Rig.at(0)) = orders.first, case .attempt(let probe) = orders.last else {
            Issue.record("\(orders)")
            return
        }
        #expect(job.name == "a")
        #expect(probe.job.name == "b")
        #expect(probe.isProbe)
        _ = rig.end(probe, status: 200)
        // b began a new phase, a kept its own.
        #expect(rig.attempts(at: 3_600).map(\.job.name) == ["a"])
        #expect(rig.attempts(at: 3_631).map(\.job.name) == ["b"])
    }

    @Test("the only run that waits is left out: the next slot of any job probes")
    func lastWaiterIsTooOld() throws {
        var rig = try Rig(["a": "every 1h POST / catchup=skip"], last: [0: -3_600])
        let first = try #require(rig.attempts(at: 0).first)
        _ = rig.fail(first, .unreachable, sent: false)
        guard case .skip = rig.look(at: 40).first else {
            Issue.record("not skipped")
            return
        }
        #expect(rig.next == 3_600)
        let probe = try #require(rig.attempts(at: 3_600).first)
        #expect(probe.isProbe)
        #expect(probe.run.slot == Rig.at(3_600))
    }

    @Test("a run that the app has seen, and then a slot that is too old: it ends with its last outcome")
    func begunThenTooOld() throws {
        var rig = try Rig(["a": "every 1m POST / catchup=skip retries=3"], last: [0: -60])
        let first = try #require(rig.attempts(at: 0).first)
        _ = rig.end(first, status: 503)
        let second = try #require(rig.attempts(at: 5).first)
        _ = rig.fail(second, .unreachable, sent: false)
        let orders = rig.look(at: 95)
        guard case .end(let ended) = orders.first, case .skip(_, slot: Rig.at(60)) = orders.last, orders.count == 2
        else {
            Issue.record("\(orders)")
            return
        }
        #expect(ended.outcome == .throttled)
        #expect(rig.attempts(at: 120).map(\.run.slot) == [Rig.at(120)])
    }

    @Test("a slot that turned out to be another sidecar's leaves the job free for its next one")
    func forgone() throws {
        var rig = try Rig(["a": "every 10s POST /"])
        let first = try #require(rig.attempts(at: 0).first)
        rig.forgo(first)
        #expect(rig.attempts(at: 9).isEmpty)
        #expect(rig.attempts(at: 10).map(\.run.slot) == [Rig.at(10)])
    }
}
