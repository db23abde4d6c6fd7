import Clockwork
import HTTPServer
import Schedule
import Testing

@testable import Telling

@Suite("Status routes")
struct StatusRoutesTests {
    private func ask(_ request: Request, _ snapshot: StatusSnapshot) -> Response {
        StatusRoutes.response(to: request, pulse: snapshot.pulse) { snapshot }
    }

    private func ask(_ target: String, _ snapshot: StatusSnapshot) -> Response { ask(Fixture.get(target), snapshot) }

    @Test(
        "each route has its type",
        arguments: [
            ("/healthz", "text/plain; charset=utf-8"), ("/readyz", "text/plain; charset=utf-8"),
            ("/metrics", "text/plain; version=0.0.4; charset=utf-8"), ("/status", "application/json"),
            ("/", "text/html; charset=utf-8"),
        ]
    )
    func types(_ target: String, type: String) throws {
        let response = ask(target, Fixture.snapshot([try Fixture.entry("a")]))
        #expect(response.status == 200)
        #expect(response.header("Content-Type") == type)
        #expect(response.header("Cache-Control") == "no-store")
        #expect(response.header("X-Content-Type-Options") == "nosniff")
        #expect(!response.headers.contains { $0.name.lowercased().hasPrefix("access-control") })
        #expect(response.text.hasSuffix("\n"))
    }

