import Foundation
import HTTPServer
import TestSupport
import Testing

@Suite("End to end: TLS, against a real nginx")
struct TLSTests {
    enum Refusal: CaseIterable {
        case selfSigned, unknownAuthority, expired, notYetValid, wrongAddress, wrongName, oldProtocol
    }

    @Test(
        "no trust, no request: the run ends as tls with the reason, and the token stays here",
        arguments: Refusal.allCases
    )
    func refused(_ refusal: Refusal) async throws {
        let authority = try CertificateAuthority()
        let certificate: CertificateAuthority.Certificate
        var (more, reason) = ("", "")
        switch refusal {
        case .selfSigned: (certificate, reason) = (try authority.selfSigned(), "self-signed certificate")
        case .unknownAuthority:
            (certificate, reason) = (try CertificateAuthority().issue(), "unable to get local issuer certificate")
        case .expired:
            certificate = try authority.issue(from: "20200101000000Z", until: "20210101000000Z")
            reason = "certificate has expired"
        case .notYetValid:
            certificate = try authority.issue(from: "20990101000000Z", until: "21000101000000Z")
            reason = "certificate is not yet valid"
        case .wrongAddress:
            (certificate, reason) = (
                try authority.issue("IP:127.0.0.2"), "no alternative certificate subject name matches"
            )
        case .wrongName:
            (certificate, reason) = (
                try authority.issue("DNS:other"), "no alternative certificate subject name matches"
            )
        case .oldProtocol:
            certificate = try authority.issue()
            (more, reason) = ("ssl_protocols TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0;", "alert protocol version")
        }
        let nginx = try Nginx(certificate, more)
        let url = refusal == .wrongName ? "https://localhost:\(nginx.port)" : nginx.url
        let scheduler = try Sidecar.start(beside: url, ["SCHEDULER_CA_FILE": authority.file])
        let ends = try await Self.ends(of: scheduler)
        #expect(ends.allSatisfy { $0.contains(" outcome=tls status=0 ") && $0.contains(reason) }, "\(ends)")
        #expect(try await scheduler.stop() == .clean)
        #expect(nginx.finish().isEmpty)
        #expect(!nginx.errors.isEmpty, "the handshakes came this far")
        #expect(!scheduler.errors.contains(App.token))
    }

    @Test(
        "a private authority is trusted when a variable names it, and an address may be in the certificate",
        arguments: [["SCHEDULER_CA_FILE"], ["SSL_CERT_FILE"], ["CURL_CA_BUNDLE"]]
    )
    func privateAuthority(_ variables: [String]) async throws {
        let authority = try CertificateAuthority()
        let nginx = try Nginx(try authority.issue())
        let environment = Dictionary(uniqueKeysWithValues: variables.map { ($0, authority.file) })
        let scheduler = try Sidecar.start(beside: nginx.url, environment)
        #expect(try await Self.ends(of: scheduler).allSatisfy { $0.contains(" outcome=ok status=200 ") })
        #expect(try await scheduler.stop() == .clean)
        #expect(nginx.finish().count == 11)
        #expect(nginx.seen.allSatisfy { $0.hasSuffix(#" 200 "Bearer \#(App.token)""#) })
    }

    @Test("SCHEDULER_CA_FILE wins over the others, which may name anything")
    func ownAuthorityWins() async throws {
        let (authority, other) = (try CertificateAuthority(), try CertificateAuthority())
        let nginx = try Nginx(try authority.issue("DNS:localhost"))
        let environment = [
            "SCHEDULER_CA_FILE": authority.file, "SSL_CERT_FILE": other.file, "CURL_CA_BUNDLE": "/nowhere",
        ]
        let scheduler = try Sidecar.start(beside: "https://localhost:\(nginx.port)", environment)
        #expect(try await Self.ends(of: scheduler).allSatisfy { $0.contains(" outcome=ok status=200 ") })
        #expect(try await scheduler.stop() == .clean)
        #expect(nginx.finish().count == 11)
    }

    @Test("SCHEDULER_CA_FILE stands in place of the system's folder of authorities too")
    func noFolder() async throws {
        let (authority, folder, other) = (try CertificateAuthority(), try TemporaryFolder(), try TemporaryFolder())
        // As /etc/ssl/certs is on Debian: a file for each authority under its hash, and one of all.
        try folder.write("own.pem", authority.certificate)
        let all = try String(contentsOfFile: "/etc/ssl/certs/ca-certificates.crt", encoding: .utf8)
        try folder.write("ca-certificates.crt", all)
        try Tool.run("openssl", ["rehash", folder.url.path], in: folder.url)
        let namespace = try Namespace()
        let mount = namespace.entrance.dropFirst() + ["mount", "--bind", folder.url.path, "/etc/ssl/certs"]
        try Tool.run("nsenter", Array(mount), in: folder.url)
        let certificate = try authority.issue()
        let nginx = try namespace.within { try Nginx(certificate) }
        let jobs = Sidecar.jobs(["PING": "every 1h POST /x"])
        for (environment, outcome) in [([:], "ok"), (["SCHEDULER_CA_FILE": try other.write("all.pem", all)], "tls")] {
            let environment = jobs.merging(environment) { $1 }
            let scheduler = try Sidecar.start(beside: nginx.url, environment, through: namespace.entrance)
            try await scheduler.line(containing: " attempts=1 outcome=\(outcome) ")
            #expect(try await scheduler.stop() == .clean)
        }
        #expect(nginx.finish().count == 1)
    }

