import Foundation
import Locking
import TestSupport
import Testing

@testable import HTTPServer

@Suite("Local names, and the client that blocks")
struct LocalTests {
    private func name() throws -> LocalName { try #require(LocalName("test/\(UUID().uuidString)")) }

    @Test("one server answers on a port and on a local name, each listener with its own handler")
    func both() throws {
        let name = try name()
        func handler(_ whose: String) -> Server.Handler {
            { request, reply in reply.send(.text(200, "\(whose) \(request.target)")) }
        }
        let port = try Listener(on: ListenAddress(parsing: "127.0.0.1:0"))
        let server = try Server(on: [(port, handler("port")), (try Listener(local: name), handler("local"))])
        defer { server.stop() }
        server.start()
        for (endpoint, whose) in [(BlockingClient.Endpoint.address(server.address), "port"), (.local(name), "local")] {
            let answer = try BlockingClient.get("/a", at: endpoint, within: .seconds(20))
            #expect(answer == BlockingClient.Answer(status: 200, body: Array("\(whose) /a\n".utf8)))
        }
    }

    @Test("localhost is both loopbacks, on one port")
    func loopbacks() throws {
        guard Socket.hasIPv6Loopback else { throw try Need.missing("::1", "the loopback has to have it") }
        let listeners = try Listener.all(on: ListenAddress(parsing: "localhost:0"))
        let server = try Server(on: listeners.map { ($0, { $1.send(.text(200, $0.target)) }) })
        defer { server.stop() }
        server.start()
        let port = try #require(listeners.first?.address?.port)
        for host in ["127.0.0.1", "::1"] {
            let endpoint = BlockingClient.Endpoint.address(ListenAddress(host: host, port: port))
            #expect(try BlockingClient.get("/a", at: endpoint, within: .seconds(20)).status == 200, "\(host)")
        }
        #expect(try Listener.all(on: ListenAddress(parsing: "127.0.0.1:0")).count == 1)
    }

    @Test("a name that is taken is a fault; it is free again when its owner has gone")
    func taken() throws {
        let name = try name()
        do {
            let first = try Listener(local: name)
            let error = try #require(throws: ListenError.self) { try Listener(local: name) }
            #expect(error.description == "cannot listen on the local name @\(name): Address already in use")
            withExtendedLifetime(first) {}
        }
        _ = try Listener(local: name)
    }

    @Test("nobody there, and somebody who never answers, are both known in time")
    func silence() throws {
        let name = try name()
        #expect(throws: ClientError.nobody("Connection refused")) {
            try BlockingClient.get("/", at: .local(name), within: .seconds(20))
        }
        let silent = try Listener(local: name)
        let begin = ContinuousClock.now
        #expect(throws: ClientError.tooSlow) {
            try BlockingClient.get("/", at: .local(name), within: .milliseconds(100))
        }
        let address = try Listener(on: ListenAddress(parsing: "127.0.0.1:0"))
        let endpoint = BlockingClient.Endpoint.address(try #require(address.address))
        #expect(throws: ClientError.tooSlow) { try BlockingClient.get("/", at: endpoint, within: .milliseconds(100)) }
        #expect(ContinuousClock.now - begin < .seconds(20))
        withExtendedLifetime((silent, address)) {}
    }

    @Test("a full queue is waited for as long as the patience lasts")
    func fullQueue() throws {
        let name = try name()
        let silent = try Listener(local: name)
        for _ in 0..<1_100 {
            do throws(ClientError) {
                _ = try BlockingClient.get("/", at: .local(name), within: .milliseconds(1))
            } catch {
                #expect([.tooSlow, .crowded("its queue of connections stays full")].contains(error))
            }
        }
        // Whoever has more patience gets an answer as soon as the flood is over.
        let handler: Server.Handler = { _, reply in reply.send(.text(200, "here")) }
        let server = try Server(on: [(silent, handler)])
        defer { server.stop() }
        Thread {
            Thread.sleep(forTimeInterval: 0.05)
            server.start()
        }.start()
        #expect(try BlockingClient.get("/", at: .local(name), within: .seconds(20)).status == 200)
    }

    @Test("floods of clients that ask for nothing keep nobody from an answer", arguments: [false, true])
    func flood(waits: Bool) throws {
        let name = try name()
        let handler: Server.Handler = { $1.send(.text(200, $0.target)) }
        let server = try Server(on: [(try Listener(local: name), handler)])
        defer { server.stop() }
        server.start()
        let isOver = Flag()
        for _ in 0..<5 { Thread { Self.flood(name, waits: waits, until: isOver) }.start() }
        defer { isOver.set() }
        for _ in 0..<60 {
            #expect(try BlockingClient.get("/", at: .local(name), within: .seconds(20)).status == 200)
        }
    }

    private static func flood(_ name: LocalName, waits: Bool, until isOver: Flag) {
        while !isOver.isSet {
            guard let socket = try? Socket.local(name) else { continue }
            if waits {
                _ = socket.connects(to: name, until: ContinuousClock.now + .milliseconds(100))
            } else {
                _ = unsafe Socket.withAddress(of: name) { unsafe connect(socket.descriptor, $0, $1) }
            }
        }
    }

    @Test("who closes at once, again and again, is not asked for ever")
    func closesAtOnce() throws {
        let listener = try RawListener { _ in }
        let endpoint = BlockingClient.Endpoint.address(ListenAddress(host: "127.0.0.1", port: listener.port))
        let error = try #require(throws: ClientError.self) {
            try BlockingClient.get("/", at: endpoint, within: .seconds(60))
        }
        guard case .crowded = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test("who listens on a name is known by process and user, asked or not")
    func peer() throws {
        let name = try name()
        #expect(BlockingClient.peer(at: name, within: .seconds(20)) == nil)
        let listener = try Listener(local: name)
        let peer = BlockingClient.peer(at: name, within: .seconds(20))
        #expect(peer == Peer(process: UInt32(getpid()), user: geteuid()))
        #expect(peer?.isOurs == true)
        #expect(Peer(process: 7, user: geteuid() + 1).isOurs == false)
        #expect(Peer(process: 0, user: geteuid()).isOurs == false)
        #expect(Peer(process: 7, user: 8).description == "process 7 of user 8")
        #expect(Peer(process: 0, user: 8).description == "a process of user 8 in another container")
        withExtendedLifetime(listener) {}
    }

    @Test("a long answer arrives whole")
    func long() throws {
        let body = [UInt8](repeating: 65, count: 3_000_000)
        let server = try Server(on: ListenAddress(parsing: "127.0.0.1:0")) { _, reply in
            reply.send(Response(status: 200, body: body))
        }
        defer { server.stop() }
        server.start()
        #expect(try BlockingClient.get("/", at: .address(server.address), within: .seconds(20)).body == body)
    }

    @Test(
        "what is no whole answer is none",
        arguments: [
            "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", "SSH-2.0-x\r\n\r\n",
            "HTTP/1.1 abc\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nab",
        ]
    )
    func malformed(_ text: String) {
        #expect(throws: ClientError.malformed) { try BlockingClient.answer(in: Array(text.utf8)) }
    }
}
