import Clockwork
import Schedule
import Testing

@testable import SchedulerCore

@Suite("Job lines: warnings")
struct JobLineHintTests {
    private static let end = "; header.Content-Type= before body= says that it is meant so"
    private static let swallowed = "in it, since it takes the rest of the line; write options before body="
    private static let isFile = "@ names no file here, as it does for curl; write the text"

    @Test("a body that is hardly meant is told, with where it ends making sense and none of it", arguments: bodies)
    func body(_ body: String, warnings: [String]) throws {
        let hints = try hints("body=\(body)")
        #expect(hints == warnings.map { "SCHEDULER_JOB_A: job a has a body that \($0)\(Self.end)" })
        #expect(try self.hints("header.content-type=text/x body=\(body)") == [])
        #expect(try self.hints("body=\(body)", ["SCHEDULER_JOB_DEFAULTS": "header.Content-Type=text/x"]) == [])
    }

    private static let bodies: [(String, [String])] = [
        (
            #"{"commits":2}}"#,
            ["begins like JSON and makes sense only up to character 13 of 14 (sent as text/plain); mend it"]
        ),
        (
            #"{"text": "deploy"#,
            ["begins like JSON and makes sense only up to character 16 of 16 (sent as text/plain); mend it"]
        ),
        (
            "{channel: team}",
            ["begins like JSON and makes sense only up to character 1 of 15 (sent as text/plain); mend it"]
        ),
        ("[1, 2", ["begins like JSON and makes sense only up to character 5 of 5 (sent as text/plain); mend it"]),
        (
            #" {"ž": 1},"#,
            ["begins like JSON and makes sense only up to character 9 of 10 (sent as text/plain); mend it"]
        ),
        (
            #"{"a":1,"a":2}"#,
            ["begins like JSON and makes sense only up to character 7 of 13 (sent as text/plain); mend it"]
        ),
        (
            #"'{"a":1}'"#,
            [
                "stands in quotes, which are sent too (as text/plain): it makes sense as JSON from character 2 to 8; "
                    + "take them out"
            ]
        ),
        (
            #""{"a":1}" x"#,
            [
                "stands in quotes, which are sent too (as text/plain): it makes sense as JSON from character 2 to 8; "
                    + "take them out"
            ]
        ),
        (
            #""{\"a\":1}""#,
            [
                "stands in quotes, which are sent too (as application/json): it makes sense as JSON from character 2 "
                    + "to 2; take them out"
            ]
        ),
        (
            #"'[1, 2"#,
            [
                "stands in quotes, which are sent too (as text/plain): it makes sense as JSON from character 2 to 6; "
                    + "take them out"
            ]
        ),
        (
            #"{"a":1} timeout=5m"#,
            [
                "begins like JSON and makes sense only up to character 7 of 18 (sent as text/plain); mend it",
                "has timeout= \(swallowed)",
            ]
        ),
        (
            #"{"a":1} header.X-Key=b"#,
            [
                "begins like JSON and makes sense only up to character 7 of 22 (sent as text/plain); mend it",
                "has header.NAME= \(swallowed)",
            ]
        ),
        ("all is well retries=3", ["has retries= \(swallowed)"]),
        ("@file", ["is sent as it stands (as text/plain): \(isFile)"]),
        ("@/etc/passwd", ["is sent as it stands (as text/plain): \(isFile)"]),
        // Well meant, all of these.
        (#"{"a": "timeout=5m x retries=3"}"#, []), (#""just a string""#, []), ("'quoted' text", []),
        ("@channel done", []),
        ("a=1&timeout=2", []), ("timeout=2", []), ("1", []), ("text", []), ("[]", []), ("x colour=blue", []),
    ]

    @Test(
        "a reference that nothing has replaced is told, and not shown",
        arguments: [
            ("POST /x/$(TEAM)", ["its path"]), ("POST /x?a=${TEAM:-b}", ["its path"]),
            ("POST /x body=${TEAM}", ["body="]),
            (
                "POST /$(A)/$(B) header.X-A=$(C) header.X-B=${C?d} body=x$(D)",
                ["its path", "header.X-A", "header.X-B", "body="]
            ),
            ("POST /x?a=$TEAM header.X-A=$() header.X-B=${1} header.X-C=$((1)) body=costs $(five dollars", []),
            ("POST /x body=${TEAM", []), ("POST /x body=} ${TEAM:-x", []), ("POST /x body=$", []),
            ("POST /x body=$(é)", []),
        ]
    )
    func references(_ call: String, places: [String]) throws {
        let end = ", $(NAME) or ${NAME}, that nothing has replaced; write the value"
        let hints = try hints("", ["SCHEDULER_JOB_A": "every 1h \(call)"])
        #expect(hints == places.map { "SCHEDULER_JOB_A: job a has a reference in \($0)\(end)" })
    }

    @Test("an answer that would come compressed is told")
    func acceptEncoding() throws {
        #expect(
            try hints("header.accept-encoding=gzip") == [
                "SCHEDULER_JOB_A: job a asks for a compressed answer (header.accept-encoding), which is not inflated; "
                    + "take it out"
            ]
        )
        #expect(try hints("header.Accept-Encoding=identity") == [])
    }

