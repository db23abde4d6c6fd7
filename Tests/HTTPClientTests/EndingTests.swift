import CCurl
import Glibc
import Testing

@testable import HTTPClient

/// What libcurl's codes and words mean; that it says them, the tests with real connections show.
@Suite("Ends of transfers")
struct EndingTests {
    @Test("memory that runs out before the request is out is our own limit; later it is the answer that was lost")
    func memory() {
        for code in [CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT] {
            var ending = Ending(code: code, reason: "Out of memory")
            #expect(ending.error == .limited("Out of memory"))
            ending.hasStood = true
            #expect(ending.error == .limited("Out of memory"))
            ending.requestWasSent = true
            #expect(ending.error == TransferError(.broken, "Out of memory", requestWasSent: true))
        }
    }

    @Test(
        "a connection that is refused a socket",
        arguments: [
            (EMFILE, "no (Too many open files)"), (ENFILE, "no (Too many open files in system)"),
            (ENOMEM, "no (Cannot allocate memory)"), (ENOBUFS, "no (No buffer space available)"), (ECONNREFUSED, nil),
            (EHOSTUNREACH, nil), (ECONNRESET, nil), (EADDRNOTAVAIL, nil), (0, nil),
        ] as [(Int32, String?)]
    )
    func sockets(_ number: Int32, detail: String?) {
        let error = Ending(code: CURLE_COULDNT_CONNECT, reason: "no", systemError: number).error
        #expect(error == detail.map { .limited($0) } ?? TransferError(.unreachable, "no", requestWasSent: false))
        // Of an earlier transfer, maybe; libcurl keeps the number.
        #expect(Ending(code: CURLE_GOT_NOTHING, reason: "no", systemError: number).error.kind == .unreachable)
    }

    @Test("a resolver without descriptors; where they are enough, the name is at fault")
    func names() {
        var ending = Ending(code: CURLE_COULDNT_RESOLVE_HOST, reason: "Could not resolve host: app")
        #expect(ending.error.kind == .unreachable)
        ending.shortage = { EMFILE }
        #expect(ending.error == .limited("Could not resolve host: app (Too many open files)"))
    }

    @Test("what a proxy's handshake says is no word of the target's")
    func proxy() {
        let ending = Ending(code: CURLE_PEER_FAILED_VERIFICATION, reason: "no", handshakeIsTargets: false)
        #expect(ending.error == TransferError(.unreachable, "no", requestWasSent: false))
    }

    @Test("an alert about our certificate counts as one only in place of an answer")
    func alerts() {
        let reason = "OpenSSL SSL_read: OpenSSL/3.0.18: error:0A00045C:SSL routines::x, errno 0"
        var ending = Ending(code: CURLE_RECV_ERROR, reason: reason, hasStood: true, requestWasSent: true)
        #expect(ending.error.kind == .tls)
        ending.hasAnswer = true
        #expect(ending.error.kind == .broken)
        ending.hasAnswer = false
        ending.reason = reason.replacing("45C", with: "438")  // internal error
        #expect(ending.error.kind == .broken)
    }

    @Test(
        "OpenSSL's code in libcurl's words",
        arguments: [
            ("OpenSSL/3.0.18: error:0A000410:SSL routines::sslv3 alert handshake failure", true, 40, nil),
            ("error:0A00010B:SSL routines::wrong version number", true, nil, nil),
            ("could not load PEM, OpenSSL error error:80000018:system library::Too many open files", true, nil, 24),
            ("TLS connect error: error:0A000126:SSL routines::unexpected eof while reading", false, nil, nil),
            ("TLS connect error: error:00000000:lib(0)::reason(0)", nil, nil, nil),
            ("Recv failure: Connection reset by peer", nil, nil, nil), ("error:", nil, nil, nil),
            ("error:0A00zzzz", nil, nil, nil),
        ] as [(String, Bool?, Int?, Int32?)]
    )
    func codes(_ text: String, isVerdict: Bool?, alert: Int?, number: Int32?) {
        let error = OpenSSLError(in: text)
        #expect(error.map { !$0.isEndOfFile } == isVerdict)
        #expect(error?.alert == alert)
        #expect(error?.systemError == number)
        let kind = Ending(code: CURLE_SSL_CONNECT_ERROR, reason: text).error.kind
        #expect(kind == (isVerdict == true ? .tls : .unreachable))
    }
}
