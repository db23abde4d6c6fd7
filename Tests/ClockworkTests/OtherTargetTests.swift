import Schedule
import Testing

@testable import Clockwork

@Suite("More than one app")
struct OtherTargetTests {
    private func rig(remind: Duration? = nil) throws -> Rig {
        let jobs = try ["a", "b", "c"].map { name in
            try job(name, "cron 0 * * * *") { $0.target = name == "a" ? Target.main : "billing" }
        }
        return Rig(jobs, states: jobs.map { ran($0, at: -3_600) }, targets: ["billing"], remind: remind)
    }

    @Test("each is down and up for itself: what waits for one holds up nothing of another")
    func apart() throws {
        var rig = try rig()
        let attempts = rig.look(at: 0)
        #expect(attempts.map(\.job.name) == ["a", "b", "c"])
        _ = rig.fail(attempts[1], .unreachable, wasSent: false)
        _ = rig.fail(attempts[2], .unreachable, wasSent: false)
        _ = rig.answer(attempts[0], status: 200)
        #expect(!rig.clockwork.targets[0].reach.isDown && rig.clockwork.targets[1].reach.isDown)
        #expect(
            rig.told.map(\.brief).filter { $0.contains("down") || $0.contains("up") } == ["billing down", "still down"]
        )
        // One of them tries, and no other.
        let probe = rig.run(to: 1)
        #expect(probe.map(\.brief) == ["b 0 schedule"])
        #expect(probe.first?.isProbe == true)
        #expect(rig.answer(probe[0], status: 200).map(\.brief) == ["c 0 schedule"])
        #expect(rig.told.map(\.brief).contains("billing up after 1s, 2 waited"))
    }

    @Test("each has an incident of its own, over a restart too")
    func incidents() throws {
        var rig = try rig(remind: .seconds(86_400))
        for attempt in rig.look(at: 0) { _ = rig.fail(attempt, .unreachable, wasSent: false) }
        for second in 1...400 {
            for attempt in rig.look(at: Double(second)) {
                // The main one comes back.
                if attempt.job.name == "a" {
                    _ = rig.answer(attempt, status: 200)
                } else {
                    _ = rig.fail(attempt, .unreachable, wasSent: false)
                }
            }
        }
        #expect(rig.alerts == ["opened billing 0 0"])
        let alert = rig.told.compactMap { if case .alert(let alert) = $0 { alert } else { nil } }.first
        #expect(alert?.key == "seed/target/billing/2026-01-01T00:00:00Z" && alert?.job == nil && alert?.waiting == 2)
        try rig.alertEnds()
        rig = rig.restarted()
        _ = rig.run(to: 4_000, answer: 200)
        #expect(rig.alerts == ["closed billing 0 0"])
    }

    @Test("want of a token holds up the main one's alone")
    func token() throws {
        var rig = try rig()
        _ = rig.take(
            rig.orders { clockwork, time in
                _ = clockwork.lacksToken("refused", at: time)
                return clockwork.look(at: time)
            }
        )
        #expect(try rig.entry("a").stage == .waitingForTarget)
        #expect(try rig.entry("b").isRequestOpen && rig.entry("c").isRequestOpen)
        // Another app that is down is why its own job gives way; b is the one that tries.
        for entry in rig.clockwork.entries {
            if case .attempting(let attempt, _, _) = entry.stage { _ = rig.fail(attempt, .unreachable, wasSent: false) }
        }
        _ = rig.run(to: 3_600)
        let gaveWay = rig.told.map(\.brief).filter { $0.hasPrefix("gaveWay") }.sorted()
        #expect(gaveWay == ["gaveWay a 1 token", "gaveWay c 1 targetDown"])
    }
}
