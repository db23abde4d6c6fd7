import HTTPClient
import HTTPServer
import TestSupport
import Testing

@Suite("Client: proxies")
struct ProxyTests {
    @Test("an http proxy is asked for the whole URL, and its answer cannot be told from the app's")
    func plain() throws {
        let proxy = try TestProxy(.answer("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 2\r\n\r\nno"))
        let headers: HeaderLines = ["Authorization": "Bearer hunter2"]
        #expect(try send("http://app.invalid/x", proxy.url, headers).status == 502)
        let head = try #require(proxy.requests.first)
        #expect(head.hasPrefix("GET http://app.invalid/x HTTP/1.1\r\n"))
        #expect(head.contains("Authorization: Bearer hunter2\r\n"))
    }

    @Test(
        "a proxy that does not reach the target: unreachable, whatever it says, and no header of the request is sent",
        arguments: [
            "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 2\r\n\r\nno", "HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 301 There\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 403 Forbidden\r\n\r\n", "garbage\r\n\r\n", "",
        ]
    )
    func refusedTunnel(_ answer: String) throws {
        let proxy = try TestProxy(.answer(answer))
        let headers: HeaderLines = ["Authorization": "Bearer hunter2"]
        let error = try failure("https://app.invalid/x", proxy.url, headers)
        #expect(error.kind == .unreachable)
        #expect(!error.requestWasSent)
        #expect(proxy.requests.first?.hasPrefix("CONNECT app.invalid:443 HTTP/1.1\r\n") == true)
        #expect(!proxy.requests.joined().contains("hunter2"))
    }

    @Test("a proxy that says nothing", arguments: [("https://app.invalid/", false), ("http://app.invalid/", true)])
    func silence(_ url: String, wasSent: Bool) throws {
        let proxy = try TestProxy(.silence)
        let error = try failure(url, proxy.url, timeout: .milliseconds(300))
        // Of a plain request the proxy may have passed on what it was given.
        #expect(error.kind == (wasSent ? .timeout : .unreachable))
        #expect(error.requestWasSent == wasSent)
    }

    @Test("a tunnel stands, and what is at its end speaks no TLS: tls, not unreachable")
    func tunnelToPlain() throws {
        let server = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let proxy = try TestProxy(.tunnel(try port(server)))
        let error = try failure("https://app.invalid/", proxy.url)
        #expect(error.kind == .tls)
        #expect(!error.requestWasSent)
        #expect(server.seen.isEmpty)
    }

    @Test("no proxy at all: unreachable", arguments: ["http", "https", "socks5", "socks5h"], ["http", "https"])
    func noProxy(_ scheme: String, target: String) throws {
        let port = try ListeningSocket.quietPort()
        let error = try failure("\(target)://127.0.0.1/", "\(scheme)://127.0.0.1:\(port)")
        #expect(error.kind == .unreachable)
    }

    @Test("an https proxy whose certificate is not trusted gets nothing: unreachable", arguments: ["http", "https"])
    func untrustedProxy(_ target: String) throws {
        let nginx = try Nginx(try CertificateAuthority().issue())
        let error = try failure("\(target)://app.invalid/", nginx.url)
        #expect(error.kind == .unreachable)
        #expect(!error.requestWasSent)
        #expect(nginx.seen.isEmpty)
    }

