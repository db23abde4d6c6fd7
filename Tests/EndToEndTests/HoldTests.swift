import Foundation
import TestClient
import TestSupport
import Testing

/// One app, and sidecars that follow one another on one state directory.
private final class Sidecars: Sendable {
    let folder: TemporaryFolder
    let app: App
    private let environment: [String: String]

    init(_ jobs: [String: String], _ environment: [String: String] = [:]) async throws {
        folder = try TemporaryFolder()
        app = try await App()
        self.environment = Sidecar.jobs(jobs).merging(environment) { $1 }
            .merging(["SCHEDULER_STATE_DIR": folder.path("state"), "SCHEDULER_TICK_SECONDS": "1"]) { own, _ in own }
    }

    func start(_ more: [String: String] = [:]) throws -> Binary {
        let own = ["SCHEDULER_STATE_DIR": folder.path("state")]
        return try Sidecar.start(beside: app, own.merging(environment) { $1 }.merging(more) { $1 })
    }

    /// One that tells of a run which it did not make itself, so that its counts differ from the app's.
    func startUnchecked() throws -> Binary {
        try Sidecar.start(beside: app.url, environment.merging(["SCHEDULER_STATE_DIR": folder.path("state")]) { $1 })
    }

    /// Seconds from the begin of one call to that of another.
    func seconds(_ from: Int, _ to: Int) throws -> TimeInterval {
        let calls = try app.calls()
        return try time(calls[to].start).timeIntervalSince(time(calls[from].start))
    }
}

