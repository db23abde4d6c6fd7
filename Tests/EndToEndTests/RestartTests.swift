import Foundation
import TestSupport
import Testing

/// A state directory, and the sidecars that follow one another on it.
private final class Restarts: Sendable {
    let folder: TemporaryFolder
    let app: App
    private let jobs: [String: String]

    init(workMilliseconds: Int = 0, _ jobs: [String: String]) async throws {
        folder = try TemporaryFolder()
        app = try await App(workMilliseconds: workMilliseconds)
        self.jobs = jobs.reduce(into: [:]) { $0["SCHEDULER_JOB_\($1.key)"] = $1.value }
    }

    var directory: String { folder.path("state") }

    func start(_ environment: [String: String] = [:]) throws -> Binary {
        let own = [
            "SCHEDULER_BUILTIN_JOBS": "false", "SCHEDULER_STATE_DIR": directory, "SCHEDULER_TICK_SECONDS": "1",
        ]
        return try Sidecar.start(beside: app, own.merging(jobs) { $1 }.merging(environment) { $1 })
    }

    /// What is in the record file now.
    var records: String { folder.text("state/state.log") }

    /// No slot came twice, and no two runs of one job were open at once, whoever sent them.
    func check(_ location: SourceLocation = #_sourceLocation) throws {
        var (open, seen): ([String: App.Call], Set<String>) = ([:], [])
        for call in try app.calls() where !call.job.isEmpty {
            let key = "\(call.job)@\(call.slot)#\(call.headers["x-scheduler-attempt"] ?? "")"
            #expect(seen.insert(key).inserted, "\(key) came twice", sourceLocation: location)
            if let before = open[call.job] {
                // What a slow app has not ended by the timeout of a second may rightly be overlapped: no job has a hold.
                let isOver = try before.end.map { try time($0) <= time(call.start) } ?? false
                let isGivenUp = try time(call.start).timeIntervalSince(time(before.start)) >= 1
                let times = "\(before.start) to \(before.end ?? "?"), and from \(call.start)"
                let what: Comment = "two runs of \(call.job) were open at once, \(times)"
                #expect(isOver || isGivenUp, what, sourceLocation: location)
            }
            open[call.job] = call
        }
    }
}

