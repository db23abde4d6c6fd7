import Foundation
import HTTPServer
import TestClient
import TestSupport
import Testing

@Suite("End to end: tokens that are fetched")
struct FetchedTokenTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func environment(_ server: TokenServer, _ jobs: [String: String] = [:]) throws -> [String: String] {
        let own = [
            "SCHEDULER_API_TOKEN": "", "SCHEDULER_AUTH": "oauth", "SCHEDULER_OAUTH_TOKEN_URL": server.url,
            "SCHEDULER_OAUTH_CLIENT_ID": TokenServer.id, "LOG_LEVEL": "debug",
            "SCHEDULER_OAUTH_CLIENT_SECRET_FILE": try folder.write("secret", TokenServer.secret + "\n"),
            "SCHEDULER_STATE_DIR": folder.path("state"),
        ]
        return own.merging(Sidecar.jobs(jobs)) { $1 }
    }

    private static let secrets = [App.token, TokenServer.secret, "s3cret%3A", "canary"]

    /// What is told or kept anywhere, of a sidecar that runs.
    private func shown(_ scheduler: Binary) async throws -> String {
        var pages: [String] = []
        for path in ["/", "/status", "/metrics"] { pages.append(try await scheduler.ask(path).body) }
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path("state"))
        return (pages + files.map { folder.text("state/\($0)") }).joined(separator: "\n")
    }

    private func checkSecrets(_ text: String) {
        for secret in Self.secrets { #expect(!text.contains(secret), "\(secret)") }
    }

    @Test("fifty jobs are due at once, and there is no token: all wait, one line, and one token for all")
    func wait() async throws {
        let app = try await App()
        let refusal = #"{"error":"invalid_client","error_description":"canary \#(TokenServer.secret)"}"#
        let server = try TokenServer(.refusing(400, refusal)) { _ in App.token }
        let jobs = (0..<50).map { ("J\($0)", "every 1h GET /api/health") }
        let environment = try environment(server, Dictionary(uniqueKeysWithValues: jobs))
        let scheduler = try Sidecar.start(beside: app, environment)
        try await scheduler.line(containing: "Waiting for a token: 127.0.0.1 answered 400 invalid_client")
        _ = try await eventually("more tries") { server.requests >= 2 ? true : nil }
        let waiting = try await shown(scheduler)
        #expect(waiting.contains(#""token":{"reason":"127.0.0.1 answered 400 invalid_client","lacking_ms":"#))
        #expect(waiting.contains(#""up":true"#) && waiting.contains("scheduler_target_up{target=\"app\"} 1\n"))
        #expect(waiting.contains(#""why":"waits for a token""#))
        #expect(waiting.contains("There has been no token for "))
        #expect(waiting.contains("scheduler_token_requests_total{result=\"refused\"}"))
        #expect(waiting.contains("scheduler_token_expiry_timestamp_seconds 0\n"))
        #expect(try app.calls().isEmpty)
        let tries = server.requests
        server.be(.good(life: "\"3600\""))
        try await scheduler.line(containing: "; 50 runs waited.")
        let calls = try await app.calls(50)
        #expect(calls.allSatisfy { $0.headers["authorization"] == "Bearer \(App.token)" && $0.status == 200 })
        // Tries that were refused since, and one that was not.
        #expect(server.requests <= tries + 2)
        let good = try await shown(scheduler)
        #expect(good.contains("scheduler_token_requests_total{result=\"ok\"} 1\n"))
        #expect(good.contains(#""token":null"#) && !good.contains("scheduler_token_expiry_timestamp_seconds 0\n"))
        #expect(try await scheduler.stop() == .clean)
        #expect(scheduler.errorLines.filter { $0.contains("Waiting for a token") }.count == 1)
        checkSecrets(waiting + good + scheduler.errors + scheduler.output)
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("one is fetched in the grace already, so that the first runs do not wait; a standby does the same")
    func grace() async throws {
        let app = try await App()
        let server = try TokenServer { _ in App.token }
        let environment = try environment(server, ["A": "every 1h GET /api/health"])
            .merging(["SCHEDULER_STARTUP_GRACE_SECONDS": "3600"]) { $1 }
        let scheduler = try Sidecar.start(beside: app, environment)
        _ = try await eventually("a token") { server.requests == 1 ? true : nil }
        let standby = try Sidecar.start(beside: app, environment)
        try await standby.line(containing: "waiting as standby until it ends")
        _ = try await eventually("another token") { server.requests == 2 ? true : nil }
        #expect(try app.calls().isEmpty)
        for one in [standby, scheduler] {
            #expect(try await one.stop() == .clean)
            #expect(!one.errors.contains("Waiting for a token"))
        }
    }

    @Test("the app forgets the token: a new one, one more attempt each, and nothing is found in what it echoes")
    func revoked() async throws {
        let server = try TokenServer()
        let app = try TestServer { request, reply in
            let authorization = request.header("Authorization") ?? ""
            let status = authorization.contains("canary-token-2-") ? 200 : 401
            reply.send(.text(status, "you said \(authorization)"))
        }
        let environment = try environment(
            server,
            ["A": "every 1h GET /a", "B": "every 1h GET /b", "C": "every 1h GET /c"]
        )
        let scheduler = try Sidecar.start(beside: app.url, environment)
        _ = try await eventually("the ends of all runs") {
            scheduler.errorLines.filter { $0.contains(" outcome=ok ") }.count == 3 ? true : nil
        }
        let shown = try await shown(scheduler)
        #expect(try await scheduler.stop() == .clean)
        #expect(server.requests == 2)
        #expect(app.seen.count <= 6)
        checkSecrets(shown + scheduler.errors)
    }

    @Test("fire --here without a token calls nothing, and says why; check asks nobody")
    func fire() async throws {
        let server = try TokenServer(.refusing(400, #"{"error":"invalid_client"}"#))
        let app = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        var environment = try environment(server, ["A": "every 1h GET /a"])
        environment["API_URL"] = app.url
        let check = try Binary("scheduler", ["check"], environment: environment)
        #expect(try await check.end() == .clean)
        #expect(server.requests == 0)
        let fired = try Binary("scheduler", ["fire", "a", "--here"], environment: environment)
        #expect(try await fired.end().status == 1)
        #expect(fired.output == "no token: 127.0.0.1 answered 400 invalid_client\nunreachable\n")
        #expect(app.seen.isEmpty && server.requests == 1)
        server.be(.good(life: "3600"))
        let again = try Binary("scheduler", ["fire", "a", "--here"], environment: environment)
        #expect(try await again.end() == .clean)
        #expect(app.seen.map { $0.header("Authorization") } == ["Bearer canary-token-1-0123456789abcdef"])
        checkSecrets(fired.output + fired.errors + again.output + again.errors + check.output + check.errors)
    }

    @Test("a provider that does not answer holds no stop back, nor a fire that is given up")
    func hanging() async throws {
        let server = try TokenServer(.hanging)
        var environment = try environment(server, ["A": "every 1h GET /a"])
        let scheduler = try Sidecar.start(beside: "http://127.0.0.1:1", environment)
        _ = try await eventually("a request") { server.requests == 1 ? true : nil }
        // Its loop turns.
        while try await scheduler.ask("/readyz").status != 200 { try await Task.sleep(for: .milliseconds(5)) }
        #expect(try await scheduler.stop() == .clean)
        #expect(try Sidecar.secondsToStop(scheduler) < 3)
        environment["API_URL"] = "http://127.0.0.1:1"
        let fired = try Binary("scheduler", ["fire", "a", "--here"], environment: environment)
        _ = try await eventually("another request") { server.requests == 2 ? true : nil }
        fired.signal(SIGTERM)
        #expect(try await fired.end().status == 1)
        #expect(!fired.errors.contains("Waiting"))
    }

    @Test("google and azure: where their variables say, past any proxy", arguments: ["google", "azure"])
    func platforms(_ word: String) async throws {
        let end = Int(Date().timeIntervalSince1970) + 3_600
        let payload = Data("{\"exp\":\(end)}".utf8).base64EncodedString().filter { $0 != "=" }
        let jwt = "e30.\(payload).canarysignature"
        let metadata = try TestServer { request, reply in
            let isGood =
                word == "google"
                ? request.header("Metadata-Flavor") == "Google" : request.header("X-IDENTITY-HEADER") == "canary-header"
            let body = word == "google" ? jwt : #"{"access_token":"\#(jwt)","expires_on":"\#(end)"}"#
            reply.send(.text(isGood ? 200 : 403, body))
        }
        let app = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let proxy = try TestServer { _, reply in reply.send(.text(502, "proxy")) }
        let host = String(metadata.url.dropFirst("http://".count))
        var environment = Sidecar.jobs(["A": "every 1h GET /a"])
        environment["API_URL"] = app.url
        environment["SCHEDULER_AUTH"] = word
        environment["SCHEDULER_OAUTH_AUDIENCE"] = "https://api.example.com"
        environment["SCHEDULER_PROXY"] = proxy.url
        environment["http_proxy"] = proxy.url
        environment["GCE_METADATA_HOST"] = host
        environment["IDENTITY_ENDPOINT"] = "\(metadata.url)/msi/token/"
        environment["IDENTITY_HEADER"] = "canary-header"
        let fired = try Binary("scheduler", ["fire", "a", "--here"], environment: environment)
        #expect(try await fired.end().status == 1)
        #expect(metadata.seen.count == 1)
        // The call itself goes through it.
        #expect(proxy.seen.map { $0.header("Authorization") } == ["Bearer \(jwt)"])
        #expect(!(fired.output + fired.errors).contains("canary"))
        environment["SCHEDULER_PROXY"] = nil
        let direct = try Binary("scheduler", ["fire", "a", "--here"], environment: environment)
        #expect(try await direct.end() == .clean)
        #expect(app.seen.map { $0.header("Authorization") } == ["Bearer \(jwt)"])
    }

    @Test("basic: user and password, neither in what is echoed")
    func basic() async throws {
        let app = try TestServer { request, reply in
            reply.send(.text(500, "you said \(request.header("Authorization") ?? "")"))
        }
        let environment = [
            "API_URL": app.url, "SCHEDULER_AUTH": "basic", "SCHEDULER_API_USER": "bob",
            "SCHEDULER_API_TOKEN": "canary", "SCHEDULER_LOG_FORMAT": "json",
        ]
        let fired = try Binary("scheduler", ["fire", "health-check", "--here"], environment: environment)
        #expect(try await fired.end().status == 1)
        let value = Data("bob:canary".utf8).base64EncodedString()
        #expect(app.seen.map { $0.header("Authorization") } == ["Basic \(value)"])
        #expect(!(fired.output + fired.errors).contains("canary") && !(fired.output + fired.errors).contains(value))
        #expect(fired.errors.contains("you said Basic ***"))
    }
}
