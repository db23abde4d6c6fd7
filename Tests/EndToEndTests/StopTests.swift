import Foundation
import HTTPServer
import Locking
import TestSupport
import Testing

/// A signal finds runs in every stage that they can be in.
@Suite("End to end: stops")
struct StopTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var job = "every 1h POST /t/a"
        /// A job beside it, whose run tells that the clock turns.
        var mark = "every 1h POST /t/mark"
        /// Of the app, at `/t/a`.
        var fault = #"{"status": 200}"#
        var environment: [String: String] = [:]
        /// The line after which the signal comes.
        let line: String
        /// How many runs it cuts off.
        var aborted = 0
        /// How many runs had begun.
        var begun = 0
    }

    private static let rows = [
        Row(testDescription: "jitter", job: "every 100d POST /t/a jitter=99d", line: "Job /t/mark: 200 "),
        Row(
            testDescription: "spread",
            mark: "every 3s POST /t/mark first=wait",
            environment: ["SCHEDULER_STARTUP_SPREAD_SECONDS": "315360000"],
            line: "Job /t/mark: 200 "
        ),
        Row(testDescription: "target down", environment: ["API_URL": "http://127.0.0.1:1"], line: " is down: "),
        Row(
            testDescription: "between two attempts",
            job: "every 1h POST /t/a retries=3",
            fault: #"{"status": 500}"#,
            line: "Retrying job: a ",
            begun: 1
        ),
        Row(
            testDescription: "abandoned",
            job: "every 3s POST /t/a timeout=1 abandon-hold=1h",
            fault: #"{"hang": true}"#,
            line: "Job a may still be running in the app",
            begun: 1
        ),
        Row(
            testDescription: "asked to wait",
            job: "every 1s POST /t/a",
            fault: #"{"status": 503, "headers": {"Retry-After": "600"}}"#,
            line: "Job a was asked to wait (HTTP 503); its slots are held until ",
            begun: 1
        ),
        Row(
            testDescription: "in flight, and no thread for the next",
            job: "every 1h POST /t/a timeout=1h",
            fault: #"{"hang": true}"#,
            environment: ["SCHEDULER_MAX_CONCURRENCY": "1", "SCHEDULER_STOP_TIMEOUT_SECONDS": "1"],
            line: "Running job: a ",
            aborted: 1,
            begun: 1
        ),
    ]

    @Test("the last error reports are waited for: one that waits behind another at the stop is sent")
    func lastReports() async throws {
        let first = Mutex<Reply?>(nil)
        let posthog = try TestServer { _, reply in
            let isFirst = first.withLock { held in
                defer { held = held ?? reply }
                return held == nil
            }
            if !isFirst { reply.send(.text(200, "")) }
        }
        let app = try await App()
        try app.set(faults: #"{"*": {"reset": true}}"#)
        let more = ["POSTHOG_API_KEY": "phc_key", "POSTHOG_HOST": posthog.url]
        let jobs = Sidecar.jobs(["A": "every 1h POST /t/a", "B": "every 1h POST /t/b"])
        let scheduler = try Sidecar.start(beside: app.url, jobs.merging(more) { $1 })
        // It waits for a second at most: the answer comes on the thread that reads the log.
        scheduler.when("waiting for in-flight jobs") { _ in first.withLock { $0 }?.send(.text(200, "")) }
        for job in ["a", "b"] { try await scheduler.line(containing: " outcome=broken ", and: " job=\(job) ") }
        _ = try await eventually("the first report") { posthog.seen.first }
        scheduler.signal(SIGTERM)
        #expect(try await scheduler.end() == .clean)
        #expect(posthog.seen.count == 2)
        #expect(!scheduler.errors.contains("An error report"))
    }

    @Test("nothing starts any more, each run that had begun has its line, and the end comes in time", arguments: rows)
    func stop(_ row: Row) async throws {
        let app = try await App()
        try app.set(faults: #"{"/t/a": \#(row.fault), "/t/mark": {"status": 200}}"#)
        let jobs = Sidecar.jobs(["A": row.job, "MARK": row.mark])
        let scheduler = try Sidecar.start(beside: app, jobs.merging(row.environment) { $1 })
        if row.aborted > 0 {
            try await scheduler.line(containing: row.line)
            _ = try await app.calls(1)
            scheduler.signal(SIGTERM)
        } else {
            // On the thread that reads the log: on a busy machine this task may go on when the next slot has come.
            scheduler.when(row.line) { $0.signal(SIGTERM) }
        }
        #expect(try await scheduler.end() == .clean)
        #expect(try Sidecar.secondsToStop(scheduler) < 6)
        let lines = scheduler.errorLines
        let signal = try #require(lines.firstIndex { $0.contains("Received signal 15") })
        #expect(!lines[signal...].contains { $0.contains("Running job: ") }, "\(scheduler.errors)")
        #expect(lines.filter { $0.contains(" outcome=aborted ") }.count == row.aborted)
        #expect(lines.filter { $0.contains("Running job: a ") }.count == row.begun)
        #expect(lines.last?.hasSuffix("INFO  Scheduler stopped.") == true)
        try Sidecar.check(scheduler, beside: app)
    }
}
