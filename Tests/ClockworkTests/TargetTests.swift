import Schedule
import Testing

@testable import Clockwork

@Suite("Runs that wait for the target")
struct TargetTests {
    @Test("one probe at a time for all jobs, nothing is lost, and all start when it is back, spread over a few seconds")
    func down() throws {
        let jobs = [try job("a", "every 10s"), try job("b", "every 10s"), try job("c", "every 1h")]
        var rig = Rig(jobs)
        let attempts = rig.look(at: 0)
        #expect(attempts.count == 3)
        for attempt in attempts { _ = rig.fail(attempt, .unreachable, wasSent: false) }
        #expect(rig.told.count { $0.brief == "down" } == 1)
        for (time, wait) in [(1.0, 2.0), (3, 4), (7, 8), (15, 16), (31, 30), (61, 30)] {
            let probes = rig.look(at: time)
            #expect(probes.map(\.isProbe) == [true])
            for probe in probes { _ = rig.fail(probe, .unreachable, wasSent: false) }
            #expect(rig.clockwork.nextLook.uptime == .milliseconds(Int((time + wait) * 1_000)))
            #expect(rig.clockwork.nextSlot(of: try rig.entry("c"), at: rig.time) != nil)
        }
        let probe = try #require(rig.look(at: 91).first)
        let mayGo = rig.connect(probe)
        #expect(mayGo)
        #expect(
            rig.facts.map(\.brief) == [
                "up after 91s, 3 waited", "began \(probe.job.name) \(probe.brief.split(separator: " ")[1])#1",
            ]
        )
        let rest = rig.run(to: 94.5)
        #expect(Set((rest + [probe]).map(\.job.name)) == ["a", "b", "c"])
        for attempt in rest + [probe] {
            #expect(attempt.number == 1)
            // The frequent ones gave way to their latest slots; more than a tick late, an interval begins a new phase.
            if attempt.job.name != "c" { #expect(attempt.run.slot >= Rig.at(90)) }
        }
    }

    @Test("when it is back, those that waited start one after another over three seconds, not all at once")
    func recovery() throws {
        var rig = Rig(try ["a", "b", "c", "d"].map { try job($0, "daily 03:00") })
        for attempt in rig.look(at: 0) { _ = rig.fail(attempt, .unreachable, wasSent: false) }
        let probe = try #require(rig.look(at: 1).first)
        _ = rig.connect(probe)
        let starts = [1.0, 1.999, 2, 2.999, 3, 4].map { rig.look(at: $0).map(\.job.name) }
        #expect(starts == [["b"], [], ["c"], [], ["d"], []])
    }

    @Test("an old call that ends during an outage says nothing; a connection made since then does")
    func oldCall() throws {
        let jobs = [try job("a", "daily 03:00"), try job("b", "daily 03:00"), try job("c", "daily 03:00")]
        var rig = Rig(jobs)
        let attempts = rig.look(at: 0)
        let mayGo = rig.connect(attempts[0])
        #expect(mayGo)
        rig.pass(to: 5)
        _ = rig.fail(attempts[1], .unreachable, wasSent: false)
        #expect(rig.clockwork.target.isDown)
        rig.pass(to: 5.5)
        _ = rig.answer(attempts[0], status: 200)
        #expect(rig.clockwork.target.isDown)
        // A handshake that failed belongs to a connection; this one was begun before.
        _ = rig.fail(attempts[2], .tls, wasSent: false)
        #expect(rig.clockwork.target.isDown)
        let probe = try #require(rig.look(at: 6).first)
        _ = rig.fail(probe, .tls, wasSent: false)
        #expect(!rig.clockwork.target.isDown)
        #expect(rig.ends.map(\.outcome) == [.ok, .tls, .tls])
    }

    @Test("what began before the last contact tells of an earlier time: no flapping, and once more soon")
    func noFlapping() throws {
        var rig = Rig([try job("a", "daily 03:00"), try job("b", "daily 03:00")])
        let attempts = rig.look(at: 0)
        rig.pass(to: 5)
        _ = rig.connect(attempts[1])
        rig.pass(to: 10)
        _ = rig.fail(attempts[0], .unreachable, wasSent: false)
        #expect(!rig.clockwork.target.isDown)
        #expect(rig.next == 11)
        #expect(rig.look(at: 11).map(\.brief) == ["a 0 first"])
    }

    @Test("a calendar job that waits keeps its slot, until the next one passes")
    func downOverSlots() throws {
        let a = try job("a", "daily 00:00,00:01,06:00")
        var rig = Rig([a])
        let first = try #require(rig.look(at: 0).first)
        _ = rig.fail(first, .unreachable, wasSent: false)
        let probe = try #require(rig.look(at: 40).first)
        #expect(probe.brief == "a 0 first")
        _ = rig.fail(probe, .unreachable, wasSent: false)
        let later = try #require(rig.look(at: 7_200).first)
        #expect(later.brief == "a 60 first")
        #expect(rig.facts.map(\.brief) == ["gaveWay a 1 targetDown"])
        _ = rig.answer(later, status: 200)
        let slot = try #require(rig.look(at: 21_600).first)
        _ = rig.fail(slot, .unreachable, wasSent: false)
        #expect(rig.look(at: 86_430).map(\.brief) == ["a 86400 schedule"])
    }

