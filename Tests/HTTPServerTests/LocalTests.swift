import Foundation
import Testing

@testable import HTTPServer

@Suite("Local names, and asking")
struct LocalTests {
    private func name() throws -> LocalName { try #require(LocalName("test/\(UUID().uuidString)")) }

    @Test("one server answers on a port and on a local name")
    func both() throws {
        let name = try name()
        let listeners = [
            try Listener(on: ListenAddress(parsing: "127.0.0.1:0")), try Listener(local: name),
        ]
        let server = try Server(on: listeners) { request, reply in reply.send(.text(200, request.target)) }
        defer { server.stop() }
        server.start()
        for place in [Asking.Place.address(server.address), .local(name)] {
            let answer = try Asking.get("/a", at: place, within: .seconds(20))
            #expect(answer == Asking.Answer(status: 200, body: Array("/a\n".utf8)))
        }
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
        #expect(throws: AskingError.failed("Connection refused")) {
            try Asking.get("/", at: .local(name), within: .seconds(20))
        }
        let silent = try Listener(local: name)
        let begin = ContinuousClock.now
        #expect(throws: AskingError.tooSlow) { try Asking.get("/", at: .local(name), within: .milliseconds(100)) }
        let address = try Listener(on: ListenAddress(parsing: "127.0.0.1:0"))
        let place = Asking.Place.address(try #require(address.address))
        #expect(throws: AskingError.tooSlow) { try Asking.get("/", at: place, within: .milliseconds(100)) }
        #expect(ContinuousClock.now - begin < .seconds(20))
        withExtendedLifetime((silent, address)) {}
    }

    @Test("a full queue of a process that hangs is no wait either")
    func fullQueue() throws {
        let name = try name()
        let silent = try Listener(local: name)
        for _ in 0..<200 {
            do throws(AskingError) {
                _ = try Asking.get("/", at: .local(name), within: .milliseconds(1))
            } catch {
                #expect([.tooSlow, .failed("Resource temporarily unavailable")].contains(error))
            }
        }
        withExtendedLifetime(silent) {}
    }

    @Test("a long answer arrives whole")
    func long() throws {
        let body = [UInt8](repeating: 65, count: 3_000_000)
        let server = try Server(on: ListenAddress(parsing: "127.0.0.1:0")) { _, reply in
            reply.send(Response(status: 200, body: body))
        }
        defer { server.stop() }
        server.start()
        #expect(try Asking.get("/", at: .address(server.address), within: .seconds(20)).body == body)
    }

    @Test(
        "what is no whole answer is none",
        arguments: [
            "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", "SSH-2.0-x\r\n\r\n",
            "HTTP/1.1 abc\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nab",
        ]
    )
    func malformed(_ text: String) {
        #expect(throws: AskingError.malformed) { try Asking.answer(in: Array(text.utf8)) }
    }
}
