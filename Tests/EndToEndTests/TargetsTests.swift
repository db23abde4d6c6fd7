import Foundation
import HTTPServer
import TestClient
import TestSupport
import Testing

@Suite("End to end: more than one app")
struct TargetsTests {
    @Test("each app gets its own calls and its own token; a redirect and a proxy carry none elsewhere")
    func tokens() async throws {
        let app = try await App()
        let billing = try TestServer { request, reply in
            if request.target.hasPrefix("/api/away") {
                reply.send(HTTPServer.Response(status: 302, headers: [Header("Location", "http://127.0.0.1:1/x")]))
            } else {
                reply.send(.text(500, request.header("Authorization") ?? "none"))
            }
        }
        let crm = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let environment = Sidecar.jobs([
            "A": "every 1h POST /api/sync/trigger", "B": "every 1h POST billing:/close", "C": "every 1h POST crm:/x",
            "D": "every 1h POST billing:/away",
        ]).merging([
            "SCHEDULER_TARGET_BILLING": billing.url + "/api",
            "SCHEDULER_TARGET_BILLING_TOKEN": "canary-of-billing-0123456789",
            "SCHEDULER_TARGET_CRM": crm.url,
        ]) { $1 }
        // Its metrics count the calls to the others as well.
        let scheduler = try Sidecar.start(beside: app.url, environment)
        _ = try await eventually("all calls") {
            let calls = try app.calls().count
            return billing.seen.count == 2 && crm.seen.count == 1 && calls == 1 ? true : nil
        }
        try await scheduler.line(containing: "Job /close: HTTP 500 - Bearer ***")
        for request in billing.seen {
            #expect(request.header("Authorization") == "Bearer canary-of-billing-0123456789")
            #expect(!"\(request)".contains(App.token))
        }
        #expect(Set(billing.seen.map(\.target)) == ["/api/close", "/api/away"])
        #expect(crm.seen[0].header("Authorization") == nil)
        #expect(try app.calls()[0].headers["authorization"] == "Bearer \(App.token)")
        let scrape = try #require(try Scrape(scheduler))
        #expect(
            scrape.lines("scheduler_target_up") == [
                #"scheduler_target_up{target="app"} 1"#, #"scheduler_target_up{target="billing"} 1"#,
                #"scheduler_target_up{target="crm"} 1"#,
            ]
        )
        #expect(try await scheduler.stop() == .clean)
        #expect(!scheduler.errors.contains("canary-of-billing") && !scheduler.errors.contains(App.token))
    }

    @Test("an app that is down holds up its own jobs alone")
    func down() async throws {
        let app = try await App()
        let environment = Sidecar.jobs([
            "A": "every 1s POST /api/sync/trigger", "B": "every 1h POST billing:/close",
        ]).merging(["SCHEDULER_TARGET_BILLING": "http://127.0.0.1:9", "SCHEDULER_TICK_SECONDS": "1"]) { $1 }
        let scheduler = try Sidecar.start(beside: app, environment)
        try await scheduler.line(containing: "Target http://127.0.0.1:9 is down: ")
        let before = try app.calls().count
        _ = try await app.calls(before + 2)
        #expect(!scheduler.errors.contains("Target \(app.url) is down"))
        // What waits for another is none of the main one's.
        let status = try await scheduler.ask("/status").body
        #expect(status.contains(#""up":true,"reason":null,"down_ms":null,"runs_waiting":0,"#), "\(status)")
        #expect(status.contains(#""other_targets":[{"name":"billing","#))
        #expect(try await scheduler.stop() == .clean)
    }
}
