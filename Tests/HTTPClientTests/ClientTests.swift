import Foundation
import HTTPClient
import HTTPServer
import Locking
import TestSupport
import Testing

@Suite("Client")
struct ClientTests {
    @Test("an answer is status, body and Location", arguments: [200, 204, 302, 404, 500])
    func answers(_ status: Int) throws {
        let server = try TestServer { _, reply in
            let body = status == 204 ? [] : Array("hello".utf8)
            reply.send(HTTPServer.Response(status: status, headers: [Header("Location", "/there?x=1")], body: body))
        }
        let response = try send(Request("GET", server.url + "/"))
        #expect(response.status == status)
        #expect(response.body == (status == 204 ? [] : Array("hello".utf8)))
        #expect(response.location == "/there?x=1")
        #expect(server.seen.count == 1)
    }

    @Test("an empty Location is empty", arguments: ["Location:", "Location: ", "Location: \t"])
    func emptyLocation(_ line: String) throws {
        let server = try TestServer { _, reply in
            reply.write(Array("HTTP/1.1 302 Found\r\n\(line)\r\nContent-Length: 0\r\n\r\n".utf8))
        }
        #expect(try send(Request("GET", server.url)).location == "")
    }

    @Test(
        "what goes over the wire",
        arguments: [
            ("GET", nil, nil), ("HEAD", nil, nil), ("DELETE", nil, nil), ("POST", nil, "0"), ("PUT", nil, "0"),
            ("PATCH", nil, "0"), ("POST", "body", "4"), ("PUT", "body", "4"), ("PATCH", "body", "4"),
            ("DELETE", "body", "4"),
        ] as [(String, String?, String?)]
    )
    func requests(_ method: String, body: String?, length: String?) throws {
        let server = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let headers: HeaderLines = ["X-Empty": "", "User-Agent": "test/1"]
        let request = Request(method, server.url + "/a/b?c=d", headers: headers, body: body.map { Array($0.utf8) })
        _ = try send(request)
        let seen = try #require(server.seen.first)
        #expect(seen.method == method)
        #expect(seen.target == "/a/b?c=d")
        #expect(String(decoding: seen.body, as: UTF8.self) == body ?? "")
        #expect(seen.header("Content-Length") == length)
        #expect(seen.header("User-Agent") == "test/1")
        #expect(seen.header("X-Empty") == "")
        // None of these is libcurl's to add.
        for name in ["Content-Type", "Expect", "Accept-Encoding", "Cookie"] { #expect(seen.header(name) == nil) }
    }

    @Test("a body over a megabyte does not wait for a 100 Continue that never comes")
    func largeBody() throws {
        var limits = Limits()
        limits.bodyBytes = 3_000_000
        let server = try TestServer(limits: limits) { _, reply in reply.send(.text(200, "ok")) }
        let body = [UInt8](repeating: 0x61, count: 2_000_000)
        #expect(try send(Request("POST", server.url, body: body)).status == 200)
        #expect(server.seen.first?.header("Expect") == nil)
        #expect(server.seen.first?.body.count == 2_000_000)
    }

    @Test("of a large answer the first 64 KiB are kept, the rest is read and counted")
    func largeAnswer() throws {
        let server = try TestServer { _, reply in
            reply.send(HTTPServer.Response(status: 200, body: [UInt8](repeating: 0x61, count: 1_000_000)))
        }
        let response = try send(Request("GET", server.url))
        #expect(response.body.count == 65_536)
        #expect(response.bodyLength == 1_000_000)
    }

    @Test("a redirect is not followed, to whatever place", arguments: [301, 302, 303, 307, 308])
    func redirects(_ status: Int) throws {
        let other = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let server = try TestServer { _, reply in
            reply.send(HTTPServer.Response(status: status, headers: [Header("Location", other.url)]))
        }
        #expect(try send(Request("POST", server.url)).status == status)
        #expect(other.seen.isEmpty)
        #expect(server.seen.count == 1)
    }

    @Test("nobody listens: unreachable, nothing was sent")
    func refused() throws {
        let url = "http://127.0.0.1:\(try ListeningSocket.quietPort())"
        let error = try #require(throws: TransferError.self) { try send(Request("POST", url)) }
        #expect(error.kind == .unreachable)
        #expect(!error.requestWasSent)
        #expect(error.detail.contains("Connection refused") || error.detail.contains("connect"))
    }

    @Test("a host that has no address: unreachable")
    func unresolvable() throws {
        let error = try #require(throws: TransferError.self) {
            try Client().send(Request("GET", "http://nowhere.invalid/", timeout: .seconds(20)), until: Cancellation())
        }
        #expect(error.kind == .unreachable)
        #expect(!error.requestWasSent)
    }

