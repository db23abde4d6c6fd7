import Foundation
import HTTPServer
import Locking
import TestClient
import TestSupport
import Testing

/// One reader of `/events`.
private final class EventReader: Sendable {
    private let text = Mutex("")
    private let client: Mutex<TestClient?>

    init(_ port: UInt16, after id: String? = nil) throws {
        let client = try TestClient(port: port, patience: 60)
        let header = id.map { "Last-Event-ID: \($0)\r\n" } ?? ""
        client.send("GET /events HTTP/1.1\r\nHost: a\r\n\(header)\r\n")
        self.client = Mutex(client)
    }

    /// All that has come so far.
    func read() -> String {
        client.withLock { client in
            while client?.hasSomethingToRead(within: .zero) == true {
                let answer = client?.read(atMost: 1)
                text.withLock { $0 += answer?.text ?? "" }
                if answer?.bytes.isEmpty != false { client = nil }
            }
        }
        return text.withLock { $0 }
    }

    var isOver: Bool { client.withLock { $0 == nil } }

    /// The data of the events of one name, and the number of the last of all.
    func events(_ name: String) -> [String] {
        read().components(separatedBy: "\n\n").filter { $0.contains("event: \(name)\n") }
            .compactMap { $0.components(separatedBy: "data: ").last }
    }

    var lastID: String? {
        read().components(separatedBy: "\n").last { $0.hasPrefix("id: ") }.map { String($0.dropFirst(4)) }
    }
}

@Suite("End to end: looking at it")
struct LookingTests {
    private static let evil = #"<script>alert(1)</script>"#