    @Test("22 runs of every 15m wait for an app that is down: each has its newest slot at any time")
    func newestSlot() throws {
        let jobs = try (0..<22).map { try job("job\($0)", "every 15m") }
        var rig = Rig(jobs, states: jobs.map { ran($0, at: -900) })
        for attempt in rig.look(at: 0) { _ = rig.fail(attempt, .unreachable, wasSent: false) }
        var passed = 0
        while passed < 4 * 900 {
            passed = Int(rig.next ?? 0)
            for probe in rig.look(at: Double(passed)) { _ = rig.fail(probe, .unreachable, wasSent: false) }
            let newest = Rig.at(passed / 900 * 900)
            for entry in rig.clockwork.entries {
                let slot = try #require(entry.run?.slot)
                #expect(slot >= newest && slot <= Rig.at(passed))
            }
        }
        let gaveWay = rig.told.compactMap {
            if case .slotsGaveWay(_, let count, .targetDown, _) = $0 { count } else { nil }
        }
        #expect(gaveWay.reduce(0, +) == 22 * 4)
    }

    @Test("a run that waits for the target is left out once it is too old, and another one probes in its place")
    func tooOld() throws {
        let jobs = [try job("a", "every 1h") { $0.catchup = .skip }, try job("b", "every 1h")]
        var rig = Rig(jobs, states: jobs.map { ran($0, at: -3_600) })
        for attempt in rig.look(at: 0) { _ = rig.fail(attempt, .unreachable, wasSent: false) }
        for time in [1.0, 3, 7, 15] {
            for probe in rig.look(at: time) { _ = rig.fail(probe, .unreachable, wasSent: false) }
        }
        // Over a tick late: a would be the probe, by its name.
        let probe = try #require(rig.look(at: 31).first)
        #expect(rig.facts.map(\.brief) == ["passed a 0"])
        #expect(probe.brief == "b 31 catchup")
        #expect(probe.isProbe)
        _ = rig.answer(probe, status: 200)
        // b began a new phase, a kept its own.
        #expect(rig.run(to: 3_600).map(\.brief) == ["a 3600 schedule"])
        #expect(rig.run(to: 3_631).map(\.brief) == ["b 3631 schedule"])
    }

    @Test("the only run that waits is left out: the next slot of any job probes")
    func lastWaiterIsTooOld() throws {
        let a = try job("a", "every 1h") { $0.catchup = .skip }
        var rig = Rig([a], states: [ran(a, at: -3_600)])
        let first = try #require(rig.look(at: 0).first)
        _ = rig.fail(first, .unreachable, wasSent: false)
        #expect(rig.look(at: 40).isEmpty)
        #expect(rig.facts.map(\.brief) == ["passed a 0"])
        #expect(rig.next == 3_600)
        #expect(rig.look(at: 3_600).map(\.isProbe) == [true])
    }

    @Test("a run between two attempts gives way to a later slot: it ends once, with its last outcome")
    func begunThenLater() throws {
        let a = try job("a", "every 1m") { ($0.retries, $0.catchup) = (3, .skip) }
        var rig = Rig([a], states: [ran(a, at: -60)])
        let first = try #require(rig.look(at: 0).first)
        _ = rig.answer(first, status: 503)
        let second = try #require(rig.look(at: 6).first)
        #expect(second.brief == "a 0 schedule #2")
        _ = rig.fail(second, .unreachable, wasSent: false)
        #expect(rig.look(at: 95).isEmpty)
        #expect(rig.facts.map(\.brief) == ["ended a 0 throttled", "passed a 60"])
        #expect(rig.look(at: 120).map(\.brief) == ["a 120 schedule"])
        #expect(rig.ends.count == 1)
    }

    @Test(
        "a probe that is forgone never leaves the target down for ever",
        arguments: ["refused", "limited", "removed", "changed", "aborted"]
    )
    func forgoneProbe(how: String) throws {
        let jobs = [try job("a", "daily 03:00"), try job("b", "daily 03:00")]
        var rig = Rig(jobs, threads: 1)
        for _ in 0..<2 {
            for attempt in rig.look(at: rig.seconds) { _ = rig.fail(attempt, .unreachable, wasSent: false) }
        }
        let probe = try #require(rig.look(at: 1).first)
        #expect(probe.isProbe)
        switch how {
        case "refused": _ = rig.refuse(probe)
        case "limited": _ = rig.limit(probe)
        case "removed":
            rig.replace([jobs[1]])
            _ = rig.fail(probe, .aborted, wasSent: false)
        case "changed":
            rig.replace([try job("a", "daily 04:00"), jobs[1]])
            _ = rig.fail(probe, .aborted, wasSent: false)
        default: _ = rig.fail(probe, .aborted, wasSent: false)
        }
        let next = rig.clockwork.entries.contains(where: \.isRequestOpen) ? rig.seconds : try #require(rig.next)
        #expect(next <= 3)
        if next > rig.seconds { #expect(rig.look(at: next).map(\.isProbe) == [true]) }
    }
}
