import Foundation
import HTTPServer
import TestClient
import TestSupport
import Testing

@Suite("End to end: healthcheck and status")
struct HealthcheckTests {
    /// An environment of its own, and so a local socket of its own.
    private func environment(_ more: [String: String] = [:]) -> [String: String] {
        [
            "API_URL": "http://127.0.0.1:1", "SCHEDULER_STARTUP_GRACE_SECONDS": "600", "SCHEDULER_TICK_SECONDS": "1",
            "SCHEDULER_SEED": UUID().uuidString,
        ].merging(more) { $1 }
    }

    private func healthcheck(_ environment: [String: String]) async throws -> (status: Int32, Binary) {
        let command = try Binary("scheduler", ["healthcheck"], environment: environment)
        let end = try await command.end()
        #expect(!end.wasSignalled)
        return (end.status, command)
    }

    @Test("0 without a listener and with one, wherever that listens", arguments: ["", "127.0.0.1:0", "[::1]:0"])
    func healthy(_ listen: String) async throws {
        let environment = environment(listen.isEmpty ? [:] : ["SCHEDULER_LISTEN": listen])
        let scheduler = try Binary("scheduler", environment: environment)
        try await scheduler.line(containing: "Next slot: ")
        let (status, command) = try await healthcheck(environment)
        #expect(status == 0)
        #expect(command.output == "ok\n")
        #expect(try await scheduler.stop() == .clean)
        #expect(try await healthcheck(environment).status == 1)
    }

