import Foundation
import TestSupport
import Testing

@Suite("End to end: the run contract")
struct ContractTests {
    @Test("a failed run is tried again under the same slot and key, then ends in one line")
    func retries() async throws {
        let app = try await App()
        try app.set(faults: #"{"/api/sync/trigger": {"status": 500, "times": 1}}"#)
        let scheduler = try Sidecar.start(beside: app, own(["PING": "every 1h POST /api/sync/trigger retries=3"]))
        let calls = try await app.calls(2)
        try await scheduler.line(containing: " attempts=2 outcome=ok status=200 ")
        #expect(calls.map { $0.headers["x-scheduler-attempt"] } == ["1", "2"])
        for name in ["idempotency-key", "x-request-id", "x-scheduler-slot"] {
            #expect(calls[0].headers[name] == calls[1].headers[name])
        }
        #expect(calls[0].headers["traceparent"] != calls[1].headers["traceparent"])
        #expect(try time(calls[1].start).timeIntervalSince(time(calls[0].start)) >= 4)
        #expect(scheduler.errors.contains("WARNING Retrying job: ping in "))
        #expect(try await scheduler.stop() == .clean)
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("each kind of trouble has its outcome, and is sent once")
    func troubles() async throws {
        let troubles = [
            ("202", #"{"status": 202}"#, "ok"), ("405", #"{"status": 405}"#, "rejected"),
            ("410", #"{"status": 410}"#, "rejected"), ("422", #"{"status": 422}"#, "rejected"),
            ("423", #"{"status": 423}"#, "busy"), ("403", #"{"status": 403}"#, "denied"),
            ("429", #"{"status": 429, "headers": {"Retry-After": "-1"}}"#, "throttled"),
            ("502", #"{"status": 502}"#, "failed"), ("504", #"{"status": 504}"#, "failed"),
            ("307", #"{"status": 307, "headers": {"Location": "file:///etc/passwd"}}"#, "redirected"),
            ("slow", #"{"status": 200, "delay_ms": 200}"#, "ok"), ("hang", #"{"hang": true}"#, "timeout"),
            ("drip", #"{"status": 200, "body": "0123456789012345678901234567", "drip_ms": 100}"#, "timeout"),
            ("endless", #"{"endless": true}"#, "timeout"), ("reset", #"{"reset": true}"#, "broken"),
        ]
        let app = try await App()
        try app.set(faults: "{" + troubles.map { "\"/t/\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}")
        let jobs = troubles.reduce(into: [:]) { $0["T\($1.0)"] = "every 1h POST /t/\($1.0) timeout=2" }
        let scheduler = try Sidecar.start(beside: app, own(jobs))
        for (name, _, outcome) in troubles {
            try await scheduler.line(containing: " attempts=1 outcome=\(outcome) ", and: " job=t\(name) ")
        }
        #expect(try await scheduler.stop() == .clean)
        #expect(try app.calls().count == troubles.count)
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("calls that hang hold up no other job while there are threads, and are counted as late when there are none")
    func hungThreads() async throws {
        let app = try await App()
        try app.set(faults: #"{"/t/hang": {"hang": true}}"#)
        var jobs = ["H1": "every 1h POST /t/hang timeout=3", "H2": "every 1h POST /t/hang timeout=3"]
        jobs["LATE"] = "every 1h POST /api/sync/trigger"
        let scheduler = try Sidecar.start(
            beside: app,
            own(jobs).merging(["SCHEDULER_MAX_CONCURRENCY": "2"]) { $1 }
        )
        let line = try await scheduler.line(containing: " outcome=ok ", and: " job=late ")
        let late = line.split(separator: " ").first { $0.hasPrefix("late_ms=") }.flatMap { Int($0.dropFirst(8)) }
        #expect((late ?? 0) >= 2_900, "\(line)")
        #expect(try await scheduler.stop() == .clean)
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("Retry-After is a floor for the next attempt; garbage is ignored with a warning", arguments: ["7", "soon"])
    func retryAfter(_ text: String) async throws {
        let app = try await App()
        try app.set(
            faults: #"{"/api/sync/trigger": {"status": 503, "headers": {"Retry-After": "\#(text)"}, "times": 1}}"#
        )
        let scheduler = try Sidecar.start(beside: app, own(["PING": "every 1h POST /api/sync/trigger retries=1"]))
        let calls = try await app.calls(2)
        // Not from the end that the app noted: the answer may have arrived before that.
        let wait = try time(calls[1].start).timeIntervalSince(time(calls[0].start))
        #expect(wait >= (text == "7" ? 7 : 4))
        #expect(
            scheduler.errors.contains(#"Retry-After "soon" of /api/sync/trigger is neither seconds nor a date"#)
                == (text == "soon")
        )
        #expect(try await scheduler.stop() == .clean)
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("a run that timed out holds its job, because the app may still be at it")
    func abandoned() async throws {
        let app = try await App()
        try app.set(faults: #"{"/api/sync/trigger": {"hang": true, "times": 1}}"#)
        let scheduler = try Sidecar.start(
            beside: app,
            own(["PING": "every 2s POST /api/sync/trigger timeout=1 abandon-hold=3"])
        )
        let calls = try await app.calls(2)
        // A second until the timeout, three of the hold: the slot that lies between passes.
        #expect(try time(calls[1].slot).timeIntervalSince(time(calls[0].slot)) >= 4)
        #expect(scheduler.errors.contains(" outcome=timeout status=0 "))
        #expect(scheduler.errors.contains("Job ping may still be running in the app"))
        try await scheduler.line(containing: "Job ping was held for ")
        #expect(try await scheduler.stop() == .clean)
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("a run between two attempts ends with its last outcome when the sidecar stops")
    func stopInBackoff() async throws {
        let app = try await App()
        // A wait that no machine is too busy for.
        try app.set(faults: #"{"/api/sync/trigger": {"status": 503, "headers": {"Retry-After": "600"}}}"#)
        let scheduler = try Sidecar.start(beside: app, own(["PING": "every 1h POST /api/sync/trigger retries=3"]))
        try await scheduler.line(containing: "Retrying job: ping in 600s")
        #expect(try await scheduler.stop() == .clean)
        try await scheduler.line(containing: "Job /api/sync/trigger: HTTP 503 - ")
        #expect(try app.calls().count == 1)
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("with one thread, runs start in the order of their slots, then of their names")
    func order() async throws {
        let app = try await App()
        let jobs = ["C", "A", "B"].reduce(into: [:]) { $0["\($1)"] = "every 1h POST /api/sync/trigger" }
        let scheduler = try Sidecar.start(
            beside: app,
            own(jobs).merging(["SCHEDULER_MAX_CONCURRENCY": "1"]) { $1 }
        )
        let calls = try await app.calls(3)
        #expect(calls.map(\.job) == ["a", "b", "c"])
        #expect(try await scheduler.stop() == .clean)
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("many jobs due at once: never more in flight than there are threads, and all are run")
    func manyAtOnce() async throws {
        let app = try await App(workMilliseconds: 20)
        var jobs: [String: String] = [:]
        for number in 100..<300 { jobs["J\(number)"] = "every 1h POST /api/sync/trigger" }
        let scheduler = try Sidecar.start(
            beside: app,
            own(jobs).merging(["SCHEDULER_MAX_CONCURRENCY": "5"]) { $1 }
        )
        let calls = try await app.calls(200)
        _ = try await eventually("all ends") {
            scheduler.errorLines.filter { $0.contains(" outcome=ok ") }.count == 200 ? true : nil
        }
        #expect(try await scheduler.stop() == .clean)
        #expect(Set(calls.map(\.job)).count == 200)
        let spans = try app.calls().map { (start: try time($0.start), end: try time($0.end ?? "")) }
        for span in spans {
            #expect(spans.filter { $0.start < span.start && span.start < $0.end }.count < 5)
        }
        // By name: when a job comes, those before it have come, or are among the other four in flight.
        var missing: Set<Int> = []
        var last = 99
        for number in calls.compactMap({ Int($0.job.dropFirst()) }) {
            if number > last { missing.formUnion(last + 1..<number) }
            missing.remove(number)
            last = max(last, number)
            #expect(missing.count <= 4, "when j\(number) came")
        }
        try Sidecar.check(scheduler, beside: app)
    }

    /// Five seconds of it belong to every test run; `SOAK_SECONDS` makes it longer.
    @Test("under random faults no promise is broken, and after them every slot is met")
    func soak() async throws {
        let environment = ProcessInfo.processInfo.environment
        let seconds = environment["SOAK_SECONDS"].flatMap(Int.init) ?? 5
        let seed = environment["SOAK_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...999_999)
        print("soak: seed \(seed), \(seconds) seconds")
        var random = SplitMix(seed: seed)
        let paths = ["/api/sync/trigger", "/api/health", "/api/scripts/run-due", "/api/marketplaces/sync-all"]
        let faults = [
            #"{"status": 500}"#, #"{"status": 429, "headers": {"Retry-After": "1"}}"#, #"{"hang": true, "times": 1}"#,
            #"{"reset": true}"#, #"{"garbage": true}"#, #"{"delay_ms": 700}"#, #"{"truncate": true}"#,
            #"{"close": true}"#,
            #"{"drip_ms": 100, "times": 2}"#, #"{"status": 302, "headers": {"Location": "/x"}}"#, "null", "null",
            "null",
        ]
        var jobs: [String: String] = [:]
        for (number, path) in paths.enumerated() {
            let method = path == "/api/health" ? "GET" : "POST"
            jobs["S\(number)"] = "every 1s \(method) \(path)?job=s\(number) timeout=1 abandon-hold=1 retries=\(number)"
            jobs["L\(number)"] = "cron */2 * * * * * \(method) \(path)?job=l\(number) timeout=2 retries=1 jitter=1"
        }
        let app = try await App()
        let scheduler = try Sidecar.start(beside: app, own(jobs))
        for _ in 0..<seconds * 2 {
            let path = paths[Int.random(in: 0..<paths.count, using: &random)]
            let fault = faults[Int.random(in: 0..<faults.count, using: &random)]
            try app.set(faults: "{\"\(path)\": \(fault)}")
            try await Task.sleep(for: .milliseconds(500))
        }
        for path in paths { try app.set(faults: "{\"\(path)\": null}") }
        // Calm: whatever was held or waits for its next attempt has come to its end.
        try await Task.sleep(for: .seconds(8))
        // By slot: the test itself may be late. Jitter, and the way to the app, have their time.
        let calm = Date()
        try await Task.sleep(for: .seconds(6))
        #expect(try await scheduler.stop() == .clean)
        let last = try app.calls().filter { (0..<4).contains(try time($0.slot).timeIntervalSince(calm)) }
        for job in jobs.keys {
            let count = last.filter { $0.job == job.lowercased() }.count
            #expect(
                (job.hasPrefix("S") ? 3...5 : 1...3).contains(count),
                "\(job): \(count) in four calm seconds, seed \(seed)"
            )
        }
        try Sidecar.check(scheduler, beside: app)
    }

    /// Jobs of one's own, and no documented one.
    private func own(_ jobs: [String: String]) -> [String: String] {
        jobs.reduce(into: ["SCHEDULER_BUILTIN_JOBS": "false"]) { $0["SCHEDULER_JOB_\($1.key)"] = $1.value }
    }
}