@Suite("End to end: holds and plans over restarts")
struct HoldTests {
    @Test(
        "a call that our own stop cut off holds its job as one that a kill cut off: begin + timeout + hold",
        arguments: [true, false]
    )
    func cutOff(isKilled: Bool) async throws {
        let life = try await Sidecars(["SLOW": "every 1s POST /api/sync/trigger timeout=60 abandon-hold=1h"])
        try life.app.set(faults: #"{"/api/sync/trigger": {"hang": true, "times": 1}}"#)
        let first = try life.start(["SCHEDULER_STOP_TIMEOUT_SECONDS": "0"])
        _ = try await life.app.calls(1)
        first.signal(isKilled ? SIGKILL : SIGTERM)
        _ = try await first.end()
        let second = try life.start()
        let why = isKilled ? "nobody saw its last call end" : "its last call was cut off by a stop"
        let told = try await second.line(containing: "Job slow may still be running in the app (\(why)); ")
        #expect(try await second.stop() == .clean)
        // Reckoned by the sidecar, so that a busy machine plays no part.
        let records = life.folder.text("state/state.log").split(separator: "\n")
        let end = try #require(records.last { $0.contains(" end job=slow ") })
        let begin = try #require(try Self.moment("at", of: end))
        let until = try #require(try Self.moment("until", of: end))
        #expect(abs(until.timeIntervalSince(begin) - 3_660) < 0.01, "\(end)")
        // To the second: a hold that is loaded is reckoned on the other clock.
        let shown = try #require(told.components(separatedBy: "held until ").last?.split(separator: ". ").first)
        let difference = try time(String(shown)).timeIntervalSince(until)
        #expect(abs(difference) < 1, "\(told)")
        #expect(try life.app.calls().count == 1)
    }

    /// The moment in a field of a record, `at=2026-11-21T03:44:55Z`.
    private static func moment(_ name: String, of record: Substring) throws -> Date? {
        try record.split(separator: " ").first { $0.hasPrefix("\(name)=") }
            .map { try time(String($0.dropFirst(name.count + 1))) }
    }

    @Test("a proxy that gave up before the app: the next attempt waits as after a timeout", arguments: [504, 524])
    func gaveUp(_ status: Int) async throws {
        let life = try await Sidecars(["SLOW": "every 1h POST /api/sync/trigger timeout=60 abandon-hold=8 retries=2"])
        try life.app.set(faults: #"{"/api/sync/trigger": {"status": \#(status), "times": 1}}"#)
        let scheduler = try life.start()
        _ = try await life.app.calls(2)
        // The back-off alone is six at most.
        #expect(try life.seconds(0, 1) > 7.8)
        #expect(try await scheduler.stop() == .clean)
    }

    @Test("what the app asked for by Retry-After holds its job over a restart")
    func retryAfter() async throws {
        let life = try await Sidecars(["OFTEN": "every 1s POST /api/sync/trigger"])
        try life.app.set(
            faults: #"{"/api/sync/trigger": {"status": 503, "headers": {"Retry-After": "5"}, "times": 1}}"#
        )
        let first = try life.start()
        try await first.line(containing: " outcome=throttled ")
        #expect(try await first.stop() == .clean)
        let second = try life.start()
        try await second.line(containing: " outcome=ok ")
        #expect(try life.seconds(0, 1) > 4.8)
        let end = try await second.stop()
        #expect(end == .clean, "\(second.errors)")
    }

    @Test("a run that is killed between two attempts ends with its last outcome, and was not in flight")
    func betweenAttempts() async throws {
        let life = try await Sidecars(["DAILY": "daily 03:00 POST /api/sync/trigger retries=3 first=now"])
        // Far more than a busy machine needs for what follows.
        try life.app.set(
            faults: #"{"/api/sync/trigger": {"status": 500, "headers": {"Retry-After": "600"}, "times": 1}}"#
        )
        let first = try life.start()
        try await first.line(containing: "Retrying job: daily ")
        // The line may come before the record.
        _ = try await eventually("the record") {
            life.folder.text("state/state.log").contains(" failed job=daily ") ? true : nil
        }
        first.signal(SIGKILL)
        _ = try await first.end()
        let second = try life.startUnchecked()
        let line = try await second.line(
            containing: "Job /api/sync/trigger failed: the scheduler ended before its next attempt"
        )
        #expect(line.contains(" attempts=1 outcome=failed status=500 "), "\(line)")
        #expect(!second.errors.contains("interrupted"))
        #expect(try await second.stop() == .clean)
        #expect(try life.app.calls().count == 1)
    }

    @Test("SIGHUP in the grace forgets neither what was counted nor what is held")
    func reloadInGrace() async throws {
        let life = try await Sidecars(["SLOW": "every 1h POST /api/sync/trigger timeout=60"])
        try life.app.set(faults: #"{"/api/sync/trigger": {"hang": true}}"#)
        let first = try life.start()
        _ = try await life.app.calls(1)
        first.signal(SIGKILL)
        _ = try await first.end()
        let second = try life.start(["SCHEDULER_STARTUP_GRACE_SECONDS": "600"])
        try await second.line(containing: "the scheduler ended while it was in flight")
        second.signal(SIGHUP)
        try await second.line(containing: " Reloaded: 1 job")
        #expect(
            try await second.ask("/metrics").body
                .contains(#"scheduler_runs_total{job="slow",outcome="interrupted"} 1"#)
        )
        #expect(try await second.ask("/status").body.contains(#""activity":"held""#))
        #expect(try await second.stop() == .clean)
    }

    @Test("in the grace, Next slot and /status name the slots that then run")
    func plan() async throws {
        let life = try await Sidecars([
            "CAUGHT": "cron */2 * * * * * POST /api/sync/trigger",
            "LEFT": "cron */2 * * * * * POST /api/scripts/run-due catchup=skip",
        ])
        let first = try life.start()
        for name in ["caught", "left"] { try await first.line(containing: " outcome=ok ", and: " job=\(name) ") }
        #expect(try await first.stop() == .clean)
        let before = try life.app.calls().count
        try await Task.sleep(for: .seconds(5))
        // Far from a slot, so that none comes between the plan and the begin.
        while Int(Date().timeIntervalSince1970 * 1_000) % 2_000 > 300 { try await Task.sleep(for: .milliseconds(5)) }
        let second = try life.start(["SCHEDULER_STARTUP_GRACE_SECONDS": "1"])
        let lines = try await [
            second.line(containing: "Next slot: caught "), second.line(containing: "Next slot: left "),
        ]
        let calls = try await life.app.calls(before + 2).dropFirst(before)
        for (name, line) in zip(["caught", "left"], lines) {
            let slot = try #require(calls.first { $0.job == name }?.slot)
            #expect(line.contains(" slot=\(slot)"), "\(line), and not \(slot)")
        }
        #expect(try await second.stop() == .clean)
    }

    @Test("a slot that passes in the own grace is not missed, also with catchup=skip: it runs right after it")
    func slotInGrace() async throws {
        let life = try await Sidecars([:])
        // The grace begins before the slot and ends more than a tick after it.
        let slot = Int(Date().timeIntervalSince1970) + 6
        let line = "cron \(slot % 60) * * * * * POST /api/sync/trigger first=wait catchup=skip"
        let scheduler = try life.start(["SCHEDULER_STARTUP_GRACE_SECONDS": "12", "SCHEDULER_JOB_DUE": line])
        let call = try #require(try await life.app.calls(1).first)
        #expect(Int(try time(call.slot).timeIntervalSince1970) == slot)
        #expect(call.headers["x-scheduler-trigger"] == "schedule")
        let end = try await scheduler.line(containing: " outcome=ok ")
        #expect(try #require(Sidecar.number("late_ms", of: end)) > 1_000)
        #expect(try await scheduler.stop() == .clean)
    }

    @Test("a job that waits for its first slot is not set back by restarts within the grace over that slot")
    func firstSlotAndRestarts() async throws {
        let life = try await Sidecars([:])
        let slot = Int(Date().timeIntervalSince1970) + 7
        let job = ["SCHEDULER_JOB_ONCE": "cron \(slot % 60) * * * * * POST /api/sync/trigger first=wait"]
        for _ in 0..<4 {
            let scheduler = try life.start(job.merging(["SCHEDULER_STARTUP_GRACE_SECONDS": "600"]) { $1 })
            try await scheduler.line(containing: "Next slot: once ")
            try await Task.sleep(for: .seconds(2))
            #expect(try await scheduler.stop() == .clean)
        }
        let last = try life.start(job)
        let call = try #require(try await life.app.calls(1).first)
        #expect(Int(try time(call.slot).timeIntervalSince1970) == slot)
        #expect(try await last.stop() == .clean)
    }
}
