import Foundation
import HTTPClient
import TestSupport
import Testing

/// What counts as an answer: its whole head, and a body as long as the head says.
@Suite("Client: where an answer ends")
struct FramingTests {
    private static let head = "HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 0\r\n"

    @Test(
        "an end inside the head is no answer, wherever it comes",
        arguments: (1...head.utf8.count).map { String(decoding: head.utf8.prefix($0), as: UTF8.self) } + [
            head + "\r", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n",
            "HTTP/1.1 103 Early Hints\r\n\r\n" + head, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 2",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "HTTP/1.1 302 Found\r\nLocation: /x",
            "HTTP/1.0 500 No\r\nContent-Type: text/pl", "HTTP/1.1 204 No Content\n",
        ]
    )
    func endInHead(_ answer: String) throws {
        let error = try #require(throws: TransferError.self) { try send(answer) }
        #expect(error.kind == .broken && error.requestWasSent, "\(error)")
    }

    @Test(
        "the reason is said, as the papers have it",
        arguments: [
            (head, "The connection ended inside the head of the answer"), ("", "Empty reply from server"),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok",
                "transfer closed with 1 bytes remaining to read"
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
                "transfer closed with outstanding read data remaining"
            ),
        ]
    )
    func reason(_ answer: String, reason: String) throws {
        let error = try #require(throws: TransferError.self) { try send(answer) }
        #expect(error.detail == reason)
    }

    @Test(
        "a whole head is an answer, and its body ends as it says",
        arguments: [
            (head + "\r\n", 200, ""), ("HTTP/1.0 200 OK\n\nuntil the end", 200, "until the end"),
            ("HTTP/1.1 404 No\r\n\r\nuntil the end", 404, "until the end"), ("HTTP/1.1 204 No\r\n\r\n", 204, ""),
            ("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok"),
            ("HTTP/1.1 100 Continue\r\n\r\n" + head + "\r\n", 200, ""),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-T: 1\r\n\r\n", 200, "ok"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 200, "ok"),
            ("HTTP/1.1 200\r\nContent-Length:2 \r\n\r\nok", 200, "ok"),
            ("HTTP/1.1 200 \r\nX-A:\r\nX-B: \u{E9}:\t:\r\nContent-Length: 2\r\ncontent-length: 2\r\n\r\nok", 200, "ok"),
        ]
    )
    func wholeHead(_ answer: String, status: Int, body: String) throws {
        let response = try send(answer)
        #expect(response.status == status)
        #expect(String(decoding: response.body, as: UTF8.self) == body)
    }

    @Test(
        "a body that ends too early is no answer",
        arguments: [
            "Content-Length: 3\r\n\r\nok", "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
            "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n", "Transfer-Encoding: chunked\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-T: 1\r\n",
        ]
    )
    func endInBody(_ rest: String) throws {
        let error = try #require(throws: TransferError.self) { try send("HTTP/1.1 200 OK\r\n" + rest) }
        #expect(error.kind == .broken && error.requestWasSent, "\(error)")
    }

    @Test(
        "an unlawful head is no answer, and that is said at once",
        arguments: [
            (statusLine, "HTTP/2 200 OK\r\n\r\n"), (statusLine, "HTTP/1.1 200OK\r\n\r\n"),
            (statusLine, "HTTP/1.1  200 OK\r\n\r\n"),
            (statusLine, "HTTP/1.1 100 Continue\r\n\r\nHTTP/2 200 OK\r\n\r\n"),
            (noName, "HTTP/1.1 200 OK\r\nX-A: a\r\n b\r\n\r\n"), (noName, "HTTP/1.1 200 OK\r\nX-A : a\r\n\r\n"),
            ("The answer has a header with a control character", "HTTP/1.1 200 OK\r\nX-A: a\rb\r\n\r\n"),
            (twice, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok"),
            (twice, "HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\nok"),
            (length, "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok"),
            (length, "HTTP/1.1 200 OK\r\nContent-Length: 2 2\r\n\r\nok"),
            (length, "HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nok"),
            (length, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nok"),
            (coding, "HTTP/1.1 200 OK\r\nTransfer-Encoding: junk\r\n\r\n"),
            (coding, "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n\r\n"),
            (coding, "HTTP/1.1 200 OK\r\nTransfer-Encoding: x-what, gzip\r\n\r\n"),
            (coding, "HTTP/1.1 200 OK\r\nTransfer-Encoding: junk, chunked\r\n\r\n0\r\n\r\n"),
            (coding, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"),
            (coding, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            (coding, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunkedx\r\n\r\n0\r\n\r\n"),
        ]
    )
    func unlawfulHead(_ reason: String, _ answer: String) throws {
        let error = try #require(throws: TransferError.self) { try send(answer) }
        #expect(error == TransferError(.broken, reason, requestWasSent: true))
        // Nobody waits for what it did not announce.
        #expect(try #require(throws: TransferError.self) { try send(Array(answer.utf8), isHeldOpen: true) } == error)
    }

    private static let statusLine = "The answer's status line is none of HTTP/1.1"
    private static let noName = "The answer has a header line without a name"
    private static let twice = "The answer has two values of Content-Length"
    private static let length = "The answer's Content-Length is no number of bytes"
    private static let coding = "The answer's Transfer-Encoding makes no sense"

    @Test(
        "what is no HTTP, and what libcurl refuses by itself: broken too",
        arguments: [
            "", "\r\n\r\n", "ok", "<html>ok</html>", "ICY 200 OK\r\n\r\n", "SSH-2.0-x\r\n\r\n",
            "http/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX-A: a\0b\r\n\r\n", "HTTP /1.1 200 OK\r\n\r\n", "HTTP/1.1\r\n\r\n",
            "HTTP/0.9 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\n\tX-A: a\r\n\r\n",
            "HTTP/3 200\r\n\r\n",
            "HTTP/1.2 200 OK\r\n\r\n",
            "HTTP/1.1 20 OK\r\n\r\n",
            "HTTP/1.1 2000 OK\r\n\r\n",
            "HTTP/1.1 099 OK\r\n\r\n",
            "HTTP/1.1 +20 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n",
            "HTTP/1.1 200 OK\r\n: a\r\n\r\n",
            "HTTP/1.1 200 OK\r\nHTTP/1.1 500 No\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nok",
        ]
    )
    func noHTTP(_ answer: String) throws {
        let error = try #require(throws: TransferError.self) { try send(answer) }
        #expect(error.kind == .broken && error.requestWasSent, "\(error)")
    }

    @Test("HEAD has a head alone, and that has to be whole")
    func headOnly() throws {
        let whole = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n"
        #expect(try send(whole + "\r\n", method: "HEAD").status == 200)
        #expect(try #require(throws: TransferError.self) { try send(whole, method: "HEAD") }.kind == .broken)
    }

    @Test(
        "through a tunnel it is the target's head that counts, not the proxy's",
        arguments: ["HTTP/1.1 2", "HTTP/1.1 200 OK\r\nX-A: b\r\n"]
    )
    func tunnel(_ answer: String) throws {
        let authority = try CertificateAuthority()
        let own = try authority.issue()
        let (server, input, output) = (Process(), Pipe(), Pipe())
        server.executableURL = try Tool.find("openssl")
        server.arguments = ["s_server", "-accept", "127.0.0.1:0", "-naccept", "1"]
        server.arguments? += ["-cert", own.certificateFile, "-key", own.keyFile]
        (server.standardInput, server.standardOutput) = (input, output)
        try server.run()
        defer { server.terminate() }
        // It sends what it reads to whoever comes, and ends with it.
        input.fileHandleForWriting.write(Data(answer.utf8))
        try input.fileHandleForWriting.close()
        var told = ""
        var port: UInt16?
        while port == nil, case let more = output.fileHandleForReading.availableData, !more.isEmpty {
            told += String(decoding: more, as: UTF8.self)
            port = told.firstMatch(of: /ACCEPT .*:(\d+)\n/).flatMap { UInt16($0.1) }
        }
        let proxy = try TestProxy(.tunnel(try #require(port)))
        let request = Request(
            "GET",
            "https://127.0.0.1:1/",
            tls: TLSOptions(caFile: authority.file),
            proxy: try ProxyURL(parsing: proxy.url)
        )
        let error = try #require(throws: TransferError.self) { try Client().send(request, until: Cancellation()) }
        #expect(error.kind == .broken && error.requestWasSent, "\(error)")
    }

    // MARK: - Encodings

    @Test(
        "a coding is not taken off, asked for or not: bytes are counted as they came",
        arguments: ["Transfer-Encoding: gzip", "Content-Encoding: gzip", "Transfer-Encoding: deflate, gzip"],
        [false, true]
    )
    func codings(_ header: String, isChunked: Bool) throws {
        let folder = try TemporaryFolder()
        try Tool.run("sh", ["-c", "head -c 1000000 /dev/zero | gzip -9 > zeroes"], in: folder.url)
        let packed = try Array(Data(contentsOf: folder.url.appending(path: "zeroes")))
        let isTransfer = header.hasPrefix("Transfer")
        let coding = !isChunked ? header : isTransfer ? header + ", chunked" : header + "\r\nTransfer-Encoding: chunked"
        let size = Array((String(packed.count, radix: 16) + "\r\n").utf8)
        let body = isChunked ? size + packed + Array("\r\n0\r\n\r\n".utf8) : packed
        let response = try send(Array("HTTP/1.1 200 OK\r\n\(coding)\r\n\r\n".utf8) + body)
        #expect(response.status == 200)
        #expect(response.bodyLength == packed.count)
        #expect(response.body == packed)
    }

    // MARK: -

    private func send(_ answer: String, method: String = "POST") throws -> HTTPClient.Response {
        try send(Array(answer.utf8), method: method)
    }

    private func send(
        _ answer: [UInt8],
        method: String = "POST",
        isHeldOpen: Bool = false
    ) throws -> HTTPClient.Response {
        let listener = try RawListener { connection in
            _ = connection.read()
            connection.send(answer)
            while isHeldOpen, !connection.read().isEmpty {}
        }
        return try Client().send(Request(method, listener.url, timeout: .seconds(20)), until: Cancellation())
    }
}
