import Clockwork
import HTTPClient
import HTTPServer
import Schedule
import TestSupport
import Testing

@testable import Calling

@Suite("Runner: the request")
struct RunnerTests {
    private let rig: CallingRig

    init() throws { rig = try CallingRig() }

    @Test("a request says who, what and which run it is for")
    func headers() throws {
        let target = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        #expect(try rig.make(target.url, token: "hunter2").outcome == .ok)
        let seen = try #require(target.seen.first)
        #expect(target.seen.count == 1)
        #expect(seen.method == "POST")
        #expect(seen.target == "/prefix/api/sync/trigger")
        #expect(seen.header("Authorization") == "Bearer hunter2")
        #expect(seen.header("User-Agent") == "scheduler-sidecar/0.2.0")
        #expect(seen.header("Idempotency-Key") == "data-refresh@2026-01-01T00:00:00Z")
        #expect(seen.header("X-Scheduler-Job") == "data-refresh")
        #expect(seen.header("X-Scheduler-Slot") == "2026-01-01T00:00:00Z")
        #expect(seen.header("X-Scheduler-Attempt") == "1")
        #expect(seen.header("X-Scheduler-Trigger") == "schedule")
        #expect(seen.header("X-Request-ID") == "00000000000000010000000000000001")
        #expect(seen.header("traceparent") == "00-00000000000000010000000000000001-0000000000000001-01")
        #expect(rig.told == [])
    }

    @Test("traces learn of each request that the app may have seen, by the span that it was told")
    func calls() throws {
        let target = try TestServer { _, reply in reply.send(.text(500, "no")) }
        let runner = try rig.runner(target.url, random: 0xABC, isTraced: true)
        let end = runner.make(rig.attempt(), with: Client()) { true }
        let call = AttemptEnd.Call(span: 0xABC, began: CallingRig.slot, took: .zero, outcome: .failed, status: 500)
        #expect(end.calls == [call])
        #expect(target.seen.first?.header("traceparent")?.hasSuffix("-0000000000000abc-01") == true)
        #expect(runner.make(rig.attempt(), with: Client()) { false }.calls == [])
        let gone = try rig.runner("http://127.0.0.1:\(try ListeningSocket.quietPort())", isTraced: true)
        #expect(gone.make(rig.attempt(), with: Client()) { true }.calls.map(\.outcome) == [.unreachable])
        #expect(try rig.runner(target.url).make(rig.attempt(), with: Client()) { true }.calls == [])
    }

    @Test("a manual run has a key of its own, and a later attempt its number")
    func manual() throws {
        let target = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let runner = try rig.runner(target.url)
        for attempt in [rig.attempt(.manual), rig.attempt(number: 3)] {
            _ = runner.make(attempt, with: Client()) { true }
        }
        #expect(
            target.seen.map { $0.header("Idempotency-Key") } == [
                "data-refresh@2026-01-01T00:00:00Z#manual-00000000000000010000000000000001",
                "data-refresh@2026-01-01T00:00:00Z",
            ]
        )
        #expect(target.seen.map { $0.header("X-Scheduler-Attempt") } == ["1", "3"])
    }

    @Test("without a token: no header, and no word, since the start has told of it")
    func noToken() throws {
        let target = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let runner = try rig.runner(target.url)
        for _ in 0..<3 { _ = runner.make(rig.attempt(), with: Client()) { true } }
        #expect(target.seen.count == 3)
        #expect(target.seen.allSatisfy { $0.header("Authorization") == nil })
        #expect(rig.told == [])
    }

    @Test("a request that may not go out: nothing of it reaches the server, and nothing was sent")
    func heldBack() throws {
        let target = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        var asked = 0
        let end = try rig.make(target.url) {
            asked += 1
            return false
        }
        var expected = AttemptEnd(.aborted)
        (expected.wasSent, expected.excerpt) = (false, "held back before it was sent")
        #expect(end == expected)
        #expect(!end.mayStillRun)
        #expect(asked == 1)
        #expect(target.seen.isEmpty)
    }
}

@Suite("Runner: what became of it")
struct AttemptEndTests {
    private let rig: CallingRig

    init() throws { rig = try CallingRig() }

    private func end(_ status: Int, _ body: String = "", headers: [Header] = []) throws -> AttemptEnd {
        let target = try TestServer { _, reply in
            reply.send(HTTPServer.Response(status: status, headers: headers, body: Array(body.utf8)))
        }
        return try rig.make(target.url)
    }

    @Test("an answer that echoes the token is told without it")
    func echo() throws {
        let target = try TestServer { request, reply in
            reply.send(.text(401, "bad credentials: \(request.header("Authorization") ?? "")"))
        }
        let end = try rig.make(target.url, token: "hunter2")
        #expect(end.outcome == .denied)
        #expect(end.status == 401)
        #expect(end.excerpt == "bad credentials: Bearer ***\n")
        #expect(end.bytes == 32)
    }

    @Test(
        "of an answer 200 characters are told, cut after secrets are masked, so that no part of one is left",
        arguments: [
            (String(repeating: "é", count: 300), String(repeating: "é", count: 200)),
            (String(repeating: "x", count: 196) + "hunter2", String(repeating: "x", count: 196) + "***"),
            (String(repeating: "x", count: 198) + "hunter2", String(repeating: "x", count: 198) + "**"),
            ("short", "short"),
        ]
    )
    func excerpt(_ body: String, excerpt: String) throws {
        let end = try end(500, body)
        #expect(end.excerpt == excerpt)
        #expect(end.bytes == body.utf8.count)
    }

