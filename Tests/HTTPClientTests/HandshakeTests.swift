import Foundation
import HTTPClient
import TestSupport
import Testing

/// Handshakes that fail: only a word on trust is one of the target's; whoever just goes away says nothing.
@Suite("Client: handshakes")
struct HandshakeTests {
    /// How a handshake with the target is come to.
    enum Way: CaseIterable { case straight, tunnel, socks }

    /// A connection on which the client has said hello, and who has an answer to it.
    private struct Rig: Sendable {
        let connection: RawListener.Connection
        let hello: [UInt8]
        let nginx: Nginx

        func send(_ bytes: [UInt8]) { connection.send(bytes) }

        func alert(_ number: UInt8) { send([0x15, 3, 3, 0, 2, 2, number]) }

        /// So much of what nginx says to the hello.
        func answer(bytes: Int = .max) {
            guard let server = try? RawListener.Connection(to: nginx.port) else { return }
            server.send(hello)
            connection.send(Array(server.read().prefix(bytes)))
            server.end()
        }

        /// The end, when it comes, is a reset; a moment later, so that what was sent is read.
        func reset() {
            Thread.sleep(forTimeInterval: 0.2)
            connection.endWithReset()
        }

        /// Until the client goes.
        func wait() { while !connection.read().isEmpty {} }
    }

    /// What is done then.
    private typealias End = @Sendable (Rig) -> Void

    private static let silence = "Connection timed out after N milliseconds"
    private static let gone = "OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to HOST "
    private static let farewell = "OpenSSL SSL_connect: SSL_ERROR_ZERO_RETURN in connection to HOST "
    private static let tls = "OpenSSL: error:0A00"
    private static let unknown = "unable to get local issuer certificate"
    private static let reset = "Recv failure: Connection reset by peer"

    private static let cuts: [(String, End, String)] = [
        ("nothing, and the end", { _ in }, gone),
        ("nothing, and a reset", { $0.reset() }, reset),
        ("nothing, and silence", { $0.wait() }, silence),
        ("two bytes, and the end", { $0.send([0x16, 3]) }, gone),
        ("a farewell (close_notify)", { $0.send([0x15, 3, 3, 0, 2, 1, 0]) }, farewell),
        ("half of a hello, and the end", { $0.answer(bytes: 40) }, gone),
        ("half of a hello, and a reset", { _ = ($0.answer(bytes: 40), $0.reset()) }, reset),
        ("half of a hello, and silence", { _ = ($0.answer(bytes: 40), $0.wait()) }, silence),
        ("hello and certificate, and the end", { _ = ($0.answer(), $0.connection.read()) }, gone),
        ("hello and certificate, and a reset", { _ = ($0.answer(), $0.reset()) }, reset),
        ("hello and certificate, and silence", { _ = ($0.answer(), $0.wait()) }, silence),
    ]

    private static let verdicts: [(String, End, String)] = [
        (
            "no cipher in common", { _ = ($0.alert(40), $0.wait()) },
            "\(tls)0410:SSL routines::sslv3 alert handshake failure"
        ),
        ("no version in common", { $0.alert(70) }, "\(tls)042E:SSL routines::tlsv1 alert protocol version"),
        (
            "no such name, and a reset", { _ = ($0.alert(112), $0.reset()) },
            "\(tls)0458:SSL routines::tlsv1 unrecognized name"
        ),
        (
            "plain text", { $0.send(Array("HTTP/1.1 400 No\r\n\r\n".utf8)) },
            "\(tls)010B:SSL routines::wrong version number"
        ),
        ("a stranger's certificate", { _ = ($0.answer(), $0.wait()) }, "SSL certificate problem: \(unknown)"),
    ]

    @Test("cut off before a word on trust: unreachable", arguments: Way.allCases)
    func cuts(_ way: Way) throws {
        let authority = try CertificateAuthority()
        let nginx = try Nginx(try authority.issue(), "ssl_protocols TLSv1.2;")
        for (name, end, reason) in Self.cuts {
            let error = try failure(
                way,
                nginx,
                TLSOptions(caFile: authority.file),
                timeout: reason == Self.silence ? .seconds(1) : .seconds(20),
                end
            )
            #expect(error == TransferError(.unreachable, reason, requestWasSent: false), "\(name)")
        }
    }

    @Test("a word on trust: tls", arguments: Way.allCases)
    func verdicts(_ way: Way) throws {
        let stranger = try CertificateAuthority()
        let nginx = try Nginx(try CertificateAuthority().issue(), "ssl_protocols TLSv1.2;")
        for (name, end, reason) in Self.verdicts {
            let error = try failure(way, nginx, TLSOptions(caFile: stranger.file), end)
            #expect(error == TransferError(.tls, reason, requestWasSent: false), "\(name)")
        }
    }