    @Test("other protocols than http and https are refused", arguments: ["file:///etc/passwd", "ftp://127.0.0.1/x"])
    func protocols(_ url: String) throws {
        let error = try #require(throws: TransferError.self) {
            try Client().send(Request("GET", url), until: Cancellation())
        }
        #expect(error.kind == .unreachable)
    }

    @Test("https to a port that speaks http: tls, and not a byte of the request is sent")
    func notTLS() throws {
        let server = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let url = server.url.replacingOccurrences(of: "http:", with: "https:")
        let error = try #require(throws: TransferError.self) { try send(Request("GET", url)) }
        #expect(error.kind == .tls)
        #expect(!error.requestWasSent)
        #expect(server.seen.isEmpty)
    }

    @Test(
        "answers that are none: broken, and the app saw one request",
        arguments: [
            "", "garbage\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", "HTTP/1.1 banana\r\n\r\n",
        ]
    )
    func broken(_ answer: String) throws {
        let server = try TestServer { _, reply in
            reply.write(Array(answer.utf8))
            reply.end()
        }
        let error = try #require(throws: TransferError.self) { try send(Request("POST", server.url)) }
        #expect(error.kind == .broken)
        #expect(error.requestWasSent)
        #expect(server.seen.count == 1)
    }

    @Test("a reset in place of an answer: broken, and the app saw one request")
    func reset() throws {
        let server = try TestServer { _, reply in reply.reset() }
        let error = try #require(throws: TransferError.self) { try send(Request("POST", server.url)) }
        #expect(error.kind == .broken)
        #expect(error.requestWasSent)
        #expect(server.seen.count == 1)
    }

    @Test("endless headers are cut by libcurl, not kept")
    func endlessHeaders() throws {
        let server = try TestServer { _, reply in
            reply.write(Array("HTTP/1.1 200 OK\r\n".utf8))
            for _ in 0..<40 { reply.write(Array("X-Filler: \(String(repeating: "x", count: 10_000))\r\n".utf8)) }
            reply.end()
        }
        let error = try #require(throws: TransferError.self) { try send(Request("GET", server.url)) }
        #expect(error.kind == .broken)
    }

    @Test("endless trailers of a chunked body end the transfer, and are not kept")
    func endlessTrailers() throws {
        let server = try TestServer { _, reply in
            reply.write(Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n".utf8))
            Thread.detachNewThread {
                // libcurl refuses longer lines by itself, but not that many.
                let line = Array("X-A: \(String(repeating: "a", count: 1_000))\r\n".utf8)
                while !reply.isGone {
                    if reply.waitingBytes < 1_000_000 { reply.write(line) }
                }
            }
        }
        let error = try #require(throws: TransferError.self) { try send(Request("GET", server.url)) }
        #expect(error.kind == .broken)
    }

    @Test(
        "the deadline is one for the whole attempt: silence, a dripping header, a dripping body",
        arguments: [
            "", "HTTP/1.1 200 OK\r\nX-Drip: ", "HTTP/1.1 200 OK\r\n\r\n",
        ]
    )
    func deadline(_ head: String) throws {
        let server = try TestServer { _, reply in
            reply.write(Array(head.utf8))
            guard !head.isEmpty else { return reply.whenOver { _ in _ = reply } }
            Thread.detachNewThread {
                while !reply.isGone {
                    reply.write([0x61])
                    Thread.sleep(forTimeInterval: 0.01)
                }
            }
        }
        let error = try #require(throws: TransferError.self) {
            try send(Request("POST", server.url, timeout: .milliseconds(300)))
        }
        #expect(error.kind == .timeout)
        #expect(error.requestWasSent)
        #expect(server.seen.count == 1)
    }

    @Test("an endless body ends at the deadline, and memory holds 64 KiB of it")
    func endlessBody() throws {
        let server = try TestServer { _, reply in
            reply.write(Array("HTTP/1.1 200 OK\r\n\r\n".utf8))
            Thread.detachNewThread {
                while !reply.isGone {
                    if reply.waitingBytes < 1_000_000 { reply.write([UInt8](repeating: 0x61, count: 65_536)) }
                }
            }
        }
        let error = try #require(throws: TransferError.self) {
            try send(Request("POST", server.url, timeout: .milliseconds(300)))
        }
        #expect(error.kind == .timeout)
    }

    @Test("a cancellation ends a transfer in flight, and every later one")
    func cancellation() async throws {
        let arrived = Mutex(false)
        let held = Mutex<[Reply]>([])
        let server = try TestServer { _, reply in
            held.withLock { $0.append(reply) }
            arrived.withLock { $0 = true }
        }
        let cancellation = Cancellation()
        let request = Request("POST", server.url, timeout: .seconds(600))
        Thread.detachNewThread {
            while !arrived.withLock({ $0 }) { Thread.sleep(forTimeInterval: 0.001) }
            cancellation.cancel()
        }
        let error = try #require(throws: TransferError.self) { try Client().send(request, until: cancellation) }
        #expect(error == TransferError(.aborted, "aborted by shutdown", requestWasSent: true))
        let later = try #require(throws: TransferError.self) { try Client().send(request, until: cancellation) }
        #expect(later == TransferError(.aborted, "aborted by shutdown", requestWasSent: false))
        #expect(server.seen.count == 1)
    }

    @Test("one client sends many requests, each over a connection of its own, and none leaks into the next")
    func reuse() throws {
        let server = try TestServer { request, reply in reply.send(.text(request.method == "POST" ? 201 : 200, "ok")) }
        let client = Client()
        for _ in 0..<20 {
            let post = Request("POST", server.url, headers: ["X-A": "1"], body: [0x61])
            #expect(try client.send(post, until: Cancellation()).status == 201)
            #expect(try client.send(Request("GET", server.url), until: Cancellation()).status == 200)
        }
        let gets = server.seen.filter { $0.method == "GET" }
        #expect(gets.count == 20)
        #expect(gets.allSatisfy { $0.header("X-A") == nil && $0.body.isEmpty })
        #expect(Set(server.connections).count == 40)
    }

    @Test("a client that is used again keeps nothing of the answer before: no body, no count of header bytes")
    func nothingKept() throws {
        let line = "X-A: " + String(repeating: "a", count: 90_000) + "\r\n"
        let server = try TestServer { request, reply in
            guard request.target == "/" else { return reply.send(HTTPServer.Response(status: 204)) }
            reply.write(Array("HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\(line)\(line)\r\n".utf8))
            reply.write([UInt8](repeating: 0x62, count: 70_000))
        }
        let client = Client()
        for _ in 0..<3 {
            let long = try client.send(Request("GET", server.url + "/"), until: Cancellation())
            #expect(long.body.count == 65_536 && long.bodyLength == 70_000)
            let empty = try client.send(Request("GET", server.url + "/none"), until: Cancellation())
            #expect(empty.body.isEmpty && empty.bodyLength == 0)
        }
    }

    @Test("a client heeds the cancellation of its last request, and no other; also one that came while it idled")
    func cancellations() throws {
        let server = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let (client, first, second) = (Client(), Cancellation(), Cancellation())
        let request = Request("GET", server.url)
        #expect(try client.send(request, until: first).status == 200)
        #expect(try client.send(request, until: second).status == 200)
        first.cancel()
        #expect(try client.send(request, until: second).status == 200)
        second.cancel()
        let error = try #require(throws: TransferError.self) { try client.send(request, until: second) }
        #expect(error == TransferError(.aborted, "aborted by shutdown", requestWasSent: false))
        #expect(try client.send(request, until: Cancellation()).status == 200)
        #expect(server.seen.count == 4)
    }

    @Test("a cancellation reaches a client that made its first requests under another one")
    func laterCancellation() throws {
        let held = Mutex<[Reply]>([])
        let cancellation = Cancellation()
        let server = try TestServer { request, reply in
            guard request.target == "/held" else { return reply.send(.text(200, "ok")) }
            held.withLock { $0.append(reply) }
            Thread.detachNewThread {
                // By then it waits for the answer; earlier, it would see the end of its own accord.
                Thread.sleep(forTimeInterval: 0.2)
                cancellation.cancel()
            }
        }
        let client = Client()
        #expect(try client.send(Request("GET", server.url), until: Cancellation()).status == 200)
        let begin = ContinuousClock.now
        let error = try #require(throws: TransferError.self) {
            try client.send(Request("GET", server.url + "/held", timeout: .seconds(600)), until: cancellation)
        }
        #expect(error == TransferError(.aborted, "aborted by shutdown", requestWasSent: true))
        // One that is not woken looks by itself, after ten seconds at the soonest.
        #expect(ContinuousClock.now - begin < .seconds(8))
    }

    /// Sends one request with a client of its own.
    private func send(_ request: HTTPClient.Request) throws(TransferError) -> HTTPClient.Response {
        try Client().send(request, until: Cancellation())
    }
}
