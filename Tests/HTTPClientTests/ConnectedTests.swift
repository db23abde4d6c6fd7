import Foundation
import HTTPClient
import HTTPServer
import Locking
import TestSupport
import Testing

@Suite("Client: the word before a request goes out")
struct ConnectedTests {
    @Test("held back: aborted, and not a byte of the request leaves", arguments: ["GET", "POST"])
    func heldBack(_ method: String) throws {
        let seen = Mutex<[UInt8]?>(nil)
        let listener = try RawListener { connection in
            let bytes = connection.read()
            seen.withLock { $0 = bytes }
        }
        let request = Request(method, listener.url, body: method == "POST" ? [0x61] : nil)
        let error = try #require(throws: TransferError.self) {
            try Client().send(request, until: Cancellation(), connected: { false })
        }
        #expect(error == TransferError(.aborted, "held back before it was sent", requestWasSent: false))
        // The end of the connection, and nothing before it.
        while seen.withLock({ $0 }) == nil { Thread.sleep(forTimeInterval: 0.001) }
        #expect(seen.withLock { $0 } == [])
    }

    @Test("held back in TLS and in a tunnel: the handshake is over, and the server sees no request")
    func heldBackInTLS() throws {
        let authority = try CertificateAuthority()
        let nginx = try Nginx(try authority.issue())
        let proxy = try TestProxy(.tunnel(nginx.port))
        let client = Client()
        for proxy in [nil, try ProxyURL(parsing: proxy.url)] {
            var asked = 0
            let request = Request("POST", nginx.url, tls: TLSOptions(caFile: authority.file), proxy: proxy)
            let error = try #require(throws: TransferError.self) {
                try client.send(request, until: Cancellation()) {
                    asked += 1
                    return false
                }
            }
            #expect(error == TransferError(.aborted, "held back before it was sent", requestWasSent: false))
            #expect(asked == 1)
            // What was held back once is none of the next request's.
            #expect(try client.send(request, until: Cancellation()).status == 200)
        }
        #expect(nginx.finish().count == 2)
    }

    @Test("asked once, and only when the connection stands")
    func askedOnce() throws {
        let server = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        var asked = 0
        func ask() -> Bool {
            asked += 1
            return server.seen.isEmpty
        }
        #expect(try Client().send(Request("GET", server.url), until: Cancellation(), connected: ask).status == 200)
        let closed = "http://127.0.0.1:\(try ListeningSocket.quietPort())"
        let tls = server.url.replacingOccurrences(of: "http:", with: "https:")
        for url in [closed, tls] {
            #expect(throws: TransferError.self) {
                try Client().send(Request("GET", url), until: Cancellation(), connected: ask)
            }
        }
        #expect(asked == 1)
    }

    @Test("a word that takes longer than the timeout does not count: the request goes out, and has its own time")
    func slowWord() throws {
        let server = try TestServer { _, reply in
            Thread.detachNewThread {
                Thread.sleep(forTimeInterval: 0.3)
                reply.send(.text(200, "ok"))
            }
        }
        let request = Request("POST", server.url, timeout: .seconds(2))
        let response = try Client().send(request, until: Cancellation()) {
            Thread.sleep(forTimeInterval: 2.5)
            return true
        }
        #expect(response.status == 200)
        #expect(server.seen.count == 1)
    }

    @Test("after a slow word the timeout still ends a silent answer, with the time that was given")
    func timeoutAfterSlowWord() throws {
        let silent = try SilentListener()
        let begin = ContinuousClock.now
        let request = Request("POST", "http://127.0.0.1:\(silent.port)/", timeout: .milliseconds(500))
        let error = try #require(throws: TransferError.self) {
            try Client().send(request, until: Cancellation()) {
                Thread.sleep(forTimeInterval: 1)
                return true
            }
        }
        let detail = "Operation timed out after 500 milliseconds with 0 bytes received"
        #expect(error == TransferError(.timeout, detail, requestWasSent: true))
        #expect((.milliseconds(1_500)...(.seconds(8))).contains(ContinuousClock.now - begin))
    }

    @Test("a word that comes after a cancellation sends nothing any more, or at least ends at once")
    func cancelledMeanwhile() throws {
        let silent = try SilentListener()
        let cancellation = Cancellation()
        let request = Request("POST", "http://127.0.0.1:\(silent.port)/", timeout: .seconds(600))
        let error = try #require(throws: TransferError.self) {
            try Client().send(request, until: cancellation) {
                cancellation.cancel()
                return false
            }
        }
        #expect(error.kind == .aborted)
        #expect(!error.requestWasSent)
    }
}
