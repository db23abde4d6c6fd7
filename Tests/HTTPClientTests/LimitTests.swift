import CCurl
import Foundation
import HTTPServer
import TestSupport
import Testing

@testable import HTTPClient

/// What our own process or machine refuses says nothing of the target.
@Suite("Client: our own limits")
struct LimitTests {
    private static let outOfFiles = "Too many open files"

    @Test("no descriptor for a client: limited, without a crash, and the same client works as soon as there is one")
    func noHandle() throws {
        let server = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let client = Client()
        let request = HTTPClient.Request("GET", server.url)
        for free in 0...1 {
            let error = try failure { try Shortage.ofDescriptors(free: free) { try send(request, client) } }
            #expect(error == .limited("libcurl gave no handle: \(Self.outOfFiles)"))
        }
        #expect(try send(request, client).status == 200)
        #expect(server.seen.count == 1)
    }

    @Test("no descriptor for a connection, for a resolver's thread, or for what that opens")
    func noSocket() throws {
        let server = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        // Two of the free ones are the client's own.
        let port = try #require(server.url.split(separator: ":").last)
        let cases = [
            (server.url, 2, "Failed to connect to 127.0.0.1 port \(port) after N ms: Couldn't connect to server"),
            ("http://nowhere.invalid/", 2, "getaddrinfo() thread failed to start"),
            ("http://nowhere.invalid/", 3, "getaddrinfo() thread failed to start"),
            ("http://nowhere.invalid/", 4, "Could not resolve host: nowhere.invalid (\(Self.outOfFiles))"),
        ]
        for (url, free, reason) in cases {
            let error = try failure {
                try Shortage.ofDescriptors(free: free) { try send(HTTPClient.Request("GET", url), Client()) }
            }
            let expected = url == server.url ? "\(reason) (\(Self.outOfFiles))" : reason
            #expect(plain(error) == .limited(expected), "\(url) \(free)")
        }
        #expect(server.seen.isEmpty)
    }

    @Test("no descriptor for a certificate's file")
    func noFile() throws {
        let authority = try CertificateAuthority()
        let (own, nginx) = (try authority.issue("DNS:client"), try Nginx(try authority.issue()))
        let request = HTTPClient.Request("GET", nginx.url, tls: TLSOptions(caFile: authority.file))
        #expect(try send(request, Client()).status == 200)
        let error = try failure { try Shortage.ofDescriptors(free: 3) { try send(request, Client()) } }
        #expect(error == .limited("error setting certificate file: \(authority.file) (\(Self.outOfFiles))"))
        var both = request
        (both.tls.certificateFile, both.tls.keyFile) = (own.certificateFile, own.keyFile)
        let other = try failure { try Shortage.ofDescriptors(free: 3) { try send(both, Client()) } }
        #expect(other.kind == .limited && other.detail.contains(Self.outOfFiles), "\(other)")
        #expect(try send(both, Client()).status == 200)
    }

    @Test("no thread for the resolver")
    func noThread() throws {
        try Need.root()
        let error = try failure {
            try Shortage.ofThreads { try send(HTTPClient.Request("GET", "http://nowhere.invalid/"), Client()) }
        }
        #expect(error == .limited("getaddrinfo() thread failed to start"))
    }

    @Test("enough of everything: what the target's side refuses is still unreachable")
    func noShortage() throws {
        let closed = "http://127.0.0.1:\(try ListeningSocket.quietPort())"
        for url in ["http://nowhere.invalid/", closed] {
            let error = try failure { try send(HTTPClient.Request("GET", url), Client()) }
            #expect(error.kind == .unreachable, "\(error)")
        }
    }

    private func send(_ request: HTTPClient.Request, _ client: Client) throws -> HTTPClient.Response {
        try client.send(request, until: Cancellation())
    }

    private func failure(_ body: () throws -> HTTPClient.Response) throws -> TransferError {
        try #require(throws: TransferError.self) { try body() }
    }

    private func plain(_ error: TransferError) -> TransferError {
        let detail = error.detail.replacing(/after \d+ ms/, with: "after N ms")
        return TransferError(error.kind, detail, requestWasSent: error.requestWasSent)
    }
}
