import Clockwork
import Files
import HTTPClient
import HTTPServer
import Locking
import Schedule
import TestSupport
import Testing

@testable import Calling

@Suite("The courier", .timeLimit(.minutes(2)))
struct CourierTests {
    private let events = Told<CallingEvent>()
    private let counts = Told<String>()

    private func courier(heartbeat: Courier.Heartbeat? = nil, patience: Duration = .seconds(10)) -> Courier {
        Courier(
            heartbeat: heartbeat,
            time: CallingRig.time,
            patience: patience,
            tell: { [events] in events.add($0) },
            count: { [counts] in counts.add("\($0) \($1)") }
        )
    }

    private func ping(_ url: String, _ kind: Notice.Kind = .ping) -> Notice {
        Notice(kind, "GET", Secret(url), shown: "host")
    }

    @Test(
        "an answer says whether a second try may help",
        arguments: [
            (200, nil, "", .taken), (204, nil, "", .taken),
            (404, nil, "no", .gone(why: "HTTP 404 - no")), (410, nil, "", .gone(why: "HTTP 410 - ")),
            (302, nil, "", .failed(.refused, why: "HTTP 302 - ", retry: nil)),
            (400, nil, "", .failed(.refused, why: "HTTP 400 - ", retry: nil)),
            (500, nil, "", .failed(.refused, why: "HTTP 500 - ", retry: .seconds(2))),
            (503, .seconds(7), "", .failed(.refused, why: "HTTP 503 - ", retry: .seconds(7))),
            (429, .unreadable("x"), "", .failed(.refused, why: "HTTP 429 - ", retry: .seconds(2))),
            (429, .date(60), "", .failed(.refused, why: "HTTP 429 - ", retry: .seconds(60))),
            (
                429, nil, #"{"retry_after":0.35}"#,
                .failed(.refused, why: #"HTTP 429 - {"retry_after":0.35}"#, retry: .milliseconds(350))
            ),
        ] as [(Int, RetryAfter?, String, Delivery)]
    )
    func answers(_ status: Int, _ retryAfter: RetryAfter?, _ body: String, _ delivery: Delivery) {
        let bytes = Array(body.utf8)
        let response = HTTPClient.Response(
            status: status,
            body: bytes,
            bodyLength: bytes.count,
            location: nil,
            retryAfter: retryAfter
        )
        #expect(Delivery(.success(response), at: .epoch) == delivery)
    }

    @Test("what is refused is tried once more, in its turn; told once, and once when it is taken again")
    func refused() async throws {
        let answers = Mutex([500, 429, 500, 500, 200])
        let server = try TestServer { _, reply in
            reply.send(
                HTTPServer.Response(
                    status: answers.withLock { $0.removeFirst() },
                    headers: [Header("Retry-After", "0")]
                )
            )
        }
        let courier = courier()
        for name in ["a", "b", "c"] {
            courier.send(Notice(.ping, "GET", Secret("\(server.url)/\(name)"), address: Secret("x"), shown: "host"))
        }
        try await awaitTrue { courier.waiting == 0 }
        courier.stop()
        #expect(server.seen.map(\.target) == ["/a", "/a", "/b", "/b", "/c"])
        #expect(counts.all == ["ping refused", "ping refused", "ping sent"])
        #expect(events.all.count == 2)
        #expect(server.seen.allSatisfy { $0.header("Authorization") == nil })
    }

    @Test("an address that is gone is left alone, others are not; no redirect is followed")
    func gone() async throws {
        let server = try TestServer { request, reply in
            let status = request.target == "/gone" ? 404 : 302
            reply.send(HTTPServer.Response(status: status, headers: [Header("Location", "/elsewhere")]))
        }
        let courier = courier()
        for _ in 0..<3 {
            courier.send(ping("\(server.url)/gone"))
            courier.send(ping("\(server.url)/moved"))
            try await awaitTrue { courier.waiting == 0 }
        }
        courier.stop()
        #expect(server.seen.map(\.target) == ["/gone", "/moved", "/moved", "/moved"])
        #expect(Set(counts.all) == ["ping refused"])
        #expect(events.all.count == 2)
    }

    @Test("an address that hangs costs no memory and no time")
    func hangs() throws {
        let unanswered = Told<Reply>()
        let server = try TestServer { _, reply in unanswered.add(reply) }
        let courier = courier()
        for number in 0..<1_000 { courier.send(ping("\(server.url)/\(number)")) }
        #expect(courier.waiting == NoticeQueue.longest)
        #expect(counts.all.count == 900)
        courier.stop()
        #expect(courier.waiting == 0)
    }

    @Test("no answer is lost after a second try")
    func lost() async throws {
        let courier = courier()
        courier.send(ping("http://127.0.0.1:\(try ListeningSocket.quietPort())/x"))
        try await awaitTrue { courier.waiting == 0 }
        courier.stop()
        #expect(counts.all == ["ping lost"])
        #expect(events.all.count == 1)
    }

    @Test("the heart beats while there is reason to, and no longer")
    func heartbeat() async throws {
        let server = try TestServer { _, reply in reply.send(.text(200, "")) }
        let beats = Mutex(0)
        let heartbeat = Courier.Heartbeat(ping("\(server.url)/beat", .heartbeat), every: .milliseconds(5)) {
            beats.withLock {
                $0 += 1
                return $0 < 3
            }
        }
        let courier = courier(heartbeat: heartbeat)
        courier.start()
        try await awaitTrue { beats.withLock { $0 } > 10 }
        courier.stop()
        #expect((1...2).contains(server.seen.count))
        #expect(Set(counts.all) == ["heartbeat sent"])
    }

    @Test("at the end nothing waits that would come too late")
    func finish() async throws {
        let server = try TestServer { _, reply in
            reply.send(HTTPServer.Response(status: 503, headers: [Header("Retry-After", "60")]))
        }
        let courier = courier()
        courier.send(ping("\(server.url)/x"))
        try await awaitTrue { server.seen.count == 1 }
        courier.finish(by: CallingRig.time().uptime + .seconds(3))
        try await awaitTrue { courier.waiting == 0 }
        courier.stop()
        #expect(server.seen.count == 1)
        #expect(counts.all.count == 1)
    }
}

@Suite("The queue of notices")
struct NoticeQueueTests {
    private func notice(_ kind: Notice.Kind, _ url: String) -> Notice {
        Notice(kind, "GET", Secret(url), address: Secret(String(url.prefix(1))), shown: "")
    }

