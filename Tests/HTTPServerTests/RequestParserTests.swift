import HTTPServer
import Testing

@Suite("Bytes become a request")
struct RequestParserTests {
    @Test(
        "accepts",
        arguments: [
            ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "/", 1, ""),
            ("GET / HTTP/1.0\r\n\r\n", "GET", "/", 0, ""),
            ("\r\nGET / HTTP/1.0\r\n\r\n", "GET", "/", 0, ""),
            ("FOO /a/../b?x=%2e#".dropLast() + " HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "FOO", "/a/../b?x=%2e", 1, ""),
            ("GET http://other/x HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "http://other/x", 1, ""),
            ("OPTIONS * HTTP/1.1\r\nhOST:a\r\n\r\n", "OPTIONS", "*", 1, ""),
            ("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECT", "a:443", 1, ""),
            ("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", "POST", "/x", 2, "hello"),
            ("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 005\r\n\r\nhello", "POST", "/x", 2, "hello"),
            ("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhello", "POST", "/x", 2, "he"),
            ("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "POST", "/x", 2, ""),
            ("GET / HTTP/1.1\r\nHost:\r\nX: \r\n\r\n", "GET", "/", 2, ""),
        ]
    )
    func accepts(_ text: String, method: String, target: String, headers: Int, body: String) throws {
        let whole = try #require(try parse(text))
        #expect(whole.method == method)
        #expect(whole.target == target)
        #expect(whole.headers.count == headers)
        #expect(String(decoding: whole.body, as: UTF8.self) == body)
        #expect(try parse(text, pieces: 1) == whole, "fed byte by byte it is the same request")
    }

    @Test(
        "refuses",
        arguments: [
            // The request line.
            ("GET /\r\n", .malformedRequestLine),
            ("GET  / HTTP/1.1\r\n", .malformedRequestLine),
            (" GET / HTTP/1.1\r\n", .malformedRequestLine),
            ("GET / HTTP/1.1 \r\n", .malformedRequestLine),
            ("G(T / HTTP/1.1\r\n", .malformedRequestLine),
            ("GET / http/1.1\r\n", .malformedRequestLine),
            ("GET / HTTP/11\r\n", .malformedRequestLine),
            ("GET\t/\tHTTP/1.1\r\n", .malformedRequestLine),
            ("GET /\0 HTTP/1.1\r\n", .malformedRequestLine),
            ("GET /\u{E9} HTTP/1.1\r\n", .malformedRequestLine),
            ("\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}", .malformedRequestLine),
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .malformedRequestLine),
            ("\r\n\r\nGET / HTTP/1.1\r\n", .malformedRequestLine),
            ("GET / HTTP/2.0\r\n", .unsupportedVersion),
            ("GET / HTTP/1.2\r\n", .unsupportedVersion),
            ("GET a HTTP/1.1\r\n", .malformedTarget),
            ("GET /a#b HTTP/1.1\r\n", .malformedTarget),
            ("GET ftp://a/ HTTP/1.1\r\n", .malformedTarget),
            ("CONNECT /a HTTP/1.1\r\n", .malformedTarget),
            ("GET / HTTP/1.1\n", .bareLineEnd),
            ("GET / HTTP/1.1\rHost: a\r\n", .bareLineEnd),
            ("GET / HTTP/1.1\r\nHost: a\n\r\n", .bareLineEnd),
            // Header lines.
            ("GET / HTTP/1.1\r\nHost : a\r\n", .malformedHeader),
            ("GET / HTTP/1.1\r\n: a\r\n", .malformedHeader),
            ("GET / HTTP/1.1\r\nHost\r\n", .malformedHeader),
            ("GET / HTTP/1.1\r\nX: a\0b\r\n", .malformedHeader),
            ("GET / HTTP/1.1\r\nX: a\u{1B}b\r\n", .malformedHeader),
            ("GET / HTTP/1.1\r\nX: a\r\n b\r\n", .foldedHeader),
            ("GET / HTTP/1.1\r\n Host: a\r\n", .foldedHeader),
            // Host.
            ("GET / HTTP/1.1\r\n\r\n", .malformedHost),
            ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", .malformedHost),
            ("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", .malformedHost),
            ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .malformedHost),
            ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", .malformedHost),
            ("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", .malformedHost),
            // The length of the body.
            (post("Content-Length: 5\r\nContent-Length: 5"), .malformedLength),
            (post("Content-Length: 5\r\nContent-Length: 6"), .malformedLength),
            (post("Content-Length: 5, 5"), .malformedLength),
            (post("Content-Length: -1"), .malformedLength),
            (post("Content-Length: +5"), .malformedLength),
            (post("Content-Length: 0x5"), .malformedLength),
            (post("Content-Length: \u{665}"), .malformedLength),
            (post("Content-Length:"), .malformedLength),
            (post("Content-Length: 17"), .bodyTooLong(limit: 16)),
            (post("Content-Length: 99999999999999999999999999"), .bodyTooLong(limit: 16)),
            (post("Content-Length: 5\r\nTransfer-Encoding: chunked"), .lengthBesideCoding),
            (post("Transfer-Encoding: Chunked"), .chunkedBody),
            (post("Transfer-Encoding: gzip, chunked"), .unknownCoding),
            (post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"), .unknownCoding),
            ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", .codingInOldVersion),
            (post("Expect: tea"), .unknownExpectation),
            // Limits, before the line has ended.
            ("GET /" + String(repeating: "a", count: 60), .requestLineTooLong(limit: 64)),
            ("GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 200), .headersTooLong(limit: 200)),
            ("GET / HTTP/1.1\r\n" + String(repeating: "X: a\r\n", count: 5), .tooManyHeaders(limit: 4)),
        ] as [(String, Refusal)]
    )
    func refuses(_ text: String, refusal: Refusal) {
        #expect(throws: refusal) { try parse(text) }
        #expect(throws: refusal, "fed byte by byte") { try parse(text, pieces: 1) }
    }

    @Test("a limit is inclusive")
    func limitsAreInclusive() throws {
        let line = "GET /" + String(repeating: "a", count: 50) + " HTTP/1.1"
        #expect(line.utf8.count == 64)
        #expect(try parse(line + "\r\nHost: a\r\nA: a\r\nB: a\r\nC: a\r\n\r\n") != nil)
        #expect(try parse(post("Content-Length: 16") + String(repeating: "a", count: 16)) != nil)
    }

    @Test(
        "each refusal has its status",
        arguments: [
            (.malformedHost, 400), (.tooSlow, 408), (.chunkedBody, 411), (.bodyTooLong(limit: 1), 413),
            (.requestLineTooLong(limit: 1), 414), (.unknownExpectation, 417), (.headersTooLong(limit: 1), 431),
            (.tooManyHeaders(limit: 1), 431), (.unknownCoding, 501), (.unsupportedVersion, 505),
        ] as [(Refusal, Int)]
    )
    func statuses(_ refusal: Refusal, status: Int) {
        #expect(refusal.status == status)
        #expect(refusal.response.body == Array((refusal.description + "\n").utf8))
    }

    @Test("headers: any case, blanks around the value gone, the first of several")
    func headers() throws {
        let request = try #require(try parse("GET /p?q?r HTTP/1.1\r\nHost: a\r\nX-Y: \t one two \t\r\nx-y:b\r\n\r\n"))
        #expect(request.header("x-Y") == "one two")
        #expect(request.header("z") == nil)
        #expect(request.headers.last == Header("x-y", "b"))
        #expect(request.path == "/p")
        #expect(request.query == "q?r")
        #expect(Request(method: "GET", target: "/p").query == nil)
        #expect(Request(method: "GET", target: "/p?").query == "")
    }

    @Test("no input of many traps, whole or in pieces it is judged alike")
    func mutations() {
        let seeds = [
            "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n\r\n", post("Content-Length: 5") + "hello",
            post("Expect: 100-continue\r\nContent-Length: 1") + "a", post("Transfer-Encoding: chunked"),
        ]
        var random = SystemRandomNumberGenerator()
        for _ in 0..<5_000 {
            var bytes = Array(seeds.randomElement(using: &random)?.utf8 ?? "".utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.insert(bytes[bytes.count - 1 - place], at: place)
                default: if bytes.count > 1 { bytes.remove(at: place) }
                }
            }
            let whole = Result { try parse(bytes) }
            let pieces = Result { try parse(bytes, pieces: 1) }
            #expect((try? whole.get()) == (try? pieces.get()), "\(bytes)")
        }
    }
}

private let tight = limits {
    $0.requestLineBytes = 64
    $0.headerBytes = 200
    $0.headerCount = 4
    $0.bodyBytes = 16
}

private func post(_ headers: String) -> String {
    "POST / HTTP/1.1\r\nHost: a\r\n\(headers)\r\n\r\n"
}

private func parse(_ text: String, pieces: Int = .max) throws(Refusal) -> Request? {
    try parse(Array(text.utf8), pieces: pieces)
}

/// The request, or nil if it is not whole yet.
private func parse(_ bytes: [UInt8], pieces: Int = .max) throws(Refusal) -> Request? {
    var parser = RequestParser(limits: tight)
    var rest = bytes[...]
    while !rest.isEmpty {
        if case .complete(let request) = try parser.feed(rest.prefix(pieces)) { return request }
        rest = rest.dropFirst(pieces)
    }
    return nil
}
