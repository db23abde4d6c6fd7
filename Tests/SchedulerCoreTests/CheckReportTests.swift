import Clockwork
import Schedule
import SchedulerCore
import Testing

@Suite("CheckReport")
struct CheckReportTests {
    private let now = Moment(seconds: 1_767_225_600)

    @Test("JSON has the documented members first")
    func json() throws {
        let settings = try Settings(environment: [
            "SCHEDULER_TICKS": "1", "SCHEDULER_API_TOKEN": String(repeating: "t", count: 32),
        ])
        let report = CheckReport(.success(settings), asJSON: true, now: now)
        #expect(report.isGood)
        #expect(report.standardError == "")
        #expect(
            report.standardOutput.hasPrefix(
                #"{"jobs":[{"name":"data-refresh","schedule":"every 15m","method":"POST","path":"/api/sync/trigger","#
                    + #""timeout_seconds":120,"tz":"UTC","#
            )
        )
        #expect(
            report.standardOutput.hasSuffix(
                #""tick_seconds":30,"startup_grace_seconds":60,"warnings":[{"variable":"SCHEDULER_TICKS","#
                    + #""message":"SCHEDULER_TICKS is read by nothing; did you mean SCHEDULER_TICK_SECONDS?"}]}"#
                    + "\n"
            )
        )
    }

    @Test("faults: JSON on standard output, lines on standard error")
    func faults() throws {
        let bad = try #require(throws: SettingsFaults.self) {
            try Settings(environment: ["SCHEDULER_LOG_FORMAT": "xml"])
        }
        let json = CheckReport(.failure(bad), asJSON: true, now: now)
        #expect(!json.isGood)
        #expect(json.standardError == "")
        #expect(
            json.standardOutput
                == #"{"faults":[{"variable":"SCHEDULER_LOG_FORMAT","message":"SCHEDULER_LOG_FORMAT=\"xml\" is not known; write "#
                + #"text or json"}],"#
                + #""warnings":[]}"# + "\n"
        )
        let text = CheckReport(.failure(bad), asJSON: false, now: now)
        #expect(text.standardOutput == "")
        #expect(text.standardError == "fault: SCHEDULER_LOG_FORMAT=\"xml\" is not known; write text or json\n")
    }

    @Test("the table says when and what, and what differs from the defaults, but no secret values")
    func table() throws {
        let settings = try Settings(environment: [
            "SCHEDULER_BUILTIN_JOBS": "false",
            "SCHEDULER_JOB_REPORT":
                "daily 03:00,15:00 POST /api/report timeout=15m retries=3 header.X-Key=hunter2 body=hunter2",
            "SCHEDULER_JOB_WEEKLY": "weekly mon 05:00 GET /api/weekly tz=Europe/Prague",
        ])
        let report = CheckReport(.success(settings), asJSON: false, now: now)
        #expect(
            report.standardOutput == """
                JOB     SCHEDULE           NEXT SLOT
                report  daily 03:00,15:00  2026-01-01T03:00:00Z
                    POST /api/report
                    tz=UTC timeout=900s retries=3 first=wait header.X-Key body of 7 bytes as text/plain
                weekly  weekly mon 05:00   2026-01-05T04:00:00Z
                    GET /api/weekly
                    tz=Europe/Prague (2026-01-05T05:00:00+01:00) timeout=60s first=wait

                2 jobs for http://localhost:8000, tick 30s, startup grace 60s

                """
        )
    }

    @Test("the next slot of a job that runs at the start is then, and what follows stands below")
    func atTheStart() throws {
        let settings = try Settings(environment: [
            "SCHEDULER_BUILTIN_JOBS": "false", "SCHEDULER_JOB_A": "every 1h GET /a",
            "SCHEDULER_JOB_B": "daily 03:00 GET /b first=now",
            "SCHEDULER_JOB_C": "daily 03:00 GET /c first=now tz=Europe/Prague", "SCHEDULER_STATE_DIR": "/nonexistent",
            "SCHEDULER_JOB_D": "every 1h GET /d first=wait",
        ])
        let report = CheckReport(.success(settings), asJSON: false, now: now)
        #expect(
            report.standardOutput == """
                JOB  SCHEDULE     NEXT SLOT
                a    every 1h     right after the grace
                    GET /a
                    tz=UTC timeout=60s
                b    daily 03:00  right after the grace
                    GET /b
                    tz=UTC (then 2026-01-01T03:00:00+00:00) timeout=60s
                c    daily 03:00  right after the grace
                    GET /c
                    tz=Europe/Prague (then 2026-01-01T03:00:00+01:00) timeout=60s
                d    every 1h     2026-01-01T01:00:00Z
                    GET /d
                    tz=UTC timeout=60s first=wait

                4 jobs for http://localhost:8000, tick 30s, startup grace 60s
                "right after the grace" is when a job never ran, as far as the state knows.

                """
        )
    }

    @Test(
        "a body's type is shown, as it is sent",
        arguments: [
            (#"body={"a": 1}"#, "application/json"), ("body=a", "text/plain"),
            (#"header.content-type="text/html; charset=utf-8" body=a"#, "text/html"),
            ("header.Content-Type=a body=a", nil), ("header.Content-Type=a/ body=a", nil),
            (#"header.Content-Type="a/b c" body=a"#, nil), ("header.Content-Type=a/b/c body=a", nil),
        ] as [(String, String?)]
    )
    func contentType(_ options: String, type: String?) throws {
        let settings = try Settings(environment: [
            "SCHEDULER_BUILTIN_JOBS": "false", "SCHEDULER_JOB_A": "every 1h POST /a \(options)",
        ])
        let table = CheckReport(.success(settings), asJSON: false, now: now).standardOutput
        let line = try #require(table.split(separator: "\n").first { $0.contains(" bytes") })
        #expect(type.map { line.hasSuffix(" bytes as \($0)") } ?? line.hasSuffix(" bytes"))
        let json = CheckReport(.success(settings), asJSON: true, now: now).standardOutput
        #expect(json.contains("\"content_type\"") == (type != nil))
        if let type { #expect(json.contains(#","content_type":"\#(type)","next_slot":"#)) }
    }

    @Test("each option of a job is shown, in the table as its line would say it")
    func options() throws {
        let given =
            "retries=1 retry-on=404,500-503 ok=200-299,404 expect=a.b:1 items=off first=wait catchup=skip catchup-window=60s jitter=5s abandon-hold=0s "
            + "group=llm,night priority=low wait=1200s"
        let settings = try Settings(environment: [
            "SCHEDULER_BUILTIN_JOBS": "false", "SCHEDULER_GROUPS": "night=2 llm=1",
            "SCHEDULER_JOB_A": "every 1h GET /a timeout=7 header.X=y \(given)",
        ])
        let table = CheckReport(.success(settings), asJSON: false, now: now)
        #expect(table.standardOutput.contains("    tz=UTC timeout=7s \(given) header.X\n"))
        #expect(table.standardOutput.contains("\n\ngroup night, 2 at once: a\ngroup llm, 1 at once: a\n1 job for"))
        let json = CheckReport(.success(settings), asJSON: true, now: now)
        #expect(
            json.standardOutput.contains(
                #""timeout_seconds":7,"tz":"UTC","target":"app","retries":1,"retry_on":"404,500-503","ok":"200-299,404","expect":"a.b:1","items":"off","first":"wait","catchup":"skip","#
                    + #""catchup_window_seconds":60,"jitter_seconds":5,"abandon_hold_seconds":0,"groups":["llm","night"],"#
                    + #""priority":"low","wait_seconds":1200,"freeze_catchup":"skip","headers":["X"],"body_bytes":0,"next_slot":"#
            )
        )
        #expect(
            json.standardOutput.contains(
                #""groups":[{"name":"night","limit":2,"jobs":["a"]},{"name":"llm","limit":1,"jobs":["a"]}],"#
            )
        )
    }

    @Test("no line of the documented jobs is wider than 80 columns")
    func width() throws {
        let report = CheckReport(.success(try Settings(environment: [:])), asJSON: false, now: now)
        #expect(report.standardOutput.split(separator: "\n").map(\.count).max() ?? 0 <= 80)
    }
}
