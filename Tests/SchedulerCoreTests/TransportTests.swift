import Calling
import Clockwork
import Foundation
import HTTPClient
import HTTPServer
import Schedule
import Telling
import TestSupport
import Testing

@testable import SchedulerCore

@Suite("TLS and proxy variables")
struct TransportTests {
    private let folder: TemporaryFolder
    private let authority: CertificateAuthority
    private let own: CertificateAuthority.Certificate
    private let other: CertificateAuthority.Certificate

    private static let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"

    init() throws {
        folder = try TemporaryFolder()
        authority = try CertificateAuthority()
        own = try authority.issue("DNS:own")
        other = try authority.issue("DNS:other")
    }

    @Test("what is good reaches the requests: ours to the target, the machine's to everyone else")
    func good() throws {
        let machine = try folder.write("machine.pem", authority.certificate)
        let transport = try Settings(environment: [
            "SCHEDULER_CA_FILE": authority.file, "SSL_CERT_FILE": machine, "CURL_CA_BUNDLE": "/nowhere",
            "SCHEDULER_CLIENT_CERT_FILE": own.certificateFile, "SCHEDULER_CLIENT_KEY_FILE": own.keyFile,
            "SCHEDULER_PROXY": " http://proxy:3128 ",
        ]).transport
        #expect(
            transport.target
                == TLSOptions(caFile: authority.file, certificateFile: own.certificateFile, keyFile: own.keyFile)
        )
        #expect(transport.elsewhere == TLSOptions(caFile: machine))
        #expect(transport.proxy?.description == "http://proxy:3128")
    }

    @Test("calls over a socket: its absolute path, as long as the system takes, and no proxy beside it")
    func socket() throws {
        let longest = "/" + String(repeating: "x", count: 106)
        for path in ["/run/app.sock", longest] {
            let settings = try Settings(environment: ["SCHEDULER_UNIX_SOCKET": " \(path) "])
            #expect(settings.app.socket == path)
        }
        let example = "write the absolute path of a socket, such as /run/app/app.sock"
        let rows = [
            ("run/app.sock", #"="run/app.sock" does not begin with /; \#(example)"#),
            ("@app", #"="@app" does not begin with /; \#(example)"#),
            (longest + "x", #"="\#(longest)x" is 108 bytes long, and the system allows 107; \#(example)"#),
            ("", #"="" is empty; \#(example), or leave the variable out"#),
        ]
        for (path, message) in rows {
            #expect(
                try failure(["SCHEDULER_UNIX_SOCKET": path])
                    == [SettingsFault(variable: "SCHEDULER_UNIX_SOCKET", message: "SCHEDULER_UNIX_SOCKET" + message)]
            )
        }
        #expect(
            try failure(["SCHEDULER_UNIX_SOCKET": "/a", "SCHEDULER_PROXY": "http://proxy:3128"]).map(\.message) == [
                "SCHEDULER_UNIX_SOCKET and SCHEDULER_PROXY are both set, and a socket is reached through no proxy; leave "
                    + "one of them out"
            ]
        )
    }

    @Test("over a socket nobody can read a token that goes over plain http, and no name is looked up")
    func socketIsPrivate() throws {
        var environment = [
            "API_URL": "http://app.example.com", "SCHEDULER_API_TOKEN": String(repeating: "t", count: 32),
        ]
        #expect(try Settings(environment: environment).warnings.count == 1)
        environment["SCHEDULER_UNIX_SOCKET"] = "/run/app.sock"
        let settings = try Settings(environment: environment)
        #expect(settings.warnings == [])
        let report = CheckReport(.success(settings), asJSON: false, now: .epoch).standardOutput
        #expect(report.contains("11 jobs for http://app.example.com over /run/app.sock, tick 30s"))
    }

    @Test("without ours, the first of the machine's variables that is not empty")
    func shared() throws {
        let machine = try folder.write("machine.pem", authority.certificate)
        let environment = ["SSL_CERT_FILE": "", "CURL_CA_BUNDLE": machine, "API_URL": "https://app"]
        let transport = try Settings(environment: environment).transport
        #expect(transport.target == TLSOptions(caFile: machine))
        #expect(try Settings(environment: [:]).transport.target == TLSOptions())
    }

    @Test("a bad file of the machine's is a fault where it is needed, else a warning")
    func badShared() throws {
        let message = #"SSL_CERT_FILE="/nowhere" does not exist; write the path of a PEM file"#
        let expected = [SettingsFault(variable: "SSL_CERT_FILE", message: message)]
        #expect(try failure(["SSL_CERT_FILE": "/nowhere", "API_URL": "https://app"]) == expected)
        #expect(try Settings(environment: ["SSL_CERT_FILE": "/nowhere"]).warnings == expected)
        let environment = ["SSL_CERT_FILE": "/nowhere", "API_URL": "https://app", "SCHEDULER_CA_FILE": authority.file]
        #expect(try Settings(environment: environment).warnings == expected)
    }

    @Test("each fault of the authorities' file, whole")
    func authorities() throws {
        let advice = "write the path of a PEM file"
        let empty = try folder.write("empty", " \n")
        let garbage = try folder.write("garbage", "hello")
        let bad = try folder.write("bad", Self.damaged)
        let half = try folder.write("half", authority.certificate + Self.damaged)
        let rows = [
            ("/nowhere", #""/nowhere" does not exist; \#(advice)"#),
            (folder.url.path, #""\#(folder.url.path)" is not a regular file; \#(advice)"#),
            ("/dev/zero", #""/dev/zero" is not a regular file; \#(advice)"#),
            (empty, #""\#(empty)" is empty; \#(advice)"#),
            (garbage, #""\#(garbage)" holds no PEM certificate (-----BEGIN CERTIFICATE-----)"#),
            (bad, #""\#(bad)" cannot be loaded: a certificate in it is damaged"#),
            (half, #""\#(half)" cannot be loaded: a certificate in it is damaged"#),
            ("", #""" is empty; write the path of a PEM file, or leave the variable out"#),
        ]
        for (value, message) in rows {
            #expect(try failure(["SCHEDULER_CA_FILE": value]).map(\.message) == ["SCHEDULER_CA_FILE=\(message)"])
        }
    }

    @Test("a certificate and its key: both, or both in one file, and they fit")
    func clientCertificate() throws {
        let (cert, key) = ("SCHEDULER_CLIENT_CERT_FILE", "SCHEDULER_CLIENT_KEY_FILE")
        func text(_ file: String) throws -> String { try String(contentsOfFile: file, encoding: .utf8) }
        let both = try folder.write("both", try text(own.certificateFile) + text(own.keyFile))
        #expect(
            try Settings(environment: [cert: both]).transport.target == TLSOptions(certificateFile: both)
        )
        let crossed = try folder.write("crossed", try text(own.certificateFile) + text(other.keyFile))
        try Tool.run(
            "openssl",
            ["pkey", "-in", own.keyFile, "-aes256", "-passout", "pass:x", "-out", "locked"],
            in: folder.url
        )
        let locked = folder.path("locked")
        let rows: [([String: String], String)] = [
            (
                [key: own.keyFile],
                #"\#(key)="\#(own.keyFile)" has no certificate beside it; set \#(cert) too, or leave this out"#
            ),
            (
                [cert: own.certificateFile],
                #"\#(cert)="\#(own.certificateFile)" holds no key (-----BEGIN PRIVATE KEY-----); set \#(key), or put "#
                    + "the key into this file"
            ),
            (
                [cert: own.certificateFile, key: other.keyFile],
                #"\#(key)="\#(other.keyFile)" is damaged, or is not the key of \#(cert)="\#(own.certificateFile)""#
            ),
            (
                [cert: own.certificateFile, key: own.certificateFile],
                #"\#(key)="\#(own.certificateFile)" holds no PEM key (-----BEGIN PRIVATE KEY-----)"#
            ),
            (
                [cert: own.certificateFile, key: locked],
                #"\#(key)="\#(locked)" holds a key with a passphrase, and there is no one to ask; write it without: "#
                    + "openssl pkey -in … -out …"
            ),
            ([cert: crossed], #"\#(cert)="\#(crossed)" holds a key that is damaged, or is not the certificate's"#),
            (
                [cert: "/nowhere", key: own.keyFile],
                #"\#(cert)="/nowhere" does not exist; write the path of a PEM file"#
            ),
        ]
        for (environment, message) in rows { #expect(try failure(environment).map(\.message) == [message]) }
        let bad = try folder.write("bad", Self.damaged)
        let found = try failure([cert: bad, key: own.keyFile])
        #expect(found.map(\.variable) == [cert])
        #expect(found.first?.message.hasPrefix(#"\#(cert)="\#(bad)" cannot be used: could not load PEM "#) == true)
    }

    @Test("all that is wrong is told at once, and nothing of a proxy's URL")
    func allAtOnce() throws {
        let found = try failure([
            "SCHEDULER_CA_FILE": "/nowhere", "SCHEDULER_CLIENT_KEY_FILE": own.keyFile,
            "SCHEDULER_PROXY": "ftp://bob:hunter2@proxy", "SCHEDULER_REQUIRE_TOKEN": "maybe",
        ])
        #expect(
            Set(found.map(\.variable)) == [
                "SCHEDULER_CA_FILE", "SCHEDULER_CLIENT_KEY_FILE", "SCHEDULER_PROXY", "SCHEDULER_REQUIRE_TOKEN",
            ]
        )
        #expect(
            found.first { $0.variable == "SCHEDULER_PROXY" }?.message
                == "SCHEDULER_PROXY (its value is not shown, it may hold a password) does not begin with http://, "
                + "https://, socks5:// or socks5h://; write for example http://proxy:3128"
        )
    }

    @Test("a proxy's password is a secret")
    func proxyPassword() throws {
        let settings = try Settings(environment: ["SCHEDULER_PROXY": "http://bob:hunter2@proxy:3128"])
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(!dumped.contains("hunter2"))
        let book = LogBook()
        book.log(secrets: SecretBook(settings.secrets)).info("\("hunter2 Ym9iOmh1bnRlcjI=")")
        #expect(book.lines.first?.hasSuffix("*** ***\n") == true)
    }

    @Test("the proxy gets requests to the target, and no report of errors")
    func reportsGoStraight() async throws {
        let proxy = try TestProxy(.answer(""))
        let posthog = try TestServer { _, reply in reply.send(.text(200, "{}")) }
        let settings = try Settings(environment: [
            "API_URL": "http://app.invalid", "SCHEDULER_PROXY": proxy.url, "POSTHOG_API_KEY": "phc_key",
            "POSTHOG_HOST": posthog.url,
        ])
        let courier = Courier(tls: settings.transport.elsewhere, time: TimeSource.system.reading)
        let reports = ErrorReports(try #require(settings.errorReports), now: { .epoch }, send: courier.send)
        let runner = Runner(
            settings.app,
            token: nil,
            cancellation: Cancellation(),
            random: { 1 },
            now: TimeSource.system.reading
        )
        let run = Run(slot: Moment(seconds: 1_767_225_600), trigger: .schedule)
        let attempt = Attempt(job: settings.jobs[0], run: run, id: RunID(1, 1))
        let end = runner.make(attempt, with: Client()) { true }
        #expect(end.outcome == .broken)
        reports.note(.attemptEnded(attempt, end))
        try await awaitTrue { courier.waiting == 0 }
        courier.stop()
        #expect(posthog.seen.count == 1)
        #expect(proxy.requests.count == 1)
        #expect(proxy.requests.first?.hasPrefix("POST http://app.invalid/api/sync/trigger ") == true)
    }

    private func failure(_ environment: [String: String]) throws -> [SettingsFault] {
        try #require(throws: SettingsFaults.self) { try Settings(environment: environment) }.faults
    }
}
