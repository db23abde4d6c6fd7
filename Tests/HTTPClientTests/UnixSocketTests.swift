import Foundation
import HTTPServer
import TestSupport
import Testing

@testable import HTTPClient

@Suite("Client: over a Unix socket")
struct UnixSocketTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func send(_ socket: String) throws -> HTTPClient.Response {
        let url = "http://app.internal/a?b=1"
        let request = HTTPClient.Request("POST", url, body: [0x78], timeout: .seconds(20), socket: socket)
        return try Client().send(request, until: Cancellation())
    }

    @Test("the URL gives Host and path, and no name of it is looked up")
    func sends() throws {
        let server = try TestServer { _, reply in reply.send(.text(200, "hello")) }
        let port = try #require(server.url.split(separator: ":").last.flatMap { UInt16($0) })
        let path = folder.path("app.sock")
        let listener = try UnixListener(path, to: port)
        #expect(try send(path).body == Array("hello\n".utf8))
        let seen = try #require(server.seen.first)
        #expect(seen.target == "/a?b=1")
        #expect(seen.header("Host") == "app.internal")
        withExtendedLifetime(listener) {}
    }

    @Test("the next request of the same client goes where its own URL says")
    func isForgotten() throws {
        let server = try TestServer { _, reply in reply.send(.text(200, "hello")) }
        let client = Client()
        let first = HTTPClient.Request("GET", server.url, timeout: .seconds(20), socket: folder.path("nowhere"))
        #expect(throws: TransferError.self) { try client.send(first, until: Cancellation()) }
        #expect(try client.send(HTTPClient.Request("GET", server.url), until: Cancellation()).status == 200)
    }

    @Test("no socket, or none that listens: unreachable, with the reason and the path")
    func missing() throws {
        try folder.write("file", "")
        for (name, reason) in [("nowhere", "No such file or directory"), ("file", "Connection refused")] {
            let path = folder.path(name)
            let error = try #require(throws: TransferError.self) { try send(path) }
            #expect(error.kind == .unreachable)
            #expect(!error.requestWasSent)
            #expect(error.detail == "Couldn't connect to \(path): \(reason)")
        }
    }

    @Test("the longest path that the system takes is taken")
    func longest() throws {
        let server = try TestServer { _, reply in reply.send(.text(200, "hello")) }
        let port = try #require(server.url.split(separator: ":").last.flatMap { UInt16($0) })
        let base = folder.path("") + "/"
        let path = base + String(repeating: "x", count: HTTPClient.Request.longestSocketPath - base.utf8.count)
        let listener = try UnixListener(path, to: port)
        #expect(try send(path).status == 200)
        withExtendedLifetime(listener) {}
        let error = try #require(throws: TransferError.self) { try send(path + "x") }
        #expect(error.kind == .unreachable || error.kind == .limited)
    }
}
