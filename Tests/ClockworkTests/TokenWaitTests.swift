import Schedule
import Testing

@testable import Clockwork

@Suite("Runs that wait for a token")
struct TokenWaitTests {
    private func lackingRig(_ count: Int = 3, reason: String? = "no") throws -> Rig {
        let jobs = try (0..<count).map { try job("j\($0)", "every 10s") }
        var rig = Rig(jobs)
        _ = rig.lacksToken(reason)
        return rig
    }

    @Test("nothing begins, the target stays up, and all begin at once when there is one")
    func wait() throws {
        var rig = try lackingRig(50)
        for time in stride(from: 0.0, through: 25, by: 1) { #expect(rig.look(at: time).isEmpty) }
        #expect(!rig.clockwork.target.isDown)
        #expect(rig.clockwork.entries.allSatisfy { $0.stage == .waitingForTarget })
        #expect(rig.hasToken() == 50)
        let attempts = rig.look(at: 25)
        #expect(attempts.count == 50 && attempts.allSatisfy { !$0.isProbe })
        // The latest slot counts for those before it, whose reason is told.
        #expect(Set(attempts.map { $0.run.slot }) == [Rig.at(20)])
        #expect(rig.told.contains { $0.brief == "gaveWay j0 1 token" })
        #expect(!rig.told.contains { $0.brief.hasSuffix("targetDown") })
    }

    @Test("the reason is news once, and the first fetch none")
    func news() throws {
        var rig = try lackingRig(reason: nil)
        #expect(rig.lacksToken("no") == true)
        #expect(rig.lacksToken("still no") == false)
        #expect(rig.clockwork.token == TokenWait(since: .zero, reason: "still no"))
        #expect(rig.hasToken() == 0)
        #expect(rig.clockwork.token == nil)
        #expect(rig.hasToken() == nil)
    }

    @Test("what is queued for a thread waits as well")
    func queued() throws {
        let jobs = try ["a", "b"].map { try job($0, "every 1h") }
        var rig = Rig(jobs, threads: 1)
        let first = try #require(rig.look(at: 0).first)
        _ = rig.lacksToken("no")
        #expect(rig.answer(first, status: 200).isEmpty)
        #expect(try rig.entry("b").stage == .waitingForTarget)
        #expect(rig.hasToken() == 1)
        #expect(rig.look(at: 1).map(\.job.name) == ["b"])
    }

    @Test("an attempt that found none called nothing: no fact of it, and it is tried again soon")
    func uncalled() throws {
        var rig = Rig([try job("a", "every 1h")])
        let attempt = try #require(rig.look(at: 0).first)
        #expect(rig.find(attempt).isEmpty)
        #expect(!rig.told.contains { $0.brief.hasPrefix("attempt") || $0.brief.hasPrefix("began") })
        #expect(rig.look(at: 0.9).isEmpty)
        let again = try #require(rig.look(at: 1).first)
        #expect(again.run.slot == attempt.run.slot)
        _ = rig.lacksToken("no")
        #expect(rig.find(again).isEmpty)
        #expect(try rig.entry("a").stage == .waitingForTarget)
        #expect(rig.clockwork.nextLook.uptime == nil)
    }

    @Test("a run that has begun goes on waiting, and keeps its attempts")
    func begun() throws {
        var rig = Rig([try job("a", "every 1h") { $0.retries = 1 }])
        let first = try #require(rig.look(at: 0).first)
        #expect(rig.answer(first, status: 500).isEmpty)
        _ = rig.lacksToken("no")
        #expect(rig.look(at: 100).isEmpty)
        #expect(rig.hasToken() == 1)
        let second = try #require(rig.look(at: 100).first)
        #expect(second.number == 2 && second.id == first.id)
        #expect(rig.answer(second, status: 200).isEmpty)
        #expect(rig.ends.map(\.attempts) == [2])
    }

    @Test("no probe is made without a token, and one that found none leaves it to the next")
    func probes() throws {
        let jobs = try ["a", "b"].map { try job($0, "every 1h") }
        var rig = Rig(jobs)
        for attempt in rig.look(at: 0) { _ = rig.fail(attempt, .unreachable, wasSent: false) }
        let probe = try #require(rig.look(at: 1).first)
        #expect(probe.isProbe)
        _ = rig.lacksToken("no")
        #expect(rig.find(probe).isEmpty)
        #expect(rig.look(at: 60).isEmpty)
        // The target is down as before, so that one tries first.
        #expect(rig.hasToken() == 0)
        #expect(rig.look(at: 60).map(\.isProbe) == [true])
    }

    @Test("a run by hand is made all the same, and ends where there is none")
    func manual() throws {
        var rig = try lackingRig(1)
        #expect(rig.look(at: 0).isEmpty)
        let (id, attempts) = try rig.fire("j0")
        #expect(attempts.count == 1)
        let attempt = try #require(attempts.first)
        #expect(rig.find(attempt).isEmpty)
        #expect(rig.ends.map(\.id) == [id])
        #expect(rig.ends.map(\.outcome) == [.unreachable] && rig.ends.map(\.reason) == ["no token: no"])
        #expect(!rig.clockwork.target.isDown)
    }

    @Test("a stop drops what waits")
    func stop() throws {
        var rig = try lackingRig()
        #expect(rig.look(at: 0).isEmpty)
        rig.stop()
        #expect(rig.clockwork.entries.allSatisfy { $0.stage == .idle })
        #expect(rig.hasToken() == 0)
        #expect(rig.look(at: 1).isEmpty)
    }
}

extension Rig {
    /// Whether the reason is news.
    fileprivate mutating func lacksToken(_ reason: String?) -> Bool {
        var isNews = false
        _ = take(
            orders {
                isNews = $0.lacksToken(reason, at: $1)
                return []
            }
        )
        return isNews
    }

    /// How many waited.
    fileprivate mutating func hasToken() -> Int? {
        var waited: Int?
        _ = take(
            orders {
                waited = $0.hasToken(at: $1)?.waited
                return []
            }
        )
        return waited
    }

    /// The attempt found no token.
    fileprivate mutating func find(_ attempt: Attempt) -> [Attempt] {
        var end = AttemptEnd(.unreachable)
        (end.wasSent, end.lacksToken, end.excerpt) = (false, true, "no token: no")
        return self.end(attempt, end)
    }
}
