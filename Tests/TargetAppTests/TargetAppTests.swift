import Dispatch
import FoundationEssentials
import HTTPServer
import Synchronization
import TestClient
import Testing

@testable import target_app

@Suite("target-app over real sockets")
struct TargetAppTests {
    @Test("calls are listed in order, control calls are not; DELETE clears")
    func calls() throws {
        let app = try RunningApp()
        #expect(try app.call("GET", "/api/health").body == "{\"status\":\"ok\",\"processed\":1}\n")
        #expect(try app.call("POST", "/api/sync/trigger", body: "{}").status == 401)
        #expect(try app.call("POST", "/api/sync/trigger?x", token: token).status == 200)
        let calls = try app.calls()
        #expect(calls.map(\.path) == ["/api/health", "/api/sync/trigger", "/api/sync/trigger?x"])
        #expect(calls.map(\.status) == [200, 401, 200])
        #expect(calls.map(\.body) == ["", "{}", ""])
        #expect(calls.allSatisfy { $0.end != nil && $0.start <= $0.end ?? "" })
        #expect(calls[2].headers["authorization"] == "Bearer \(token)")
        #expect(try app.call("DELETE", "/_control/calls").status == 204)
        #expect(try app.calls().isEmpty)
        #expect(try app.call("POST", "/_control/calls").header("Allow") == "GET, HEAD, DELETE")
        #expect(try app.call("GET", "/_control/other").status == 404)
    }

