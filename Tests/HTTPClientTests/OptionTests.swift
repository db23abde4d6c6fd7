import CCurl
import HTTPServer
import TestSupport
import Testing

@testable import HTTPClient

@Suite("Options of libcurl")
struct OptionTests {
    private static let unknown = CURLoption(rawValue: 9_999)

    @Test("all that a request needs are known to this libcurl")
    func reset() throws { #expect(throws: Never.self) { try EasyHandle().reset() } }

    @Test("one that this libcurl does not know is an error with its number, one that it refuses has its name")
    func refused() throws {
        let easy = try EasyHandle()
        let unknown = try #require(throws: TransferError.self) { try easy.set(Self.unknown, 1) }
        let detail = "libcurl refuses the option 9999: An unknown option was passed in to libcurl"
        #expect(unknown == TransferError(.limited, detail, requestWasSent: false))
        let error = try #require(throws: TransferError.self) { try easy.set(CURLOPT_HTTP09_ALLOWED, 2) }
        let reason = "libcurl refuses the option HTTP09_ALLOWED: A libcurl function was given a bad argument"
        #expect(error == TransferError(.limited, reason, requestWasSent: false))
        let scheme = try #require(throws: TransferError.self) { try easy.set(CURLOPT_PROTOCOLS_STR, "http,gophre") }
        #expect(scheme.detail == "libcurl refuses the option PROTOCOLS_STR: Unsupported protocol")
    }

    @Test("a feature that is not built in needs no switching off; one that refuses to be is an error")
    func builtIn() throws {
        let easy = try EasyHandle()
        #expect(throws: Never.self) { try easy.setIfBuiltIn(Self.unknown, 0) }
        #expect(throws: TransferError.self) { try easy.setIfBuiltIn(CURLOPT_HTTP09_ALLOWED, 2) }
    }

    @Test("a request with an option that is refused is not sent, and the client is as good as before")
    func request() throws {
        let server = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let client = Client()
        let long = server.url + "/" + String(repeating: "a", count: 9_000_000)
        let error = try #require(throws: TransferError.self) {
            try client.send(HTTPClient.Request("GET", long), until: Cancellation())
        }
        let detail = "libcurl refuses the option URL: A libcurl function was given a bad argument"
        #expect(error == TransferError(.limited, detail, requestWasSent: false))
        #expect(try client.send(HTTPClient.Request("GET", server.url), until: Cancellation()).status == 200)
        #expect(server.seen.count == 1)
    }

    @Test("a reason that libcurl has cut ends with its last whole word: the one after it may be a part of a secret")
    func cutReason() throws {
        let host = (0..<8).map { _ in String(repeating: "a", count: 30) }.joined(separator: ".") + ".invalid"
        let error = try #require(throws: TransferError.self) {
            try Client().send(HTTPClient.Request("GET", "http://\(host)/"), until: Cancellation())
        }
        #expect(error == TransferError(.unreachable, "Could not resolve host: …", requestWasSent: false))
    }
}