    @Test("alerts go first, then the heartbeat; what goes to one address keeps its order")
    func order() throws {
        var queue = NoticeQueue()
        for (kind, url) in [(.ping, "a1"), (.ping, "a2"), (.ping, "b1"), (.heartbeat, "h"), (.alert, "c")]
            as [(Notice.Kind, String)]
        { #expect(queue.add(notice(kind, url)) == nil) }
        var order: [String] = []
        while let item = queue.next(at: .seconds(1)) {
            order.append(item.notice.url.reveal)
            if item.tries == 0, order.last == "a1" {
                queue.putBack(item, due: .seconds(2))
            } else {
                queue.finish()
            }
        }
        #expect(order == ["c", "h", "a1", "b1"])
        #expect(queue.nextDue(after: .seconds(1)) == .seconds(2))
        #expect(queue.next(at: .seconds(2))?.notice.url.reveal == "a1")
    }

    @Test("the oldest pings make room; where there is none, whatever comes last is dropped")
    func full() {
        var queue = NoticeQueue()
        for number in 0..<NoticeQueue.longest { _ = queue.add(notice(.ping, "p\(number)")) }
        #expect(queue.add(notice(.alert, "x"))?.url.reveal == "p0")
        var reports = NoticeQueue()
        for number in 0..<NoticeQueue.longest { _ = reports.add(notice(.report, "r\(number)")) }
        #expect(reports.add(notice(.report, "x"))?.url.reveal == "x")
        #expect(reports.count == NoticeQueue.longest)
    }
}
