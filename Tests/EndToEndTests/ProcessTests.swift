import Foundation
import HTTPServer
import TestSupport
import Testing

/// The process as the system sees it: the first of its namespace, under another user, with few rights and threads.
@Suite("End to end: the process")
struct ProcessTests {
    /// A user whom nobody else is, so that the limit on its processes counts ours alone.
    static let user = "\(60_000 + getpid() % 5_000)"

    /// Starts a program as the first process of its own process namespace.
    private static let asFirst = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]

    /// The process that unshare(1) has started; it is the one that is number 1 in there.
    private static func first(_ scheduler: Binary) async throws -> Int32 {
        let path = "/proc/\(scheduler.processID)/task/\(scheduler.processID)/children"
        return try await eventually("the first process (\(scheduler.errors))") {
            guard scheduler.isRunning else { throw Namespace.Refused(what: "no namespace", reason: scheduler.errors) }
            return (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: " ").first.flatMap {
                Int32($0)
            }
        }
    }

    private static func isFirst(_ process: Int32) throws -> Bool {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        return status.split(separator: "\n").contains { $0.hasPrefix("NSpid:") && $0.hasSuffix("\t1") }
    }

    // MARK: - The first process

    @Test("as the first process, idle: a signal ends it at once", arguments: [SIGTERM, SIGINT])
    func idle(_ signal: Int32) async throws {
        let app = try await App()
        let scheduler = try Sidecar.start(
            beside: app.url,
            Sidecar.jobs(["PING": "every 1h POST /api/sync/trigger"]),
            through: Self.asFirst
        )
        let process = try await Self.first(scheduler)
        try await scheduler.line(containing: " outcome=ok ")
        #expect(try Self.isFirst(process))
        kill(process, signal)
        #expect(try await scheduler.end() == .clean)
        #expect(try Sidecar.secondsToStop(scheduler) < 5)
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("as the first process: a signal that comes while the settings are read is not lost, and nothing starts")
    func early() async throws {
        let folder = try TemporaryFolder()
        // As many as take a while to read.
        let line = "cron 0 5 * * MON POST /api/sync/trigger timeout=9 first=now"
        let jobs = try folder.write("jobs", (0..<3_000).map { "job\($0): \(line)\n" }.joined())
        // On a busy machine the signal may be too late to tell anything: then once more.
        for _ in 0..<10 {
            let watch = try OpenWatch(jobs)
            let app = try await App()
            let scheduler = try Sidecar.start(
                beside: app.url,
                ["SCHEDULER_BUILTIN_JOBS": "false", "SCHEDULER_JOBS_FILE": jobs],
                through: Self.asFirst
            )
            let process = try await Self.first(scheduler)
            _ = try await eventually("the settings are read") { watch.hasSeenOne ? true : nil }
            kill(process, SIGTERM)
            let isInTime = scheduler.errors.isEmpty
            #expect(try await scheduler.end() == .clean)
            guard isInTime else { continue }
            #expect(scheduler.errors.contains("INFO  Received signal 15, shutting down..."))
            #expect(!scheduler.errors.contains("Running job: "))
            #expect(try app.calls().isEmpty)
            return
        }
        Issue.record("the signal never came in time")
    }

    @Test(
        "as the first process, fire: a signal gives the run up, and it ends with its line",
        arguments: [SIGTERM, SIGINT, SIGHUP]
    )
    func fire(_ signal: Int32) async throws {
        let app = try await App()
        try app.set(faults: #"{"*": {"hang": true}}"#)
        let scheduler = try Binary(
            "scheduler",
            ["fire", "marketplaces"],
            through: Self.asFirst,
            environment: ["API_URL": app.url, "SCHEDULER_API_TOKEN": App.token]
        )
        let process = try await Self.first(scheduler)
        _ = try await app.calls(1)
        kill(process, signal)
        #expect(try await scheduler.end() == Binary.End(status: 1, wasSignalled: false))
        #expect(scheduler.output == "aborted by shutdown\naborted\n")
        #expect(scheduler.errorLines.count { $0.hasSuffix("INFO  Received signal \(signal), shutting down...") } == 1)
        #expect(scheduler.errorLines.last?.contains("failed: aborted by shutdown job=marketplaces ") == true)
        #expect(try app.calls().count == 1)
    }

    @Test("fire under nohup outlives its terminal, and heeds the other signals")
    func fireWithoutTerminal() async throws {
        let app = try await App()
        try app.set(faults: #"{"*": {"hang": true}}"#)
        let environment = ["API_URL": app.url, "SCHEDULER_API_TOKEN": App.token]
        let scheduler = try Binary("scheduler", ["fire", "marketplaces"], through: ["nohup"], environment: environment)
        _ = try await app.calls(1)
        scheduler.signal(SIGHUP)
        #expect(try await scheduler.stop() == Binary.End(status: 1, wasSignalled: false))
        #expect(scheduler.output == "aborted by shutdown\naborted\n")
        #expect(scheduler.errors.contains("INFO  Received signal 15, "))
        #expect(!scheduler.errors.contains("Received signal 1,"))
    }

    // MARK: - Limits

    @Test("threads that the system refuses are asked for again: a run waits for them, and is not lost")
    func refusedThreads() async throws {
        let app = try await App()
        let scheduler = try Sidecar.start(
            beside: app.url,
            Sidecar.jobs(["PING": "every 1h POST /api/sync/trigger"]).merging(["SCHEDULER_TICK_SECONDS": "1"]) { $1 },
            through: try Self.user(processes: 1)
        )
        try await scheduler.line(containing: "WARNING The system refused a thread (error \(EAGAIN)): ")
        #expect(try Footprint(of: scheduler).threads <= (Footprint.isSanitized ? 2 : 1))
        #expect(try app.calls().isEmpty)
        let raise = ["--reuid=\(Self.user)", "--regid=\(Self.user)", "--clear-groups", try Tool.find("prlimit").path]
        try Tool.run("setpriv", raise + ["--pid", "\(scheduler.processID)", "--nproc=20:40"], in: URL(filePath: "/"))
        try await scheduler.line(containing: " attempts=1 outcome=ok ")
        #expect(try await scheduler.stop() == .clean)
        #expect(scheduler.errorLines.filter { $0.contains("refused a thread") }.count == 1)
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("fire without a thread waits for one, and a signal gives it up")
    func fireWithoutThread() async throws {
        let app = try await App()
        let environment = ["API_URL": app.url, "SCHEDULER_API_TOKEN": App.token]
        let arguments = ["fire", "marketplaces"]
        let way = try Self.user(processes: 1)
        let scheduler = try Binary("scheduler", arguments, through: way, environment: environment)
        try await scheduler.line(containing: "The system refused a thread")
        #expect(try await scheduler.stop() == Binary.End(status: 1, wasSignalled: false))
        #expect(scheduler.output == "aborted by shutdown\naborted\n")
        #expect(try app.calls().isEmpty)
    }

    @Test("a process that gets no thread at all still ends when it is told to")
    func noThreads() async throws {
        let app = try await App()
        let scheduler = try Sidecar.start(beside: app.url, through: try Self.user(processes: 1))
        try await scheduler.line(containing: "The system refused a thread")
        #expect(try await scheduler.stop() == .clean)
        #expect(try app.calls().isEmpty)
    }

    @Test("as a user without any right, on a read-only disk, with 40 processes at most: all jobs run, on few threads")
    func fewRights() async throws {
        let namespace = try Namespace()
        try namespace.makeReadOnly()
        let app = try namespace.within {
            try TestServer(on: "127.0.0.2:8000") { _, reply in reply.send(.text(200, "ok")) }
        }
        let scheduler = try Sidecar.start(
            beside: "http://127.0.0.2:8000",
            through: namespace.entrance + Self.user(processes: 40)
        )
        _ = try await eventually("all ends") {
            scheduler.errorLines.filter { $0.contains(" outcome=ok ") }.count == 11 ? true : nil
        }
        let status = try String(contentsOfFile: "/proc/\(scheduler.processID)/status", encoding: .utf8)
        #expect(status.contains("\nUid:\t\(Self.user)\t"))
        #expect(status.contains("\nNoNewPrivs:\t1\n"))
        // A thread for each job, the loop, and who answers health checks.
        #expect(try Footprint(of: scheduler).threads <= (Footprint.isSanitized ? 14 : 13))
        #expect(try await scheduler.stop() == .clean)
        #expect(app.seen.count == 11)
        #expect(scheduler.errorLines.allSatisfy { $0.contains(" INFO  ") }, "\(scheduler.errors)")
    }

    /// Another user without a way back; it may read and enter all, so that the program can lie anywhere.
    static func user(processes: Int) throws -> [String] {
        let identity = ["--reuid=\(user)", "--regid=\(user)", "--clear-groups", "--no-new-privs"]
        let rights = ["--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"]
        return ["setpriv"] + identity + rights + [try Tool.find("prlimit").path, "--nproc=\(processes):40"]
    }

    @Test("what a start alone needs of the program file is given back")
    func programPages() async throws {
        let (folder, settings) = (
            try TemporaryFolder(), ["API_URL": "http://127.0.0.1:9", "SCHEDULER_STARTUP_GRACE_SECONDS": "3600"]
        )
        // How much stays in memory then depends on how the page cache holds the file: that the call is made does not.
        let strace = ["strace", "-D", "-o", folder.path("trace"), "-e", "trace=madvise"]
        let scheduler = try Binary("scheduler", through: strace, environment: settings)
        try await scheduler.line(containing: "Next slot: bq-metadata-refresh")
        let code = try Footprint.code(of: scheduler, named: "/scheduler")
        _ = try await eventually("all whole pages of code given back") {
            folder.text("trace").matches(of: /madvise\(0x([0-9a-f]+), (\d+), MADV_DONTNEED\) = 0/).contains { call in
                guard let start = UInt(call.1, radix: 16), let count = UInt(call.2) else { return false }
                return code.contains(start) && count + 2 * 4_096 >= code.count
            } ? true : nil
        }
        #expect(try await scheduler.stop() == .clean)
    }

    // MARK: - Ends that nobody wished for

    @Test("a crash ends it as one, and prints no token", arguments: [SIGQUIT, SIGABRT, SIGSEGV, SIGILL])
    func crash(_ signal: Int32) async throws {
        let app = try await App()
        try app.set(faults: #"{"*": {"hang": true}}"#)
        // As the image has it.
        let scheduler = try Sidecar.start(beside: app, ["LOG_LEVEL": "DEBUG", "SWIFT_BACKTRACE": "enable=no"])
        _ = try await app.calls(11)
        scheduler.signal(signal)
        let end = try await scheduler.end()
        // A sanitizer takes some of these for itself.
        #expect(end == Binary.End(status: signal, wasSignalled: true) || Footprint.isSanitized && end.status != 0)
        #expect(!(scheduler.errors + scheduler.output).contains(App.token))
    }

    @Test("a process that stood still for a while makes up for it with one run, and no slot comes twice")
    func standstill() async throws {
        let app = try await App()
        let scheduler = try Sidecar.start(beside: app, Sidecar.jobs(["PING": "every 1s POST /api/sync/trigger"]))
        let before = try await app.calls(2).count
        scheduler.signal(SIGSTOP)
        try await Task.sleep(for: .seconds(4))
        let stopped = Date()
        scheduler.signal(SIGCONT)
        let calls = try await app.calls(before + 3)
        let took = Date().timeIntervalSince(stopped)
        #expect(try await scheduler.stop() == .clean)
        #expect(Double(calls.filter { (try? time($0.start) > stopped) == true }.count) <= took + 2)
        try Sidecar.check(scheduler, beside: app)
    }
}
