import Foundation
import TestSupport
import Testing

@Suite("End to end: what the app says it did")
struct AppWordsTests {
    @Test("items are in the last line, in /metrics, in the table, and after a restart as well")
    func items() async throws {
        let (app, folder) = (try await App(), try TemporaryFolder())
        try app.set(faults: #"{"/api/sync/trigger": {"status": 200, "body": "{\"processed\": 4.2e1}"}}"#)
        let environment = Sidecar.jobs([
            "A": "every 1h POST /api/sync/trigger", "B": "every 1h POST /api/scripts/run-due",
            "C": "every 1h GET /api/health items=off",
        ]).merging(["SCHEDULER_STATE_DIR": folder.path("state")]) { $1 }
        var scheduler = try Sidecar.start(beside: app, environment)
        try await scheduler.line(containing: "Job /api/sync/trigger: 200 job=a ", and: " items=42 bytes=20")
        try await scheduler.line(containing: "Job /api/scripts/run-due: 200 job=b ", and: " items=1 bytes=")
        let off = try await scheduler.line(containing: "Job /api/health: 200 job=c ", and: " bytes=")
        #expect(!off.contains("items="))
        let scrape = try #require(try Scrape(scheduler))
        #expect(
            scrape.lines("scheduler_job_items_total") == [
                #"scheduler_job_items_total{job="a"} 42"#, #"scheduler_job_items_total{job="b"} 1"#,
                #"scheduler_job_items_total{job="c"} 0"#,
            ]
        )
        #expect(try await scheduler.stop() == .clean)
        scheduler = try Sidecar.start(beside: app, environment)
        let port = try await eventually("the listener") { scheduler.statusPort }
        let table = try await Self.status(port)
        #expect(table.contains(", 42 items"))
        #expect(table.contains(", 1 item "))
        #expect(try await scheduler.stop() == .clean)
    }

    private static func status(_ port: UInt16) async throws -> String {
        let binary = try Binary(
            "scheduler",
            ["status"],
            environment: Sidecar.jobs(["A": "every 1h GET /x"]).merging(["SCHEDULER_LISTEN": "127.0.0.1:\(port)"]) {
                $1
            }
        )
        _ = try await binary.end()
        return binary.output
    }

