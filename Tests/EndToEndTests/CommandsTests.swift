import Foundation
import TestClient
import TestSupport
import Testing

@Suite("End to end: commands to a running sidecar")
struct CommandsTests {
    /// A sidecar with an environment of its own, and so a local name of its own; and the commands beside it.
    private struct Rig {
        let environment: [String: String]
        let scheduler: Binary

        struct Answer: Equatable {
            var status: Int32
            var output: String
            var errors = ""
        }

        func ask(_ arguments: String...) async throws -> Answer {
            let command = try Binary("scheduler", arguments, environment: environment)
            return Answer(status: try await command.end().status, output: command.output, errors: command.errors)
        }
    }

    private static let idle = "every 30d POST /api/sync/trigger first=wait"

    private func environment(
        _ url: String,
        _ jobs: [String: String],
        _ more: [String: String] = [:]
    ) -> [String: String] {
        let own = [
            "API_URL": url, "SCHEDULER_API_TOKEN": App.token, "SCHEDULER_STARTUP_GRACE_SECONDS": "0",
            "SCHEDULER_SEED": UUID().uuidString,
        ]
        return own.merging(Sidecar.jobs(jobs)) { $1 }.merging(more) { $1 }
    }

    private func rig(
        _ url: String,
        _ jobs: [String: String] = ["A": idle],
        _ more: [String: String] = [:]
    ) async throws -> Rig {
        let environment = environment(url, jobs, more)
        let scheduler = try Binary("scheduler", environment: environment)
        try await scheduler.line(containing: "Next slot: ")
        return Rig(environment: environment, scheduler: scheduler)
    }