@Suite("End to end: restarts with durable state")
struct RestartTests {
    @Test("restarts run nothing again that has run; a job that waits for its first slot does not wait anew")
    func nothingTwice() async throws {
        let life = try await Restarts([
            "A": "every 1h POST /api/sync/trigger", "B": "daily 03:00 POST /api/sync/trigger first=now",
            "C": "every 4s POST /api/scripts/run-due first=wait",
            "D": "cron 0 0 29 2 * POST /api/scripts/run-due first=wait",
        ])
        let first = try life.start()
        _ = try await life.app.calls(2)
        try await first.line(containing: " outcome=ok ", and: " job=a ")
        try await first.line(containing: " outcome=ok ", and: " job=b ")
        // What counts as the last slot of a job that waits for its first one is none that ran.
        let scrape = try #require(try Scrape(first))
        let slots = scrape.lines("scheduler_job_last_slot_timestamp_seconds")
        #expect(slots.contains { $0.hasSuffix("{job=\"d\"} 0") }, "\(slots)")
        #expect(try await first.stop() == .clean)
        var starts: [Date] = []
        for _ in 0..<3 {
            starts.append(Date())
            let again = try life.start()
            try await again.line(containing: "Next slot: a ")
            #expect(try await again.stop() == .clean)
        }
        starts.append(Date())
        let last = try life.start()
        try await last.line(containing: "Next slot: a ")
        let calls = try await life.app.calls(3)
        #expect(try await last.stop() == .clean)
        #expect(calls.map(\.job).filter { $0 != "c" }.sorted() == ["a", "b"])
        // Its first slot comes 4 s after it was first seen, not after the start of the sidecar that calls it.
        let call = try time(try #require(calls.first { $0.job == "c" }).start)
        if let start = starts.last(where: { $0 < call }) { #expect(call.timeIntervalSince(start) < 4) }
        try life.check()
    }

    @Test("a slot that passed while the sidecar was down is one run, or none if the job says so")
    func catchup() async throws {
        let life = try await Restarts([
            "ONE": "cron */5 * * * * * POST /api/sync/trigger",
            "SKIP": "cron */5 * * * * * POST /api/scripts/run-due catchup=skip",
            "OLD": "cron */5 * * * * * POST /api/marketplaces/sync-all catchup-window=1d",
        ])
        let first = try life.start()
        for name in ["one", "skip", "old"] { try await first.line(containing: " outcome=ok ", and: " job=\(name) ") }
        #expect(try await first.stop() == .clean)
        let before = try life.app.calls().count
        // Until a slot has passed that is more than a tick old: 7 s, and then the middle of the five seconds.
        try await Task.sleep(for: .seconds(7))
        while Int(Date().timeIntervalSince1970) % 5 != 2 { try await Task.sleep(for: .milliseconds(20)) }
        let second = try life.start()
        try await second.line(containing: "Job skip missed its slot, which is not caught up (catchup=skip).")
        let calls = try await life.app.calls(before + 2)
        #expect(calls.dropFirst(before).map(\.job).sorted() == ["old", "one"])
        #expect(calls.dropFirst(before).allSatisfy { $0.headers["x-scheduler-trigger"] == "catchup" })
        #expect(try await second.stop() == .clean)
        try life.check()
    }

    @Test("a run in flight when the sidecar is killed is reported, has begun, and holds its job")
    func interrupted() async throws {
        let life = try await Restarts(["SLOW": "every 1s POST /api/sync/trigger timeout=5 abandon-hold=40"])
        try life.app.set(faults: #"{"/api/sync/trigger": {"hang": true, "times": 1}}"#)
        // Not over before the kill, on a busy machine either.
        let first = try life.start(["SCHEDULER_JOB_SLOW": "every 1s POST /api/sync/trigger timeout=60"])
        let call = try #require(try await life.app.calls(1).first)
        first.signal(SIGKILL)
        #expect(try await first.end().wasSignalled)
        let second = try life.start()
        let line = try await second.line(containing: "Job /api/sync/trigger failed: the scheduler ended while it was")
        for part in [" job=slow ", " outcome=interrupted ", " run_id=\(call.headers["x-request-id"] ?? "-") "] {
            #expect(line.contains(part), "\(line)")
        }
        try await second.line(containing: "Job slow may still be running in the app")
        let next = try await life.app.calls(2)[1]
        // From its begin: the timeout and the hold; the app saw it a little later.
        #expect(try time(next.start).timeIntervalSince(time(call.start)) > 44.8)
        #expect(try await second.stop() == .clean)
        try life.check()
    }

    @Test("a run that could not be delivered is still due after a kill")
    func undelivered() async throws {
        let life = try await Restarts(["DUE": "daily 03:00 POST /api/sync/trigger first=now"])
        let first = try life.start(["API_URL": "http://127.0.0.1:1"])
        try await first.line(containing: "Target http://127.0.0.1:1 is down")
        // The run that waits is what comes next, not tomorrow's.
        let line = try #require(try Scrape(first)?.lines("scheduler_job_next_slot_timestamp_seconds").first)
        let next = try #require(line.split(separator: " ").last.flatMap { Double($0) })
        #expect(next <= Date().timeIntervalSince1970, "\(line)")
        first.signal(SIGKILL)
        _ = try await first.end()
        let second = try life.start()
        #expect(try await life.app.calls(1).map(\.job) == ["due"])
        try await second.line(containing: " outcome=ok ", and: " job=due ")
        #expect(!second.errors.contains("interrupted"))
        #expect(try await second.stop() == .clean)
    }

    @Test("a second sidecar on the same directory waits, and takes over when the first is killed")
    func standby() async throws {
        let life = try await Restarts(["A": "every 1s POST /api/sync/trigger timeout=1 abandon-hold=0"])
        let first = try life.start()
        _ = try await life.app.calls(2)
        let second = try life.start()
        try await second.line(
            containing:
                "Another scheduler uses SCHEDULER_STATE_DIR=\(life.directory); waiting as standby until it ends."
        )
        let other = try #require(try Scrape(second))
        #expect(other.sum("scheduler_state_writable") == 1)
        let third = try life.start()
        try await third.line(containing: "waiting as standby")
        #expect(try await third.stop() == .clean)
        #expect(third.errors.hasSuffix("Scheduler shutdown during standby; exiting.\n"))
        #expect(!second.errors.contains("Running job: "))
        first.signal(SIGKILL)
        _ = try await first.end()
        try await second.line(containing: "The other scheduler has ended; taking over \(life.directory).")
        try await second.line(containing: " outcome=ok ")
        // The first one had the name under which health checks ask.
        let question = [
            "API_URL": life.app.url, "SCHEDULER_STATE_DIR": life.directory, "SCHEDULER_LISTEN": "127.0.0.1:0",
        ]
        _ = try await eventually("the survivor's answer") {
            let command = try Binary("scheduler", ["healthcheck"], environment: question)
            return try await command.end() == .clean ? true : nil
        }
        #expect(second.errors.contains("This scheduler answers scheduler healthcheck now."))
        #expect(try await second.stop() == .clean)
        try life.check()
    }

    @Test("a standby that is told of other jobs twice begins with the last of them, as if there had been no others")
    func reloadInStandby() async throws {
        let life = try await Restarts(["A": "daily 03:00 POST /api/sync/trigger first=now"])
        let file = try life.folder.write("jobs", "# none yet\n")
        let first = try life.start()
        _ = try await life.app.calls(1)
        let second = try life.start(["SCHEDULER_JOBS_FILE": file])
        try await second.line(containing: "waiting as standby")
        for options in [" first=wait", " first=now"] {
            try life.folder.write("jobs", "n: daily 03:00 POST /api/scripts/run-due\(options)\n")
            let before = second.errors.count { $0 == "\n" }
            second.signal(SIGHUP)
            _ = try await eventually("the reload") {
                second.errorLines.dropFirst(before).contains { $0.contains("Reloaded: 2 jobs.") } ? true : nil
            }
        }
        #expect(try await first.stop() == .clean)
        #expect(try await life.app.calls(2).map(\.job) == ["a", "n"])
        #expect(try await second.stop() == .clean)
        try life.check()
    }

    @Test("killed 200 times at random moments under load: no slot comes twice, no begun run is forgotten")
    func kills() async throws {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["KILLS_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...999_999)
        let count = environment["KILLS"].flatMap(Int.init) ?? 200
        print("kills: seed \(seed), \(count) times")
        var random = SplitMix(seed: seed)
        var jobs: [String: String] = [:]
        for number in 10..<30 {
            jobs["E\(number)"] = "every 1s POST /api/sync/trigger?e=\(number) timeout=1 abandon-hold=0"
            jobs["C\(number)"] =
                "cron * * * * * * POST /api/scripts/run-due?c=\(number) timeout=1 abandon-hold=0 retries=1"
        }
        let life = try await Restarts(workMilliseconds: 30, jobs)
        var (ended, interrupted): (Set<String>, Set<String>) = ([], [])
        var arrived: Set<String> = []
        for round in 0..<count {
            let scheduler = try life.start()
            try await scheduler.line(containing: "Scheduler started.")
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...400, using: &random)))
            scheduler.signal(SIGKILL)
            _ = try await scheduler.end()
            // The truth is what arrived; whatever did must be on record as begun, or have ended.
            let records = life.records
            let calls = try life.app.calls()
            for call in calls.dropFirst(arrived.count) {
                let id = call.headers["x-request-id"] ?? "-"
                // On a busy machine a life may be long enough for more runs than are kept.
                let isKnown =
                    records.contains(id)
                    || scheduler.errorLines.contains { $0.contains(" attempts=") && $0.contains(id) }
                #expect(isKnown, "run \(id) of \(call.job) is not on record, round \(round), seed \(seed)")
                arrived.insert(id + "#" + (call.headers["x-scheduler-attempt"] ?? ""))
            }
            for line in scheduler.errorLines where line.contains(" attempts=") {
                let id = value("run_id", in: line) ?? "-"
                if line.contains(" outcome=interrupted ") { interrupted.insert(id) } else { ended.insert(id) }
            }
            // An end may be on record (as such, or among the last runs of its job), and the kill have come before its line.
            for line in records.split(separator: "\n") where line.contains(" end job=") || line.contains(" run job=") {
                if let id = value("run", in: line) { ended.insert(id) }
            }
            #expect(!scheduler.errors.contains("damaged"), "\(scheduler.errors)")
        }
        let last = try life.start()
        let before = try life.app.calls().count
        _ = try await life.app.calls(before + 200)
        #expect(try await last.stop() == .clean)
        for line in last.errorLines where line.contains(" outcome=interrupted ") {
            if let id = value("run_id", in: line) { interrupted.insert(id) }
        }
        let calls = try life.app.calls().prefix(before)
        for call in calls {
            let id = call.headers["x-request-id"] ?? "-"
            #expect(ended.contains(id) || interrupted.contains(id), "run \(id) of \(call.job) has no end, seed \(seed)")
        }
        print("kills: \(calls.count) runs arrived before the last kill, \(interrupted.count) were interrupted")
        #expect(!interrupted.isEmpty)
        try life.check()
    }
}

/// The value in a field of a line, `run_id=…`.
private func value(_ name: String, in line: some StringProtocol) -> String? {
    line.split(separator: " ").first { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) }
}
