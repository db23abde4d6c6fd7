import Foundation
import HTTPClient
import TestSupport
import Testing

@Suite("Client: TLS files")
struct TLSTests {
    private let folder: TemporaryFolder
    private let authority: CertificateAuthority
    private let own: CertificateAuthority.Certificate
    private let nginx: Nginx

    init() throws {
        folder = try TemporaryFolder()
        authority = try CertificateAuthority()
        own = try authority.issue("DNS:client")
        nginx = try Nginx(try authority.issue(), "ssl_client_certificate \(authority.file); ssl_verify_client on;")
    }

    @Test("an authority's file that was replaced counts from the next request on, in either direction")
    func rotatedAuthority() throws {
        let client = Client()
        let (good, bad) = (authority.certificate, try CertificateAuthority().certificate)
        let file = try folder.write("ca.pem", good)
        let request = Request("GET", nginx.url, tls: options(ca: file))
        #expect(try client.send(request, until: Cancellation()).status == 200)
        try folder.write("ca.pem", bad)
        let error = try #require(throws: TransferError.self) { try client.send(request, until: Cancellation()) }
        #expect(error.kind == .tls)
        #expect(!error.requestWasSent)
        try folder.write("ca.pem", good)
        #expect(try client.send(request, until: Cancellation()).status == 200)
        try FileManager.default.removeItem(atPath: file)
        #expect(
            try #require(throws: TransferError.self) { try client.send(request, until: Cancellation()) }.kind == .tls
        )
    }

    @Test("a client certificate that was replaced counts from the next request on")
    func rotatedCertificate() throws {
        let client = Client()
        let stranger = try CertificateAuthority().issue("DNS:client")
        let file = try folder.write("client.pem", try text(stranger.certificateFile) + text(stranger.keyFile))
        let request = Request("GET", nginx.url, tls: TLSOptions(caFile: authority.file, certificateFile: file))
        #expect(try client.send(request, until: Cancellation()).status == 400)
        try folder.write("client.pem", try text(own.certificateFile) + text(own.keyFile))
        #expect(try client.send(request, until: Cancellation()).status == 200)
    }

    @Test("a named authority stands in place of the system's, and none of these options leaks into the next request")
    func noLeak() throws {
        let client = Client()
        #expect(try client.send(Request("GET", nginx.url, tls: options()), until: Cancellation()).status == 200)
        let error = try #require(throws: TransferError.self) {
            try client.send(Request("GET", nginx.url), until: Cancellation())
        }
        #expect(error.kind == .tls)
    }

    @Test("files are checked without a request")
    func check() throws {
        let other = try authority.issue("DNS:other")
        #expect(throws: Never.self) { try options().check() }
        let mismatch = TLSOptions(certificateFile: own.certificateFile, keyFile: other.keyFile)
        guard case .key = try #require(throws: TLSOptions.Fault.self, performing: { try mismatch.check() }) else {
            return #expect(Bool(false), "a key that does not fit")
        }
        let damage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
        let bad = try folder.write("bad.pem", damage)
        let half = try folder.write("half.pem", authority.certificate + damage)
        for file in [bad, half, folder.path("none")] {
            let fault = try #require(throws: TLSOptions.Fault.self) { try TLSOptions(caFile: file).check() }
            guard case .authorities = fault else { return #expect(Bool(false), "\(fault)") }
        }
        let fault = try #require(throws: TLSOptions.Fault.self) {
            try TLSOptions(certificateFile: bad, keyFile: own.keyFile).check()
        }
        guard case .certificate = fault else { return #expect(Bool(false), "\(fault)") }
        #expect(nginx.seen.isEmpty)
    }

    private func options(ca: String? = nil) -> TLSOptions {
        TLSOptions(caFile: ca ?? authority.file, certificateFile: own.certificateFile, keyFile: own.keyFile)
    }

    private func text(_ file: String) throws -> String { try String(contentsOfFile: file, encoding: .utf8) }
}
