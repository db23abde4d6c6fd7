import Dispatch
import HTTPServer
import TestClient
import Testing

@Suite("Server: clients that do not behave")
struct HostileClientTests {
    @Test("who sends too slowly gets 408, who sends nothing is closed; a drip does not buy time")
    func slow() throws {
        let server = try serve(limits: limits { $0.readTimeout = .milliseconds(50) }, handler: hello)
        let silent = try TestClient(port: server.address.port)
        let begun = try TestClient(port: server.address.port)
        begun.send("GET / HTTP/1.1\r\n")
        #expect(silent.read() == TestClient.Answer(bytes: [], end: .closed))
        #expect(begun.read().status == 408)
        let dripping = try TestClient(port: server.address.port)
        // Far more bytes than 50 ms allow; ends when the server no longer takes them.
        var sent = 0
        while dripping.send("G"), sent < 100_000 {
            sent += 1
            if dripping.hasSomethingToRead(within: .milliseconds(1)) { break }
        }
        #expect(dripping.read().status == 408)
    }

    @Test("at the cap the oldest connection without a whole request gives way, and only that")
    func cap() throws {
        let replies = Inbox<Reply>()
        let server = try serve(limits: limits { $0.connections = 3 }) { _, reply in replies.put(reply) }
        let whole = try TestClient(port: server.address.port)
        whole.send(get)
        let reply = try replies.take()
        let oldest = try TestClient(port: server.address.port)
        oldest.send("GET")
        let older = try TestClient(port: server.address.port)
        let new = try TestClient(port: server.address.port)
        new.send(get)
        try replies.take().send(.text(200, "new"))
        #expect(new.read().status == 200)
        #expect(oldest.read().bytes.isEmpty, "closed or reset, without an answer")
        older.send(get)
        try replies.take().send(.text(200, "older"))
        #expect(older.read().status == 200)
        reply.send(.text(200, "whole"))
        #expect(whole.read().status == 200)
    }

    @Test("a half-open connection gives way before one that still reads its answer")
    func capOrder() throws {
        let limits = limits {
            $0.connections = 2
            $0.lingerTimeout = .seconds(60)
        }
        let server = try serve(limits: limits, handler: hello)
        let answered = try TestClient(port: server.address.port)
        answered.send(get)
        #expect(answered.read().status == 200)
        let halfOpen = try TestClient(port: server.address.port)
        halfOpen.send("G")
        #expect(try TestClient.exchange(get, port: server.address.port).status == 200)
        #expect(halfOpen.read().bytes.isEmpty, "closed or reset, without an answer")
    }

    @Test("when every connection waits for its answer, a new client waits its turn in the kernel")
    func full() throws {
        let replies = Inbox<Reply>()
        let server = try serve(limits: limits { $0.connections = 1 }) { _, reply in replies.put(reply) }
        let first = try TestClient(port: server.address.port)
        first.send(get)
        let reply = try replies.take()
        let second = try TestClient(port: server.address.port)
        second.send(get)
        reply.send(.text(200, "first"))
        #expect(first.read().body == "first\n")
        try replies.take().send(.text(200, "second"))
        #expect(second.read().body == "second\n")
    }

