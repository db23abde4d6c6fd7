import HTTPServer
import TestClient
import Testing

@Suite("Server: answers without an end", .timeLimit(.minutes(1)))
struct StreamTests {
    private let replies = Inbox<Reply>()

    private func server(_ limits: Limits = Limits()) throws -> Server {
        let replies = replies
        return try serve(limits: limits) { request, reply in
            guard request.path == "/stream" else { return reply.send(.text(200, "hello")) }
            reply.stream(Response(status: 200, headers: [Header("Content-Type", "text/plain")]), sign: "<sign>")
            replies.put(reply)
        }
    }

    private func reader(_ server: Server) throws -> TestClient {
        let client = try TestClient(port: server.address.port)
        client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
        return client
    }

    @Test("it has no length, goes on piece by piece, and ends when it is ended")
    func pieces() throws {
        let server = try server()
        let client = try reader(server)
        let reply = try replies.take()
        reply.write(Array("one".utf8))
        reply.write(Array("two".utf8))
        reply.end()
        let answer = client.read()
        #expect(answer.status == 200 && answer.body == "onetwo" && answer.end == .closed)
        #expect(answer.header("Content-Length") == nil && answer.header("Connection") == "close")
    }

    @Test("while nothing is written there is a sign of life, again and again")
    func sign() throws {
        let server = try server(limits { $0.streamSign = .milliseconds(30) })
        let client = try reader(server)
        // One that is dropped would be ended.
        let reply = try replies.take()
        let answer = client.read(atMost: 260)
        #expect(answer.body.hasPrefix("<sign><sign>"))
        #expect(!reply.isGone)
    }

    @Test("who reads nothing is soon seen to be behind, and holds up nobody")
    func slow() throws {
        let server = try server()
        let client = try reader(server)
        let reply = try replies.take()
        var written = 0
        // The other side's own buffer takes some.
        while reply.waitingBytes <= 65_536, written < 16 << 20 {
            reply.write([UInt8](repeating: 0x61, count: 4_096))
            written += 4_096
            #expect(try TestClient.exchange(get, port: server.address.port).status == 200)
        }
        #expect(reply.waitingBytes > 65_536 && written < 16 << 20)
        reply.reset()
        #expect(client.read().end == .reset)
        #expect(reply.isGone)
    }

    @Test("a reader that leaves is known as gone")
    func gone() throws {
        let server = try server()
        let client = try reader(server)
        let reply = try replies.take()
        let over = Inbox<Ending>()
        reply.whenOver(over.put)
        client.close()
        #expect(try over.take() == .clientGone)
    }
}
