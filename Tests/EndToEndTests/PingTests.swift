import HTTPServer
import Locking
import TestSupport
import Testing

@Suite("End to end: pings and heartbeat")
struct PingTests {
    @Test("a run is told at its begin and its end, the clock's turning too; nothing of the app's goes along")
    func pings() async throws {
        let service = try TestServer { _, reply in reply.send(.text(200, "OK")) }
        let app = try await App()
        try app.set(faults: #"{"*": {"status": 200}}"#)
        let more = [
            "SCHEDULER_PING_URL": service.url + "/the-ping-key/{job}",
            "SCHEDULER_HEARTBEAT_URL": service.url + "/heart",
        ]
        let jobs = Sidecar.jobs([
            "A": "every 1h POST /t/a", "B": "every 1h POST /t/b ping=off",
            "C": "every 1h POST /t/c ping=\(service.url)/own-key-of-c",
        ])
        let scheduler = try Sidecar.start(beside: app, jobs.merging(more) { $1 })
        try await awaitTrue { service.seen.count == 5 }
        let paths = Set(service.seen.map { String($0.target.prefix { $0 != "?" }) })
        #expect(
            paths == ["/heart", "/the-ping-key/a", "/the-ping-key/a/start", "/own-key-of-c", "/own-key-of-c/start"]
        )
        for request in service.seen {
            #expect(!"\(request)".contains(App.token))
            #expect(request.header("Authorization") == nil)
            #expect(request.header("X-Scheduler-Job") == nil)
        }
        #expect(try await scheduler.stop() == .clean)
        #expect(!scheduler.errors.contains("the-ping-key"))
        #expect(!scheduler.errors.contains("own-key-of-c"))
    }

    @Test("check --send-test sends one of each and says what was answered; check alone sends nothing")
    func sendTest() async throws {
        let service = try TestServer { request, reply in
            reply.send(.text(request.target.hasPrefix("/heart") ? 404 : 200, "who"))
        }
        let environment = Sidecar.jobs(["A": "every 1h POST /t/a", "B": "every 1h POST /t/b"]).merging([
            "SCHEDULER_PING_URL": service.url + "/the-ping-key/{job}",
            "SCHEDULER_HEARTBEAT_URL": service.url + "/heart",
        ]) { $1 }
        let plain = try Binary("scheduler", ["check"], environment: environment)
        #expect(try await plain.end() == .clean)
        #expect(service.seen.isEmpty)
        let test = try Binary("scheduler", ["check", "--send-test"], environment: environment)
        #expect(try await test.end() == Binary.End(status: 1, wasSignalled: false))
        #expect(service.seen.count == 2)
        #expect(
            test.output.hasSuffix(
                "ping of job a to 127.0.0.1: sent\nheartbeat to 127.0.0.1: refused: HTTP 404 - who\n"
            )
        )
    }
}
