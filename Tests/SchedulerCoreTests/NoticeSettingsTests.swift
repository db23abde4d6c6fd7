import Calling
import Clockwork
import Files
import HTTPClient
import Testing

@testable import SchedulerCore

@Suite("Where others are told")
struct NoticeSettingsTests {
    private static let secret = "/a-secret-path"

    private func faults(_ environment: [String: String], files: [String: String] = [:]) throws -> [String] {
        var sources = SettingsSources.live
        sources.read = { path, _ in files[path].map { .success(Array($0.utf8)) } ?? .failure(.missing) }
        let found = Result { () throws(SettingsFaults) in
            try Settings(environment: environment, sources: sources)
        }
        guard case .failure(let bad) = found else { return [] }
        return bad.faults.map(\.message)
    }

    @Test(
        "a URL that is none is a fault that shows nothing of it",
        arguments: [
            (
                "hc-ping.com\(secret)",
                "is not an absolute http:// or https:// URL; write for example https://hc-ping.com/KEY/{job}"
            ),
            (
                "https://u:p@h\(secret)",
                "holds a user name or password; take it out, a key belongs into the path or the query"
            ),
            ("https://\(secret)", "names no host; write for example https://hc-ping.com/KEY/{job}"),
            ("https://h\(secret)#x", "holds a fragment (#…); take it out"),
            (
                "https://h\(secret) x",
                "holds a blank, a control character or a non-ASCII character; only visible ASCII is allowed"
            ),
            (
                "https://h\(secret)",
                "has no {job}, and 11 jobs would ping the same check; write {job} where a job's name belongs, or give "
                    + "jobs a ping= of their own"
            ),
        ]
    )
    func pingURL(_ url: String, rule: String) throws {
        #expect(try faults(["SCHEDULER_PING_URL": url]) == ["SCHEDULER_PING_URL (its value is not shown) \(rule)"])
    }

    @Test("of a job as well")
    func job() throws {
        let line = "every 1m POST /x ping="
        #expect(
            try faults(["SCHEDULER_JOB_A": line + "hc.com\(Self.secret)"]) == [
                "SCHEDULER_JOB_A: ping=: its value, which is not shown, is not an absolute http:// or https:// URL; write "
                    + "for example https://hc-ping.com/KEY/{job}, or off"
            ]
        )
        let settings = try Settings(environment: ["SCHEDULER_JOB_A": line + "https://h\(Self.secret)"])
        #expect(settings.jobs.last?.ping == .url("https://h\(Self.secret)"))
        #expect(settings.headerSecrets.map(\.reveal) == [Self.secret])
    }

    @Test(
        "files",
        arguments: [
            ("/none", "does not exist; write the path of a file that holds the URL alone"),
            ("/empty", "holds no URL: the file is empty; write the path of a file that holds the URL alone"),
        ]
    )
    func files(_ path: String, rule: String) throws {
        for name in ["SCHEDULER_PING_URL_FILE", "SCHEDULER_HEARTBEAT_URL_FILE"] {
            #expect(try faults([name: path], files: ["/empty": ""]) == ["\(name)=\"\(path)\" \(rule)"])
        }
    }

    @Test("both, an unknown format, and all at once")
    func all() throws {
        let found = try faults(
            [
                "SCHEDULER_PING_URL": "https://h/{job}", "SCHEDULER_PING_URL_FILE": "/f",
                "SCHEDULER_PING_FORMAT": "pingdom", "SCHEDULER_HEARTBEAT_URL": "x",
            ]
        )
        #expect(
            found == [
                "SCHEDULER_PING_URL_FILE=\"/f\" and SCHEDULER_PING_URL are both set; leave one of them out",
                "SCHEDULER_PING_FORMAT=\"pingdom\" is not known; write healthchecks, kuma, cronitor, betterstack, sentry or "
                    + "plain",
                "SCHEDULER_HEARTBEAT_URL (its value is not shown) is not an absolute http:// or https:// URL; write for "
                    + "example https://hc-ping.com/KEY/{job}",
            ]
        )
    }

    @Test("one job needs no {job}; the secrets of a URL are its path and query")
    func good() throws {
        let settings = try Settings(environment: [
            "SCHEDULER_BUILTIN_JOBS": "false", "SCHEDULER_JOB_A": "every 1m POST /x",
            "SCHEDULER_PING_URL": "https://host/long-path?key=1", "SCHEDULER_PING_FORMAT": "PLAIN",
            "SCHEDULER_HEARTBEAT_URL": "https://host/h",
        ])
        #expect(
            settings.pings == Pings(standard: try NoticeURL(parsing: "https://host/long-path?key=1"), format: .plain)
        )
        #expect(settings.secrets.map(\.reveal) == ["/long-path?key=1"])
        #expect(settings.heartbeat?.host == "host")
    }
}