    @Test("a stream follows a job that fails; who comes back gets the rest, or is told to begin anew")
    func stream() async throws {
        let app = try await App()
        try app.set(faults: #"{"/t/ill": {"status": 500, "body": "why \#(Self.evil)"}}"#)
        let scheduler = try Sidecar.start(beside: app, Sidecar.jobs(["ILL": "every 1s POST /t/ill first=wait"]))
        let port = try await eventually("the port") { scheduler.statusPort }
        let reader = try EventReader(port)
        try await awaitTrue { reader.events("run").count >= 4 }
        let head = reader.read()
        #expect(head.hasPrefix("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"))
        let runs = reader.events("run")
        #expect(runs[0].hasPrefix(#"{"job":"ill","state":"running","slot":""#))
        #expect(
            runs[1].hasPrefix(#"{"job":"ill","state":"ended","slot":""#) && runs[1].contains(#""reason":"why <script>"#)
        )
        let ids = head.components(separatedBy: "\n").filter { $0.hasPrefix("id: ") }.compactMap { Int($0.dropFirst(4)) }
        #expect(ids == ids.sorted() && Set(ids).count == ids.count && ids.count >= 4)
        let back = try EventReader(port, after: "\(ids[1])")
        try await awaitTrue { back.events("run").count >= 2 }
        #expect(back.events("run")[0] == runs[2] && back.events("reset").isEmpty)
        for strange in ["1", "x", "999999999999999999"] {
            let lost = try EventReader(port, after: strange)
            try await awaitTrue { !lost.events("reset").isEmpty }
            #expect(lost.events("reset") == ["{}"])
        }
        #expect(try await scheduler.stop() == .clean)
    }

    @Test("of nine readers the oldest gives way; one that reads nothing is dropped; all else is answered meanwhile")
    func readers() async throws {
        let app = try await App()
        try app.set(faults: #"{"*": {"status": 500, "body": "\#(String(repeating: "e", count: 200))"}}"#)
        // So few bytes a second that a test that is held up for some seconds does not fall behind.
        let jobs = (0..<12).map { ("J\($0)", "every 1s POST /t/x\($0)") }
        let scheduler = try Sidecar.start(beside: app, Sidecar.jobs(Dictionary(uniqueKeysWithValues: jobs)))
        let port = try await eventually("the port") { scheduler.statusPort }
        let first = try EventReader(port)
        try await awaitTrue { first.lastID != nil }
        let sleeper = try TestClient(port: port, patience: 60)
        sleeper.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
        let others = try (0..<7).map { _ in try EventReader(port) }
        try await awaitTrue { others.allSatisfy { !$0.events("run").isEmpty } }
        try await awaitTrue {
            for reader in [first] + others { _ = reader.read() }
            return first.isOver
        }
        // It is closed with what it never read; the others go on.
        try await awaitTrue("the reader that reads nothing is dropped") {
            for reader in others { _ = reader.read() }
            return sleeper.isReset
        }
        #expect(others.allSatisfy { !$0.isOver })
        #expect(try await scheduler.ask("/healthz").status == 200)
        #expect(try await scheduler.ask("/").status == 200)
        #expect(try await scheduler.stop() == .clean)
    }

    @Test("a job's page and what was missed, for people and for programs, with nothing from outside as markup")
    func pages() async throws {
        let app = try await App()
        try app.set(faults: #"{"/t/ill": {"status": 500, "body": "no: \#(Self.evil) \#(App.token)"}}"#)
        let jobs = Sidecar.jobs([
            "IT_IS_ILL": "every 1h POST /t/ill?x=canary-query", "WELL": "daily 03:00 POST /t/well",
        ])
        let scheduler = try Sidecar.start(beside: app, jobs)
        try await scheduler.line(containing: " outcome=failed ")
        for name in ["it-is-ill", "IT_IS_ILL", "it%2Dis.ill"] {
            let page = try await scheduler.ask("/jobs/\(name)")
            #expect(page.status == 200 && page.body.contains("no: &lt;script&gt;alert(1)&lt;/script&gt;"))
            for word in [Self.evil, App.token, "canary-query"] { #expect(!page.text.contains(word)) }
        }
        #expect(try await scheduler.ask("/jobs/none").status == 404)
        let skip = try Binary(
            "scheduler",
            ["skip", "well"],
            environment: jobs.merging(["API_URL": app.url, "SCHEDULER_LISTEN": "127.0.0.1:0"]) { $1 }
        )
        #expect(try await skip.end() == .clean)
        let client = try TestClient(port: try #require(scheduler.statusPort))
        client.send("GET /jobs/well HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n\r\n")
        let json = client.read().body
        #expect(json.contains(#""held_by":"skipped_once","why":"skipped, as somebody asked"},{"slot":"#))
        #expect(try await scheduler.ask("/missed").body.contains("All slots were run."))
        #expect(try await scheduler.ask("/").body.contains(#"<a href="/jobs/it-is-ill">"#))
        #expect(try await scheduler.stop() == .clean)
    }

    @Test("a run and its requests are spans, by the ids that log and app have; no query, no token")
    func traces() async throws {
        let collector = try TestServer { _, reply in reply.send(.text(200, "{}")) }
        let app = try await App()
        try app.set(faults: #"{"/t/ill": {"status": 500}}"#)
        let more = [
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_EXPORTER_OTLP_HEADERS": "x-key=the%2Dtrace-key",
        ]
        let jobs = Sidecar.jobs(["ILL": "every 1h POST /t/ill?x=canary-query"])
        let scheduler = try Sidecar.start(beside: app, jobs.merging(more) { $1 })
        try await scheduler.line(containing: " outcome=failed ")
        let call = try #require(try await app.calls(1).first)
        #expect(try await scheduler.stop() == .clean)
        let request = try #require(collector.seen.first)
        #expect(
            collector.seen.count == 1 && request.target == "/v1/traces" && request.header("x-key") == "the-trace-key"
        )
        #expect(request.header("Authorization") == nil)
        let body = String(decoding: request.body, as: UTF8.self)
        let parent = try #require(call.headers["traceparent"]).components(separatedBy: "-")
        #expect(body.contains(#""traceId":"\#(parent[1])","spanId":"\#(parent[2])","parentSpanId":""#))
        #expect(body.contains(#""name":"job ill","kind":1"#) && body.contains(#""name":"POST","kind":3"#))
        #expect(body.components(separatedBy: #""traceId":"\#(call.headers["x-request-id"] ?? "?")""#).count == 3)
        for word in ["canary-query", App.token] { #expect(!body.contains(word)) }
        #expect(scheduler.errors.contains("Traces go to \(collector.url)/v1/traces."))
        #expect(!scheduler.errors.contains("the-trace-key"))
    }

    @Test("a collector that refuses, or hangs, is told of once, and holds up neither a run nor the stop")
    func deadCollector() async throws {
        let refusing = try TestServer { _, reply in reply.send(.text(500, "no")) }
        let silent = try SilentListener()
        for url in [refusing.url, "http://127.0.0.1:\(silent.port)"] {
            let app = try await App()
            let jobs = Sidecar.jobs(["A": "every 1h POST /api/sync/trigger"])
            let scheduler = try Sidecar.start(beside: app, jobs.merging(["OTEL_EXPORTER_OTLP_ENDPOINT": url]) { $1 })
            try await scheduler.line(containing: " outcome=ok ")
            #expect(try await scheduler.stop() == .clean)
            #expect(try Sidecar.secondsToStop(scheduler) < 10)
            if url == refusing.url {
                #expect(
                    scheduler.errorLines.count { $0.contains("Traces to \(url)/v1/traces are lost: HTTP 500 - no") }
                        == 1
                )
            }
        }
    }

    @Test("with SCHEDULER_LOG_OK=change the log tells what changes, with its begin")
    func logOk() async throws {
        let app = try await App()
        try app.set(faults: #"{"/t/a": [{"status": 500, "times": 1}, {"status": 200, "times": 99}]}"#)
        let more = ["SCHEDULER_LOG_OK": "change"]
        let jobs = Sidecar.jobs(["A": "every 1s POST /t/a", "B": "every 1s POST /api/sync/trigger"])
        let scheduler = try Sidecar.start(beside: app, jobs.merging(more) { $1 })
        try await scheduler.line(containing: " outcome=failed ")
        _ = try await app.calls(8)
        #expect(try await scheduler.stop() == .clean)
        let lines = scheduler.errorLines.filter { $0.contains("Running job: ") || $0.contains("Job /") }
        let words = lines.map { line in
            (line.contains("Running job: a") ? "begin" : line.contains(" outcome=ok ") ? "ok" : "failed")
        }
        #expect(words == ["begin", "failed", "begin", "ok"], "\(lines)")
    }
}
