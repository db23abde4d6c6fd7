import Foundation
import HTTPServer
import TestClient
import TestSupport
import Testing

@Suite("End to end: answers")
struct AnswersTests {
    @Test("each kind of answer ends its run with the documented line and one word")
    func kinds() async throws {
        let long = String(repeating: "0123456789", count: 30)
        let app = try await App()
        try app.set(
            faults: """
                {"/api/sync/trigger": {"status": 500, "body": "\(long)"},
                 "/api/health": {"status": 302, "headers": {"Location": "/login?next=secret"}},
                 "/api/scripts/run-due": {"status": 409, "body": "at it"},
                 "/api/marketplaces/sync-all": {"status": 401, "body": "no"},
                 "/api/admin/run-session-collector": {"status": 404, "body": "x\\njob=forged \\u001b[31m"},
                 "/api/admin/run-session-processor?processor=usage": {"status": 503, "headers": {"Retry-After": "3"}},
                 "/api/admin/run-session-processor?processor=verification": {"reset": true},
                 "/api/admin/run-corporate-memory": {"garbage": true},
                 "/api/admin/run-blocked-purge": {"close": true},
                 "/api/admin/run-reap-stuck-reviews": {"truncate": true},
                 "/api/admin/run-bq-metadata-refresh": {"status": 204}}
                """
        )
        let scheduler = try Sidecar.start(beside: app)
        let expected = [
            ("/api/sync/trigger: HTTP 500 - \(long.prefix(200)) job=", "failed", 500),
            ("/api/health: HTTP 302 - ", "redirected", 302),
            ("/api/scripts/run-due: HTTP 409 - at it", "busy", 409),
            ("/api/marketplaces/sync-all: HTTP 401 - no", "denied", 401),
            (#"/api/admin/run-session-collector: HTTP 404 - x\njob\x3dforged \x1b[31m job="#, "rejected", 404),
            ("/api/admin/run-session-processor?processor=usage: HTTP 503 - ", "throttled", 503),
            ("/api/admin/run-session-processor?processor=verification failed: ", "broken", 0),
            ("/api/admin/run-corporate-memory failed: ", "broken", 0),
            ("/api/admin/run-blocked-purge failed: ", "broken", 0),
            ("/api/admin/run-reap-stuck-reviews failed: ", "broken", 0),
            ("/api/admin/run-bq-metadata-refresh: 204 job=", "ok", 204),
        ]
        for (text, outcome, status) in expected {
            let line = try await scheduler.line(containing: "Job \(text)")
            #expect(line.contains(" attempts=1 outcome=\(outcome) status=\(status) ms="), "\(line)")
        }
        #expect(try await scheduler.line(containing: "outcome=redirected").hasSuffix(" location=/login"))
        #expect(try await scheduler.stop() == .clean)
        // Nothing was sent a second time, whatever became of the first.
        #expect(try app.calls().count == 11)
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("an app that is not there yet: one warning, no line per probe; it comes, and every run is delivered")
    func down() async throws {
        let address = "127.0.0.1:\(try ListeningSocket.quietPort())"
        let url = "http://\(address)"
        let scheduler = try Sidecar.start(beside: url)
        try await scheduler.line(containing: "WARNING Target \(url) is down: ")
        // Past the probes after one and three seconds.
        _ = try await eventually("some seconds") { scheduler.isRunning ? true : nil }
        try await Task.sleep(for: .seconds(3.5))
        #expect(scheduler.errorLines.filter { $0.contains("is down") }.count == 1)
        #expect(!scheduler.errors.contains("Running job: "))
        let app = try await App(environment: ["TARGET_APP_LISTEN": address])
        let calls = try await app.calls(11)
        try await scheduler.line(containing: "INFO  Target \(url) is up again after ")
        #expect(Set(calls.map(\.job)).count == 11)
        _ = try await eventually("all ends") {
            scheduler.errorLines.filter { $0.contains(" outcome=ok ") }.count == 11 ? true : nil
        }
        #expect(try await scheduler.stop() == .clean)
        #expect(try app.calls().count == 11)
        #expect(scheduler.errorLines.filter { $0.contains(" Target ") }.count == 2)
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("proxies of the environment get nothing", arguments: ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
    func proxies(_ variable: String) async throws {
        let proxy = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let app = try await App()
        let scheduler = try Sidecar.start(beside: app, [variable: proxy.url])
        _ = try await app.calls(11)
        #expect(try await scheduler.stop() == .clean)
        #expect(proxy.seen.isEmpty)
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("the token is nowhere but in requests, at any level, in any format, whatever the app answers")
    func canary() async throws {
        let echo = try TestServer { request, reply in
            let authorization = request.header("Authorization") ?? ""
            let headers = [Header("Location", "/login/\(authorization.dropFirst(7))")]
            let status = request.path == "/api/health" ? 302 : 500
            reply.send(Response(status: status, headers: headers, body: Array(authorization.utf8)))
        }
        for format in ["text", "json"] {
            let environment = ["LOG_LEVEL": "debug", "LOG_FORMAT": format, "POSTHOG_API_KEY": App.token]
            let scheduler = try Sidecar.start(beside: echo.url, environment)
            _ = try await eventually("all ends") {
                scheduler.errorLines.filter { $0.contains("outcome") }.count == 11 ? true : nil
            }
            #expect(try await scheduler.stop() == .clean)
            #expect(scheduler.errors.contains("***"))
            #expect(!scheduler.errors.contains(App.token))
            #expect(scheduler.output == "")
        }
        #expect(echo.seen.allSatisfy { $0.header("Authorization") == "Bearer \(App.token)" })
    }

    @Test("no part of the token or of a job's own key is in the log, however the app spells what it echoes")
    func spelledSecrets() async throws {
        let (key, token) = ("k3y/5up3r+S3cretV4lue9=", App.token)
        let spellings: [@Sendable (String) -> String] = [
            { Data($0.utf8).base64EncodedString() }, { Data("Bearer \($0)".utf8).base64EncodedString() },
            { $0.utf8.map { String(format: "%02x", $0) }.joined() },
            { $0.utf8.map { String(format: "%%%02X", $0) }.joined() },
            { $0.replacing("/", with: "&#x2F;").replacing("+", with: "&#43;").replacing("=", with: "&#x3D;") },
            { $0.replacing("/", with: #"\u002f"#).replacing("+", with: #"\u002b"#).replacing("=", with: #"\u003d"#) },
            { "\($0.prefix(20))\n\($0.suffix(20))" }, { String(repeating: "x", count: 190) + $0 },
        ]
        let app = try TestServer { request, reply in
            let spell = spellings[Int(request.path.dropFirst()) ?? 0]
            let echoes = [
                request.header("X-Api-Key") ?? "", String(request.header("Authorization")?.dropFirst(7) ?? ""),
            ]
            let body = Array(echoes.map(spell).joined(separator: " ").utf8)
            let headers = [Header("Retry-After", spell(echoes[0])), Header("Location", "/" + spell(echoes[1]))]
            reply.send(Response(status: request.method == "PUT" ? 302 : 503, headers: headers, body: body))
        }
        var jobs: [String: String] = [:]
        for number in spellings.indices {
            jobs["A\(number)"] = "every 1h POST /\(number) header.X-Api-Key=\(key)"
            jobs["B\(number)"] = "every 1h PUT /\(number) header.X-Api-Key=\(key)"
        }
        let scheduler = try Sidecar.start(beside: app.url, Sidecar.jobs(jobs))
        _ = try await eventually("all ends") {
            scheduler.errorLines.filter { $0.contains(" outcome=") }.count == jobs.count ? true : nil
        }
        let page = try await scheduler.ask("/status").body
        #expect(try await scheduler.stop() == .clean)
        let forms = [key, token, Data(key.utf8).base64EncodedString(), Data(token.utf8).base64EncodedString()]
        let hex = [key, token].map { $0.utf8.map { String(format: "%02x", $0) }.joined() }
        for form in forms + hex {
            for part in form.split(whereSeparator: { !$0.isLetter && !$0.isNumber }) where part.count >= 8 {
                for start in 0...part.count - 8 {
                    let piece = part.dropFirst(start).prefix(8)
                    #expect(!scheduler.errors.contains(piece) && !page.contains(piece), "\(piece)")
                }
            }
        }
        #expect(!scheduler.errors.contains("%6B%33"))
        #expect(scheduler.errors.contains("***"))
    }

    @Test("a JSON log is JSON on each line, with the fields of the text log")
    func json() async throws {
        let app = try await App()
        try app.set(faults: #"{"/api/health": {"status": 500, "body": "\"quoted\"\n{\"lvl\":\"INFO\"}"}}"#)
        let scheduler = try Sidecar.start(beside: app, ["LOG_FORMAT": "json"])
        _ = try await app.calls(11)
        #expect(try await scheduler.stop() == .clean)
        var ends = 0
        for line in scheduler.errorLines {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            let members = try #require(object, "\(line)")
            for name in ["ts", "lvl", "severity", "logger", "service", "msg"] {
                #expect(members[name] is String, "\(line)")
            }
            guard members["outcome"] != nil else { continue }
            ends += 1
            for name in ["job", "slot", "run_id", "trigger", "outcome"] { #expect(members[name] is String, "\(line)") }
            for name in ["attempts", "http_status", "ms", "late_ms"] { #expect(members[name] is Int, "\(line)") }
            if members["job"] as? String == "health-check" {
                #expect(members["msg"] as? String == "Job /api/health: HTTP 500 - \"quoted\"\n{\"lvl\":\"INFO\"}")
            }
        }
        #expect(ends == 11)
    }
}