    @Test("an app that wants a client certificate", arguments: [true, false], [true, false])
    func clientCertificate(isGiven: Bool, isKeyBeside: Bool) async throws {
        let authority = try CertificateAuthority()
        let own = try authority.issue("DNS:scheduler")
        let nginx = try Nginx(
            try authority.issue(),
            "ssl_client_certificate \(authority.file); ssl_verify_client on;"
        )
        var environment = ["SCHEDULER_CA_FILE": authority.file]
        let folder = try TemporaryFolder()
        if isGiven, isKeyBeside {
            let both = try [own.certificateFile, own.keyFile].map { try String(contentsOfFile: $0, encoding: .utf8) }
            environment["SCHEDULER_CLIENT_CERT_FILE"] = try folder.write("both.pem", both.joined())
        } else if isGiven {
            environment["SCHEDULER_CLIENT_CERT_FILE"] = own.certificateFile
            environment["SCHEDULER_CLIENT_KEY_FILE"] = own.keyFile
        }
        let scheduler = try Sidecar.start(beside: nginx.url, environment)
        let expected = isGiven ? " outcome=ok status=200 " : " outcome=rejected status=400 "
        let ends = try await Self.ends(of: scheduler)
        #expect(ends.allSatisfy { $0.contains(expected) }, "\(ends)")
        #expect(try await scheduler.stop() == .clean)
        #expect(nginx.finish().count == 11)
    }

    @Test("https to an http port: tls, no request; http to an https port: what the app answers, never a success")
    func crossed() async throws {
        let app = try await App()
        let crossed = try Sidecar.start(beside: app.url.replacingOccurrences(of: "http:", with: "https:"))
        #expect(try await Self.ends(of: crossed).allSatisfy { $0.contains(" outcome=tls status=0 ") })
        #expect(try await crossed.stop() == .clean)
        #expect(try app.calls().isEmpty)
        let nginx = try Nginx(try CertificateAuthority().issue())
        let plain = try Sidecar.start(beside: "http://127.0.0.1:\(nginx.port)")
        let ends = try await Self.ends(of: plain)
        #expect(ends.allSatisfy { $0.contains(" outcome=rejected status=400 ") }, "\(ends) \(nginx.errors)")
        #expect(try await plain.stop() == .clean)
        #expect(nginx.finish().count == 11)
    }

    @Test("no library writes TLS keys to a file, no ~/.netrc is read, no cookie is kept, no proxy is used")
    func ambient() async throws {
        let authority = try CertificateAuthority()
        let nginx = try Nginx(
            try authority.issue(),
            #"add_header Set-Cookie "a=b" always; add_header Alt-Svc 'h2=":1"';"#
        )
        let home = try TemporaryFolder()
        try home.write(".netrc", "default login somebody password hunter2\n")
        let proxy = try TestProxy(.silence)
        var environment = [
            "SCHEDULER_CA_FILE": authority.file, "SSLKEYLOGFILE": home.path("keys"), "HOME": home.url.path,
            "SCHEDULER_API_TOKEN": "",
        ]
        for name in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] { environment[name] = proxy.url }
        let scheduler = try Sidecar.start(beside: nginx.url, environment)
        _ = try await Self.ends(of: scheduler)
        #expect(try await scheduler.stop() == .clean)
        #expect(proxy.requests.isEmpty)
        #expect(nginx.finish().count == 11)
        #expect(nginx.seen.allSatisfy { $0.hasSuffix(#" 200 "-""#) })
        #expect(try FileManager.default.contentsOfDirectory(atPath: home.url.path) == [".netrc"])
    }

    @Test("error reports trust the machine's authorities, not the target's")
    func reports() async throws {
        let (authority, other) = (try CertificateAuthority(), try CertificateAuthority())
        let posthog = try Nginx(try authority.issue())
        let environment = [
            "SSL_CERT_FILE": authority.file, "SCHEDULER_CA_FILE": other.file, "POSTHOG_API_KEY": "phc_key",
            "POSTHOG_HOST": posthog.url,
        ]
        let scheduler = try Sidecar.start(beside: "http://127.0.0.1:\(try ListeningSocket.quietPort())", environment)
        _ = try await eventually("a report") { posthog.seen.isEmpty ? nil : true }
        #expect(try await scheduler.stop() == .clean)
        #expect(posthog.seen.allSatisfy { $0 == #"POST 200 "-""# })
    }

    @Test("a proxy that was set on purpose gets the requests, whatever no_proxy says")
    func proxy() async throws {
        let authority = try CertificateAuthority()
        let nginx = try Nginx(try authority.issue())
        let proxy = try TestProxy(.tunnel(nginx.port))
        let environment = [
            "SCHEDULER_CA_FILE": authority.file, "no_proxy": "*", "NO_PROXY": "*",
            "SCHEDULER_PROXY": "http://bob:hunter2hunter2@127.0.0.1:\(proxy.port)",
        ]
        let scheduler = try Sidecar.start(beside: nginx.url, environment)
        #expect(try await Self.ends(of: scheduler).allSatisfy { $0.contains(" outcome=ok status=200 ") })
        #expect(try await scheduler.stop() == .clean)
        #expect(proxy.requests.count == 11)
        // "bob:hunter2hunter2"; the token is the app's alone.
        let credentials = "Proxy-Authorization: Basic Ym9iOmh1bnRlcjJodW50ZXIy\r\n"
        #expect(proxy.requests.allSatisfy { $0.hasPrefix("CONNECT 127.0.0.1:") && $0.contains(credentials) })
        #expect(!proxy.requests.joined().contains(App.token))
        #expect(!scheduler.errors.contains("hunter2"))
    }

    /// The line that ends each of the eleven first runs.
    private static func ends(of scheduler: Binary) async throws -> [Substring] {
        try await eventually("the ends of all runs") {
            let lines = scheduler.errorLines.filter { $0.contains(" outcome=") }
            return lines.count == 11 ? lines : nil
        }
    }
}
