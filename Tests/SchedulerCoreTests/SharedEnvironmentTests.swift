import Calling
import HTTPClient
import SchedulerCore
import Telling
import Testing

/// What stands in the environment because somebody else put it there: the app, its later releases, Kubernetes.
@Suite("Variables of others")
struct SharedEnvironmentTests {
    // MARK: - The app's

    @Test(
        "of what the app reads as well, empty is unset, and what makes no sense is a warning and the default",
        arguments: [
            ("LOG_LEVEL", "", nil), ("LOG_LEVEL", " ", nil), ("LOG_LEVEL", "\"\"", nil), ("LOG_FORMAT", "", nil),
            ("POSTHOG_HOST", "", nil), ("POSTHOG_HOST", " ", nil), ("POSTHOG_API_KEY", "", nil),
            ("SSL_CERT_FILE", " ", nil),
            ("CURL_CA_BUNDLE", "", nil),
            (
                "LOG_FORMAT", "console",
                #"LOG_FORMAT="console" is not known; write text or json (in SCHEDULER_LOG_FORMAT, if the app needs it "#
                    + "so); until then it counts as text"
            ),
            (
                "LOG_LEVEL", "\u{FFFD}",
                "LOG_LEVEL=\"\u{FFFD}\" is not known; write DEBUG, INFO, WARNING or ERROR (in SCHEDULER_LOG_LEVEL, if the "
                    + "app needs it so); until then it counts as INFO"
            ),
            (
                "POSTHOG_HOST", "eu.i.posthog.com",
                #"POSTHOG_HOST="eu.i.posthog.com" is not an absolute http:// or https:// URL; write for example "#
                    + "http://app:8000; until then it counts as https://eu.i.posthog.com"
            ),
            (
                "POSTHOG_HOST", "https://${H}",
                "POSTHOG_HOST (its value is not shown) \(reference); until then it counts as https://eu.i.posthog.com"
            ),
            (
                "POSTHOG_API_KEY", "${K}",
                "POSTHOG_API_KEY (its value is not shown) \(reference); until then it counts as unset"
            ),
            (
                "POSTHOG_API_KEY", "a b",
                "POSTHOG_API_KEY (its value is not shown) holds a blank, a control character or a non-ASCII character; "
                    + "only visible ASCII is allowed; until then it counts as unset"
            ),
        ] as [(String, String, String?)]
    )
    func shared(_ name: String, _ value: String, message: String?) throws {
        let settings = try Settings(environment: [
            "API_URL": "https://app", name: value, "SCHEDULER_STRICT_ENV": "true",
        ])
        #expect(settings.warnings.map(\.message) == (message.map { [$0] } ?? []))
        #expect(settings.logLevel == .info)
        #expect(settings.logFormat == .text)
        #expect(settings.errorReports == nil)
    }

    private static let reference =
        "holds a reference, $(NAME) or ${NAME}, that nothing has replaced; write the value, or set NAME where the "
        + "container is started"

    @Test("reports go to the default where the app's own host makes no sense")
    func defaultHost() throws {
        let settings = try Settings(environment: ["POSTHOG_API_KEY": "phc_1", "POSTHOG_HOST": "x"])
        #expect(settings.errorReports?.host.text == "https://eu.i.posthog.com")
    }

    @Test("reports are marked as the app's own are")
    func marks() throws {
        let environment = [
            "POSTHOG_API_KEY": "phc_1", "POSTHOG_ENVIRONMENT": " staging ", "AGNES_VERSION": "\"1.2.3\"",
        ]
        let reports = try #require(try Settings(environment: environment).errorReports)
        #expect(reports.environment == "staging" && reports.release == "1.2.3")
        let none = ["POSTHOG_API_KEY": "phc_1", "POSTHOG_ENVIRONMENT": "", "AGNES_VERSION": " "]
        let unmarked = try #require(try Settings(environment: none).errorReports)
        #expect(unmarked.environment == nil && unmarked.release == nil)
    }

    // MARK: - Kubernetes'