    @Test("bytes that are no text are told as what they are not")
    func noText() throws {
        let target = try TestServer { _, reply in reply.send(HTTPServer.Response(status: 404, body: [0xFF, 0x41])) }
        #expect(try rig.make(target.url).excerpt == "\u{FFFD}A")
    }

    @Test("of a good answer nothing is kept but its length")
    func good() throws {
        var expected = AttemptEnd(.ok)
        (expected.status, expected.bytes) = (200, 4)
        #expect(try end(200, "body") == expected)
    }

    @Test("where a redirect points to is told without its query, cut after secrets are masked")
    func redirect() throws {
        let long = "https://app/" + String(repeating: "x", count: 180) + "/hunter2hunter2"
        let rows: [(Int, String, String?)] = [
            (302, "https://app/login?next=secret", "https://app/login"), (302, "/a#secret", "/a"),
            (307, long + "?next=1", long.replacing("hunter2", with: "***")),
            (200, "/a", nil), (404, "/a", nil),
        ]
        for (status, location, told) in rows {
            let end = try end(status, headers: [Header("Location", location)])
            #expect(end.location == told)
            #expect(end.outcome == Outcome(status: status))
        }
    }

    @Test(
        "Retry-After: never negative, a day at most, and what makes no sense as it came",
        arguments: [
            ("7", .seconds(7)), ("0", .zero), ("999999999999999999999", .seconds(86_400)),
            ("Thu, 01 Jan 2026 00:00:09 GMT", .seconds(9)), ("Wed, 31 Dec 2025 23:59:00 GMT", .zero),
            ("Fri, 01 Jan 2027 00:00:00 GMT", .seconds(86_400)), ("soon", nil), ("-1", nil), ("1.5", nil), ("", nil),
        ] as [(String, Duration?)]
    )
    func retryAfter(_ text: String, expected: Duration?) throws {
        #expect(try end(503, headers: [Header("Retry-After", text)]).retryAfter == expected)
        #expect(rig.told.filter { $0.hasPrefix("retry-after") }.count == (expected == nil ? 1 : 0))
    }

    @Test("an unreadable Retry-After is told once a job, masked and then cut")
    func unreadableRetryAfter() throws {
        let long = String(repeating: "x", count: 38)
        let target = try TestServer { request, reply in
            let text =
                request.header("X-Scheduler-Job") == "other"
                ? long + "hunter2" + String(repeating: "y", count: 90_000) : "1.5"
            reply.send(HTTPServer.Response(status: 503, headers: [Header("Retry-After", text)]))
        }
        let runner = try rig.runner(target.url)
        let other = Attempt(job: try CallingRig.job { $0.name = "other" }, run: rig.attempt().run, id: RunID(1, 1))
        for attempt in [rig.attempt(), rig.attempt(number: 2), other, rig.attempt(), other] {
            #expect(runner.make(attempt, with: Client()) { true }.retryAfter == nil)
        }
        let told = rig.told.filter { $0.hasPrefix("retry-after") }
        #expect(told == ["retry-after: data-refresh 1.5", "retry-after: other \(long)**"])
    }

    @Test("a span is never zero, which would be none")
    func span() throws {
        let target = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        _ = try rig.runner(target.url, random: 0).make(rig.attempt(), with: Client()) { true }
        #expect(target.seen.first?.header("traceparent")?.hasSuffix("-0000000000000001-01") == true)
    }

    @Test("whatever an app answers, what stays of it while its run waits is small")
    func small() throws {
        let much = String(repeating: "no ", count: 10_000)
        let end = try end(307, much, headers: [Header("Location", much), Header("Retry-After", much)])
        #expect(end.bytes == 30_000)
        #expect(Array("\(end)".utf8).count < 1_000)
    }

    @Test(
        "why no answer came, as an outcome",
        arguments: [
            (.unreachable, .unreachable), (.limited, .unreachable), (.timeout, .timeout), (.tls, .tls),
            (.broken, .broken),
            (.aborted, .aborted),
        ] as [(TransferError.Kind, Outcome)]
    )
    func kinds(_ kind: TransferError.Kind, outcome: Outcome) {
        #expect(Outcome(kind) == outcome)
    }

    @Test("what our own machine refuses is told apart from a target that is not there")
    func limits() throws {
        let target = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let limited = try Shortage.ofDescriptors(free: 0) { try rig.make(target.url) }
        var expected = AttemptEnd(.unreachable)
        (expected.wasSent, expected.isOwnLimit) = (false, true)
        expected.excerpt = "libcurl gave no handle: Too many open files"
        #expect(limited == expected)
        #expect(target.seen.isEmpty)
        let closed = try rig.make("http://127.0.0.1:\(try ListeningSocket.quietPort())")
        #expect(closed.outcome == .unreachable)
        #expect(!closed.isOwnLimit)
        #expect(!closed.wasSent)
        #expect(closed.excerpt.contains("Couldn't connect to server"))
    }

    @Test("given up after it was sent: the app may still be at it")
    func aborted() throws {
        let (cancellation, unanswered) = (Cancellation(), Told<Reply>())
        let target = try TestServer { _, reply in
            unanswered.add(reply)
            cancellation.cancel()
        }
        let end = try rig.runner(target.url, cancellation: cancellation).make(rig.attempt(), with: Client()) { true }
        #expect(end.outcome == .aborted)
        #expect(end.excerpt == "aborted by shutdown")
        #expect(end.mayStillRun)
    }
}
