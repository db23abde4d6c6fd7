import Foundation
import TestClient
import TestSupport
import Testing

@Suite("End to end: the status listener")
struct StatusTests {
    private static let tick = ["SCHEDULER_TICK_SECONDS": "1"]

    @Test("all routes answer; what they say agrees with what ran; no token anywhere")
    func routes() async throws {
        let app = try await App()
        try app.set(faults: #"{"/t/ill": {"status": 500, "body": "Bearer \#(App.token)"}}"#)
        let jobs = ["ILL": "every 1h POST /t/ill?key=canary-query", "WELL": "every 1h POST /api/sync/trigger"]
        let scheduler = try Sidecar.start(beside: app, Sidecar.jobs(jobs))
        try await scheduler.line(containing: " outcome=failed ")
        try await scheduler.line(containing: " outcome=ok ")
        #expect(try await scheduler.ask("/healthz").body == "ok\n")
        #expect(try await scheduler.ask("/readyz").body == "ok\n")
        let status = try JSONDecoder().decode(Status.self, from: Data(try await scheduler.ask("/status").body.utf8))
        #expect(status.jobs.map(\.name) == ["ill", "well"])
        #expect(status.jobs.map { $0.runs.map(\.outcome) } == [["failed"], ["ok"]])
        #expect(status.jobs.map(\.path) == ["/t/ill", "/api/sync/trigger"])
        let metrics = try await scheduler.ask("/metrics")
        #expect(metrics.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
        #expect(metrics.body.contains(#"scheduler_runs_total{job="ill",outcome="failed"} 1"# + "\n"))
        let folder = try TemporaryFolder()
        try folder.write("metrics", metrics.body)
        try Tool.run("promtool", ["check", "metrics"], in: folder.url, input: folder.path("metrics"))
        for target in ["/", "/status", "/metrics", "/healthz", "/readyz", "/nothing"] {
            let answer = try await scheduler.ask(target)
            for word in [App.token, "canary-query", "Access-Control"] {
                #expect(!answer.text.contains(word), "\(target)")
            }
            let head = try await scheduler.ask(target, method: "HEAD")
            #expect(head.body.isEmpty)
            #expect(head.header("Content-Type") == answer.header("Content-Type"))
        }
        #expect(try await scheduler.stop() == .clean)
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("in the grace it is healthy and not ready; a dead app does not make it ill")
    func phases() async throws {
        let waiting = try Sidecar.start(beside: "http://127.0.0.1:1", ["SCHEDULER_STARTUP_GRACE_SECONDS": "600"])
        #expect(try await waiting.ask("/healthz").status == 200)
        #expect(try await waiting.ask("/readyz").status == 503)
        #expect(try await waiting.ask("/readyz").body.hasPrefix("starting: the first runs come in "))
        #expect(try await waiting.ask("/").body.contains("Nothing has run yet"))
        #expect(try await waiting.stop() == .clean)
        let job = Sidecar.jobs(["PING": "every 1h POST /x"])
        let down = try Sidecar.start(beside: "http://127.0.0.1:1", job.merging(["LOG_LEVEL": "DEBUG"]) { $1 })
        try await down.line(containing: " is down: ")
        func due() async throws -> [String?] {
            try JSONDecoder().decode(Status.self, from: Data(try await down.ask("/status").body.utf8)).jobs.map(
                \.nextSlot
            )
        }
        let first = try await due()
        try await down.line(containing: "Target is still down: ")
        #expect(try await due() == first, "a probe makes the run no less late")
        #expect(try await down.ask("/healthz").status == 200)
        #expect(try await down.ask("/readyz").body.hasPrefix("the app has been out of reach for "))
        #expect(try await down.ask("/metrics").body.contains("\nscheduler_target_up{target=\"app\"} 0\n"))
        #expect(try await down.ask("/").body.contains("The app has been out of reach for "))
        #expect(try await down.stop() == .clean)
    }

    @Test(
        "where it cannot listen: a fault that says why, and nothing is sent",
        arguments: [
            ("192.0.2.1:0", "cannot listen on 192.0.2.1:0: Cannot assign requested address"),
            ("no-such-host.invalid:9090", #"cannot listen on no-such-host.invalid:9090: host "no-such-host.invalid" "#),
            ("127.0.0.1:99999", #"address "127.0.0.1:99999": port "99999" is not a number from 0 to 65535"#),
            ("9090", #"address "9090" has no port; write host:port, such as 127.0.0.1:9090 or [::1]:9090"#),
        ]
    )
    func faults(_ address: String, reason: String) async throws {
        let app = try await App()
        let scheduler = try Sidecar.start(beside: app, ["SCHEDULER_LISTEN": address])
        #expect(try await scheduler.end() == Binary.End(status: 78, wasSignalled: false))
        #expect(scheduler.errorLines.first?.contains("ERROR Configuration: SCHEDULER_LISTEN") == true)
        #expect(scheduler.errorLines.first?.contains(reason) == true, "\(scheduler.errors)")
        #expect(scheduler.errorLines.last?.dropFirst(25) == "ERROR Scheduler not started: 1 configuration fault.")
        #expect(try app.calls().isEmpty)
    }

    @Test("a port that is taken is a fault that says so")
    func portInUse() async throws {
        let other = try ListeningSocket()
        let scheduler = try Sidecar.start(
            beside: "http://127.0.0.1:1",
            ["SCHEDULER_LISTEN": "127.0.0.1:\(other.port)"]
        )
        #expect(try await scheduler.end() == Binary.End(status: 78, wasSignalled: false))
        #expect(
            scheduler.errorLines.map { $0.dropFirst(25) } == [
                "ERROR Configuration: SCHEDULER_LISTEN=127.0.0.1:\(other.port): cannot listen on 127.0.0.1:\(other.port): "
                    + "Address already in use",
                "ERROR Scheduler not started: 1 configuration fault.",
            ]
        )
    }

    @Test("500 half-open connections: a new client is served at once, and a job of each second stays on time")
    func slowloris() async throws {
        let app = try await App()
        let jobs = Sidecar.jobs(["PING": "every 1s GET /api/health"])
        let scheduler = try Sidecar.start(beside: app, jobs.merging(Self.tick) { $1 })
        _ = try await app.calls(1)
        let port = try await eventually("the listener") { scheduler.statusPort }
        var clients: [TestClient] = []
        for _ in 0..<500 {
            let client = try TestClient(port: port)
            client.send("GET /metrics HTTP/1.1\r\nX-A:")
            clients.append(client)
        }
        let before = try app.calls().count
        for _ in 0..<6 {
            // A byte a second, as slowly as it can be and yet not be silent.
            for client in clients { client.send("a") }
            let begin = ContinuousClock.now
            #expect(try await scheduler.ask("/healthz").status == 200)
            #expect(ContinuousClock.now - begin < .seconds(5))
            try await Task.sleep(for: .seconds(1))
        }
        let calls = try app.calls()
        #expect(calls.count - before >= 4)
        for line in scheduler.errorLines where line.contains(" attempts=") {
            #expect(try #require(Sidecar.number("late_ms", of: line)) < 900, "\(line)")
        }
        #expect(try await scheduler.stop() == .clean)
        try Sidecar.check(scheduler, beside: app)
    }

    @Test(
        "what is no request gets 400 or its like, and the next client is served",
        arguments: [
            ("\u{16}\u{3}\u{1}\u{2}\u{0}", 400), ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400), ("GET /\r\n\r\n", 400),
            ("GET /metrics HTTP/1.1\r\nHost: a\r\nX: \u{0}\r\n\r\n", 400),
            ("GET http://a/metrics HTTP/1.1\r\nHost: a\r\n\r\n", 404),
            ("GET /caf\u{E9} HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 405),
            ("TRACE / HTTP/1.1\r\nHost: canary\r\n\r\n", 405), ("GET / HTTP/3.0\r\n\r\n", 505),
            ("GET /" + String(repeating: "a", count: 1 << 20) + " HTTP/1.1\r\nHost: a\r\n\r\n", 414),
            ("GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: a\r\n", count: 100_000) + "\r\n", 431),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "a", count: 2 << 20) + "\r\n\r\n", 431),
        ]
    )
    func garbage(_ text: String, status: Int) async throws {
        let scheduler = try Sidecar.start(beside: "http://127.0.0.1:1", ["SCHEDULER_STARTUP_GRACE_SECONDS": "600"])
        let port = try await eventually("the listener") { scheduler.statusPort }
        let answer = try TestClient.exchange(text, port: port)
        #expect(answer.status == status)
        #expect(!answer.text.contains("canary"))
        let leaver = try TestClient(port: port)
        leaver.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        leaver.reset()
        #expect(try await scheduler.ask("/healthz").status == 200)
        #expect(try await scheduler.stop() == .clean)
    }

    /// What `/status` says, as far as tests look at it.
    struct Status: Decodable {
        struct Job: Decodable {
            struct Run: Decodable { let outcome: String }

            let name: String
            let path: String
            let runs: [Run]
            let nextSlot: String?

            enum CodingKeys: String, CodingKey { case name, path, runs, nextSlot = "next_slot" }
        }

        let jobs: [Job]
    }
}