    private static let service = [
        "SCHEDULER_SERVICE_HOST": "10.0.0.1", "SCHEDULER_SERVICE_PORT": "80", "SCHEDULER_SERVICE_PORT_HTTP": "80",
        "SCHEDULER_PORT": "tcp://10.0.0.1:80", "SCHEDULER_PORT_80_TCP": "tcp://10.0.0.1:80",
        "SCHEDULER_PORT_80_TCP_PROTO": "tcp", "SCHEDULER_PORT_80_TCP_PORT": "80",
        "SCHEDULER_PORT_80_TCP_ADDR": "10.0.0.1",
    ]
    private static let jobService = [
        "SCHEDULER_JOB_API_SERVICE_HOST": "fd00::1", "SCHEDULER_JOB_API_SERVICE_PORT": "53",
        "SCHEDULER_JOB_API_PORT": "udp://[fd00::1]:53", "SCHEDULER_JOB_API_PORT_53_UDP": "udp://[fd00::1]:53",
        "SCHEDULER_JOB_API_PORT_53_UDP_PROTO": "udp", "SCHEDULER_JOB_API_PORT_53_UDP_PORT": "53",
        "SCHEDULER_JOB_API_PORT_53_UDP_ADDR": "fd00::1", "SCHEDULER_JOB_API_PORT_99_SCTP": "sctp://[fd00::1]:99",
    ]
    private static let made =
        "made by Kubernetes of a Service, and left out; enableServiceLinks: false in the pod's spec keeps such names away"

    @Test(
        "what Kubernetes makes of a Service is left out, with one line, also when strict",
        arguments: [
            (service, "SCHEDULER_PORT and 7 more are \(made)"),
            (jobService, "SCHEDULER_JOB_API_PORT and 7 more are \(made)"),
            (["SCHEDULER_SERVICE_HOST": "10.0.0.1"], "SCHEDULER_SERVICE_HOST is \(made)"),
        ]
    )
    func serviceLinks(_ links: [String: String], message: String) throws {
        let settings = try Settings(environment: links.merging(["SCHEDULER_STRICT_ENV": "true"]) { $1 })
        #expect(settings.warnings.map(\.message) == [message])
        #expect(settings.jobs.count == 11)
    }