    @Test(
        "paths are compared exactly, and nothing of them is repeated",
        arguments: [
            "/../etc/passwd", "/%2e%2e", "//metrics", "/metrics/", "/Metrics", "/canary", "/canary?/metrics",
            "http://canary/metrics", "*", "/favicon.ico", "/healthz%00",
        ]
    )
    func unknown(_ target: String) throws {
        let response = ask(target, Fixture.snapshot([try Fixture.entry("a")]))
        #expect(response.status == 404)
        #expect(
            response.text == "there is /, /jobs/<name>, /missed, /events, /status, /metrics, /healthz and /readyz\n"
        )
    }

    @Test(
        "a job's page is found by its name, folded and as URLs write it",
        arguments: [
            ("a:b", 200), ("A_B", 200), ("a-b", 200), ("a%3Ab", 200), ("a%3ab?x", 200), ("c", 404), ("", 404),
            ("a:b/", 404), ("a%3", 404), ("a%zzb", 404), ("%FF", 404), ("<script>", 404), ("../a:b", 404),
        ]
    )
    func job(_ name: String, status: Int) throws {
        let snapshot = Fixture.snapshot([try Fixture.entry("a:b", runs: [Fixture.run(.failed, status: 500, ago: 9)])])
        for accept in ["text/html", "application/json", "application/json; q=1, */*"] {
            let request = Fixture.get("/jobs/\(name)", headers: [Header("Accept", accept)])
            let response = ask(request, snapshot)
            #expect(response.status == status)
            guard status == 200 else {
                #expect(response.text == "there is no such job; /status names all\n")
                continue
            }
            #expect(
                response.header("Content-Type")
                    == (accept == "text/html" ? "text/html; charset=utf-8" : "application/json")
            )
            #expect(response.text.contains(accept == "text/html" ? "<span>a:b</span>" : #""name":"a:b""#))
        }
    }

    @Test("missed slots, as a page and as JSON")
    func missed() throws {
        var snapshot = Fixture.snapshot([try Fixture.entry("a")])
        #expect(ask("/missed", snapshot).text.contains("<p>All slots were run.</p>"))
        var job = try Fixture.job("a", "every 1m")
        job.catchup = .skip
        snapshot.missed.note(.passed("a", slot: Fixture.noon, about: job))
        let page = ask("/missed", snapshot).text
        #expect(
            page.contains("<code>scheduler fire a</code>") && page.contains("missed, and not caught up (catchup=skip)")
        )
        #expect(ask("/", snapshot).text.contains(#"<a href="/missed">1 missed</a>"#))
        let json = ask(Fixture.get("/missed", headers: [Header("Accept", "application/json")]), snapshot).text
        #expect(
            json == """
                {"time":"2026-11-21T12:00:00.000Z","since":"2026-11-21T11:00:00.000Z","missed":[{"job":"a",\
                "slot":"2026-11-21T12:00:00Z","slots":1,"reason":"skipped",\
                "why":"missed, and not caught up (catchup=skip)","command":"scheduler fire a"}]}

                """
        )
    }

    @Test("nothing can be changed here", arguments: ["fire", "pause", "resume", "skip", "why", "run/0", ""])
    func control(_ command: String) throws {
        for method in ["POST", "GET", "PUT", "OPTIONS"] {
            let request = Fixture.get("/control/\(command)", method: method)
            #expect(ask(request, Fixture.snapshot([try Fixture.entry("a")])).status == 404)
        }
    }

    @Test("a query means nothing", arguments: ["/healthz?__probe=1", "/metrics?x", "/status?", "/?a=/b", "/readyz?1"])
    func query(_ target: String) throws {
        #expect(ask(target, Fixture.snapshot([try Fixture.entry("a")])).status == 200)
    }

    @Test("only GET and HEAD", arguments: ["POST", "PUT", "DELETE", "TRACE", "OPTIONS", "PATCH", "FOO", "get"])
    func methods(_ method: String) throws {
        for target in ["/", "/metrics", "/nothing"] {
            let response = ask(Fixture.get(target, method: method), Fixture.snapshot([try Fixture.entry("a")]))
            #expect(response.status == 405)
            #expect(response.header("Allow") == "GET, HEAD")
        }
    }

    @Test(
        "healthy as long as the last look is less than three ticks ago, whatever else is wrong",
        arguments: [(0.0, 200), (89.9, 200), (90.0, 503), (3_600.0, 503)]
    )
    func health(_ age: Double, status: Int) throws {
        let failing = try Fixture.entry("a", runs: [Fixture.run(.failed, status: 500, ago: 1)], failures: 9)
        let snapshot = Fixture.snapshot(
            [failing],
            age: .milliseconds(Int(age * 1_000)),
            phase: .grace(.seconds(5)),
            targetDown: .seconds(600),
            isStateWritable: false
        )
        let pulse = snapshot.pulse
        let response = StatusRoutes.response(to: Fixture.get("/healthz"), pulse: pulse) {
            Issue.record("health needs no snapshot, and so no lock")
            return snapshot
        }
        #expect(response.status == status)
        if status == 200 { #expect(response.text == "ok\n") }
        if age == 90 { #expect(response.text == "the loop has not looked at the clock for 1 min; its tick is 30 s\n") }
    }

    @Test("ready once the grace is over, while the app can be reached")
    func readiness() throws {
        let entries = [try Fixture.entry("a")]
        var lacking = Fixture.snapshot(entries)
        lacking.token = TokenLack(time: .seconds(300), reason: "no", waiting: 2)
        #expect(Phrase.phase(lacking) == "there has been no token for 5 min (no); 2 runs waiting")
        #expect(
            ask("/status", lacking).text.contains(#""token":{"reason":"no","lacking_ms":300000,"runs_waiting":2}"#)
        )
        let cases: [(StatusSnapshot, Int, String)] = [
            // That says nothing of the app.
            (lacking, 200, "ok\n"),
            (Fixture.snapshot(entries), 200, "ok\n"),
            (Fixture.snapshot(entries, phase: .grace(.seconds(12))), 503, "starting: the first runs come in 12 s\n"),
            (Fixture.snapshot(entries, phase: .standby), 503, "standby: another scheduler has the state directory\n"),
            (Fixture.snapshot(entries, phase: .stopping), 503, "stopping\n"),
            (
                Fixture.snapshot(entries, targetDown: .seconds(75), waiting: 3), 503,
                "the app has been out of reach for 1 min; 3 runs waiting\n"
            ),
            (Fixture.snapshot(entries, isStateWritable: false), 200, "ok\n"),
        ]
        for (snapshot, status, text) in cases {
            let response = ask("/readyz", snapshot)
            #expect(response.status == status)
            #expect(response.text == text)
        }
    }

    @Test("/status: members in their order")
    func json() throws {
        let runs = [Fixture.run(.failed, status: 500, ago: 60), Fixture.run(.ok, ago: 30)]
        let holder = Obstacle.Holder(job: "b", time: .seconds(60))
        let group = GroupState(group: Group(name: "llm", limit: 1), jobs: ["a", "b"], holders: [holder], waiting: 1)
        let snapshot = Fixture.snapshot(
            [
                try Fixture.entry(
                    "a",
                    "daily 03:00",
                    next: 240,
                    activity: .queued(for: .seconds(2), .group("llm", heldBy: [holder])),
                    runs: runs
                )
            ],
            groups: [group]
        )
        let run = """
            "run_id":"00000000000000010000000000000002","trigger":"schedule"
            """
        var board = snapshot
        (board.entries[0].job.path, board.entries[0].job.groups) = ("/api/x", ["llm"])
        #expect(
            ask("/status", board).text == """
                {"version":"0.2.0","time":"2026-11-21T12:00:00.000Z","started":"2026-11-21T11:00:00.000Z",\
                "phase":"running","healthy":true,"ready":true,"last_look_age_ms":20,"tick_ms":30000,\
                "target":{"url":"http://app:8000","up":true,"reason":null,"down_ms":null,"runs_waiting":0,"incident":null},\
                "token":null,"other_targets":[],\
                "runs_in_flight":0,\
                "state":{"directory":null,"writable":true},\
                "freeze":null,"groups":[{"name":"llm","limit":1,"running":1,"waiting":1,"held_by":[{"job":"b","ms":60000}]}],"jobs":[{"name":"a","schedule":"daily 03:00",\
                "schedule_words":"daily at 03:00 UTC","tz":"UTC","method":"POST","target":"app","path":"/api/x",\
                "activity":"waiting","why":"has waited 2.0 s for group llm (held by b, 1m)","groups":["llm"],\
                "waiting":{"ms":2000,"for":"group","group":"llm","held_by":[{"job":"b","ms":60000}]},\
                "pause":null,"skips":0,"next_slot":"2026-11-21T12:04:00Z","last_slot":"2026-11-21T11:59:29.700Z",\
                "last_success":"2026-11-21T11:59:30Z","consecutive_failures":0,"incident":null,"runs":[\
                {"slot":"2026-11-21T11:58:59.700Z",\(run),"began":"2026-11-21T11:58:59.700Z","attempts":1,\
                "outcome":"failed","status":500,"ms":300,"late_ms":4,"items":null,"reason":null,"location":null,\
                "http_status":500},\
                {"slot":"2026-11-21T11:59:29.700Z",\(run),"began":"2026-11-21T11:59:29.700Z","attempts":1,\
                "outcome":"ok","status":200,"ms":300,"late_ms":4,"items":null,"reason":null,"location":null,"http_status":200}]}]}

                """
        )
    }

    @Test("asked for plain text, /status is the table of scheduler status")
    func table() throws {
        let failed =
            [Fixture.run(.ok, ago: 120), Fixture.run(.busy, status: 409, ago: 60)]
            + [Fixture.run(.aborted, status: 0, ago: 50), Fixture.run(.timeout, status: 0, ago: 12)]
        let entries = [
            try Fixture.entry("calm", number: 0, runs: [Fixture.run(.ok, ago: 7_300)]),
            try Fixture.entry("new", "daily 03:00", number: 1, next: 15 * 3_600),
            try Fixture.entry(
                "ill",
                number: 2,
                activity: .held(for: .seconds(48), because: .abandoned),
                runs: failed,
                failures: 2
            ),
            try Fixture.entry("tokyo", "daily 03:00", zone: "Asia/Tokyo", number: 4, next: 6 * 3_600),
            try Fixture.entry("last", number: 3, next: nil, activity: .running(for: .milliseconds(1_500))),
        ]
        let request = Fixture.get("/status", headers: [Header("accept", "text/plain")])
        let response = ask(request, Fixture.snapshot(entries))
        #expect(response.header("Content-Type") == "text/plain; charset=utf-8")
        #expect(
            response.text == """
                running; 5 jobs for http://app:8000, 1 failing, 0 in flight

                JOB    SCHEDULE     NEXT                                LAST RUN                      LAST 20
                ill    every 15m    may still run in the app, free in 48 s, 12:04 (in 4 min)  timeout 12 s ago, 2 in a row  +=-x
                calm   every 15m    12:04 (in 4 min)                    ok 2 h 1 min ago              +
                new    daily 03:00  tomorrow 03:00 (in 15 h)            never
                tokyo  daily 03:00  tomorrow 03:00 Asia/Tokyo (in 6 h)  never
                last   every 15m    running for 1.5 s, none             never

                Times in UTC, where no zone is named. Runs, oldest first: + ok  = busy  x failed  - not finished

                """
        )
    }
}