    @Test("500 half-open connections do not keep a new client from its answer")
    func slowloris() throws {
        let server = try serve(handler: hello)
        var crowd: [TestClient] = []
        for _ in 0..<500 {
            let client = try TestClient(port: server.address.port)
            client.send("G")
            crowd.append(client)
        }
        for _ in 0..<10 { #expect(try TestClient.exchange(get, port: server.address.port).status == 200) }
        let closed = crowd.count { $0.hasSomethingToRead(within: .zero) }
        #expect(closed >= 500 - 64)
    }

    @Test("a client that leaves, politely or not, is noticed while its answer is awaited")
    func leaves() throws {
        let replies = Inbox<Reply>()
        let server = try serve { _, reply in replies.put(reply) }
        for isPolite in [true, false] {
            let client = try TestClient(port: server.address.port)
            client.send(get + "leftovers")
            let reply = try replies.take()
            let endings = Inbox<Ending>()
            reply.whenOver { endings.put($0) }
            if isPolite { client.close() } else { client.reset() }
            #expect(try endings.take() == .clientGone)
            #expect(reply.isGone)
            reply.send(.text(200, "to nobody"))
        }
        #expect(try reachable(server, replies))
    }

    @Test("a client that resets in the middle of a large answer harms nobody")
    func resetsMidAnswer() throws {
        let replies = Inbox<Reply>()
        let server = try serve { _, reply in replies.put(reply) }
        let client = try TestClient(port: server.address.port)
        client.send(get)
        let reply = try replies.take()
        let endings = Inbox<Ending>()
        reply.whenOver { endings.put($0) }
        reply.send(Response(status: 200, body: [UInt8](repeating: 65, count: 50_000_000)))
        #expect(client.read(atMost: 1_000).bytes.count == 1_000)
        client.reset()
        #expect(try endings.take() == .clientGone)
        #expect(try reachable(server, replies))
    }

    @Test("a client that does not read its answer runs out of time; what waits is counted meanwhile")
    func doesNotRead() throws {
        let replies = Inbox<Reply>()
        let server = try serve(limits: limits { $0.writeTimeout = .milliseconds(50) }) { _, reply in replies.put(reply)
        }
        let client = try TestClient(port: server.address.port)
        client.send(get)
        let reply = try replies.take()
        let endings = Inbox<Ending>()
        reply.whenOver { endings.put($0) }
        reply.write([UInt8](repeating: 65, count: 50_000_000))
        #expect(reply.waitingBytes > 0)
        reply.end()
        #expect(try endings.take() == .timedOut)
        #expect(reply.waitingBytes == 0)
    }

    @Test("a large answer arrives whole")
    func large() throws {
        let server = try serve { _, reply in
            reply.send(Response(status: 200, body: [UInt8](repeating: 66, count: 5_000_000)))
        }
        let answer = try TestClient.exchange(get, port: server.address.port)
        #expect(answer.end == .closed)
        #expect(answer.bytes.count > 5_000_000)
        #expect(answer.bytes.suffix(5_000_000).allSatisfy { $0 == 66 })
    }

    @Test("a client that never closes after its answer is let go")
    func lingers() throws {
        let server = try serve(limits: limits { $0.lingerTimeout = .milliseconds(20) }, handler: hello)
        let client = try TestClient(port: server.address.port)
        client.send(get)
        #expect(client.read().status == 200)
        // Once the server has closed, sending meets a reset.
        while client.send("x") {}
    }

    @Test("stop closes what is open, tells its observers, and may be called twice")
    func stop() throws {
        let replies = Inbox<Reply>()
        let server = try serve { _, reply in replies.put(reply) }
        let waiting = try TestClient(port: server.address.port)
        waiting.send(get)
        let reply = try replies.take()
        let endings = Inbox<Ending>()
        reply.whenOver { endings.put($0) }
        let half = try TestClient(port: server.address.port)
        half.send("GET")
        server.stop()
        server.stop()
        #expect(try endings.take() == .stopped)
        reply.send(.text(200, "too late"))
        #expect(waiting.read().bytes.isEmpty)
        #expect(half.read().bytes.isEmpty)
        #expect(throws: TestClient.Failure.self) { try TestClient(port: server.address.port) }
    }

    @Test("500 answers that come late, from another thread, all arrive")
    func manyLate() throws {
        let replies = Inbox<Reply>()
        let server = try serve(limits: limits { $0.connections = 600 }) { _, reply in replies.put(reply) }
        let clients = try (0..<500).map { _ in try TestClient(port: server.address.port) }
        for client in clients { client.send(get) }
        let held = try clients.map { _ in try replies.take() }
        DispatchQueue.global().async { for reply in held { reply.send(.text(200, "late")) } }
        #expect(clients.count { $0.read().body == "late\n" } == 500)
    }

    private func reachable(_ server: Server, _ replies: Inbox<Reply>) throws -> Bool {
        let client = try TestClient(port: server.address.port)
        client.send(get)
        try replies.take().send(.text(200, "here"))
        return client.read().status == 200
    }
}
