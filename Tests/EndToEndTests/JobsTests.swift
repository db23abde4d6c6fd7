import Foundation
import Testing

@Suite("End to end: jobs")
struct JobsTests {
    private static let documented = [
        ("data-refresh", "POST", "/api/sync/trigger"),
        ("health-check", "GET", "/api/health"),
        ("script-runner", "POST", "/api/scripts/run-due"),
        ("marketplaces", "POST", "/api/marketplaces/sync-all"),
        ("session-collector", "POST", "/api/admin/run-session-collector"),
        ("session-processor:verification", "POST", "/api/admin/run-session-processor?processor=verification"),
        ("session-processor:usage", "POST", "/api/admin/run-session-processor?processor=usage"),
        ("corporate-memory", "POST", "/api/admin/run-corporate-memory"),
        ("store-blocked-purge", "POST", "/api/admin/run-blocked-purge"),
        ("store-reap-stuck-reviews", "POST", "/api/admin/run-reap-stuck-reviews"),
        ("bq-metadata-refresh", "POST", "/api/admin/run-bq-metadata-refresh"),
    ]

    @Test("the eleven jobs fire once after the grace, with method, path and token")
    func elevenJobs() async throws {
        let app = try await App()
        let scheduler = try Sidecar.start(beside: app, ["SCHEDULER_STARTUP_GRACE_SECONDS": "1"])
        try await scheduler.line(
            containing: "Scheduler started. API_URL=\(app.url), 11 jobs, tick=30s, startup_grace=1s, "
        )
        let announced = try await scheduler.line(
            containing: "Next slot: data-refresh (every 15m) job=data-refresh slot="
        )
        let graceEnd = try time(
            String(announced.suffix(from: announced.lastIndex(of: "=") ?? announced.startIndex).dropFirst())
        )
        let calls = try await app.calls(11)
        #expect(Set(calls.map(\.job)) == Set(Self.documented.map(\.0)))
        for (job, method, path) in Self.documented {
            let call = try #require(calls.first { $0.job == job })
            #expect(call.method == method)
            #expect(call.path == path)
            #expect(call.headers["authorization"] == "Bearer \(App.token)")
            #expect(call.headers["user-agent"] == "scheduler-sidecar/0.2.0")
            #expect(call.headers["idempotency-key"] == "\(job)@\(call.slot)")
            #expect(call.headers["x-scheduler-trigger"] == "first")
            try await scheduler.line(containing: "Job \(path): 200 job=\(job) ")
            #expect(try time(call.start) >= graceEnd)
        }
        #expect(try await scheduler.stop() == .clean)
        #expect(try app.calls().count == 11)
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("bq-metadata-refresh counts as having run just before: its first run is hours away")
    func metadataOffset() async throws {
        let app = try await App()
        let scheduler = try Sidecar.start(beside: app, ["SCHEDULER_BQ_METADATA_INITIAL_OFFSET_MAX_SECONDS": "900"])
        let calls = try await app.calls(10)
        #expect(!calls.map(\.job).contains("bq-metadata-refresh"))
        #expect(try await scheduler.stop() == .clean)
        #expect(try app.calls().count == 10)
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("a slow job is not started twice; its slots are held, and one line a streak says so")
    func slowJob() async throws {
        let app = try await App(workMilliseconds: 2_500)
        let scheduler = try Sidecar.start(beside: app, Self.own(["PING": "every 1s POST /api/sync/trigger"]))
        _ = try await app.calls(3)
        #expect(try await scheduler.stop() == .clean)
        let count = try app.calls().count
        let held = scheduler.errorLines.filter {
            $0.contains("Job ping is still running; its slots are held until it ends.")
        }
        // The last run may have been asked to end before its first slot was held.
        #expect((count - 1...count).contains(held.count), "\(count) calls\n\(scheduler.errors)")
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("runs keep the phase of the first, and come as often as the schedule says")
    func phase() async throws {
        let app = try await App()
        let scheduler = try Sidecar.start(beside: app, Self.own(["PING": "every 3s GET /api/health"]))
        let calls = try await app.calls(3)
        #expect(try await scheduler.stop() == .clean)
        let slots = try calls.map { try time($0.slot) }
        for (slot, next) in zip(slots, slots.dropFirst()) { #expect(next.timeIntervalSince(slot) == 3) }
        #expect(calls.map { $0.headers["x-scheduler-trigger"] ?? "" }.prefix(2) == ["first", "schedule"])
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("a cron job waits for its slot, and runs on the second")
    func cron() async throws {
        let app = try await App()
        let scheduler = try Sidecar.start(
            beside: app,
            Self.own(["PING": "cron */2 * * * * * POST /api/sync/trigger first=wait header.X-A=b body={\"full\": true}"]
            )
        )
        let calls = try await app.calls(2)
        #expect(try await scheduler.stop() == .clean)
        for call in calls {
            #expect(try Int(time(call.slot).timeIntervalSince1970).isMultiple(of: 2))
            #expect(call.slot.hasSuffix("Z") && !call.slot.contains("."))
            #expect(call.headers["x-a"] == "b")
            #expect(call.headers["content-type"] == "application/json")
            #expect(call.body == "{\"full\": true}")
            #expect(call.headers["x-scheduler-trigger"] == "schedule" || call.slot == calls[0].slot)
        }
        try Sidecar.check(scheduler, beside: app)
    }

    @Test(
        "fire: one run now, its outcome is the last line and the exit status",
        arguments: [(200, "ok", 0), (409, "busy", 0), (500, "failed", 1), (302, "redirected", 1)]
    )
    func fire(_ status: Int, outcome: String, exit: Int32) async throws {
        let app = try await App()
        try app.set(faults: #"{"/api/sync/trigger": {"status": \#(status)}}"#)
        let environment = ["API_URL": app.url, "SCHEDULER_API_TOKEN": App.token]
        let scheduler = try Binary("scheduler", ["fire", "DATA_REFRESH"], environment: environment)
        #expect(try await scheduler.end() == Binary.End(status: exit, wasSignalled: false))
        // What the app said, and then the outcome.
        #expect(scheduler.output.hasPrefix("HTTP \(status) - "))
        #expect(scheduler.output.hasSuffix("\n\(outcome)\n"))
        let call = try #require(try app.calls().first)
        #expect(try app.calls().count == 1)
        #expect(call.headers["x-scheduler-trigger"] == "manual")
        let runID = try #require(call.headers["x-request-id"])
        #expect(call.headers["idempotency-key"] == "data-refresh@\(call.slot)#manual-\(runID)")
    }

    @Test(
        "an answer that cannot be written is a failure that says so",
        arguments: ["help", "version", "check", "next"]
    )
    func fullDisk(_ command: String) async throws {
        let intoFull = ["sh", "-c", #"exec "$@" > /dev/full"#, "sh"]
        let scheduler = try Binary(
            "scheduler",
            [command],
            through: intoFull,
            environment: ["SCHEDULER_API_TOKEN": App.token]
        )
        #expect(try await scheduler.end() == Binary.End(status: 1, wasSignalled: false))
        #expect(
            scheduler.errors == "scheduler: not all could be written to standard output: No space left on device\n"
        )
    }

    @Test("next prints the slot first, in UTC")
    func next() async throws {
        let arguments = [
            "next", "--schedule", "daily 02:30", "--tz", "America/New_York", "--from", "2026-03-07T12:00:00Z",
            "--count", "2",
        ]
        let plain = try Binary("scheduler", arguments, environment: [:])
        #expect(try await plain.end() == .clean)
        #expect(
            plain.output == """
                2026-03-08T07:00:00Z  2026-03-08T03:00:00-04:00
                2026-03-09T06:30:00Z  2026-03-09T02:30:00-04:00

                """
        )
        let zone = ["SCHEDULER_TIMEZONE": "America/New_York"]
        let own = try Binary(
            "scheduler",
            arguments.filter { $0 != "--tz" && $0 != zone.values.first },
            environment: zone
        )
        #expect(try await own.end() == .clean)
        #expect(own.output == plain.output)
        let bad = try Binary(
            "scheduler",
            ["next", "--schedule", "daily 02:30"],
            environment: ["SCHEDULER_TIMEZONE": "x"]
        )
        #expect(try await bad.end().status == 78)
        #expect(bad.errors.hasPrefix("fault: SCHEDULER_TIMEZONE: "), "\(bad.errors)")
        let json = try Binary(
            "scheduler",
            ["next", "marketplaces", "--from", "2026-01-01T00:00:00Z", "--count", "1", "--json"],
            environment: [:]
        )
        #expect(try await json.end() == .clean)
        #expect(
            json.output == #"{"job":"marketplaces","slot":"2026-01-01T03:00:00Z","local":"2026-01-01T03:00:00+00:00"}"#
                + "\n"
        )
    }

    @Test("next for a job: --tz changes how its slots are shown, not when they are; every is said to count from now")
    func nextOfJobs() async throws {
        let jobs = Self.own(["A": "daily 03:00 GET /a tz=Europe/Prague", "B": "every 12h GET /b first=wait"])
        let arguments = ["--tz", "Asia/Tokyo", "--count", "1", "--from", "2026-01-01T00:00:00Z"]
        let calendar = try Binary("scheduler", ["next", "a"] + arguments, environment: jobs)
        #expect(try await calendar.end() == .clean)
        #expect(calendar.output == "2026-01-01T02:00:00Z  a  2026-01-01T11:00:00+09:00\n")
        #expect(calendar.errors == "")
        let all = try Binary("scheduler", ["next", "--json"] + arguments, environment: jobs)
        #expect(try await all.end() == .clean)
        #expect(
            all.output == """
                {"job":"a","slot":"2026-01-01T02:00:00Z","local":"2026-01-01T11:00:00+09:00"}
                {"job":"b","slot":"2026-01-01T12:00:00Z","local":"2026-01-01T21:00:00+09:00"}

                """
        )
        let end = "here; scheduler status has the running sidecar's\n"
        #expect(all.errors == "scheduler: slots of every count from now (or --from) \(end)")
        let check = try Binary("scheduler", ["check"], environment: jobs)
        #expect(try await check.end() == .clean)
        #expect(check.errors.hasSuffix("\nnote: slots of every count from now \(end)"), "\(check.errors)")
    }

    /// Jobs of one's own, and no documented one.
    private static func own(_ jobs: [String: String]) -> [String: String] {
        jobs.reduce(into: ["SCHEDULER_BUILTIN_JOBS": "false"]) { $0["SCHEDULER_JOB_\($1.key)"] = $1.value }
    }
}