    @Test("expect: a 200 that does not say so has failed, and is tried again")
    func expect() async throws {
        let app = try await App()
        try app.set(
            faults: """
                {"/api/sync/trigger": {"status": 200, "body": "{\\"ok\\": false}", "times": 1},
                 "/api/scripts/run-due": {"status": 200, "body": "{\\"ok\\": false}"}}
                """
        )
        let scheduler = try Sidecar.start(
            beside: app,
            Sidecar.jobs([
                "A": "every 1h POST /api/sync/trigger retries=1 expect=status:ok",
                "B": "every 1h POST /api/scripts/run-due expect=ok:true",
            ])
        )
        try await scheduler.line(
            containing: "Retrying job: a in ",
            and: "attempt 2 of 2: HTTP 200, expected status:ok "
        )
        try await scheduler.line(containing: "Job /api/sync/trigger: 200 job=a ", and: " attempts=2 outcome=ok ")
        let line = try await scheduler.line(
            containing: "Job /api/scripts/run-due: HTTP 200 - ",
            and: " outcome=failed status=200 "
        )
        #expect(line.hasSuffix(#" reason="expected ok:true""#))
        #expect(line.contains(#"HTTP 200 - {\"ok\": false} job=b "#))
        #expect(try await scheduler.stop() == .clean)
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("ok: a 404 that counts, and a 204 that does not")
    func statuses() async throws {
        let app = try await App()
        try app.set(faults: #"{"/api/sync/trigger": {"status": 404}, "/api/health": {"status": 204}}"#)
        let scheduler = try Sidecar.start(
            beside: app,
            Sidecar.jobs([
                "A": "every 1h POST /api/sync/trigger ok=200-299,404 retries=2 retry-on=404",
                "B": "every 1h GET /api/health ok=200 retries=2",
            ])
        )
        try await scheduler.line(
            containing: "Job /api/sync/trigger: 404 job=a ",
            and: " attempts=1 outcome=ok status=404 "
        )
        try await scheduler.line(containing: "Job /api/health: HTTP 204 - ", and: " attempts=1 outcome=rejected ")
        #expect(try await scheduler.stop() == .clean)
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("header-file: a rotation counts at the next attempt, and neither value is found anywhere but in a request")
    func rotation() async throws {
        let (app, secret) = (try await App(), try MountedSecret("canary-old-3b7e1c"))
        try app.set(
            faults: #"{"/api/sync/trigger": {"status": 500, "body": "no: canary-old-3b7e1c, canary-new-9f2d4a"}}"#
        )
        let folder = try TemporaryFolder()
        let scheduler = try Sidecar.start(
            beside: app,
            Sidecar.jobs(["A": "every 1s POST /api/sync/trigger header-file.X-Api-Key=\(secret.path)"]).merging([
                "SCHEDULER_STATE_DIR": folder.path("state"), "LOG_LEVEL": "debug",
            ]) { $1 }
        )
        _ = try await app.calls(1)
        try secret.flip(to: "canary-new-9f2d4a")
        let sent = try await eventually("the new value") {
            let sent = try app.calls().map { $0.headers["x-api-key"] ?? "" }
            return sent.last == "canary-new-9f2d4a" ? sent : nil
        }
        #expect(Set(sent) == ["canary-old-3b7e1c", "canary-new-9f2d4a"])
        try await scheduler.line(containing: "The value in SCHEDULER_JOB_A: header-file.X-Api-Key has changed")
        try await scheduler.line(containing: "HTTP 500 - no: ***, *** job=a ")
        #expect(try #require(try Scrape(scheduler)).text.contains("canary") == false)
        #expect(try await scheduler.stop() == .clean)
        // What the app said before the rotation held a word that was no secret yet.
        let lines = scheduler.errorLines.drop { !$0.contains("has changed") }
        #expect(!lines.contains { $0.contains("canary") })
        #expect(!scheduler.errors.contains("canary-old"))
        #expect(!folder.text("state/state.log").contains("canary-old"))
    }

    @Test("templates: each attempt is sent with what is known then")
    func templates() async throws {
        let app = try await App()
        let scheduler = try Sidecar.start(
            beside: app,
            Sidecar.jobs([
                "A":
                    #"every 1s POST /api/sync/trigger?at={{slot}} body={"since":"{{previous_success}}","run":{"id":"{{run_id}}"}}"#
            ])
        )
        let calls = try await app.calls(2)
        #expect(try await scheduler.stop() == .clean)
        for call in calls {
            #expect(call.path == "/api/sync/trigger?at=\(call.slot)")
            #expect(call.body.contains(#""run":{"id":"\#(call.headers["x-request-id"] ?? "")"}}"#))
        }
        #expect(calls[0].body.hasPrefix(#"{"since":"","#))
        let since = try #require(calls[1].body.split(separator: "\"").dropFirst(3).first)
        #expect(try time(calls[0].slot) <= time(String(since)) && time(String(since)) <= time(calls[1].start))
        #expect(!scheduler.errors.contains("{{…}}"))
    }

    @Test("over a Unix socket: one that is missing is an app that is down, and comes back with it")
    func socket() async throws {
        let (app, folder) = (try await App(), try TemporaryFolder())
        let port = try #require(app.url.split(separator: ":").last.flatMap { UInt16($0) })
        let path = folder.path("app.sock")
        let scheduler = try Sidecar.start(
            beside: "http://app.internal",
            Sidecar.jobs(["A": "every 1h POST /api/sync/trigger"]).merging(["SCHEDULER_UNIX_SOCKET": path]) { $1 }
        )
        try await scheduler.line(
            containing: "Target http://app.internal is down: Couldn't connect to \(path): No such file or directory; "
        )
        let listener = try UnixListener(path, to: port)
        try await scheduler.line(containing: "Target http://app.internal is up again after ")
        try await scheduler.line(containing: "Job /api/sync/trigger: 200 job=a ")
        let call = try #require(try app.calls().first)
        #expect(call.headers["host"] == "app.internal")
        #expect(call.headers["authorization"] == "Bearer \(App.token)")
        #expect(try await scheduler.stop() == .clean)
        withExtendedLifetime(listener) {}
    }
}