    @Test(
        "fire: the sidecar makes the run, which is on record and moves no slot; what the app said, then the outcome",
        arguments: [(200, "ok", 0), (409, "busy", 0), (500, "failed", 1), (404, "rejected", 1)]
            as [(Int, String, Int32)]
    )
    func fire(_ status: Int, outcome: String, exit: Int32) async throws {
        let app = try await App()
        try app.set(
            faults: #"{"/api/sync/trigger": {"status": \#(status), "body": "it says \#(App.token)\n2"}}"#
        )
        let rig = try await rig(app.url)
        let answer = try await rig.ask("fire", "A")
        #expect(answer.status == exit)
        #expect(answer.errors.isEmpty)
        let lines = answer.output.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first?.hasPrefix("HTTP \(status) - it says ") == true)
        #expect(lines.first?.hasSuffix(#"\n2"#) == true)
        #expect(lines.last.map(String.init) == outcome)
        #expect(!answer.output.contains(App.token))
        let call = try #require(try app.calls().first)
        let line = try await rig.scheduler.line(containing: " outcome=\(outcome) ", and: "trigger=manual")
        let id = try #require(line.split(separator: " ").first { $0.hasPrefix("run_id=") }?.dropFirst(7))
        #expect(call.headers["idempotency-key"] == "a@\(call.slot)#manual-\(id)")
        #expect(call.headers["x-scheduler-trigger"] == "manual")
        let known = try await rig.ask("why", "a")
        #expect(
            known.output.contains("Job a (every 30d) has had no slot yet.") || known.output.contains("The last slot")
        )
        #expect(try await rig.scheduler.stop() == .clean)
        try Sidecar.check(rig.scheduler, beside: app)
    }

    @Test("fire --json is one object; --no-wait prints the run's id; --here does without the sidecar")
    func fireForms() async throws {
        let app = try await App()
        let rig = try await rig(app.url)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        struct Run: Decodable { let job, slot, runId, outcome, excerpt: String, status: Int }
        let json = try await rig.ask("fire", "a", "--json")
        let run = try decoder.decode(Run.self, from: Data(json.output.utf8))
        #expect((run.job, run.outcome, run.status) == ("a", "ok", 200))
        #expect(run.excerpt == "{\"status\":\"ok\",\"processed\":1}\n")
        #expect(json.output.filter { $0 == "\n" }.count == 1)
        try await rig.scheduler.line(containing: "run_id=\(run.runId) ", and: "slot=\(run.slot) ")
        let id = try await rig.ask("fire", "a", "--no-wait")
        #expect(id.status == 0)
        #expect(id.output.count == 33)
        try await rig.scheduler.line(containing: "run_id=\(id.output.dropLast()) ", and: " outcome=ok ")
        let pending = try await rig.ask("fire", "a", "--no-wait", "--json")
        struct Pending: Decodable { let job, slot, runId: String, outcome: String? }
        let begun = try decoder.decode(Pending.self, from: Data(pending.output.utf8))
        try await rig.scheduler.line(containing: "run_id=\(begun.runId) ", and: " outcome=ok ")
        let here = try await rig.ask("fire", "a", "--here")
        #expect(here.output == "HTTP 200 - {\"status\":\"ok\",\"processed\":1}\\n\nok\n")
        #expect(here.errors.contains("Running job: a "))
        #expect(!here.errors.contains("scheduler: "))
        #expect(try app.calls().count == 4)
        #expect(try await rig.scheduler.stop() == .clean)
        let alone = try await rig.ask("fire", "a")
        #expect(alone.status == 0)
        #expect(
            alone.errors.hasPrefix(
                "scheduler: no sidecar runs here with this environment, so this process makes one attempt\n"
            )
        )
        #expect(alone.output.hasSuffix("\nok\n"))
    }

    @Test("of two fires at once one is refused; a client that leaves does not end its run")
    func together() async throws {
        let app = try await App()
        try app.set(faults: #"{"/api/sync/trigger": {"delay_ms": 8000}}"#)
        let rig = try await rig(app.url)
        let leaver = try Binary("scheduler", ["fire", "a"], environment: rig.environment)
        try await rig.scheduler.line(containing: "Running job: a ")
        let second = try await rig.ask("fire", "a", "--force")
        #expect(second.status == 1)
        #expect(second.output.isEmpty)
        #expect(second.errors.hasPrefix("scheduler: job a has been running for "))
        #expect(second.errors.hasSuffix(", so it is not fired\n"))
        leaver.signal(SIGKILL)
        try await rig.scheduler.line(containing: " outcome=ok ", and: "trigger=manual")
        #expect(try app.calls().count == 1)
        #expect(try await rig.scheduler.stop() == .clean)
    }

    @Test("pause, why and resume; a pause outlives a restart")
    func pause() async throws {
        let app = try await App()
        let folder = try TemporaryFolder()
        let jobs = ["A": "every 1s POST /api/sync/trigger", "B": Self.idle]
        let rig = try await rig(app.url, jobs, ["SCHEDULER_STATE_DIR": folder.path("state")])
        _ = try await app.calls(1)
        let paused = try await rig.ask("pause", "a", "--for", "2h", "--note", "move")
        #expect(paused.status == 0)
        #expect(paused.output.hasPrefix("Job a is paused until 20"))
        #expect(paused.output.hasSuffix("Z (move).\n"))
        let refused = try await rig.ask("fire", "a")
        #expect(refused.status == 1)
        #expect(refused.errors.hasSuffix(" (move), so it is not fired; --force passes over that\n"))
        #expect(try await rig.ask("fire", "a", "--force").output.hasSuffix("\nok\n"))
        rig.scheduler.signal(SIGKILL)
        _ = try await rig.scheduler.end()
        let count = try app.calls().count
        let second = try Binary("scheduler", environment: rig.environment)
        try await second.line(containing: "Next slot: ")
        let why = try await eventually("a held slot") {
            let answer = try await rig.ask("why", "a")
            return answer.output.contains("It is not run: the job is paused until ") ? answer : nil
        }
        #expect(why.output.contains(" (move)."))
        #expect(try await rig.ask("pause", "all", "--for", "1h").output.hasPrefix("All jobs (2) are paused until "))
        #expect(try app.calls().count == count)
        #expect(try await rig.ask("resume", "ALL").status == 64)
        #expect(try await rig.ask("resume", "all").output == "2 jobs resumed: a, b.\n")
        #expect(try await rig.ask("resume", "all").output == "No job is paused.\n")
        _ = try await app.calls(count + 1)
        #expect(try await second.stop() == .clean)
    }

    @Test("skip leaves out so many slots, and why tells of them")
    func skip() async throws {
        let app = try await App()
        let jobs = ["A": "cron */2 * * * * * POST /api/sync/trigger first=wait"]
        let rig = try await rig(app.url, jobs)
        let skipped = try await rig.ask("skip", "a", "--count", "2", "--json")
        #expect(skipped.status == 0)
        #expect(skipped.output.hasPrefix(#"{"job":"a","skips":2,"message":"Job a skips its next 2 slots; "#))
        let line = try await rig.scheduler.line(containing: "Job a skips its slot ", and: "1 more slot to skip")
        let slot = try #require(line.split(separator: " ").first { $0.hasPrefix("slot=") }?.dropFirst(5))
        let why = try await rig.ask("why", "a", String(slot))
        #expect(
            why.output.hasPrefix("\(slot) is a slot of job a (cron */2 * * * * *). It was skipped, as somebody asked.")
        )
        _ = try await app.calls(1)
        #expect(
            try await rig.ask("skip", "a", "--off").output.hasPrefix("Job a skips no slot; the next one that runs is ")
        )
        #expect(try await rig.scheduler.stop() == .clean)
        try Sidecar.check(rig.scheduler, beside: app)
    }

    @Test(
        "an unknown job is a fault of the command, and nothing happens",
        arguments: [
            ["fire", "nighly"], ["pause", "nighly", "--for", "1h"], ["resume", "nighly"], ["skip", "nighly"],
            ["why", "nighly"], ["fire", "nighly", "--json"], ["fire", "nighly", "--here"],
        ]
    )
    func unknown(_ arguments: [String]) async throws {
        let rig = try await rig("http://127.0.0.1:1", ["NIGHTLY": Self.idle])
        let command = try Binary("scheduler", arguments, environment: rig.environment)
        #expect(try await command.end().status == 64)
        #expect(command.output.isEmpty)
        #expect(command.errors.hasPrefix("scheduler: job \"nighly\" is not known; did you mean nightly?\n"))
        #expect(try await rig.scheduler.stop() == .clean)
    }

    @Test("over a port nothing can be changed", arguments: ["fire", "pause", "resume", "skip", "why"])
    func overTCP(_ command: String) async throws {
        let rig = try await rig("http://127.0.0.1:1", ["A": Self.idle], ["SCHEDULER_LISTEN": "127.0.0.1:0"])
        let port = try await eventually("the listener") { rig.scheduler.statusPort }
        let body = #"{"job":"a","deadline":9000000000000,"force":true,"until":"2026-11-30T00:00Z","note":"","count":1}"#
        for method in ["POST", "GET", "PUT"] {
            let text =
                "\(method) /control/\(command) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            #expect(try TestClient.exchange(text, port: port).status == 404)
        }
        #expect(try TestClient.exchange("POST /status HTTP/1.1\r\nHost: a\r\n\r\n", port: port).status == 405)
        #expect(try await rig.scheduler.stop() == .clean)
    }

    @Test("in the grace, and while the app is down: one run at once, which does not stay due")
    func grace() async throws {
        let app = try await App()
        let early = try await rig(app.url, ["A": Self.idle], ["SCHEDULER_STARTUP_GRACE_SECONDS": "600"])
        #expect(try await early.ask("fire", "a").output.hasSuffix("\nok\n"))
        #expect(try await early.ask("pause", "a", "--for", "1m").status == 0)
        #expect(try await early.scheduler.stop() == .clean)
        let down = try await rig("http://127.0.0.1:1", ["A": "every 30d POST /x"])
        try await down.scheduler.line(containing: " is down: ")
        let why = try await down.ask("why", "a")
        #expect(why.output.contains(" waits for the app, which has been out of reach since 20"))
        let answer = try await down.ask("fire", "a")
        #expect(answer.status == 1)
        #expect(answer.output.hasSuffix("\nunreachable\n"))
        #expect(answer.output.contains("onnect"))
        #expect(try await down.scheduler.stop() == .clean)
    }

    @Test("while it drains it says so, and whoever waits for a run is told its end")
    func draining() async throws {
        let app = try await App()
        try app.set(faults: #"{"/api/sync/trigger": {"delay_ms": 2000}, "/t/b": {"hang": true}}"#)
        let jobs = ["A": Self.idle, "B": "every 30d POST /t/b first=wait"]
        let rig = try await rig(app.url, jobs, ["SCHEDULER_STOP_TIMEOUT_SECONDS": "15"])
        let waiter = try Binary("scheduler", ["fire", "a"], environment: rig.environment)
        let hanger = try Binary("scheduler", ["fire", "b"], environment: rig.environment)
        try await rig.scheduler.line(containing: "Running job: a ")
        try await rig.scheduler.line(containing: "Running job: b ")
        _ = try await app.calls(2)
        rig.scheduler.signal(SIGTERM)
        try await rig.scheduler.line(containing: "Scheduler stopping; ")
        for arguments in [["fire", "a"], ["pause", "a", "--for", "1h"], ["why", "a"], ["resume", "all"]] {
            let command = try Binary("scheduler", arguments, environment: rig.environment)
            #expect(try await command.end().status == 1)
            #expect(command.errors == "scheduler: this scheduler is stopping\n")
        }
        #expect(try await waiter.end() == .clean)
        #expect(waiter.output.hasSuffix("\nok\n"))
        #expect(try await hanger.end().status == 1)
        #expect(hanger.output.hasSuffix("\naborted\n"), "\(hanger.output)\(hanger.errors)")
        #expect(try await rig.scheduler.end() == .clean)
    }

    @Test("a sidecar that is stopped is not passed over, and what it was asked meanwhile does not happen later")
    func stopped() async throws {
        let app = try await App()
        let rig = try await rig(app.url)
        rig.scheduler.signal(SIGSTOP)
        _ = try await eventually("its halt") {
            let status = try String(contentsOfFile: "/proc/\(rig.scheduler.processID)/status", encoding: .utf8)
            return status.contains("\nState:\tT ") ? true : nil
        }
        for arguments in [["fire", "a"], ["pause", "a", "--for", "1h"], ["why", "a"]] {
            let command = try Binary("scheduler", arguments, environment: rig.environment)
            #expect(try await command.end().status == 1)
            #expect(command.errors == "scheduler: no scheduler answers: no answer in time; it hangs, or is stopped\n")
        }
        rig.scheduler.signal(SIGCONT)
        #expect(try await rig.ask("resume", "all").output == "No job is paused.\n")
        #expect(try app.calls().isEmpty)
        #expect(try await rig.scheduler.stop() == .clean)
    }

    @Test("a loop that is stuck is said to be, and nothing is done")
    func stuck() async throws {
        let environment = environment("http://127.0.0.1:1", ["A": Self.idle], ["SCHEDULER_TICK_SECONDS": "1"])
        // As in HealthcheckTests: the loop's thread alone wakes up far too late.
        let scheduler = try Binary(
            "scheduler",
            through: [
                "strace", "-D", "-o", "/dev/null", "-e", "trace=/^epoll_p?wait$", "-e",
                "inject=/^epoll_p?wait$:delay_exit=60000000:when=5+",
            ],
            environment: environment
        )
        try await scheduler.line(containing: "Next slot: ")
        _ = try await eventually("its being ill") {
            let command = try Binary("scheduler", ["healthcheck"], environment: environment)
            return try await command.end().status == 1 ? true : nil
        }
        for arguments in [["fire", "a"], ["pause", "all", "--for", "1h"], ["why", "a"]] {
            let command = try Binary("scheduler", arguments, environment: environment)
            #expect(try await command.end().status == 1)
            #expect(
                command.errors.hasPrefix("scheduler: this scheduler hangs: its loop has not looked at the clock for ")
            )
        }
        scheduler.signal(SIGKILL)
    }

    @Test("a standby says that it is one; with the same environment the active one answers, whichever that is")
    func standby() async throws {
        let app = try await App()
        let folder = try TemporaryFolder()
        let rig = try await rig(app.url, ["A": Self.idle], ["SCHEDULER_STATE_DIR": folder.path("state")])
        // Another environment, and so another name.
        let other = rig.environment.merging(["SCHEDULER_SEED": "other"]) { $1 }
        let stranger = try Binary("scheduler", environment: other)
        try await stranger.line(containing: "standby")
        for arguments in [["fire", "a"], ["pause", "a", "--for", "1h"], ["why", "a"]] {
            let command = try Binary("scheduler", arguments, environment: other)
            #expect(try await command.end().status == 1)
            #expect(
                command.errors == "scheduler: this scheduler stands by: another one has the state directory\n"
            )
        }
        #expect(try await stranger.stop() == .clean)
        #expect(try app.calls().isEmpty)
        let twin = try Binary("scheduler", environment: rig.environment)
        try await twin.line(containing: "standby")
        #expect(try await rig.ask("fire", "a").output.hasSuffix("\nok\n"))
        try await rig.scheduler.line(containing: " outcome=ok ", and: "trigger=manual")
        #expect(try await rig.scheduler.stop() == .clean)
        try await twin.line(containing: "Next slot: ")
        let answer = try await eventually("the other's answer") {
            let answer = try await rig.ask("fire", "a")
            return answer.status == 0 && answer.errors.isEmpty ? answer : nil
        }
        #expect(answer.output.hasSuffix("\nok\n"))
        try await twin.line(containing: " outcome=ok ", and: "trigger=manual")
        #expect(try await twin.stop() == .clean)
    }

    @Test("of two that stand by with one environment the one that takes over is the one that is asked")
    func twins() async throws {
        let app = try await App()
        let folder = try TemporaryFolder()
        let first = try await rig(app.url, ["A": Self.idle], ["SCHEDULER_STATE_DIR": folder.path("state")])
        let environment = first.environment.merging(["SCHEDULER_SEED": "twins"]) { $1 }
        // The one that was there before the other is to stay behind.
        let slow = try Binary("scheduler", environment: environment)
        try await slow.line(containing: "waiting as standby")
        let quick = try Binary("scheduler", environment: environment)
        try await quick.line(containing: "waiting as standby")
        slow.signal(SIGSTOP)
        #expect(try await first.scheduler.stop() == .clean)
        try await quick.line(containing: "Next slot: ")
        slow.signal(SIGCONT)
        let command = try Binary("scheduler", ["pause", "a", "--for", "1h"], environment: environment)
        #expect(try await command.end() == .clean, "\(command.errors)")
        #expect(try await quick.stop() == .clean)
        try await slow.line(containing: "Next slot: ")
        #expect(try await slow.stop() == .clean)
    }

    @Test("a signal in the grace waits for a run that somebody fired")
    func stopInGrace() async throws {
        let app = try await App(workMilliseconds: 5_000)
        let rig = try await rig(app.url, ["A": Self.idle], ["SCHEDULER_STARTUP_GRACE_SECONDS": "60"])
        let fire = try Binary("scheduler", ["fire", "a"], environment: rig.environment)
        _ = try await app.calls(1)
        #expect(try await rig.scheduler.stop() == .clean)
        #expect(rig.scheduler.errors.contains("Job /api/sync/trigger: 200"))
        #expect(rig.scheduler.errors.hasSuffix("Scheduler stopped.\n"))
        #expect(try await fire.end() == .clean, "\(fire.errors)")
    }
}
