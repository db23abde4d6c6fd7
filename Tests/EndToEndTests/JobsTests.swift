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
            #expect(call.headers["user-agent"] == "scheduler-sidecar/0.1.0")
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

    @Test("a slow job is not started twice; its slots are held, and one line says so")
    func slowJob() async throws {
        let app = try await App()
        try app.set(faults: #"{"/api/scripts/run-due": {"hang": true}}"#)
        let scheduler = try Sidecar.start(beside: app, ["SCHEDULER_STOP_TIMEOUT_SECONDS": "0"])
        _ = try await app.calls(11)
        // The shortest schedule is a minute.
        _ = try await eventually("the held slot", within: .seconds(75)) {
            scheduler.errors.contains("Job script-runner is still running; its slots are held until it ends.")
                ? true : nil
        }
        #expect(try await scheduler.stop() == .clean)
        #expect(try app.calls().filter { $0.job == "script-runner" }.count == 1)
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("the second run of a job keeps the phase of its first")
    func phase() async throws {
        let app = try await App()
        let scheduler = try Sidecar.start(beside: app)
        _ = try await app.calls(11)
        let calls = try await eventually("the second run", within: .seconds(75)) {
            let calls = try app.calls().filter { $0.job == "script-runner" }
            return calls.count == 2 ? calls : nil
        }
        let slots = try calls.map { try time($0.slot) }
        #expect(slots[1].timeIntervalSince(slots[0]) == 60)
        #expect(calls[1].headers["x-scheduler-trigger"] == "schedule")
        #expect(try await scheduler.stop() == .clean)
        try Sidecar.check(scheduler, beside: app)
    }
}