    @Test("one processor does not run twice at a time, also when its caller has left")
    func processor() throws {
        let app = try RunningApp(environment: ["TARGET_APP_WORK_MS": "400"])
        let usage = "/api/admin/run-session-processor?processor=usage"
        let first = try app.open("POST", usage, token: token)
        try app.waitForCalls(1)
        first.close()
        #expect(
            try app.call("POST", usage, token: token).body == "{\"detail\":\"processor usage is already running\"}\n"
        )
        #expect(try app.call("POST", usage.replacing("usage", with: "verification"), token: token).status == 200)
        #expect(try app.call("POST", usage, token: token).status == 200)
        #expect(try app.calls().map(\.status) == [nil, 409, 200, 200])
    }

    @Test("500 slow calls at once are all answered, on few threads")
    func many() throws {
        let app = try RunningApp(environment: ["TARGET_APP_WORK_MS": "300"])
        let clients = try (0..<500).map { _ in try app.open("POST", "/api/sync/trigger", token: token) }
        #expect(clients.count { $0.read().status == 200 } == 500)
    }

    @Test(
        "each fault shows",
        arguments: [
            (#"{"status":503,"headers":{"Retry-After":"3"},"body":"no"}"#, .closed, "no", 503),
            (#"{"close":true}"#, .closed, "", nil),
            (#"{"reset":true}"#, .reset, "", nil),
            (#"{"truncate":true}"#, .closed, #"{"status":"fault"}"#, 200),
            (#"{"drip_ms":1,"body":"abc"}"#, .closed, "abc", 200),
            (#"{"delay_ms":20,"status":204}"#, .closed, "", 204),
            (#"{"lose_answer":true}"#, .closed, "", nil),
            (#"{"late_ms":20}"#, .closed, "{\"detail\":\"no such endpoint\"}\n", 404),
            (#"{"delay_ms":20}"#, .closed, "{\"detail\":\"no such endpoint\"}\n", 404),
        ] as [(String, TestClient.End, String, Int?)]
    )
    func faults(_ fault: String, end: TestClient.End, body: String, status: Int?) throws {
        let app = try RunningApp()
        #expect(try app.call("PUT", "/_control/faults", body: #"{"/x":\#(fault)}"#).status == 200)
        let answer = try app.call("GET", "/x")
        #expect(answer.end == end)
        #expect(answer.body == body)
        #expect(answer.status == status)
        try app.waitForCalls(1) { $0.end != nil }
        #expect(try app.calls().map(\.status) == [status])
    }

    @Test("truncate announces more than it sends; garbage is no HTTP")
    func malformed() throws {
        let app = try RunningApp()
        _ = try app.call("PUT", "/_control/faults", body: #"{"/x":[{"truncate":true,"body":"abc"},{"garbage":true}]}"#)
        #expect(try app.call("GET", "/x").header("Content-Length") == "1003")
        #expect(try app.call("GET", "/x").statusLine == "HTTP/1.1 banana")
        #expect(try app.call("GET", "/x").status == 404)
    }

    @Test("a hung call ends when its client leaves")
    func hang() throws {
        let app = try RunningApp()
        _ = try app.call("PUT", "/_control/faults", body: #"{"*":{"hang":true}}"#)
        let client = try app.open("POST", "/api/sync/trigger")
        try app.waitForCalls(1)
        #expect(try app.calls().map(\.end) == [nil])
        client.close()
        try app.waitForCalls(1) { $0.end != nil }
        #expect(try app.calls().map(\.status) == [nil])
    }

    @Test("an endless answer goes on while it is read, and ends with its client")
    func endless() throws {
        let app = try RunningApp()
        _ = try app.call("PUT", "/_control/faults", body: #"{"/x":{"endless":true}}"#)
        let client = try app.open("GET", "/x")
        let answer = client.read(atMost: 20_000)
        #expect(answer.bytes.count == 20_000)
        #expect(answer.header("Transfer-Encoding") == "chunked")
        #expect(answer.header("Content-Length") == nil)
        client.close()
        try app.waitForCalls(1) { $0.end != nil }
    }

    @Test("a bad set of faults changes nothing")
    func badFaults() throws {
        let app = try RunningApp()
        let good = try app.call("PUT", "/_control/faults", body: #"{"/x":{"status":500}}"#).body
        let bad = try app.call("PUT", "/_control/faults", body: #"{"/x":null,"/y":{"stat\u0000us":1}}"#)
        #expect(bad.status == 400)
        #expect(bad.body.hasPrefix(#"{"detail":"path \"/y\", key \"stat\u0000us\" is not known; "#))
        #expect(try app.call("GET", "/_control/faults").body == good)
        #expect(try app.call("DELETE", "/_control/faults").status == 204)
        #expect(try app.call("GET", "/_control/faults").body == "{}\n")
    }
}

/// The app in this process, on a free port.
private final class RunningApp {
    struct Listed: Decodable {
        var method, path, body, start: String
        var headers: [String: String]
        var end: String?
        var status: Int?
    }

    private let server: Server

    init(environment: [String: String] = [:]) throws {
        let defaults = ["SCHEDULER_API_TOKEN": token, "TARGET_APP_LISTEN": "127.0.0.1:0"]
        let settings = try Settings(environment: defaults.merging(environment) { $1 })
        let state = try #require(StateStore(file: settings.stateFile))
        let app = TargetApp(settings: settings, state: state) { _ in }
        server = try Server(on: settings.listen, limits: TargetApp.limits) { app.handle($0, $1) }
        server.start()
    }

    deinit { server.stop() }

    func open(_ method: String, _ target: String, token: String? = nil, body: String = "") throws -> TestClient {
        let client = try TestClient(port: server.address.port)
        let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        client.send(
            "\(method) \(target) HTTP/1.1\r\nHost: a\r\n\(authorization)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        )
        return client
    }

    func call(_ method: String, _ target: String, token: String? = nil, body: String = "") throws -> TestClient.Answer {
        try open(method, target, token: token, body: body).read()
    }

    func calls() throws -> [Listed] {
        try JSONDecoder().decode([Listed].self, from: Data(call("GET", "/_control/calls").body.utf8))
    }

    /// Asks until so many calls are listed that are as wanted; gives up after thousands of questions.
    func waitForCalls(_ count: Int, where isWanted: (Listed) -> Bool = { _ in true }) throws {
        for _ in 0..<20_000 where try calls().count(where: isWanted) >= count { return }
        Issue.record("the call did not come")
    }
}