    @Test(
        "a name like those with a value of another kind is none",
        arguments: [
            ("SCHEDULER_SERVICE_HOST", "app"), ("SCHEDULER_SERVICE_PORT", "http"), ("SCHEDULER_PORT", "9090"),
            ("SCHEDULER_PORT_80_TCP_PROTO", "udp"), ("SCHEDULER_PORT_80_TCP_ADDR", "app"),
            ("SCHEDULER_PORT", "http://a:1"),
        ]
    )
    func noServiceLink(_ name: String, _ value: String) throws {
        let bad = try #require(throws: SettingsFaults.self) {
            try Settings(environment: [name: value, "SCHEDULER_STRICT_ENV": "true"])
        }
        #expect(bad.faults.map(\.variable) == [name])
    }

    // MARK: - Those of later releases

    @Test(
        "a variable of a later release names the job line that does the same",
        arguments: [
            (
                "SCHEDULER_VERIFICATION_SCHEDULE", "daily 04:15",
                "SCHEDULER_JOB_SESSION_PROCESSOR_VERIFICATION='daily 04:15'"
            ),
            (
                "SCHEDULER_VERIFICATION_SCHEDULE", "'daily 04:15'",
                "SCHEDULER_JOB_SESSION_PROCESSOR_VERIFICATION='daily 04:15'"
            ),
            (
                "SCHEDULER_VERIFICATION_SCHEDULE", "nightly",
                "SCHEDULER_JOB_SESSION_PROCESSOR_VERIFICATION='daily 04:15'"
            ),
            (
                "SCHEDULER_VERIFICATION_SCHEDULE", "0 4 * * *",
                "SCHEDULER_JOB_SESSION_PROCESSOR_VERIFICATION='cron 0 4 * * *'"
            ),
            ("SCHEDULER_VERIFICATION_SCHEDULE", "off", "SCHEDULER_JOB_SESSION_PROCESSOR_VERIFICATION='off'"),
            ("SCHEDULER_VERIFICATION_SCHEDULE", "'Disabled'", "SCHEDULER_JOB_SESSION_PROCESSOR_VERIFICATION='off'"),
            ("SCHEDULER_CORPORATE_MEMORY_SCHEDULE", "hourly", "SCHEDULER_JOB_CORPORATE_MEMORY='cron 0 * * * *'"),
            ("SCHEDULER_REAP_STUCK_REVIEWS_INTERVAL", "5m", "SCHEDULER_JOB_STORE_REAP_STUCK_REVIEWS='every 5m'"),
            ("SCHEDULER_REAP_STUCK_REVIEWS_INTERVAL", "off", "SCHEDULER_JOB_STORE_REAP_STUCK_REVIEWS='off'"),
            ("SCHEDULER_REAP_STUCK_REVIEWS_INTERVAL", "0", "SCHEDULER_JOB_STORE_REAP_STUCK_REVIEWS='every 15m'"),
            ("SCHEDULER_CORPORATE_MEMORY_SCHEDULE", "daily 02:00", "SCHEDULER_JOB_CORPORATE_MEMORY='daily 02:00'"),
            ("SCHEDULER_REAP_STUCK_REVIEWS_INTERVAL", "3600", "SCHEDULER_JOB_STORE_REAP_STUCK_REVIEWS='every 1h'"),
            (
                "SCHEDULER_INITIAL_WORKSPACE_SCHEDULE", "daily 02:30",
                "SCHEDULER_JOB_INITIAL_WORKSPACE='daily 02:30 POST /api/admin/initial-workspace/sync-if-configured "
                    + "timeout=900s'"
            ),
            (
                "SCHEDULER_USAGE_PRUNE_INTERVAL", "90",
                "SCHEDULER_JOB_USAGE_PRUNE='every 2m POST /api/admin/telemetry/prune timeout=60s'"
            ),
            (
                "SCHEDULER_JIRA_CONSISTENCY_INTERVAL", "x",
                "SCHEDULER_JOB_JIRA_CONSISTENCY_CHECK='every 30m POST /api/admin/run-jira-consistency-check timeout=1800s'"
            ),
            (
                "SCHEDULER_DATA_APP_REAP_INTERVAL", "300",
                "SCHEDULER_JOB_DATA_APP_IDLE_REAPER='every 5m POST /api/data-apps/reap-idle timeout=120s'"
            ),
            (
                "SCHEDULER_AGENT_SCHEDULES", "1",
                "SCHEDULER_JOB_AGENTS_RUN_DUE='every 1m POST /api/v1/agents/run-due timeout=600s'"
            ),
        ]
    )
    func later(_ name: String, _ value: String, line: String) throws {
        let message = "\(name) is read by later releases of the app, and by nothing here; write \(line)"
        #expect(try Settings(environment: [name: value]).warnings.map(\.message) == [message])
        // What is written then makes the line go away, and is good.
        let parts = line.split(separator: "=", maxSplits: 1)
        let written = [name: value, String(parts[0]): String(parts[1].dropFirst().dropLast())]
        #expect(try Settings(environment: written).warnings == [])
    }

    @Test(
        "where there is nothing to write, nothing is said",
        arguments: [
            ("SCHEDULER_VERIFICATION_SCHEDULE", ""), ("SCHEDULER_INITIAL_WORKSPACE_SCHEDULE", " "),
            ("SCHEDULER_AGENT_SCHEDULES", "0"), ("SCHEDULER_AGENT_SCHEDULES", "off"),
            ("SCHEDULER_INITIAL_WORKSPACE_SCHEDULE", "off"), ("SCHEDULER_AGENT_SCHEDULES", "false"),
        ]
    )
    func nothingToWrite(_ name: String, _ value: String) throws {
        #expect(try Settings(environment: [name: value, "SCHEDULER_STRICT_ENV": "true"]).warnings == [])
    }

    // MARK: - Slips

    @Test(
        "a name of ours that is written otherwise",
        arguments: [
            ("SCHEDULER_API_URL", "API_URL"), ("SCHEDULER_TZ", "SCHEDULER_TIMEZONE"),
            ("SCHEDULER_PORT", "SCHEDULER_LISTEN"),
            ("SCHEDULER_POSTHOG_API_KEY", "POSTHOG_API_KEY"), ("SCHEDULER_TARGET_URL", "API_URL"),
            ("SCHEDULER_CURL_CA_BUNDLE", "CURL_CA_BUNDLE"), ("SCHEDULER_CONCURRENCY", "SCHEDULER_MAX_CONCURRENCY"),
        ]
    )
    func otherwise(_ name: String, meant: String) throws {
        let told = try Settings(environment: [name: "5"]).warnings.map(\.message)
        #expect(told == ["\(name) is read by nothing; did you mean \(meant)?"])
    }

    @Test(
        "names that other programs have",
        arguments: [
            ("STATE_PATH", "SCHEDULER_STATE_DIR"), ("LISTEN_ADDR", "SCHEDULER_LISTEN"),
            ("STARTUP_DELAY", "SCHEDULER_STARTUP_GRACE_SECONDS"),
            ("SHUTDOWN_TIMEOUT", "SCHEDULER_STOP_TIMEOUT_SECONDS"),
            ("CLIENT_SECRET", "SCHEDULER_OAUTH_CLIENT_SECRET_FILE"), ("TOKEN_URL", "SCHEDULER_OAUTH_TOKEN_URL"),
            ("AUDIENCE", "SCHEDULER_OAUTH_AUDIENCE"), ("USERNAME", "SCHEDULER_API_USER"),
            ("WORKERS", "SCHEDULER_MAX_CONCURRENCY"), ("CRONTAB", "SCHEDULER_JOBS_FILE"),
            ("AUTH_TOKEN", "SCHEDULER_API_TOKEN"), ("CA_CERT", "SCHEDULER_CA_FILE"),
            ("HOST", "API_URL, where the app is, or SCHEDULER_LISTEN, where status is shown"),
        ]
    )
    func otherPrograms(_ name: String, meant: String) throws {
        let told = try Settings(environment: ["SCHEDULER_\(name)": "5"]).warnings.map(\.message)
        #expect(told == ["SCHEDULER_\(name) is read by nothing; did you mean \(meant)?"])
    }

    @Test(
        "an option of jobs as a variable; a value is shown where the option takes it",
        arguments: [
            ("TIMEOUT", "30", "timeout=30"), ("TIMEOUT", "'5m'", "timeout=5m"), ("TIMEOUT", "sk_canary", "timeout=…"),
            ("RETRIES", "3", "retries=3"), ("MAX_RETRIES", "3", "retries=3"), ("REQUEST_TIMEOUT", "30", "timeout=30"),
            ("JITTER", "10s", "jitter=10s"), ("ABANDON_HOLD", "0", "abandon-hold=0"),
            ("CATCHUP", "skip", "catchup=skip"),
            ("HEADERS", "X-Key:canary", "header.NAME=…"),
        ]
    )
    func optionAsVariable(_ name: String, _ value: String, option: String) throws {
        let told = try Settings(environment: ["SCHEDULER_\(name)": value]).warnings.map(\.message)
        let name = "SCHEDULER_\(name) is read by nothing; \(option.prefix { $0 != "=" })= is an option of a job"
        #expect(told == ["\(name); write \(option) in SCHEDULER_JOB_DEFAULTS for all jobs, or in a job's line"])
    }

    @Test(
        "a variable that names a job, though another was meant",
        arguments: [
            ("SCHEDULER_JOB_DEFAULT", "retries=2", "has no schedule, no method and path", "SCHEDULER_JOB_DEFAULTS"),
            (
                "SCHEDULER_JOB_FILE", "jobs.txt",
                #"schedule "jobs.txt" is not known; begin with every, daily, weekly, monthly or cron, such as "every 15m", "#
                    + #""daily 03:00" or "cron 0 5 * * 1""#,
                "SCHEDULER_JOBS_FILE"
            ),
            (
                "SCHEDULER_JOB_TIMEOUT", "30", #"schedule "30" is not understood; write "every 30s""#,
                "timeout= in SCHEDULER_JOB_DEFAULTS"
            ),
        ]
    )
    func misnamedJob(_ name: String, _ line: String, fault: String, meant: String) throws {
        let bad = try #require(throws: SettingsFaults.self) { try Settings(environment: [name: line]) }
        #expect(bad.faults.map(\.message) == ["\(name): \(fault); did you mean \(meant)?"])
        // A whole line is a job of that name.
        let whole = try Settings(environment: [name: "daily 03:00 POST /x"])
        #expect(whole.jobs.count == 12 && whole.warnings == [])
    }

    @Test(
        "a name that a reader of an .env file took too much into",
        arguments: [
            ("export API_URL", "export", "API_URL"),
            ("\u{FEFF}SCHEDULER_TIMEZONE", "a byte order mark (BOM)", "SCHEDULER_TIMEZONE"),
            ("export SCHEDULER_JOB_A", "export", "SCHEDULER_JOB_A"), ("export OTHER", nil, ""),
            ("\u{FEFF}OTHER", nil, ""),
        ] as [(String, String?, String)]
    )
    func misread(_ name: String, what: String?, bare: String) throws {
        let shown = name.replacing("\u{FEFF}", with: #"\u{feff}"#)
        let told = try Settings(environment: [name: "x"]).warnings.map(\.message)
        let message = what.map {
            "\"\(shown)\" is read by nothing: the .env file has \($0) before \(bare); take it out"
        }
        #expect(told == (message.map { [$0] } ?? []))
    }

    @Test(
        "a job line without a call, near a job that is there",
        arguments: [
            (
                "SCHEDULER_JOB_MARKETPLACE", "daily 04:15",
                "did you mean SCHEDULER_JOB_MARKETPLACES? A new job needs a call as well, such as POST /api/nightly"
            ),
            (
                "SCHEDULER_JOB_VERIFICATION", "daily 04:15",
                "did you mean SCHEDULER_JOB_SESSION_PROCESSOR_VERIFICATION? A new job needs a call as well, such as POST "
                    + "/api/nightly"
            ),
            (
                "SCHEDULER_JOB_BLOCKED_PURGE", "daily 04:15",
                "did you mean SCHEDULER_JOB_STORE_BLOCKED_PURGE? A new job needs a call as well, such as POST /api/nightly"
            ),
            (
                "SCHEDULER_JOB_USAGE_PRUNE", "daily 04:15",
                "of the documented app's later releases it is: write 'daily 04:15 POST /api/admin/telemetry/prune "
                    + "timeout=60s'"
            ),
            (
                "SCHEDULER_JOB_NIGHTLY", "daily 04:15",
                #"a new job needs schedule, method and path: write for example "daily 03:00 POST /api/nightly timeout=15m""#
            ),
        ]
    )
    func nearJobs(_ name: String, _ line: String, advice: String) throws {
        let bad = try #require(throws: SettingsFaults.self) { try Settings(environment: [name: line]) }
        #expect(bad.faults.map(\.message) == ["\(name): has no method and path; \(advice)"])
    }

    @Test(
        "TZ alone is told of where it would matter",
        arguments: [
            (["TZ": "Europe/Prague"], "Europe/Prague"), (["TZ": ":Europe/Prague"], "Europe/Prague"),
            (["TZ": "Nowhere"], "an IANA zone such as Europe/Prague, or UTC"), (["TZ": "UTC"], nil), (["TZ": ""], nil),
            (["TZ": "Etc/UTC"], nil), (["TZ": "Europe/Prague", "SCHEDULER_TIMEZONE": "UTC"], nil),
            (
                [
                    "TZ": "Europe/Prague", "SCHEDULER_BUILTIN_JOBS": "false",
                    "SCHEDULER_JOB_A": "daily 03:00 GET /a tz=Europe/Prague", "SCHEDULER_JOB_B": "every 1h GET /b",
                ], nil
            ),
        ] as [([String: String], String?)]
    )
    func timeZone(_ environment: [String: String], meant: String?) throws {
        let message = meant.map {
            "TZ is not read, so schedules are in UTC; write SCHEDULER_TIMEZONE=\($0), or UTC if that is meant"
        }
        #expect(try Settings(environment: environment).warnings.map(\.message) == (message.map { [$0] } ?? []))
    }

    @Test(
        "an underscore in the app's host name is warned of",
        arguments: [
            ("http://my_app:8000", true), ("https://a_b.example.org/x", true), ("http://app:8000/my_path", false),
        ]
    )
    func underscore(_ url: String, isWarnedOf: Bool) throws {
        let message =
            #"API_URL="\#(url)" has an underscore in its host name, and some frameworks refuse such a Host; give the app "#
            + "a name with - (in compose: an alias in its network)"
        #expect(try Settings(environment: ["API_URL": url]).warnings.map(\.message) == (isWarnedOf ? [message] : []))
    }
}
