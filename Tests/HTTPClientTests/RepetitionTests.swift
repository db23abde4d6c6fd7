import HTTPClient
import Locking
import TestSupport
import Testing

/// libcurl has reasons of its own to send a request again; none of them may apply to a run.
@Suite("Client: one request goes out once")
struct RepetitionTests {
    private static let challenges = ["Basic realm=x", "Digest realm=x, nonce=y", "NTLM", "Negotiate", "Bearer"]

    private static func answer(_ status: String, _ headers: [String] = []) -> String {
        "HTTP/1.1 \(status)\r\n" + (headers + ["Content-Length: 0"]).map { $0 + "\r\n" }.joined() + "\r\n"
    }

    private static let answers =
        [answer("401 No", challenges.map { "WWW-Authenticate: \($0)" })]
        + [answer("407 No", challenges.map { "Proxy-Authenticate: \($0)" })]
        + ["408 Late", "417 No", "421 Elsewhere", "425 Early", "429 Slow", "500 No", "503 No"].map { answer($0) }
        + [answer("503 No", ["Retry-After: 0", "Connection: close"]), answer("426 Up", ["Upgrade: h2c"])]
        + [answer("307 There", ["Location: /"]), "", "HTTP/1.1 ", "HTTP/1.1 100 Continue\r\n\r\n"]
        + ["HTTP/1.1 100 Continue\r\n\r\n" + answer("417 No"), "HTTP/1.1 101 Up\r\nUpgrade: h2c\r\n\r\n"]

    @Test(
        "whatever the answer, with a large body and a small one, and where the caller asks to be told to go on",
        arguments: answers,
        [0, 10, 1_500_000]
    )
    func once(_ answer: String, length: Int) throws {
        let (connections, requests) = (Told<Int>(), Told<String>())
        let listener = try RawListener { connection in
            connections.add(1)
            let head = connection.read()
            requests.add(String(decoding: head, as: UTF8.self))
            connection.send(Array(answer.utf8))
            // What is still under way is read, so that the end is none by a reset.
            while !connection.read().isEmpty {}
        }
        let body = [UInt8](repeating: 0x61, count: length)
        let headers: HeaderLines = ["Authorization": "Bearer x", "Expect": "100-continue"]
        let request = Request("POST", listener.url, headers: headers, body: body, timeout: .seconds(1))
        _ = try? Client().send(request, until: Cancellation())
        #expect(connections.all.count == 1)
        #expect(requests.all.count { $0.hasPrefix("POST / ") } == 1)
    }

    @Test("a proxy that does not take the password: asked once", arguments: ["http", "https"])
    func proxy(_ scheme: String) throws {
        let challenges = Self.challenges.map { "Proxy-Authenticate: \($0)" }
        let proxy = try TestProxy(.answer(Self.answer("407 No", challenges)))
        let url = try ProxyURL(parsing: "http://user:hunter2@127.0.0.1:\(proxy.port)")
        let request = Request("POST", "\(scheme)://app.invalid/", timeout: .seconds(5), proxy: url)
        _ = try? Client().send(request, until: Cancellation())
        #expect(proxy.requests.count == 1)
    }
}
