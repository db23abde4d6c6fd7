import Calling
import Clockwork
import Foundation
import HTTPClient
import SchedulerCore
import Telling
import Testing

@Suite("Settings")
struct SettingsTests {
    @Test("defaults need no environment at all")
    func defaults() throws {
        let settings = try Settings(environment: [:])
        #expect(settings.target.text == "http://localhost:8000")
        #expect(settings.token == nil)
        #expect(settings.jobs.count == 11)
        #expect(settings.tickSeconds == 30)
        #expect(settings.startupGraceSeconds == 60)
        #expect(settings.stopTimeoutSeconds == 50)
        #expect(settings.errorReports == nil)
        #expect(settings.logLevel == .info)
        #expect(settings.logFormat == .text)
        #expect(settings.warnings.isEmpty)
    }

    @Test("names each fault: variable, text, what is allowed", arguments: faultTable)
    func eachFault(_ variable: String, _ value: String, message: String) throws {
        #expect(try faults(in: [variable: value]) == [SettingsFault(variable: variable, message: message)])
    }

    private static let whole = "write seconds from 1 to 315360000, digits only"
    private static let reference =
        "holds a reference, $(NAME) or ${NAME}, that nothing has replaced; write the value, or set NAME where the "
        + "container is started"
    private static let faultTable: [(String, String, String)] = [
        (
            "SCHEDULER_DATA_REFRESH_INTERVAL", "",
            #"SCHEDULER_DATA_REFRESH_INTERVAL="" is empty; \#(whole), or leave the variable out"#
        ),
        (
            "SCHEDULER_DATA_REFRESH_INTERVAL", "15m",
            #"SCHEDULER_DATA_REFRESH_INTERVAL="15m" is not a whole number; \#(whole)"#
        ),
        (
            "SCHEDULER_DATA_REFRESH_INTERVAL", "٣",
            #"SCHEDULER_DATA_REFRESH_INTERVAL="٣" is not a whole number; \#(whole)"#
        ),
        (
            "SCHEDULER_DATA_REFRESH_INTERVAL", "1e3",
            #"SCHEDULER_DATA_REFRESH_INTERVAL="1e3" is not a whole number; \#(whole)"#
        ),
        (
            "SCHEDULER_DATA_REFRESH_INTERVAL", "-",
            #"SCHEDULER_DATA_REFRESH_INTERVAL="-" is not a whole number; \#(whole)"#
        ),
        ("SCHEDULER_DATA_REFRESH_INTERVAL", "0", "SCHEDULER_DATA_REFRESH_INTERVAL=0 is too small; \(whole)"),
        ("SCHEDULER_DATA_REFRESH_INTERVAL", "-60", "SCHEDULER_DATA_REFRESH_INTERVAL=-60 is too small; \(whole)"),
        (
            "SCHEDULER_DATA_REFRESH_INTERVAL", "315360001",
            #"SCHEDULER_DATA_REFRESH_INTERVAL="315360001" is too large (over 10 years); \#(whole)"#
        ),
        (
            "SCHEDULER_DATA_REFRESH_INTERVAL", "99999999999999999999",
            #"SCHEDULER_DATA_REFRESH_INTERVAL="99999999999999999999" is too large (over 10 years); \#(whole)"#
        ),
        (
            "SCHEDULER_DATA_REFRESH_INTERVAL", "-9223372036854775808",
            #"SCHEDULER_DATA_REFRESH_INTERVAL="-9223372036854775808" is too large (over 10 years); \#(whole)"#
        ),
        (
            "SCHEDULER_STARTUP_GRACE_SECONDS", "-1",
            "SCHEDULER_STARTUP_GRACE_SECONDS=-1 is too small; write seconds from 0 to 315360000, digits only"
        ),
        (
            "SCHEDULER_BQ_METADATA_INITIAL_OFFSET_MAX_SECONDS", "no",
            #"SCHEDULER_BQ_METADATA_INITIAL_OFFSET_MAX_SECONDS="no" is not a whole number; write seconds up to "#
                + "315360000, digits only; 0 or less means no offset"
        ),
        (
            "SCHEDULER_STATE_DIR", " ",
            #"SCHEDULER_STATE_DIR=" " is empty; write the absolute path of a directory, or leave the variable out"#
        ),
        (
            "SCHEDULER_STATE_DIR", "state",
            #"SCHEDULER_STATE_DIR="state" does not begin with /; write the absolute path of a directory"#
        ),
        (
            "SCHEDULER_STATE_DIR", "/dev/null",
            #"SCHEDULER_STATE_DIR="/dev/null" is not a directory; write the absolute path of a directory"#
        ),
        (
            "SCHEDULER_STATE_DIR", "/etc/passwd/state",
            #"SCHEDULER_STATE_DIR="/etc/passwd/state" lies below a file; write the absolute path of a directory"#
        ),
        (
            "SCHEDULER_LOG_LEVEL", "loud",
            #"SCHEDULER_LOG_LEVEL="loud" is not known; write DEBUG, INFO, WARNING or ERROR"#
        ),
        (
            "SCHEDULER_LOG_FORMAT", "",
            #"SCHEDULER_LOG_FORMAT="" is empty; write text or json, or leave the variable out"#
        ),
        ("API_URL", "${X:-http://app}", "API_URL (its value is not shown) \(reference)"),
        ("SCHEDULER_PROXY", "http://$(P):1", "SCHEDULER_PROXY (its value is not shown) \(reference)"),
        ("SCHEDULER_API_TOKEN", "$(TOKEN)", "SCHEDULER_API_TOKEN (its value is not shown) \(reference)"),
        ("SCHEDULER_API_TOKEN", "${TOKEN:-hunter2 2}", "SCHEDULER_API_TOKEN (its value is not shown) \(reference)"),
        (
            "SCHEDULER_STATE_DIR", "/tmp/\u{FFFD}",
            "SCHEDULER_STATE_DIR (its value is not shown) is not UTF-8 text; write the absolute path of a directory"
        ),
        (
            "SCHEDULER_JOB_A", "daily 03:00 POST /a body=\u{FFFD}",
            "SCHEDULER_JOB_A (its value is not shown) is not UTF-8 text; write a job line, or off"
        ),
        ("SCHEDULER_STRICT_ENV", "maybe", #"SCHEDULER_STRICT_ENV="maybe" is not known; write true or false"#),
        (
            "API_URL", "  ", #"API_URL="  " is empty; write an http:// or https:// URL, or leave the variable out"#
        ),
        (
            "API_URL", "file:///etc/passwd",
            #"API_URL="file:///etc/passwd" is not an absolute http:// or https:// URL; write for example http://app:8000"#
        ),
        (
            "API_URL", "app:8080/x",
            #"API_URL="app:8080/x" is not an absolute http:// or https:// URL; write for example http://app:8000"#
        ),
        ("API_URL", "http://", #"API_URL="http://" names no host; write for example http://app:8000"#),
        (
            "API_URL", "http://a b/",
            #"API_URL="http://a b/" holds a blank, a control character or a non-ASCII character; percent-encode it "#
                + "(host names: punycode)"
        ),
        (
            "API_URL", "http://a/\nx",
            #"API_URL="http://a/\nx" holds a blank, a control character or a non-ASCII character; percent-encode it "#
                + "(host names: punycode)"
        ),
        (
            "API_URL", "http://app:80\r",
            #"API_URL="http://app:80\r" ends with a carriage return, as lines of Windows files do; take it out"#
        ),
        (
            "API_URL", "http://bob:hunter2@app/",
            #"API_URL="…@app/" holds a user name or password; take it out, the token goes into SCHEDULER_API_TOKEN"#
        ),
        (
            "API_URL", "http://app/?key=hunter2",
            #"API_URL="http://app/?…" holds a query (?…); take it out, a job's path may have one"#
        ),
        ("API_URL", "http://app/#x", #"API_URL="http://app/#…" holds a fragment (#…); take it out"#),
        (
            "SCHEDULER_API_TOKEN", "hunter2 ",
            "SCHEDULER_API_TOKEN (its value is not shown) holds a blank, a control character or a non-ASCII character; "
                + "only visible ASCII is allowed"
        ),
        (
            "SCHEDULER_API_TOKEN", "hunter2\r",
            "SCHEDULER_API_TOKEN (its value is not shown) ends with a carriage return, as lines of Windows files do; "
                + "only visible ASCII is allowed"
        ),
        (
            "SCHEDULER_API_TOKEN", "hunter2\r\nX-Evil: 1",
            "SCHEDULER_API_TOKEN (its value is not shown) holds a blank, a control character or a non-ASCII character; "
                + "only visible ASCII is allowed"
        ),
        (
            "SCHEDULER_TICK_SECONDS", "61",
            "SCHEDULER_TICK_SECONDS=61 is more than SCHEDULER_SCRIPT_RUN_INTERVAL=60, the smallest interval of the "
                + "jobs that run; write a tick from 1 to 60, or a longer interval"
        ),
    ]

    @Test("rejects a port that is none, in libcurl's or our words", arguments: ["99999", "0", "x", "-1", ""])
    func ports(_ port: String) throws {
        let found = try faults(in: ["API_URL": "http://h:\(port)/"])
        #expect(found.map(\.variable) == ["API_URL"])
    }

    @Test("reports everything at once, in one go")
    func allAtOnce() throws {
        let found = try faults(in: [
            "API_URL": "", "SCHEDULER_TICK_SECONDS": "x", "SCHEDULER_HEALTH_CHECK_INTERVAL": "0",
            "SCHEDULER_LOG_LEVEL": "?",
        ])
        #expect(
            found.map(\.variable).sorted() == [
                "API_URL", "SCHEDULER_HEALTH_CHECK_INTERVAL", "SCHEDULER_LOG_LEVEL", "SCHEDULER_TICK_SECONDS",
            ]
        )
    }

    @Test(
        "takes what an .env file and docker leave around a value",
        arguments: [" 60", "60 ", "+60", "0060", "\"60\"", "'60'"]
    )
    func blanksAndQuotes(_ text: String) throws {
        let settings = try Settings(environment: ["SCHEDULER_STARTUP_GRACE_SECONDS": text])
        #expect(settings.startupGraceSeconds == 60)
    }

    @Test("keeps a path prefix and drops the trailing slash")
    func pathPrefix() throws {
        #expect(
            try Settings(environment: ["API_URL": "https://[::1]:8443/app/"]).target.text == "https://[::1]:8443/app"
        )
    }

    @Test("an empty token is no token, because compose writes that")
    func emptyToken() throws {
        let settings = try Settings(environment: ["SCHEDULER_API_TOKEN": "", "POSTHOG_API_KEY": ""])
        #expect(settings.token == nil)
        #expect(settings.errorReports == nil)
    }

    @Test("our own log variables win over those shared with the app, whatever these say")
    func ownLogVariables() throws {
        let settings = try Settings(environment: [
            "LOG_LEVEL": "verbose", "SCHEDULER_LOG_LEVEL": "warn", "LOG_FORMAT": "pretty",
            "SCHEDULER_LOG_FORMAT": "JSON",
        ])
        #expect(settings.logLevel == .warning)
        #expect(settings.logFormat == .json)
    }

    @Test("which good runs are logged", arguments: [("all", OkLogging.all), ("Change", .change), (" off ", .off)])
    func logOk(_ text: String, logging: OkLogging) throws {
        #expect(try Settings(environment: ["SCHEDULER_LOG_OK": text]).logOk == logging)
        #expect(try Settings(environment: [:]).logOk == .all)
    }

    @Test(
        "a word for it that is none, and none",
        arguments: [
            ("yes", #"SCHEDULER_LOG_OK="yes" is not known; write all, change or off"#),
            ("", #"SCHEDULER_LOG_OK="" is empty; write all, change or off, or leave the variable out"#),
        ]
    )
    func badLogOk(_ text: String, message: String) throws {
        let bad = try #require(throws: SettingsFaults.self) { try Settings(environment: ["SCHEDULER_LOG_OK": text]) }
        #expect(bad.faults.map { $0.message.prefix(message.count) } == [message[...]])
    }

    @Test(
        "log levels of other programs mean the nearest",
        arguments: [
            ("TRACE", LogLevel.debug), ("debug", .debug), ("Info", .info), ("WARN", .warning), ("CRITICAL", .error),
            ("fatal", .error),
        ]
    )
    func levels(_ text: String, level: LogLevel) throws {
        #expect(try Settings(environment: ["LOG_LEVEL": text]).logLevel == level)
    }

    private static let misspelt = SettingsFault(
        variable: "SCHEDULER_DATA_REFERSH_INTERVAL",
        message: "SCHEDULER_DATA_REFERSH_INTERVAL is read by nothing; did you mean SCHEDULER_DATA_REFRESH_INTERVAL?"
    )

    @Test("a name that nothing reads is a warning")
    func unknownName() throws {
        let settings = try Settings(environment: ["SCHEDULER_DATA_REFERSH_INTERVAL": "5", "OTHER": "1"])
        #expect(settings.warnings == [Self.misspelt])
    }

    @Test(
        "a name with a word too few or too many finds the one that was meant",
        arguments: [
            ("SCHEDULER_TICK", "SCHEDULER_TICK_SECONDS"), ("SCHEDULER_TICKS", "SCHEDULER_TICK_SECONDS"),
            ("SCHEDULER_TOKEN", "SCHEDULER_API_TOKEN"), ("SCHEDULER_JOBS", "SCHEDULER_JOBS_FILE"),
            ("SCHEDULER_GRACE_SECONDS", "SCHEDULER_STARTUP_GRACE_SECONDS"),
        ]
    )
    func shortenedName(_ name: String, meant: String) throws {
        let settings = try Settings(environment: [name: "5"])
        #expect(settings.warnings.map(\.message) == ["\(name) is read by nothing; did you mean \(meant)?"])
    }

    @Test("a name that nothing reads is a fault when asked for")
    func strict() throws {
        let found = try faults(in: ["SCHEDULER_DATA_REFERSH_INTERVAL": "5", "SCHEDULER_STRICT_ENV": "true"])
        #expect(found == [Self.misspelt])
    }

    @Test("no form of printing shows a secret")
    func secrets() throws {
        let settings = try Settings(environment: ["SCHEDULER_API_TOKEN": "hunter2", "POSTHOG_API_KEY": "hunter2"])
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(!"\(settings) \(String(reflecting: settings)) \(dumped)".contains("hunter2"))
    }

    @Test("agrees with the documented sidecar on each recorded environment")
    func vectors() throws {
        for vector in try Vector.all() {
            guard vector.accepts else {
                #expect(throws: SettingsFaults.self, "\(vector.env)") { try Settings(environment: vector.env) }
                continue
            }
            let settings = try Settings(environment: vector.env)
            #expect(settings.jobs.map(Vector.Line.init) == vector.jobs, "\(vector.env)")
            #expect(settings.tickSeconds == vector.tickSeconds, "\(vector.env)")
            #expect(settings.startupGraceSeconds == vector.startupGraceSeconds, "\(vector.env)")
        }
    }

    private func faults(in environment: [String: String]) throws -> [SettingsFault] {
        try #require(throws: SettingsFaults.self) { try Settings(environment: environment) }.faults
    }
}

/// One line of the recorded environments.
private struct Vector: Decodable {
    struct Line: Decodable, Equatable {
        let name: String, schedule: String, path: String, method: String, timeoutSeconds: Int

        init(_ job: Job) {
            name = job.name
            schedule = job.scheduleText
            path = job.path
            method = job.method
            timeoutSeconds = job.timeoutSeconds
        }
    }

    let env: [String: String]
    let accepts: Bool
    let jobs: [Line]?
    let tickSeconds: Int?
    let startupGraceSeconds: Int?

    static func all() throws -> [Vector] {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors/settings.jsonl")
        let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let vectors = try lines.map { try decoder.decode(Vector.self, from: Data($0.utf8)) }
        try #require(vectors.count == 200)
        return vectors
    }
}
