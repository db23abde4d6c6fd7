import Foundation
import HTTPServer
import JSON
import Locking
import TestSupport
import Testing

/// A webhook that remembers what it was told, and answers as it is set to.
private final class Webhook: Sendable {
    let server: TestServer

    /// Nil: never answers.
    init(_ status: Int? = 200) throws {
        server = try TestServer { _, reply in if let status { reply.send(.text(status, "ok")) } }
    }

    var url: String { server.url + "/hook/s3cret-of-the-hook" }

    /// `opened a 1`, in the order in which they arrived.
    var told: [String] {
        get throws {
            try server.seen.map { request in
                let body = try JSONValue(parsing: request.body)
                guard case .string(let event)? = body["event"], case .integer(let failures)? = body["failures"] else {
                    return String(decoding: request.body, as: UTF8.self)
                }
                if case .string(let job)? = body["job"] { return "\(event) \(job) \(failures)" }
                return "\(event) app"
            }
        }
    }

    func keys() throws -> Set<String> {
        Set(try server.seen.compactMap { try JSONValue(parsing: $0.body)["dedup_key"] }.map(\.description))
    }
}

@Suite("End to end: alerts")
struct AlertTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func environment(_ hook: Webhook, _ jobs: [String: String]) -> [String: String] {
        Sidecar.jobs(jobs).merging([
            "SCHEDULER_ALERT_URL": hook.url, "SCHEDULER_STATE_DIR": folder.path("state"), "SCHEDULER_TICK_SECONDS": "1",
            "SCHEDULER_SEED": UUID().uuidString, "SCHEDULER_LISTEN": "127.0.0.1:0",
        ]) { $1 }
    }

    @Test("a failing job is told once, over a kill and a takeover; its end too; nothing of the app's goes along")
    func once() async throws {
        let hook = try Webhook()
        let app = try await App()
        // It echoes the token that it was sent.
        try app.set(faults: #"{"*": {"status": 500, "body": "no: \#(App.token)"}}"#)
        let environment = environment(hook, ["A": "every 1h POST /t/a", "B": "every 1s POST /t/b alert-after=off"])
        let first = try Sidecar.start(beside: app, environment)
        try await first.line(containing: "127.0.0.1 was told: Job a failed.")
        let standby = try Sidecar.start(beside: app, environment)
        try await standby.line(containing: "waiting")
        first.signal(SIGKILL)
        _ = try await first.end()
        try await standby.line(containing: "Next slot: a ")
        // Whatever it had to say would have been said by then.
        try await standby.line(containing: "Job /t/b: HTTP 500")
        #expect(try hook.told == ["opened a 1"])

        try app.set(faults: #"{"*": {"status": 200}}"#)
        let own = ["API_URL": app.url, "SCHEDULER_API_TOKEN": App.token]
        let fire = try Binary("scheduler", ["fire", "a"], environment: own.merging(environment) { $1 })
        #expect(try await fire.end() == .clean, "\(fire.errors)\(standby.errors)")
        _ = try await eventually("the end is told") { try hook.told.count > 1 ? true : nil }
        #expect(try hook.told == ["opened a 1", "closed a 1"])
        #expect(try hook.keys().count == 1)
        #expect(try await standby.stop() == .clean)
        for request in hook.server.seen {
            #expect(
                !"\(request)".contains(App.token) && !String(decoding: request.body, as: UTF8.self).contains(App.token)
            )
            #expect(request.header("Authorization") == nil && request.header("X-Scheduler-Job") == nil)
            #expect(request.header("User-Agent")?.hasPrefix("scheduler-sidecar/") == true)
        }
        for errors in [first.errors, standby.errors] { #expect(!errors.contains("s3cret-of-the-hook")) }
        #expect(!folder.text("state/state.log").contains("s3cret-of-the-hook"))
    }

    @Test("an app that is down is one message for fifty jobs, and one when it is back")
    func outage() async throws {
        let hook = try Webhook()
        let app = try await App()
        let jobs = Dictionary(uniqueKeysWithValues: (0..<50).map { ("J\($0)", "every 1h POST /api/sync/trigger") })
        let more = ["SCHEDULER_ALERT_DOWN_AFTER": "1s", "SCHEDULER_ALERT_FORMAT": "json"]
        let port = app.url.split(separator: ":").last.map(String.init) ?? ""
        _ = try await app.binary.stop()
        let scheduler = try Sidecar.start(beside: app.url, environment(hook, jobs).merging(more) { $1 })
        try await scheduler.line(containing: "127.0.0.1 was told: The app is down.")
        let again = try await App(environment: ["TARGET_APP_LISTEN": "127.0.0.1:\(port)"])
        try await scheduler.line(containing: "127.0.0.1 was told: The app is up again.")
        _ = try await again.calls(50)
        let told = try hook.told
        #expect(told == ["opened app", "closed app"])
        #expect(try await scheduler.stop() == .clean)
    }

    @Test("a webhook that never answers delays no run, and the stop by three seconds at most; it is told again later")
    func hangs() async throws {
        let hook = try Webhook(nil)
        let app = try await App()
        try app.set(faults: #"{"/t/a": {"status": 500}, "/t/b": {"status": 200}}"#)
        let environment = environment(hook, ["A": "every 1h POST /t/a", "B": "every 1s POST /t/b"])
        let scheduler = try Sidecar.start(beside: app, environment)
        _ = try await eventually("the webhook is asked") { hook.server.seen.isEmpty ? nil : true }
        let before = try app.calls().count
        _ = try await app.calls(before + 2)
        #expect(try await scheduler.stop() == .clean)
        // Not the ten that a request may take.
        #expect(try Sidecar.secondsToStop(scheduler) < 8)
        let good = try Webhook()
        let next = try Sidecar.start(beside: app, environment.merging(["SCHEDULER_ALERT_URL": good.url]) { $1 })
        try await next.line(containing: "127.0.0.1 was told: Job a failed.")
        #expect(try good.told == ["opened a 1"])
        #expect(try good.keys() == hook.keys())
        #expect(try await next.stop() == .clean)
    }

    @Test("a webhook that refuses is told of in the log, without its path, and counted")
    func refuses() async throws {
        let hook = try Webhook(403)
        let app = try await App()
        try app.set(faults: #"{"*": {"status": 500}}"#)
        let scheduler = try Sidecar.start(beside: app, environment(hook, ["A": "every 1h POST /t/a"]))
        try await scheduler.line(containing: "An alert to 127.0.0.1 is refused: HTTP 403 - ok")
        let scrape = try #require(try Scrape(scheduler))
        #expect(
            scrape.lines("scheduler_incident_open")
                == [#"scheduler_incident_open{job="a"} 1"#, #"scheduler_incident_open{job=""} 0"#]
        )
        #expect(
            scrape.lines("scheduler_notifications_total").contains(
                #"scheduler_notifications_total{kind="alert",result="refused"} 1"#
            )
        )
        #expect(try await scheduler.stop() == .clean)
        #expect(!scheduler.errors.contains("s3cret-of-the-hook"))
    }
}
