import Foundation
import HTTPServer
import Locking
import TestClient
import TestSupport
import Testing

/// Fewer threads than runs.
@Suite("End to end: runs that wait for a thread")
struct QueueTests {
    private static let one = ["SCHEDULER_MAX_CONCURRENCY": "1", "SCHEDULER_TICK_SECONDS": "1"]

    @Test("a run that waits for a thread is waiting, nowhere running; the one that waited longest comes first")
    func waiting() async throws {
        // The first call is answered when the test says so, however long the machine takes for all else.
        let first = Mutex<Reply?>(nil)
        let app = try TestServer { request, reply in
            if request.path == "/b" { return reply.send(.text(200, "")) }
            first.withLock { $0 = reply }
        }
        let jobs = ["A": "every 1h POST /a timeout=1h", "B": "every 1h POST /b"]
        let scheduler = try Sidecar.start(beside: app.url, Sidecar.jobs(jobs).merging(Self.one) { $1 })
        let reply = try await eventually("a's call") { first.withLock { $0 } }
        #expect(try await scheduler.ask("/metrics").body.contains("\nscheduler_runs_in_flight 1\n"))
        #expect(try await scheduler.ask("/status").body.contains(#""name":"b""#))
        #expect(try await scheduler.ask("/status").body.contains(#""activity":"waiting""#))
        #expect(!scheduler.errors.contains("Job b is still running"))
        reply.send(.text(200, ""))
        try await scheduler.line(containing: " outcome=ok ", and: " job=b ")
        #expect(app.seen.map(\.path) == ["/a", "/b"])
        #expect(try await scheduler.stop() == .clean)
    }

    @Test("a job that SIGHUP takes out or changes while its run waits for a thread does not run as it was")
    func reload() async throws {
        let (app, folder) = (try await App(), try TemporaryFolder())
        try app.set(faults: #"{"/api/sync/trigger": {"delay_ms": 10000}}"#)
        let file = try folder.write(
            "jobs",
            """
            a: every 1h POST /api/sync/trigger
            gone: every 1h POST /api/scripts/run-due
            later: every 1h POST /api/scripts/run-due
            """
        )
        let environment = ["SCHEDULER_BUILTIN_JOBS": "false", "SCHEDULER_JOBS_FILE": file].merging(Self.one) { $1 }
        let scheduler = try Sidecar.start(beside: app, environment)
        _ = try await app.calls(1)
        _ = try folder.write(
            "jobs",
            "a: every 1h POST /api/sync/trigger\nlater: every 1h POST /api/marketplaces/sync-all\n"
        )
        scheduler.signal(SIGHUP)
        try await scheduler.line(containing: " Reloaded: 2 jobs")
        try await scheduler.line(containing: "Job /api/marketplaces/sync-all: 200 ")
        #expect(try await scheduler.stop() == .clean)
        #expect(
            try app.calls().map { "\($0.job) \($0.path)" } == [
                "a /api/sync/trigger", "later /api/marketplaces/sync-all",
            ]
        )
    }

    @Test("jobs that SIGHUP adds have threads of their own")
    func moreJobs() async throws {
        let (app, folder) = (try await App(), try TemporaryFolder())
        try app.set(faults: #"{"*": {"hang": true}}"#)
        func jobs(_ count: Int) -> String { (1...count).map { "j\($0): every 1h POST /api/sync/trigger\n" }.joined() }
        let environment = [
            "SCHEDULER_BUILTIN_JOBS": "false", "SCHEDULER_JOBS_FILE": try folder.write("jobs", jobs(1)),
            "SCHEDULER_STOP_TIMEOUT_SECONDS": "1",
        ]
        let scheduler = try Sidecar.start(beside: app, environment)
        _ = try await app.calls(1)
        // Four is what a start with one job has room for.
        try folder.write("jobs", jobs(6))
        scheduler.signal(SIGHUP)
        #expect(try await Set(app.calls(6).map(\.job)).count == 6)
        #expect(try await scheduler.stop() == .clean)
    }

    @Test(
        "a stop while a second attempt waits for a thread: the run ends in one line and one record, with its last outcome"
    )
    func stopBeforeRetry() async throws {
        let (app, folder) = (try await App(), try TemporaryFolder())
        try app.set(
            faults: #"{"/api/sync/trigger": {"status": 500, "times": 1}, "/api/scripts/run-due": {"hang": true}}"#
        )
        let jobs = [
            "A": "every 1h POST /api/sync/trigger retries=1",
            "B": "cron */3 * * * * * POST /api/scripts/run-due first=wait timeout=60",
        ]
        let environment = Sidecar.jobs(jobs).merging(Self.one) { $1 }
            .merging(["SCHEDULER_STATE_DIR": folder.path("state"), "SCHEDULER_STOP_TIMEOUT_SECONDS": "1"]) { $1 }
        let scheduler = try Sidecar.start(beside: app, environment)
        try await scheduler.line(containing: "Retrying job: a ")
        _ = try await app.calls(2)
        // Its second attempt is due after 6 s at most, and then waits for b's thread.
        _ = try await eventually("a's wait for the thread") {
            try await scheduler.ask("/status").body.contains(#""activity":"waiting""#) ? true : nil
        }
        #expect(try await scheduler.stop() == .clean)
        let ends = scheduler.errorLines.filter { $0.contains(" attempts=") }
        #expect(ends.count { $0.contains(" job=a ") && $0.contains(" attempts=1 outcome=failed status=500 ") } == 1)
        #expect(ends.count { $0.contains(" job=b ") && $0.contains(" attempts=1 outcome=aborted ") } == 1)
        #expect(ends.count == 2)
        let records = folder.text("state/state.log").split(separator: "\n")
        #expect(records.count { $0.contains(" end job=a ") } == 1)
        let again = try Sidecar.start(beside: app, environment)
        try await again.line(containing: "Next slot: a ")
        #expect(try await again.stop() == .clean)
        #expect(!again.errors.contains("interrupted"))
    }
}