    @Test(
        "a client certificate that is missing or not taken: tls; in TLS 1.3 the request is on its way by then",
        arguments: [
            ("-tls1_2", false, "OpenSSL: error:0A000410:SSL routines::sslv3 alert handshake failure"),
            ("-tls1_2", true, "OpenSSL: error:0A000418:SSL routines::tlsv1 alert unknown ca"),
            (
                "-tls1_3", false,
                "OpenSSL SSL_read: OpenSSL: error:0A00045C:SSL routines::tlsv13 alert certificate required, errno 0"
            ),
            (
                "-tls1_3", true,
                "OpenSSL SSL_read: OpenSSL: error:0A000418:SSL routines::tlsv1 alert unknown ca, errno 0"
            ),
        ]
    )
    func clientCertificate(_ version: String, isGiven: Bool, reason: String) throws {
        let authority = try CertificateAuthority()
        let (own, stranger) = (try authority.issue(), try CertificateAuthority().selfSigned())
        let port = try ListeningSocket.quietPort()
        let server = Process()
        server.executableURL = try Tool.find("openssl")
        server.arguments =
            ["s_server", "-accept", "127.0.0.1:\(port)", "-www", "-Verify", "1", "-verify_return_error", version]
            + ["-CAfile", authority.file, "-cert", own.certificateFile, "-key", own.keyFile]
        (server.standardInput, server.standardOutput) = (FileHandle.nullDevice, FileHandle.nullDevice)
        server.standardError = FileHandle.nullDevice
        try server.run()
        // It outlives SIGTERM where the thread that started it blocks that.
        defer { kill(server.processIdentifier, SIGKILL) }
        var tls = TLSOptions(caFile: authority.file)
        if isGiven { (tls.certificateFile, tls.keyFile) = (stranger.certificateFile, stranger.keyFile) }
        var error = TransferError(.unreachable, "", requestWasSent: false)
        // Until it listens.
        for _ in 0..<200 where error.kind == .unreachable {
            Thread.sleep(forTimeInterval: 0.05)
            error = try #require(throws: TransferError.self) {
                try Client().send(Request("GET", "https://127.0.0.1:\(port)/", tls: tls), until: Cancellation())
            }
        }
        #expect(plain(error, "") == TransferError(.tls, reason, requestWasSent: version == "-tls1_3"))
    }

    // MARK: - The way there

    private func failure(
        _ way: Way,
        _ nginx: Nginx,
        _ tls: TLSOptions,
        timeout: Duration = .seconds(20),
        _ end: @escaping End
    ) throws -> TransferError {
        let listener = try RawListener { connection in
            switch way {
            case .straight: break
            case .tunnel:
                _ = connection.read()
                connection.send(Array("HTTP/1.1 200 OK\r\n\r\n".utf8))
            case .socks:
                _ = connection.read()
                connection.send([5, 0])
                _ = connection.read()
                connection.send([5, 0, 0, 1, 127, 0, 0, 1, 0, 0])
            }
            end(Rig(connection: connection, hello: connection.read(), nginx: nginx))
        }
        let proxy: String? =
            switch way {
            case .straight: nil
            case .tunnel: "http://127.0.0.1:\(listener.port)"
            case .socks: "socks5://127.0.0.1:\(listener.port)"
            }
        let host = "127.0.0.1:\(proxy == nil ? listener.port : 443)"
        let request = Request(
            "GET",
            "https://\(host)/",
            timeout: timeout,
            tls: tls,
            proxy: try proxy.map(ProxyURL.init(parsing:))
        )
        let error = try #require(throws: TransferError.self) {
            try Client().send(request, until: Cancellation())
        }
        return plain(error, host)
    }

    /// Without what differs from one time to the next, and from one OpenSSL to the next.
    private func plain(_ error: TransferError, _ host: String) -> TransferError {
        var detail = error.detail.replacing(/after \d+ milliseconds/, with: "after N milliseconds")
        // Who of two in libcurl sees it first.
        detail = detail.replacing("SSL connection timeout", with: Self.silence)
        detail = detail.replacing(/OpenSSL\/[0-9.]+/, with: "OpenSSL")
        if !host.isEmpty { detail = detail.replacing(host, with: "HOST") }
        return TransferError(error.kind, detail, requestWasSent: error.requestWasSent)
    }
}