    @Test("a {{…}} that is not replaced is told, and none of what stands in it")
    func templates() throws {
        func all(_ path: String, _ options: String = "") throws -> [String] {
            let environment = ["SCHEDULER_JOB_A": "every 1h POST \(path) \(options)"]
            return JobHints.all(try Settings(environment: environment).jobs, at: .epoch, keepsState: true)
                .map(\.message).filter { $0.contains("{{") }
                .map { $0.replacing("SCHEDULER_JOB_A: job a has a {{…}} in ", with: "") }
        }
        func sent(_ place: String) -> String {
            "\(place) that is sent as it stands; only {{slot}}, {{previous_success}} and {{run_id}} are replaced"
        }
        func none(_ place: String) -> String { "\(place), where none is replaced; write it behind the ?, or in body=" }
        #expect(try all("/x?a={{slot}}", #"body={"a":"{{run_id}}{{previous_success}}","b":{"c":{"d":1}}}"#) == [])
        #expect(try all("/x?a={{canary}}") == [sent("its query")])
        #expect(try all("/x", "body={{ slot }}") == [sent("body=")])
        #expect(try all("/{{slot}}/{{x}}?{{slot}}") == [none("its path before the ?")])
        #expect(try all("/x", "header.X-At={{slot}} header.Y=1") == [none("header.X-At")])
        #expect(try all("/x", #"body={"a":{"b":{}}}"#) == [])
    }

    @Test("retry-on= without retries= is told where it stands")
    func retryOn() throws {
        let own = "SCHEDULER_JOB_A: retry-on= has no effect without retries=; write retries=3, say"
        let defaults = "SCHEDULER_JOB_DEFAULTS: retry-on= has no effect on jobs without retries=; write retries=3, say"
        func told(_ options: String, _ defaults: String? = nil) throws -> [String] {
            var environment = ["SCHEDULER_JOB_A": "every 1h POST /x \(options)"]
            environment["SCHEDULER_JOB_DEFAULTS"] = defaults
            return try Settings(environment: environment).warnings.map(\.message)
        }
        #expect(try told("retry-on=404") == [own])
        #expect(try told("retry-on=404 retries=1") == [])
        #expect(try told("retry-on=404", "retries=1") == [])
        #expect(try told("retry-on=404 retries=0", "retries=1") == [own])
        #expect(try told("", "retry-on=404") == [defaults])
        #expect(try told("", "retry-on=404 retries=1") == [])
        #expect(try told("retries=0", "retry-on=404 retries=1") == [])
    }

    @Test("warnings of many lines end with one that says so")
    func many() throws {
        let file = (0..<10_000).map { "unknown-\($0): off\n" }.joined()
        let settings = try Settings(environment: ["SCHEDULER_JOBS_FILE": "FILE"], sources: .only(["FILE": file]))
        #expect(settings.warnings.count == 51)
        #expect(settings.warnings.last?.message == "and more such warnings, which are not shown")
    }

    @Test(
        "what has no effect on every, and what may never run without state",
        arguments: [
            ("every 1d POST /x tz=Europe/Prague", [:], [noZone]), ("every 1d POST /x", [:], []),
            ("every 1d POST /x", ["SCHEDULER_TIMEZONE": "Europe/Prague"], []),
            ("every 1d POST /x", ["SCHEDULER_JOB_DEFAULTS": "tz=Europe/Prague"], []),
            ("daily 03:00 POST /x tz=Europe/Prague first=wait", [:], []),
            ("every 24h POST /x first=wait", [:], [mayNeverRun("24h")]),
            ("every 1h POST /x", ["SCHEDULER_JOB_DEFAULTS": "first=wait"], [mayNeverRun("1h")]),
            ("every 59m POST /x first=wait", [:], []), ("every 24h POST /x first=now", [:], []),
            ("every 24h POST /x first=wait", ["SCHEDULER_STATE_DIR": "/nowhere/state"], []),
        ]
    )
    func every(_ line: String, environment: [String: String], sentences: [String]) throws {
        let given = ["SCHEDULER_JOB_A": line, "SCHEDULER_BUILTIN_JOBS": "false"]
        let hints = try hints("", given.merging(environment) { $1 })
        #expect(hints == sentences.map { "SCHEDULER_JOB_A: \($0)" })
    }

    private static let noZone =
        "tz= has no effect on every, which knows no zone; take it out, or write a schedule with a time of day"

    private static func mayNeverRun(_ interval: String) -> String {
        "job a waits for an interval of \(interval) from each start (first=wait) and may never run; "
            + "set SCHEDULER_STATE_DIR, or write first=now or a schedule with a time of day"
    }

    private func hints(_ options: String, _ environment: [String: String] = [:]) throws -> [String] {
        let given = [
            "SCHEDULER_JOB_A": "every 1h POST /x \(options)", "SCHEDULER_API_TOKEN": String(repeating: "t", count: 32),
        ]
        let environment = given.merging(environment) { $1 }
        let now = Moment(seconds: 1_767_225_600)
        return try Settings(environment: environment).warnings(at: now).map(\.message)
    }
}