    @Test("1 where there is no sidecar, and where there is another one's")
    func nobody() async throws {
        let scheduler = try Binary("scheduler", environment: environment())
        try await scheduler.line(containing: "Next slot: ")
        let (status, command) = try await healthcheck(environment())
        #expect(status == 1)
        #expect(
            command.errors.hasPrefix(
                "scheduler: no scheduler answers: Connection refused; is it running in this container"
            )
        )
        #expect(try await scheduler.stop() == .clean)
    }

    @Test("a process that hangs as a whole is ill, and nobody waits for its answer for long")
    func stopped() async throws {
        let environment = environment()
        let scheduler = try Binary("scheduler", environment: environment)
        try await scheduler.line(containing: "Next slot: ")
        scheduler.signal(SIGSTOP)
        _ = try await eventually("its halt") {
            let status = try String(contentsOfFile: "/proc/\(scheduler.processID)/status", encoding: .utf8)
            return status.contains("\nState:\tT ") ? true : nil
        }
        // Its patience is 800 ms; without an end to it, this would wait in vain.
        let (status, command) = try await healthcheck(environment)
        #expect(status == 1)
        #expect(command.errors == "scheduler: no scheduler answers: no answer in time; it hangs, or is stopped\n")
        scheduler.signal(SIGCONT)
        _ = try await eventually("its recovery") { try await healthcheck(environment).status == 0 ? true : nil }
        #expect(try await scheduler.stop() == .clean)
    }

    @Test("a loop that is stuck turns it ill after three ticks, while the server still answers")
    func stuckLoop() async throws {
        let environment = environment(["SCHEDULER_LISTEN": "127.0.0.1:0"])
        // Only the first thread, the loop's, is traced: from its ninth wait on it wakes up far too late. With -D the
        // program is our child, not strace.
        let scheduler = try Binary(
            "scheduler",
            through: [
                "strace", "-D", "-o", "/dev/null", "-e", "trace=/^epoll_p?wait$", "-e",
                "inject=/^epoll_p?wait$:delay_exit=40000000:when=9+",
            ],
            environment: environment
        )
        _ = try await eventually("503") { try await scheduler.ask("/healthz").status == 503 ? true : nil }
        let answer = try await scheduler.ask("/healthz")
        #expect(answer.body.hasPrefix("the loop has not looked at the clock for "))
        #expect(try await scheduler.ask("/").body.contains("The clock has been stuck for "))
        let (status, command) = try await healthcheck(environment)
        #expect(status == 1)
        #expect(command.errors.hasPrefix("scheduler: the loop has not looked at the clock for "))
        // strace would see the end only when its wait is over.
        scheduler.signal(SIGKILL)
    }

    @Test(
        "a second sidecar with the same settings says that the first is asked for its health; later it is asked itself"
    )
    func twins() async throws {
        // The grace is over, and nothing else wakes the loop.
        let environment = environment([
            "SCHEDULER_TICK_SECONDS": "3600", "SCHEDULER_STARTUP_GRACE_SECONDS": "0", "SCHEDULER_BUILTIN_JOBS": "false",
            "SCHEDULER_JOB_A": "every 100d POST /x first=wait",
        ])
        let first = try Binary("scheduler", environment: environment)
        try await first.line(containing: "Next slot: ")
        let second = try Binary("scheduler", environment: environment)
        let told = try await second.line(containing: "Another scheduler with these settings runs here and answers")
        #expect(told.hasSuffix(" until it ends: process \(first.processID) of user \(geteuid())."))
        #expect(try await healthcheck(environment).status == 0)
        #expect(try await first.stop() == .clean)
        try await second.line(containing: "This scheduler answers scheduler healthcheck now.")
        #expect(try await healthcheck(environment).status == 0)
        #expect(try await second.stop() == .clean)
    }

    @Test("a stranger who has the local name is told by process and user, and what to do; later it is taken")
    func stranger() async throws {
        let environment = environment()
        let advice = "end that process, or write another SCHEDULER_SEED for this scheduler, which gives it another name"
        let other = try ProcessTests.user(processes: 40)
        let before = try Binary("scheduler", environment: environment)
        try await before.line(containing: "Next slot: ")
        let own = try #require(try localName(of: before)).description
        #expect(try await before.stop() == .clean)
        // It begins with the user.
        let others = own.replacing("/\(geteuid()).", with: "/\(ProcessTests.user).")
        for (entrance, text, what) in [
            ([], own, "does not answer as a scheduler"), (other, others, "is not ours"),
        ] {
            let name = try #require(LocalName(text))
            var holder: Listener? = try Listener(local: name)
            let scheduler = try Binary("scheduler", through: entrance, environment: environment)
            let told = try await scheduler.line(
                containing: "The local name that scheduler healthcheck asks is taken by "
            )
            let who = "process \(getpid()) of user \(geteuid())"
            #expect(
                told.hasSuffix(
                    " WARNING The local name that scheduler healthcheck asks is taken by \(who), which \(what): "
                        + "healthcheck and status fail until it ends; \(advice)."
                )
            )
            if !entrance.isEmpty {
                let check = try Binary("scheduler", ["healthcheck"], through: entrance, environment: environment)
                #expect(try await check.end().status == 1)
                #expect(check.errors == "scheduler: no scheduler answers: \(who) has taken its name; \(advice)\n")
            }
            withExtendedLifetime(holder) {}
            holder = nil
            try await scheduler.line(containing: "This scheduler answers scheduler healthcheck now.")
            #expect(try await scheduler.stop() == .clean)
        }
    }

    /// What a scheduler listens on, by the kernel's list.
    private func localName(of scheduler: Binary) throws -> LocalName? {
        let folder = "/proc/\(scheduler.processID)/fd"
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: folder + "/" + $0)
        }
        let sockets = try processFile("/proc/net/unix").split(separator: "\n")
        for fields in sockets.map({ $0.split(separator: " ") }) where fields.count == 8 {
            if files.contains("socket:[\(fields[6])]"), fields[7].hasPrefix("@scheduler-sidecar/") {
                return LocalName(String(fields[7].dropFirst()))
            }
        }
        return nil
    }

    @Test("where the variables make no sense, status and healthcheck say so in the words of the others")
    func faults() async throws {
        let through = ["sh", "-c", #"SCHEDULER_STATE_DIR=$(printf '/tmp/\377') exec "$@""#, "sh"]
        let told =
            "fault: SCHEDULER_STATE_DIR (its value is not shown) is not UTF-8 text; write the absolute path of a directory\n"
        for (command, status) in [("status", Int32(78)), ("healthcheck", 1), ("check", 78)] {
            let binary = try Binary("scheduler", [command], through: through, environment: [:])
            #expect(try await binary.end() == Binary.End(status: status, wasSignalled: false))
            #expect(binary.errors == told, "\(command)")
        }
        let wrong = ["SCHEDULER_LISTEN": "9090", "API_URL": "ftp://a"]
        let status = try Binary("scheduler", ["status"], environment: wrong)
        #expect(try await status.end() == Binary.End(status: 78, wasSignalled: false))
        #expect(status.errors.split(separator: "\n").count == 2, "\(status.errors)")
    }

    @Test("each address that it listens on has a line")
    func addresses() async throws {
        let scheduler = try Binary("scheduler", environment: environment(["SCHEDULER_LISTEN": "localhost:0"]))
        try await scheduler.line(containing: "Next slot: ")
        let port = try #require(scheduler.statusPort)
        let lines = scheduler.errorLines.filter { $0.contains("Status listener: ") }
        let hosts = lines.count > 1 ? ["127.0.0.1", "[::1]"] : ["127.0.0.1"]
        let ends = hosts.map { " INFO  Status listener: listening on http://\($0):\(port)" }
        #expect(lines.count == ends.count && zip(lines, ends).allSatisfy { $0.hasSuffix($1) }, "\(lines)")
        let hasBoth = (try? Listener(on: ListenAddress(host: "::1", port: 0))) != nil
        #expect(lines.count == (hasBoth ? 2 : 1))
        #expect(try await scheduler.stop() == .clean)
    }

    @Test("without a descriptor for a client the listener tries again now and then, not without a pause")
    func noDescriptors() async throws {
        let folder = try TemporaryFolder()
        let trace = ["strace", "-D", "-f", "-ttt", "-e", "trace=accept,accept4", "-o", folder.path("trace")]
        let settings = environment(["SCHEDULER_LISTEN": "127.0.0.1:0"])
        let scheduler = try Binary("scheduler", through: trace, environment: settings)
        try await scheduler.line(containing: "Next slot: ")
        let port = try #require(scheduler.statusPort)
        func limit(_ files: Int) throws {
            let arguments = ["--pid", "\(scheduler.processID)", "--nofile=\(files):"]
            try Tool.run("prlimit", arguments, in: URL(filePath: "/"))
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(scheduler.processID)/fd")
        let open = Set(names.compactMap { Int($0) })
        try limit((0...).first { !open.contains($0) } ?? 0)
        let client = try TestClient(port: port)
        client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let times = try await eventually("ten tries") {
            let lines = folder.text("trace").split(separator: "\n").filter { $0.contains("EMFILE") }
            let times = lines.compactMap { $0.split(separator: " ").dropFirst().first.flatMap { Double($0) } }
            return times.count >= 10 ? times : nil
        }
        // Nine pauses of 100 ms; without them it takes no time.
        #expect(times[9] - times[0] > 0.5, "\(times)")
        try limit(200)
        #expect(client.read().status == 200)
        #expect(try await scheduler.stop() == .clean)
    }

    @Test("many health checks leave nothing behind: no child, no descriptor, no thread")
    func manyTimes() async throws {
        let environment = environment()
        let scheduler = try Binary("scheduler", environment: environment)
        try await scheduler.line(containing: "Next slot: ")
        func state() throws -> [String] {
            let folder = "/proc/\(scheduler.processID)"
            let children = try String(contentsOfFile: "\(folder)/task/\(scheduler.processID)/children", encoding: .utf8)
            let counts = try ["fd", "task"].map {
                try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\($0)").count
            }
            return [children] + counts.map(String.init)
        }
        #expect(try await healthcheck(environment).status == 0)
        let before = try state()
        for _ in 0..<50 { #expect(try await healthcheck(environment).status == 0) }
        // A connection lingers for a moment after its answer.
        _ = try await eventually("as few descriptors as before: \(before)") { try state() == before ? true : nil }
        #expect(try await scheduler.stop() == .clean)
    }

    @Test("status prints the table over the listener or without one; --json prints /status", arguments: [true, false])
    func status(_ hasListener: Bool) async throws {
        let app = try await App()
        var environment = environment(Sidecar.jobs(["PING": "every 1h GET /api/health"]))
        environment.merge(["API_URL": app.url, "SCHEDULER_STARTUP_GRACE_SECONDS": "0"]) { $1 }
        // Not port 0: that could not be found again.
        if hasListener { environment["SCHEDULER_LISTEN"] = "0.0.0.0:\(try ListeningSocket.quietPort())" }
        let scheduler = try Binary("scheduler", environment: environment)
        try await scheduler.line(containing: " outcome=ok ")
        let table = try Binary("scheduler", ["status"], environment: environment)
        #expect(try await table.end() == .clean)
        let lines = table.output.split(separator: "\n").map(String.init)
        try #require(lines.count == 4, "\(table.output)\(table.errors)")
        #expect(lines[0] == "running; 1 job for \(app.url), none failing, 0 in flight")
        #expect(lines[1].split(separator: " ").joined(separator: " ") == "JOB SCHEDULE NEXT LAST RUN LAST 20")
        #expect(lines[2].hasPrefix("ping  every 1h  "))
        #expect(lines[2].contains("  ok ") && lines[2].hasSuffix("  +"))
        let json = try Binary("scheduler", ["status", "--json"], environment: environment)
        #expect(try await json.end() == .clean)
        let status = try JSONDecoder().decode(StatusTests.Status.self, from: Data(json.output.utf8))
        #expect(status.jobs.map(\.name) == ["ping"])
        #expect(try await scheduler.stop() == .clean)
        let nobody = try Binary("scheduler", ["status"], environment: environment)
        #expect(try await nobody.end() == Binary.End(status: 1, wasSignalled: false))
        #expect(nobody.errors.hasPrefix("scheduler: no scheduler answers: Connection refused; is it running"))
    }
}
