import Dispatch
import HTTPServer
import TestClient
import Testing

@Suite("Server: one request, one answer")
struct ServerTests {
    @Test("hands over the request and closes after the answer")
    func answers() throws {
        let server = try serve { request, reply in
            reply.send(
                .text(201, "\(request.method) \(request.target) \(String(decoding: request.body, as: UTF8.self))")
            )
        }
        let answer = try TestClient.exchange(
            "POST /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
            port: server.address.port
        )
        #expect(answer.statusLine == "HTTP/1.1 201 Created")
        #expect(answer.header("Connection") == "close")
        #expect(answer.header("Content-Length") == "13")
        #expect(answer.body == "POST /a?b hi\n")
        #expect(answer.end == .closed)
    }

    @Test("HEAD gets the headers alone; leftovers behind a request are not a second one, nor a reset")
    func headAndLeftovers() throws {
        let server = try serve(handler: hello)
        let port = server.address.port
        let answer = try TestClient.exchange("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + get, port: port)
        #expect(answer.header("Content-Length") == "6")
        #expect(answer.body == "")
        #expect(answer.end == .closed)
    }

    @Test(
        "refusals are answered and closed",
        arguments: [
            ("GET /\r\n", 400), ("GET / HTTP/3.0\r\n", 505), ("GET / HTTP/1.1\r\n\r\n", 400),
            ("\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{FC}\u{3}\u{3}", 400),
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
            ("GET /" + String(repeating: "a", count: 1_000_000), 414),
            ("GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 2_000_000), 431),
            ("GET / HTTP/1.1\r\n" + String(repeating: "X: a\r\n", count: 100_000), 431),
            (
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n"
                    + String(repeating: "a", count: 2_000_000), 413
            ),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
        ]
    )
    func refuses(_ text: String, status: Int) throws {
        let server = try serve { _, _ in Issue.record("the handler must not see it") }
        let answer = try TestClient.exchange(text, port: server.address.port)
        #expect(answer.status == status)
        #expect(answer.end == .closed)
    }

    @Test("a request cut short by the client is 400, one never begun just closes")
    func cutShort() throws {
        let server = try serve(handler: hello)
        let half = try TestClient(port: server.address.port)
        half.send("GET / HT")
        half.finishSending()
        #expect(half.read().status == 400)
        let silent = try TestClient(port: server.address.port)
        silent.finishSending()
        #expect(silent.read() == TestClient.Answer(bytes: [], end: .closed))
    }

    @Test("a client that has half closed still gets a prompt answer")
    func halfClosed() throws {
        let server = try serve(handler: hello)
        let client = try TestClient(port: server.address.port)
        client.send(get)
        client.finishSending()
        #expect(client.read().status == 200)
    }

    @Test("Expect: 100-continue is told to go on before it sends the body")
    func goOn() throws {
        let server = try serve(handler: hello)
        let client = try TestClient(port: server.address.port)
        client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        #expect(client.read(atMost: 25).text == "HTTP/1.1 100 Continue\r\n\r\n")
        client.send("hi")
        #expect(client.read().status == 200)
    }

    @Test("the answer may come later, from another thread, once")
    func answersLater() throws {
        let replies = Inbox<Reply>()
        let server = try serve { _, reply in replies.put(reply) }
        let client = try TestClient(port: server.address.port)
        client.send(get)
        let reply = try replies.take()
        let endings = Inbox<Ending>()
        reply.whenOver { endings.put($0) }
        #expect(!reply.isGone)
        reply.send(.text(200, "late"))
        reply.send(.text(500, "twice"))
        reply.reset()
        #expect(client.read().body == "late\n")
        #expect(try endings.take() == .answered)
        #expect(reply.isGone)
        reply.whenOver { endings.put($0) }
        #expect(try endings.take() == .answered, "an observer that comes late is told as well")
    }

    @Test("a reply that is dropped answers 500")
    func dropped() throws {
        let server = try serve { _, _ in }
        #expect(try TestClient.exchange(get, port: server.address.port).status == 500)
    }

    @Test("raw bytes go out as they are, piece by piece; then end or reset")
    func raw() throws {
        let replies = Inbox<Reply>()
        let server = try serve { _, reply in replies.put(reply) }
        let first = try TestClient(port: server.address.port)
        first.send(get)
        let drip = try replies.take()
        for byte in [0, 255, 13] as [UInt8] {
            drip.write([byte])
            #expect(first.read(atMost: 1).bytes == [byte])
        }
        drip.end()
        #expect(first.read() == TestClient.Answer(bytes: [], end: .closed))

        let second = try TestClient(port: server.address.port)
        second.send(get)
        let torn = try replies.take()
        let endings = Inbox<Ending>()
        torn.whenOver { endings.put($0) }
        torn.write([1])
        #expect(second.read(atMost: 1).bytes == [1])
        torn.reset()
        #expect(second.read().end == .reset)
        #expect(try endings.take() == .reset)
    }

    @Test("HTTP on every IPv6 address also serves IPv4")
    func dualStack() throws {
        let server = try Server(on: try ListenAddress(parsing: "[::]:0")) { _, reply in reply.send(.text(200, "six")) }
        server.start()
        #expect(try TestClient.exchange(get, port: server.address.port).body == "six\n")
    }
}
