import Schedule
import Testing

@testable import Clockwork

@Suite("The end, by a stop or a kill, and what it leaves to the next start")
struct StopTests {
    @Test("when it stops: runs between two attempts end, what waits has not begun, what connects gets no request")
    func stop() throws {
        let jobs = [
            try job("a", "every 1h") { $0.retries = 2 }, try job("b", "every 1h"), try job("c", "every 1h"),
            try job("d", "every 1h") { $0.retries = 2 },
        ]
        var rig = Rig(jobs)
        let attempts = rig.look(at: 0)
        _ = rig.answer(attempts[3], status: 500)
        let second = try #require(rig.run(to: 7).first)
        _ = rig.connect(second)
        _ = rig.answer(attempts[0], status: 500)
        _ = rig.fail(attempts[1], .unreachable, wasSent: false)
        rig.stop()
        #expect(rig.facts.map(\.brief) == ["ended a 0 failed"])
        let mayGo = rig.connect(attempts[2])
        #expect(!mayGo)
        _ = rig.fail(attempts[2], .aborted, wasSent: false)
        #expect(rig.answer(second, status: 503).isEmpty)
        #expect(rig.facts.map(\.brief) == ["attempt d throttled", "ended d 0 throttled"])
        #expect(rig.look(at: 100).isEmpty)
        #expect(rig.clockwork.nextLook == (nil, nil))
        #expect(Set(rig.ends.map(\.id)) == rig.begins)
        // What nothing was sent of is still due.
        var next = rig.restarted()
        #expect(next.look(at: 100).map(\.brief) == ["b 0 first", "c 0 first"])
    }

    @Test("a run of which nothing was sent stays due on record", arguments: ["connecting", "withdrawn", "killed"])
    func nothingSent(how: String) throws {
        let a = try job("a", "daily 00:00")
        var rig = Rig([a], states: [ran(a, at: -86_400)])
        let first = try #require(rig.look(at: 0).first)
        if how == "withdrawn" { _ = rig.connect(first) }
        if how != "killed" {
            rig.stop()
            _ = rig.fail(first, .aborted, wasSent: false)
            rig.end()
        }
        #expect(rig.disk["a"]?.last == Rig.at(-86_400))
        #expect(rig.ends.isEmpty)
        var next = rig.restarted(after: 100)
        #expect(next.look(at: 100).map(\.brief) == ["a 0 catchup"])
    }

    @Test(
        "a request that went out and was not answered holds its job until its begin + timeout + abandon-hold, over a restart too",
        arguments: ["aborted", "stuck", "killed"]
    )
    func abandoned(how: String) throws {
        let a = try job("a", "every 10s", timeout: 40) { $0.abandonHoldSeconds = 20 }
        var rig = Rig([a])
        let first = try #require(rig.look(at: 0).first)
        _ = rig.connect(first)
        rig.pass(to: 15)
        switch how {
        case "aborted":
            rig.stop()
            let end = AttemptEnd(.aborted)
            _ = rig.take(Self.ended(&rig, first, end))
        case "stuck":
            rig.stop()
            rig.end()
        default: break
        }
        rig = rig.restarted(after: 5)
        if how == "killed" { #expect(rig.facts.map(\.brief) == ["ended a 0 interrupted until=60"]) }
        #expect(
            rig.disk["a"]?.hold == Hold(from: Rig.at(how == "killed" ? 0 : 15), until: Rig.at(60), reason: .abandoned)
        )
        #expect(rig.run(to: 59.999).isEmpty)
        #expect(rig.look(at: 60).map(\.brief) == ["a 60 schedule"])
        #expect(rig.facts.map(\.brief) == ["released a 5 abandoned"])
    }

    /// The end of an attempt that began at midnight.
    private static func ended(_ rig: inout Rig, _ attempt: Attempt, _ end: AttemptEnd) -> [Order] {
        rig.orders { $0.ended(attempt, begin: Rig.reading(0), end, at: $1) }
    }

    @Test(
        "killed between two attempts, or while the second connects: it ends with its last outcome",
        arguments: [false, true]
    )
    func killedInBackoff(isConnecting: Bool) throws {
        let a = try job("a", "daily 00:00") { $0.retries = 3 }
        var rig = Rig([a], states: [ran(a, at: -86_400)])
        let first = try #require(rig.look(at: 0).first)
        _ = rig.answer(first, status: 500)
        if isConnecting { _ = try #require(rig.run(to: 10).first) }
        let next = rig.restarted(after: 3)
        #expect(next.facts.map(\.brief) == ["ended a 0 failed"])
        #expect(next.records("a").map(\.status) == [500])
    }

    @Test(
        "503 with Retry-After and a restart: not called before that is over, 15 min at most",
        arguments: [(0, 600, 600.0), (3, 600, 600), (0, 7_200, 900), (3, 7_200, 900)]
    )
    func retryAfter(retries: Int, seconds: Int, until: Double) throws {
        let a = try job("a", "every 1m") { $0.retries = retries }
        var rig = Rig([a])
        let first = try #require(rig.look(at: 0).first)
        _ = rig.answer(first, status: 503, retryAfter: .seconds(seconds))
        rig = rig.restarted(after: 10)
        #expect(rig.run(to: until - 0.001).isEmpty)
        #expect(rig.look(at: until).map(\.brief) == ["a \(Int(until)) schedule"])
    }

    @Test("a run that timed out holds its job for as long as it may still run; 0 does not")
    func holdAfterTimeout() throws {
        let jobs = [
            try job("a", "every 10s", timeout: 3), try job("b", "every 10s", timeout: 3) { $0.abandonHoldSeconds = 0 },
        ]
        var rig = Rig(jobs)
        let attempts = rig.look(at: 0)
        rig.pass(to: 9)
        for attempt in attempts { _ = rig.fail(attempt, .timeout, wasSent: true) }
        #expect(rig.look(at: 10).map(\.brief) == ["b 10 schedule"])
        #expect(rig.facts.map(\.brief) == ["held a 10 abandoned"])
        #expect(rig.look(at: 11.9).isEmpty)
        #expect(rig.look(at: 12).map(\.brief) == ["a 10 schedule"])
    }
}
