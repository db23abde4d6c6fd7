import Foundation
import HTTPServer
import Locking
import TestClient
import TestSupport
import Testing

@Suite("End to end: groups")
struct GroupTests {
    @Test("a slow app never has more of a group than its limit; others go on, and what waits is shown with its reason")
    func limit() async throws {
        let open = Mutex<[(path: String, reply: Reply)]>([])
        let app = try TestServer { request, reply in
            if request.path == "/other" { return reply.send(.text(200, "")) }
            open.withLock { $0.append((request.path, reply)) }
        }
        let jobs = [
            "A": "every 1h POST /a group=llm timeout=1h", "B": "every 1h POST /b group=llm timeout=1h",
            "C": "every 1h POST /c group=llm,night timeout=1h priority=high", "OTHER": "every 1h POST /other",
        ]
        let scheduler = try Sidecar.start(
            beside: app.url,
            Sidecar.jobs(jobs).merging(["SCHEDULER_GROUPS": "llm=1 night=1"]) { $1 }
        )
        try await scheduler.line(containing: " outcome=ok ", and: " job=other ")
        var order: [String] = []
        for _ in 0..<3 {
            let (path, reply) = try await eventually("a call of the group") { open.withLock { $0.popLast() } }
            order.append(path)
            let status = try await scheduler.ask("/status").body
            #expect(status.contains(#"{"name":"llm","limit":1,"running":1,"waiting":\#(3 - order.count),"#))
            #expect(status.contains(" for group llm (held by ") == (order.count < 3))
            let more = open.withLock { $0.count }
            #expect(more == 0)
            reply.send(.text(200, ""))
        }
        #expect(order == ["/c", "/a", "/b"])
        let metrics = try await scheduler.ask("/metrics").body
        #expect(metrics.contains("\nscheduler_group_limit{group=\"llm\"} 1\n"))
        #expect(metrics.contains("\nscheduler_wait_duration_seconds_count{group=\"llm\"} 3\n"))
        #expect(try await scheduler.stop() == .clean)
    }

    @Test("a wait that is over is one line with who has the place, and the slot is not run")
    func waitIsOver() async throws {
        // One that is let go is answered.
        let open = Mutex<[Reply]>([])
        let app = try TestServer { _, reply in open.withLock { $0.append(reply) } }
        let jobs = ["A": "every 1h POST /a group=llm timeout=1h", "B": "every 1h POST /b group=llm wait=1s"]
        let environment = ["SCHEDULER_GROUPS": "llm=1", "SCHEDULER_STOP_TIMEOUT_SECONDS": "0"]
        let scheduler = try Sidecar.start(beside: app.url, Sidecar.jobs(jobs).merging(environment) { $1 })
        try await scheduler.line(containing: "Job b waited 1s for group llm (held by a, ", and: " is not run. job=b ")
        #expect(try await scheduler.ask("/metrics").body.contains(#"{job="b",reason="group"} 1"#))
        #expect(app.seen.map(\.path) == ["/a"])
        #expect(try await scheduler.stop() == .clean)
    }
}
