import Foundation
import Locking
import TestSupport
import Testing

@Suite("End to end: life")
struct LifeTests {
    @Test("a signal in the grace ends it at once", arguments: [SIGTERM, SIGINT])
    func grace(_ signal: Int32) async throws {
        let app = try await App()
        let scheduler = try Sidecar.start(beside: app, ["SCHEDULER_STARTUP_GRACE_SECONDS": "3600"])
        try await scheduler.line(containing: "Next slot: bq-metadata-refresh")
        let told = try await scheduler.line(containing: "Startup grace: the first runs begin at ")
        let words = told.split(separator: " ")
        let (at, end) = (try time(String(words[0])), try time(String(words[words.count - 1].dropLast())))
        #expect(abs(end.timeIntervalSince(at) - 3_600) < 60)
        scheduler.signal(signal)
        #expect(try await scheduler.end() == .clean)
        #expect(
            scheduler.errorLines.suffix(2).map { $0.dropFirst(25) } == [
                "INFO  Received signal \(signal), shutting down...",
                "INFO  Scheduler shutdown during startup grace; exiting.",
            ]
        )
        #expect(try app.calls().isEmpty)
    }

    @Test("runs in flight may end; nothing new starts; then it stops")
    func drain() async throws {
        let app = try await App(workMilliseconds: 1_000)
        let scheduler = try Sidecar.start(beside: app)
        _ = try await app.calls(11)
        #expect(try await scheduler.stop() == .clean)
        #expect(scheduler.errorLines.filter { $0.contains(" outcome=ok ") }.count == 11)
        #expect(scheduler.errors.contains("INFO  Scheduler stopping; waiting for in-flight jobs. in_flight="))
        #expect(scheduler.errorLines.last?.dropFirst(25) == "INFO  Scheduler stopped.")
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("what does not end within the budget is aborted and recorded")
    func budget() async throws {
        let app = try await App()
        try app.set(faults: #"{"*": {"hang": true}}"#)
        let scheduler = try Sidecar.start(beside: app, ["SCHEDULER_STOP_TIMEOUT_SECONDS": "1"])
        _ = try await app.calls(11)
        #expect(try await scheduler.stop() == .clean)
        #expect(scheduler.errors.contains("SCHEDULER_STOP_TIMEOUT_SECONDS is over; aborting 11 in-flight jobs."))
        #expect(scheduler.errorLines.filter { $0.contains("failed: aborted by shutdown ") }.count == 11)
        #expect(scheduler.errorLines.last?.dropFirst(25) == "INFO  Scheduler stopped.")
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("a second signal aborts at once", arguments: [SIGTERM, SIGINT])
    func secondSignal(_ signal: Int32) async throws {
        let app = try await App()
        try app.set(faults: #"{"*": {"hang": true}}"#)
        let scheduler = try Sidecar.start(beside: app)
        _ = try await app.calls(11)
        scheduler.signal(SIGTERM)
        try await scheduler.line(containing: "Scheduler stopping; waiting for in-flight jobs. in_flight=11")
        scheduler.signal(signal)
        #expect(try await scheduler.end() == .clean)
        #expect(scheduler.errorLines.filter { $0.contains(" outcome=aborted ") }.count == 11)
        // What hears nothing of the abort is waited for, for a second.
        #expect(try Sidecar.seconds(scheduler, from: "; aborting 11 in-flight jobs.", to: "Scheduler stopped.") < 1)
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("two signals at once are two")
    func twoAtOnce() async throws {
        let app = try await App()
        try app.set(faults: #"{"*": {"hang": true}}"#)
        let scheduler = try Sidecar.start(beside: app)
        _ = try await app.calls(11)
        // While it is stopped both signals gather, and are then read in one go.
        scheduler.signal(SIGSTOP)
        scheduler.signal(SIGTERM)
        scheduler.signal(SIGINT)
        scheduler.signal(SIGCONT)
        #expect(try await scheduler.end() == .clean)
        #expect(scheduler.errors.contains("; aborting 11 in-flight jobs."))
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("other signals do not end it")
    func otherSignals() async throws {
        let app = try await App()
        let scheduler = try Sidecar.start(beside: app)
        _ = try await app.calls(11)
        // What each thing of the system may send, and all real-time signals but the C library's own (signal(7)).
        let others = [
            SIGUSR1, SIGUSR2, SIGPIPE, SIGXFSZ, SIGALRM, SIGCHLD, SIGXCPU, 16, SIGURG, SIGWINCH, SIGIO, SIGPWR,
        ]
        for signal in others + [SIGVTALRM, SIGPROF] + Array(34...64) { scheduler.signal(signal) }
        scheduler.signal(SIGHUP)
        try await scheduler.line(containing: "Reloaded: 11 jobs.")
        #expect(scheduler.isRunning)
        #expect(try await scheduler.stop() == .clean)
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("faults: exit 78, a line each, and nothing is sent")
    func faults() async throws {
        let app = try await App()
        let environment = ["SCHEDULER_TICK_SECONDS": "0", "SCHEDULER_LOG_LEVEL": "", "SCHEDULER_API_TOKEN": "hunter2 "]
        let scheduler = try Sidecar.start(beside: app, environment)
        #expect(try await scheduler.end() == Binary.End(status: 78, wasSignalled: false))
        #expect(
            scheduler.errorLines.map { $0.dropFirst(25) } == [
                "ERROR Configuration: SCHEDULER_API_TOKEN (its value is not shown) holds a blank, a control character or "
                    + "a non-ASCII character; only visible ASCII is allowed",
                "ERROR Configuration: SCHEDULER_TICK_SECONDS=0 is too small; write seconds from 1 to 315360000, digits only",
                #"ERROR Configuration: SCHEDULER_LOG_LEVEL="" is empty; write DEBUG, INFO, WARNING or ERROR, or leave the variable out"#,
                "ERROR Scheduler not started: 3 configuration faults.",
            ]
        )
        #expect(try app.calls().isEmpty)
    }

    @Test(
        "commands answer on standard output, and with the documented status",
        arguments: [
            (["check"], 0, "JOB "), (["check", "--json"], 0, #"{"jobs":["#),
            (["version"], 0, "scheduler-sidecar 0.2.0\nlibcurl/"),
            (["--help"], 0, "usage: scheduler"), (["nonsense"], 64, ""),
        ]
    )
    func commands(_ arguments: [String], status: Int32, output: String) async throws {
        let scheduler = try Binary("scheduler", arguments, environment: ["SCHEDULER_API_TOKEN": App.token])
        #expect(try await scheduler.end() == Binary.End(status: status, wasSignalled: false))
        #expect(scheduler.output.hasPrefix(output))
        #expect(scheduler.errors.isEmpty == (status == 0))
    }

    @Test("a value that is no UTF-8 text is a fault, not another value")
    func noText() async throws {
        let through = ["sh", "-c", #"SCHEDULER_STATE_DIR=$(printf '/tmp/\377') exec "$@""#, "sh"]
        let scheduler = try Binary("scheduler", ["check"], through: through, environment: [:])
        #expect(try await scheduler.end() == Binary.End(status: 78, wasSignalled: false))
        #expect(
            scheduler.errors
                == "fault: SCHEDULER_STATE_DIR (its value is not shown) is not UTF-8 text; write the absolute path of a "
                + "directory\n"
        )
    }

    @Test("a value that begins with a combining mark is a fault, not a variable that is not set")
    func combiningMark() async throws {
        let scheduler = try Binary("scheduler", ["check"], environment: ["API_URL": "\u{200D}http://127.0.0.1:1"])
        #expect(try await scheduler.end() == Binary.End(status: 78, wasSignalled: false))
        #expect(scheduler.errors.contains("fault: API_URL="))
    }

    @Test("no core dump can hold the token")
    func coreLimit() async throws {
        let app = try await App()
        let scheduler = try Sidecar.start(beside: app, ["SCHEDULER_STARTUP_GRACE_SECONDS": "3600"])
        try await scheduler.line(containing: "Scheduler started.")
        let limits = try String(contentsOfFile: "/proc/\(scheduler.processID)/limits", encoding: .utf8)
        let core = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") })
        #expect(core.split(separator: " ").filter { Int($0) != nil }.map(String.init) == ["0", "0"])
        #expect(try await scheduler.stop() == .clean)
    }

    @Test("a log that nobody reads holds up no run, and is whole for who reads it at last")
    func fullPipe() async throws {
        let app = try await App()
        let pipe = Pipe()
        let setPipeSize: Int32 = 1031  // F_SETPIPE_SZ (fcntl(2)), which Glibc's module leaves out
        #expect(fcntl(pipe.fileHandleForWriting.fileDescriptor, setPipeSize, 4096) == 4096)
        let environment = [
            "API_URL": app.url, "SCHEDULER_API_TOKEN": App.token, "SCHEDULER_STARTUP_GRACE_SECONDS": "0",
        ]
        let scheduler = try Binary("scheduler", environment: environment, errors: pipe.fileHandleForWriting)
        #expect(try await app.calls(10).count == 10)
        scheduler.signal(SIGTERM)
        let text = Mutex("")
        Thread.detachNewThread {
            // So late that a sidecar which does not wait has ended.
            Thread.sleep(forTimeInterval: 0.2)
            while !text.withLock({ $0.contains("Scheduler stopped.\n") }) {
                let data = pipe.fileHandleForReading.availableData
                text.withLock { $0 += String(decoding: data, as: UTF8.self) }
            }
        }
        _ = try await eventually("the last line") { text.withLock { $0.contains("Scheduler stopped.\n") } ? true : nil }
        #expect(try await scheduler.end() == .clean)
        let lines = text.withLock { $0 }.split(separator: "\n")
        #expect(lines.count { $0.contains("Running job: ") } == 10)
        #expect(lines.count { $0.contains(" outcome=ok ") } == 10)
        #expect(lines.allSatisfy { $0.contains("Z INFO  ") || $0.contains("Z WARNING ") }, "\(lines)")
    }

    @Test("a signal that came while the process was stopped comes before what is due when it goes on")
    func signalWhileStopped() async throws {
        let app = try await App()
        let jobs = Sidecar.jobs(["PING": "every 1h POST /api/sync/trigger"])
        let scheduler = try Sidecar.start(beside: app, jobs.merging(["SCHEDULER_STARTUP_GRACE_SECONDS": "3"]) { $1 })
        // On the thread that reads the log: on a busy machine this task may go on when the grace is over.
        scheduler.when("Next slot: ") { $0.signal(SIGSTOP) }
        _ = try await eventually("its halt") {
            let status = try String(contentsOfFile: "/proc/\(scheduler.processID)/status", encoding: .utf8)
            return status.contains("\nState:\tT ") ? true : nil
        }
        scheduler.signal(SIGTERM)
        try await Task.sleep(for: .seconds(4))  // longer than the grace
        scheduler.signal(SIGCONT)
        #expect(try await scheduler.end() == .clean)
        #expect(scheduler.errors.contains("INFO  Scheduler shutdown during startup grace; exiting.\n"))
        #expect(try app.calls().isEmpty)
    }

    @Test("a job under another spelling of its name is the same job after SIGHUP, and is not started twice")
    func reloadOfAnotherSpelling() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "scheduler-jobs-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let line = "every 1h POST /api/sync/trigger timeout=1h\n"
        try Data("nightly_report: \(line)".utf8).write(to: file, options: .atomic)
        let app = try await App()
        try app.set(faults: #"{"*": {"hang": true}}"#)
        let scheduler = try Sidecar.start(
            beside: app,
            [
                "SCHEDULER_BUILTIN_JOBS": "false", "SCHEDULER_JOBS_FILE": file.path,
                "SCHEDULER_STOP_TIMEOUT_SECONDS": "0",
            ]
        )
        _ = try await app.calls(1)
        try Data("Nightly-Report: \(line)other: every 1h GET /api/health\n".utf8).write(to: file, options: .atomic)
        scheduler.signal(SIGHUP)
        _ = try await app.calls(2)
        #expect(try await scheduler.stop() == .clean)
        #expect(try app.calls().map(\.job) == ["nightly_report", "other"])
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("a job that SIGHUP takes out and brings back is counted anew")
    func countedAnew() async throws {
        let (app, folder) = (try await App(), try TemporaryFolder())
        let both = "a: every 1h POST /api/sync/trigger\nb: every 1h POST /api/scripts/run-due\n"
        let environment = ["SCHEDULER_BUILTIN_JOBS": "false", "SCHEDULER_JOBS_FILE": try folder.write("jobs", both)]
        let scheduler = try Sidecar.start(beside: app.url, environment)
        for job in ["a", "b"] { try await scheduler.line(containing: " job=\(job) ", and: "outcome=ok") }
        func counted() throws -> [String] {
            try #require(try Scrape(scheduler)).lines("scheduler_attempts_total").filter { $0.contains("\"ok\"") }
                .map { "\($0)" }
        }
        #expect(try counted().map { $0.suffix(2) } == [" 1", " 1"])
        for text in ["a: every 1h POST /api/sync/trigger\n", both.replacing("b: every 1h", with: "b: daily 00:00")] {
            let reloads = scheduler.errorLines.count { $0.contains(" Reloaded: ") }
            try folder.write("jobs", text)
            scheduler.signal(SIGHUP)
            _ = try await eventually("a reload") {
                scheduler.errorLines.count { $0.contains(" Reloaded: ") } > reloads ? true : nil
            }
        }
        #expect(try counted().map { $0.suffix(2) } == [" 1", " 0"])
        #expect(try await scheduler.stop() == .clean)
    }

    @Test("SIGHUP reads the jobs file again, all or nothing")
    func reload() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "scheduler-jobs-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        func write(_ text: String) throws { try Data(text.utf8).write(to: file, options: .atomic) }
        try write("old: every 1s POST /api/sync/trigger\n")
        let app = try await App()
        let scheduler = try Sidecar.start(
            beside: app,
            ["SCHEDULER_BUILTIN_JOBS": "false", "SCHEDULER_JOBS_FILE": file.path]
        )
        _ = try await app.calls(1)
        try write("old: every 1s\nbroken: every 0s POST /x\n")
        scheduler.signal(SIGHUP)
        try await scheduler.line(
            containing: "Configuration: \(file.path):2: duration \"0s\" is too short; at least 1s is needed"
        )
        try await scheduler.line(containing: "Not reloaded, the old jobs stay: 2 configuration faults.")
        #expect(!scheduler.errors.contains("Startup grace"))
        let before = try app.calls().count
        _ = try await app.calls(before + 1)
        try write("new: every 1s GET /api/health\n")
        scheduler.signal(SIGHUP)
        let line = try await scheduler.line(containing: "Reloaded: 1 job. New: new. Gone: old.")
        _ = try await eventually("three runs of the new job") {
            try app.calls().filter { $0.job == "new" }.count >= 3 ? true : nil
        }
        // One may have been on its way.
        let reloaded = try time(String(line.prefix { $0 != " " }))
        #expect(try app.calls().allSatisfy { try $0.job == "new" || time($0.slot) <= reloaded })
        #expect(try await scheduler.stop() == .clean)
        try Sidecar.check(scheduler, beside: app)
    }
}
