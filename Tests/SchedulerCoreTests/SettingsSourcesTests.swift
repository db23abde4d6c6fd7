import Calling
import Clockwork
import Files
import Foundation
import HTTPClient
import Schedule
import Telling
import TestSupport
import Testing

@testable import SchedulerCore

extension SettingsSources {
    /// A machine that has these files and nothing else, in directories that are there; libcurl likes each of them.
    static func only(_ files: [String: String]) -> SettingsSources {
        SettingsSources(
            read: { path, limit in
                guard let text = files[path] else { return .failure(.missing) }
                return text.utf8.count > limit ? .failure(.tooLarge(limit: limit)) : .success(Array(text.utf8))
            },
            place: { path in files[path] == nil ? .directory : .other },
            refusal: { _ in nil },
            laterVersion: { _ in nil }
        )
    }
}

@Suite("Settings: a value of what is handed in")
struct SettingsSourcesTests {
    private static let token = String(repeating: "0123456789abcdef", count: 2)
    private static let files = [
        "/token": token + "\n", "/jobs": "a: every 1m POST /a\n",
        "/ca": "-----BEGIN CERTIFICATE-----", "/client": "-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----",
    ]
    private static let environment = [
        "SCHEDULER_API_TOKEN_FILE": "/token", "SCHEDULER_JOBS_FILE": "/jobs", "SCHEDULER_CA_FILE": "/ca",
        "SCHEDULER_CLIENT_CERT_FILE": "/client", "SCHEDULER_STATE_DIR": "/state", "POSTHOG_API_KEY": "phc_key",
        "SCHEDULER_PROXY": "http://bob:hunter2@proxy:3128", "API_URL": "https://app",
    ]

    @Test("files come from the sources alone, and the same in makes the same out")
    func files() throws {
        let settings = try Settings(environment: Self.environment, sources: .only(Self.files), random: 7)
        #expect(settings.jobs.last?.name == "a")
        #expect(settings.token == TokenOrigin(Secret(Self.token), file: settings.token?.file))
        #expect(settings.token?.file?.path == "/token")
        #expect(settings.transport.target == TLSOptions(caFile: "/ca", certificateFile: "/client"))
        #expect(settings.stateDirectory == "/state")
        #expect(settings.warnings == [])
        #expect(settings == (try Settings(environment: Self.environment, sources: .only(Self.files), random: 7)))
        #expect(settings != (try Settings(environment: Self.environment, sources: .only(Self.files), random: 8)))
    }

    @Test("each secret is handed on: the token, the key of the reports, the proxy's password")
    func secrets() throws {
        let settings = try Settings(environment: Self.environment, sources: .only(Self.files))
        #expect(Set(settings.secrets).isSuperset(of: ["phc_key", "hunter2"].map(Secret.init) + [Secret(Self.token)]))
        let book = LogBook()
        let secrets = SecretBook(settings.secrets)
        book.log(secrets: secrets).info("\("\(Self.token) phc_key hunter2")")
        #expect(book.lines.last?.hasSuffix("*** *** ***\n") == true)
    }

    @Test("what is not there, is no directory, or is not to libcurl's liking is a fault, and all are told at once")
    func faults() throws {
        var sources = SettingsSources.only(Self.files.merging(["/state": "", "/token": ""]) { $1 })
        sources.refusal = { $0.caFile == nil ? .key(reason: "") : .authorities(reason: "") }
        let environment = Self.environment.merging(["SCHEDULER_JOBS_FILE": "/nowhere"]) { $1 }
        let bad = try #require(throws: SettingsFaults.self) { try Settings(environment: environment, sources: sources) }
        #expect(
            bad.faults.map(\.message) == [
                #"SCHEDULER_API_TOKEN_FILE="/token" holds no token: the file is empty; write the path of a file that "#
                    + "holds the token alone",
                #"SCHEDULER_CLIENT_CERT_FILE="/client" holds a key that is damaged, or is not the certificate's"#,
                #"SCHEDULER_CA_FILE="/ca" cannot be loaded: a certificate in it is damaged"#,
                #"SCHEDULER_JOBS_FILE="/nowhere" does not exist; name a file of "name: job line" lines"#,
                #"SCHEDULER_STATE_DIR="/state" is not a directory; write the absolute path of a directory"#,
            ]
        )
    }

    @Test("a state directory of a later release is a fault, where there is one; nothing but the directory is asked for")
    func laterRelease() throws {
        var sources = SettingsSources.only(Self.files)
        sources.laterVersion = { $0 == "/state" ? 2 : nil }
        let bad = try #require(throws: SettingsFaults.self) {
            try Settings(environment: Self.environment, sources: sources)
        }
        let sentence =
            "SCHEDULER_STATE_DIR: /state/state.log was written by a later release (format version 2, this one knows 1); "
            + "use that release, or another directory."
        #expect(bad.faults == [SettingsFault(variable: "SCHEDULER_STATE_DIR", message: sentence)])
        let report = CheckReport(.failure(bad), asJSON: false, now: .epoch)
        #expect(report.standardError == "fault: \(sentence)\n")
        for directory in ["/other", "/other/state"] {
            let environment = Self.environment.merging(["SCHEDULER_STATE_DIR": directory]) { $1 }
            #expect(throws: Never.self) { try Settings(environment: environment, sources: sources) }
        }
        sources.place = { _ in .nothing }
        #expect(throws: Never.self) { try Settings(environment: Self.environment, sources: sources) }
    }

    @Test("the machine's own look at it; a sidecar that runs does not look")
    func laterReleaseLive() throws {
        let folder = try TemporaryFolder()
        try folder.write("state.log", "85c4e632 000025 scheduler-state version=2\n")
        let environment = ["SCHEDULER_STATE_DIR": folder.url.path]
        let bad = try #require(throws: SettingsFaults.self) { try Settings(environment: environment) }
        #expect(bad.faults.map(\.variable) == ["SCHEDULER_STATE_DIR"])
        #expect(try Settings(environment: environment, sources: .running).stateDirectory == folder.url.path)
    }

    @Test("check and the start warn of the same, check of the directory for state as well")
    func warnings() throws {
        let settings = try Settings(environment: [
            "SCHEDULER_TICKS": "1", "SCHEDULER_JOB_A": "every 1m POST /a timeout=61",
        ])
        let hint = SettingsFault(variable: "SCHEDULER_STATE_DIR", message: "hint")
        let names = settings.warnings(at: .epoch, state: hint).map(\.variable)
        #expect(names == ["SCHEDULER_TICKS", "SCHEDULER_API_TOKEN", "SCHEDULER_STATE_DIR", "SCHEDULER_JOB_A"])
        #expect(
            settings.warnings(at: .epoch).map(\.variable) == [
                "SCHEDULER_TICKS", "SCHEDULER_API_TOKEN", "SCHEDULER_JOB_A",
            ]
        )
        let report = CheckReport(.success(settings), asJSON: false, now: .epoch, stateHint: hint)
        #expect(report.standardError.split(separator: "\n").count == 4)
    }
}
