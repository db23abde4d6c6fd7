import Clockwork
import Files
import Foundation
import HTTPClient
import HTTPServer
import Locking
import Schedule
import TestSupport
import Testing

@testable import Calling

@Suite("The courier of traces", .timeLimit(.minutes(2)))
struct TraceCourierTests {
    /// A batch is larger than what the small server takes otherwise.
    private static let limits: Limits = {
        var limits = Limits()
        limits.bodyBytes = 1 << 20
        return limits
    }()

    private let events = Told<CallingEvent>()
    private let counts = Told<String>()

    private func courier(_ url: String, headers: [(name: String, value: Secret)] = []) throws -> TraceCourier {
        let target = Traces.Target(try BaseURL(parsing: "http://app"))
        let resource = [(name: "service.name", value: "me")]
        return TraceCourier(
            // A busy machine may let a test's server wait.
            Traces(
                url: url,
                headers: headers,
                timeout: .seconds(60),
                resource: resource,
                targets: [Job.mainTarget: target]
            ),
            time: CallingRig.time,
            tell: { [events] in events.add($0) },
            count: { [counts] in counts.add("\($0 ? "sent" : "dropped") \($1)") }
        )
    }

    private func note(_ count: Int, to courier: TraceCourier) {
        for number in 0..<count {
            courier.note(.ended("a", RunRecord(id: RunID(1, UInt64(number + 1)), outcome: .ok), nil))
        }
    }

    @Test(
        "what an answer says of a batch",
        arguments: [
            (200, nil, "{}", .taken(rejected: 0, why: "")), (200, nil, "", .taken(rejected: 0, why: "")),
            (
                200, nil, #"{"partialSuccess":{"rejectedSpans":"3","errorMessage":"old"}}"#,
                .taken(rejected: 3, why: "old")
            ),
            (503, nil, "x", .again(after: nil, why: "HTTP 503 - x")),
            (429, .seconds(7), "", .again(after: .seconds(7), why: "HTTP 429 - ")),
            (502, .seconds(9_999), "", .again(after: .seconds(300), why: "HTTP 502 - ")),
            (504, .unreadable("x"), "", .again(after: nil, why: "HTTP 504 - ")),
            (500, nil, "x", .lost(why: "HTTP 500 - x")), (404, nil, "", .lost(why: "HTTP 404 - ")),
            (301, nil, "", .lost(why: "HTTP 301 - ")),
            (415, nil, "x", .lost(why: "HTTP 415, as where only protobuf is taken and this is JSON: x")),
        ] as [(Int, RetryAfter?, String, SpanDelivery)]
    )
    func answers(_ status: Int, _ retryAfter: RetryAfter?, _ body: String, _ delivery: SpanDelivery) {
        let bytes = Array(body.utf8)
        let response = HTTPClient.Response(
            status: status,
            body: bytes,
            bodyLength: bytes.count,
            location: nil,
            retryAfter: retryAfter
        )
        #expect(SpanDelivery(.success(response), at: .epoch) == delivery)
    }

    @Test("a full batch goes at once, with the headers that were asked for; the rest with the end")
    func batches() async throws {
        let requests = Told<HTTPServer.Request>()
        let server = try TestServer(limits: Self.limits) { request, reply in
            requests.add(request)
            reply.send(.text(200, "{}"))
        }
        let courier = try courier(server.url + "/v1/traces", headers: [("X-Key", Secret("abc"))])
        note(120, to: courier)
        try await awaitTrue { counts.all.first == "sent 100" }
        courier.finish(by: CallingRig.time().uptime + .seconds(3))
        try await awaitTrue { counts.all == ["sent 100", "sent 20"] }
        #expect(!courier.isBusy)
        courier.stop()
        let request = try #require(requests.all.first)
        #expect(request.method == "POST" && request.target == "/v1/traces" && request.header("X-Key") == "abc")
        #expect(request.header("Content-Type") == "application/json" && request.header("Authorization") == nil)
        let body = String(decoding: request.body, as: UTF8.self)
        let start =
            #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"me"}}]},"#
        #expect(body.hasPrefix(start + #""scopeSpans":[{"scope":{"name":"scheduler-sidecar","#))
        #expect(events.all.isEmpty)
    }

    @Test("what asks for another try gets it; told once, and once when spans are taken again")
    func again() async throws {
        let calls = Mutex(0)
        let server = try TestServer(limits: Self.limits) { _, reply in
            let number = calls.withLock { count in
                count += 1
                return count
            }
            reply.send(.text(number <= 2 ? 503 : 200, "busy"))
        }
        let courier = try courier(server.url)
        note(100, to: courier)
        try await awaitTrue { counts.all == ["sent 100"] }
        courier.stop()
        #expect(calls.withLock { $0 } == 3)
        let told = events.all.map { event in
            switch event {
            case .tracesAreLost(_, let why): why
            case .tracesAreTaken: "taken"
            default: "?"
            }
        }
        #expect(told == ["HTTP 503 - busy\n", "taken"])
    }

    @Test("a collector that is not there or hangs costs nothing but the spans")
    func dead() async throws {
        let port = try ListeningSocket.quietPort()
        let gone = try courier("http://127.0.0.1:\(port)")
        note(100, to: gone)
        try await awaitTrue { counts.all == ["dropped 100"] }
        note(100, to: gone)
        try await awaitTrue { counts.all.count == 2 }
        #expect(events.all.count == 1)
        gone.stop()

        let silent = try SilentListener()
        let hanging = try courier("http://127.0.0.1:\(silent.port)")
        note(2_500, to: hanging)
        let begin = ContinuousClock.now
        hanging.finish(by: CallingRig.time().uptime + .milliseconds(100))
        hanging.stop()
        #expect(ContinuousClock.now - begin < .seconds(5))
        let dropped = counts.all.dropFirst(2).compactMap { Int($0.dropFirst("dropped ".count)) }.reduce(0, +)
        #expect(dropped == 2_500)
    }
}
