import Calling
import Clockwork
import Files
import HTTPClient
import Testing

@testable import SchedulerCore

@Suite("Where others are told")
struct NoticeSettingsTests {
    private static let secret = "/a-secret-path"

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
        let message = "SCHEDULER_PING_URL (its value is not shown) \(rule)"
        #expect(try faultMessages(["SCHEDULER_PING_URL": url]) == [message])
    }

    @Test("of a job as well")
    func job() throws {
        let line = "every 1m POST /x ping="
        #expect(
            try faultMessages(["SCHEDULER_JOB_A": line + "hc.com\(Self.secret)"]) == [
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
        for name in ["SCHEDULER_PING_URL_FILE", "SCHEDULER_HEARTBEAT_URL_FILE", "SCHEDULER_ALERT_URL_FILE"] {
            #expect(try faultMessages([name: path], files: ["/empty": ""]) == ["\(name)=\"\(path)\" \(rule)"])
        }
    }

    @Test("both, an unknown format, and all at once")
    func all() throws {
        let found = try faultMessages(
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
                    + "example https://hc-ping.com/UUID",
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
        #expect(settings.alerts == nil && settings.downAfterSeconds == 300)
    }

    @Test(
        "alerts: what is wrong with them",
        arguments: [
            (
                ["SCHEDULER_ALERT_URL": "hooks.slack.com/s"],
                [
                    "SCHEDULER_ALERT_URL (its value is not shown) is not an absolute http:// or https:// URL; write for "
                        + "example https://hooks.slack.com/services/T000/B000/KEY"
                ]
            ),
            (
                [
                    "SCHEDULER_ALERT_FORMAT": "mattermost", "SCHEDULER_ALERT_REMIND": "soon",
                    "SCHEDULER_ALERT_DOWN_AFTER": "-5m",
                ],
                [
                    "SCHEDULER_ALERT_FORMAT=\"mattermost\" is not known; write slack, discord, teams, pagerduty, ntfy, "
                        + "apprise or json",
                    "SCHEDULER_ALERT_REMIND: duration \"soon\" is not whole numbers with the units d h m s, from long to short; "
                        + "write 90s, 15m, 2h, 1d or 1h30m",
                    "SCHEDULER_ALERT_DOWN_AFTER: duration \"-5m\" is not whole numbers with the units d h m s, from long to short; "
                        + "write 90s, 15m, 2h, 1d or 1h30m",
                ]
            ),
            (
                ["SCHEDULER_ALERT_URL": "https://events.pagerduty.com/v2/enqueue"],
                [
                    "SCHEDULER_ALERT_KEY is not set, and PagerDuty takes nothing without its routing key; write the key of the "
                        + "service's Events API v2 integration"
                ]
            ),
            (
                ["SCHEDULER_ALERT_KEY": "k", "SCHEDULER_ALERT_KEY_FILE": "/f"],
                ["SCHEDULER_ALERT_KEY_FILE=\"/f\" and SCHEDULER_ALERT_KEY are both set; leave one of them out"]
            ),
            (
                ["SCHEDULER_ALERT_KEY_FILE": "/empty"],
                [
                    "SCHEDULER_ALERT_KEY_FILE=\"/empty\" holds no key: the file is empty; write the path of a file that "
                        + "holds the key alone"
                ]
            ),
            (
                ["SCHEDULER_JOB_A": "every 1m POST /x alert-after=0"],
                ["SCHEDULER_JOB_A: alert-after=: \"0\" is not a whole number from 1 to 1000, or off"]
            ),
        ] as [([String: String], [String])]
    )
    func alertFaults(_ environment: [String: String], _ messages: [String]) throws {
        #expect(try faultMessages(environment, files: ["/empty": ""]) == messages)
    }

    @Test("alerts: what is right; the key is a secret, and one that nobody takes is told of")
    func alerts() throws {
        let settings = try Settings(environment: [
            "SCHEDULER_BUILTIN_JOBS": "false", "SCHEDULER_JOB_A": "every 1m POST /x alert-after=5",
            "SCHEDULER_ALERT_URL": "https://hooks.slack.com/a-secret-path", "SCHEDULER_ALERT_REMIND": "0",
            "SCHEDULER_ALERT_KEY": "the-routing-key", "SCHEDULER_ALERT_DOWN_AFTER": "90",
        ])
        #expect(settings.alerts?.format == .slack && settings.alerts?.remind == .zero)
        #expect(settings.downAfterSeconds == 90)
        #expect(settings.jobs.first?.alertAfter == .runs(5))
        #expect(Set(settings.secrets.map(\.reveal)) == ["/a-secret-path", "the-routing-key"])
        #expect(
            settings.warnings.map(\.message) == [
                "SCHEDULER_ALERT_KEY has no effect: it is PagerDuty's, and hooks.slack.com is told as slack"
            ]
        )
    }
}