    @Test("an https proxy that is trusted, but has another's certificate, gets nothing", arguments: ["http", "https"])
    func wrongProxy(_ target: String) throws {
        let authority = try CertificateAuthority()
        let (right, wrong) = (try Nginx(authority.issue()), try Nginx(authority.issue("DNS:elsewhere")))
        for nginx in [right, wrong] {
            let proxy = try ProxyURL(parsing: nginx.url)
            let tls = TLSOptions(caFile: authority.file)
            let request = Request("GET", "\(target)://app.invalid/", tls: tls, proxy: proxy)
            let answer = Result { () throws(TransferError) in try Client().send(request, until: Cancellation()) }
            if case .failure(let error) = answer { #expect(error.kind == .unreachable && !error.requestWasSent) }
        }
        #expect(!right.finish().isEmpty)
        #expect(wrong.finish().isEmpty)
        #expect(wrong.errors.isEmpty == false)
    }

    @Test("SOCKS 5: to the target, and with socks5h the proxy resolves its name", arguments: ["socks5", "socks5h"])
    func socks(_ scheme: String) throws {
        let server = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let proxy = try TestProxy(.socks(try port(server)))
        let url = scheme == "socks5h" ? "http://app.invalid/x" : "http://127.0.0.1/x"
        #expect(try send(url, "\(scheme)://127.0.0.1:\(proxy.port)").status == 200)
        #expect(server.seen.first?.target == "/x")
        #expect(proxy.requests.first?.contains("app.invalid") == (scheme == "socks5h"))
    }

    @Test("a SOCKS proxy that makes no sense: unreachable", arguments: ["http", "https"])
    func badSocks(_ target: String) throws {
        let server = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let error = try failure(
            "\(target)://127.0.0.1/",
            "socks5://127.0.0.1:\(try port(server))",
            timeout: .seconds(2)
        )
        #expect(error.kind == .unreachable)
        #expect(!error.requestWasSent)
    }

    @Test(
        "accepts, and shows without what may be a password",
        arguments: [
            ("http://proxy:3128", "http://proxy:3128", []), ("HTTP://Proxy:3128/", "http://Proxy:3128", []),
            ("https://proxy:443", "https://proxy:443", []), ("socks5h://[::1]:1080", "socks5h://[::1]:1080", []),
            ("http://bob@proxy:1", "http://…@proxy:1", []),
            ("http://bob:p%40ss@proxy:1", "http://…@proxy:1", ["p@ss", "p%40ss", "Ym9iOnBAc3M="]),
        ]
    )
    func accepts(_ text: String, shown: String, secrets: [String]) throws {
        let proxy = try ProxyURL(parsing: text)
        var dumped = ""
        dump(proxy, to: &dumped)
        #expect("\(proxy)" == shown)
        #expect(proxy.secrets == secrets)
        for secret in secrets { #expect(!(dumped + String(reflecting: proxy)).contains(secret)) }
    }

    @Test(
        "rejects, without a word of the text",
        arguments: [
            ("proxy:3128", ProxyURL.Fault.scheme), ("socks4://proxy:1", .scheme), ("", .scheme),
            ("http://proxy", .noPort), ("http://[::1]", .noPort), ("http://proxy:0", .malformed),
            ("http://proxy:99999", .malformed), ("http://:1", .malformed), ("http://proxy:3128/x", .path),
            ("http://proxy:3128?x", .path), ("http://proxy:3128#x", .path), ("http://pro xy:1", .notVisibleASCII),
            ("http://proxy:1\r\n", .notVisibleASCII), ("http://" + String(repeating: "a", count: 3_000), .tooLong),
        ]
    )
    func rejects(_ text: String, fault: ProxyURL.Fault) throws {
        #expect(throws: fault) { try ProxyURL(parsing: text) }
    }

    private func send(
        _ url: String,
        _ proxy: String,
        _ headers: HeaderLines = [:],
        timeout: Duration = .seconds(20)
    ) throws -> HTTPClient.Response {
        let proxy = try ProxyURL(parsing: proxy)
        let request = Request("GET", url, headers: headers, timeout: timeout, proxy: proxy)
        return try Client().send(request, until: Cancellation())
    }

    private func failure(
        _ url: String,
        _ proxy: String,
        _ headers: HeaderLines = [:],
        timeout: Duration = .seconds(20)
    ) throws -> TransferError {
        try #require(throws: TransferError.self) { try send(url, proxy, headers, timeout: timeout) }
    }

    private func port(_ server: TestServer) throws -> UInt16 {
        try #require(server.url.split(separator: ":").last.flatMap { UInt16($0) })
    }
}
