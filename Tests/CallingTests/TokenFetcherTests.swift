import Clockwork
import Files
import Foundation
import HTTPClient
import HTTPServer
import Schedule
import TestSupport
import Testing

@testable import Calling

@Suite("Tokens that are fetched")
struct TokenFetcherTests {
    private let rig: CallingRig
    private let learned = Told<String>()
    private let heard = Told<String>()
    /// Set by hand, so that nothing ends or is renewed by itself.
    private let uptime = Shared(Duration.seconds(100))
    private let now = Shared(Moment(seconds: 1_800_000_000))

    init() throws { rig = try CallingRig() }

    private func fetcher(_ provider: TokenProvider) -> TokenFetcher {
        TokenFetcher(
            provider,
            time: { [uptime, now] in Reading(now: now.value, uptime: uptime.value) },
            learn: { [learned] in learned.add($0.reveal) },
            tell: { [events = rig.events] in events.add($0) }
        )
    }

    private var listener: TokenListener {
        TokenListener(
            lacks: { [heard] in heard.add("lacks: \($0)") },
            has: { [heard] in heard.add("has") },
            asked: { [heard, now] result, end in
                heard.add("\(result)" + (end.map { " \(($0 - now.value).components.seconds)" } ?? ""))
            }
        )
    }

    private func token(_ fetcher: TokenFetcher, waits: Bool = true) -> String? {
        try? fetcher.authorization(waits: waits).get().value.reveal
    }

    private static func name(_ number: Int) -> String { "canary-token-\(number)-0123456789abcdef" }

    // MARK: - The request

    @Test("client credentials, to the letter of RFC 6749 and RFC 7523", arguments: ["basic", "form", "assertion"])
    func letter(_ proof: String) throws {
        let server = try TokenServer()
        let provider = server.client(
            {
                proof == "assertion" ? .assertion($0) : .secret($0, inForm: proof == "form")
            },
            scope: "a b",
            audience: "https://api/x?y=1"
        )
        let fetcher = fetcher(provider)
        #expect(fetcher.start(listener))
        defer { fetcher.stop() }
        #expect(token(fetcher) == Self.name(1))
        let request = try #require(server.server.seen.first)
        let form = TokenServer.form(String(decoding: request.body, as: UTF8.self))
        #expect(form["scope"] == "a b" && form["audience"] == "https://api/x?y=1")
        #expect(request.header("Accept") == "application/json")
        // Masked before anybody could tell it, in each form in which it goes out.
        let secrets = [TokenServer.secret, "s3cret%3A%2F%2B%25%26%3Dcanary", Self.name(1)]
        #expect(Set(secrets).isSubset(of: learned.all))
        let header = try #require(request.header("Authorization") ?? (proof == "basic" ? nil : "Basic "))
        #expect(proof != "basic" || learned.all.contains(String(header.dropFirst(6))))
    }

    @Test("google: the metadata server is asked for an identity token of the audience")
    func google() async throws {
        let payload = Base64.encode(#"{"exp":1800003600}"#.utf8).filter { $0 != "=" }
        let server = try TestServer { _, reply in reply.send(.text(200, "e30.\(payload).sig")) }
        let fetcher = fetcher(.google(host: String(server.url.dropFirst(7)), audience: "https://api/x y"))
        #expect(fetcher.start(listener))
        defer { fetcher.stop() }
        #expect(token(fetcher) == "e30.\(payload).sig")
        let request = try #require(server.seen.first)
        let path = "/computeMetadata/v1/instance/service-accounts/default/identity"
        #expect(request.target == path + "?audience=https%3A%2F%2Fapi%2Fx%20y")
        #expect(request.method == "GET" && request.header("Metadata-Flavor") == "Google")
        try await awaitTrue { !heard.all.isEmpty }
        #expect(heard.all.first == "ok 3600")
    }

    @Test("azure: where the platform says, with what it wants to see", arguments: [nil, "client"])
    func azure(_ id: String?) async throws {
        let server = try TestServer { _, reply in
            reply.send(.text(200, #"{"access_token":"az","expires_on":"1800000600","token_type":"Bearer"}"#))
        }
        let endpoint = TokenURL(text: server.url + "/msi/token", host: "127.0.0.1")
        let identity = AzureIdentity(endpoint: endpoint, header: Secret("hdr"), resource: "api://x", clientID: id)
        let fetcher = fetcher(.azure(identity))
        #expect(fetcher.start(listener))
        defer { fetcher.stop() }
        #expect(token(fetcher) == "az")
        let request = try #require(server.seen.first)
        let query = "?api-version=2019-08-01&resource=api%3A%2F%2Fx" + (id.map { "&client_id=\($0)" } ?? "")
        #expect(request.target == "/msi/token" + query)
        #expect(request.header("X-IDENTITY-HEADER") == "hdr" && request.header("Metadata") == nil)
        try await awaitTrue { !heard.all.isEmpty }
        #expect(heard.all.first == "ok 600")
        #expect(learned.all.contains("hdr"))
    }

    @Test("azure without that: the metadata service at its address")
    func azureMetadata() {
        let identity = AzureIdentity(endpoint: nil, header: nil, resource: "api://x")
        let (request, secrets) = TokenProvider.azure(identity).request(nil, tls: TLSOptions())
        let url = "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=api%3A%2F%2Fx"
        #expect(request.url == url && request.headers == ["Metadata": "true"] && secrets.isEmpty)
        #expect(request.proxy == nil && request.tls == TLSOptions())
    }

    @Test("the secret's file is read at each request")
    func rotatedSecret() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("secret", "wrong")
        let origin = TokenOrigin(
            Secret("wrong"),
            file: TokenFile(path, variable: "SCHEDULER_OAUTH_CLIENT_SECRET_FILE")
        )
        let server = try TokenServer()
        let fetcher = fetcher(server.client { _ in .secret(origin, inForm: false) })
        #expect(fetcher.start(listener))
        defer { fetcher.stop() }
        #expect(token(fetcher) == nil)
        try folder.write("secret", TokenServer.secret)
        uptime.change { $0 += .seconds(1) }
        fetcher.reopen()
        #expect(token(fetcher) == Self.name(1))
    }

    // MARK: - What goes wrong

    @Test("a redirect is an answer, and nobody is led elsewhere")
    func redirect() async throws {
        let other = try TestServer { _, reply in reply.send(.text(200, #"{"access_token":"other"}"#)) }
        let server = try TokenServer(.redirecting(other.url))
        let fetcher = fetcher(server.client())
        #expect(fetcher.start(listener))
        defer { fetcher.stop() }
        #expect(fetcher.authorization(waits: true) == .failure(NoToken(reason: "login.example.com answered 302")))
        try await awaitTrue { heard.all.count == 2 }
        #expect(heard.all == ["refused", "lacks: login.example.com answered 302"])
        #expect(other.seen.isEmpty)
    }

    @Test("refused, then good: one word each time, never what else was said")
    func refused() async throws {
        let server = try TokenServer(.refusing(400, #"{"error":"invalid_client","error_description":"canary"}"#))
        let fetcher = fetcher(server.client())
        #expect(fetcher.start(listener))
        defer { fetcher.stop() }
        try await awaitTrue { heard.all.count == 2 }
        #expect(heard.all == ["refused", "lacks: login.example.com answered 400 invalid_client"])
        #expect(token(fetcher, waits: false) == nil)
        // Between two tries nobody is kept waiting.
        #expect(token(fetcher) == nil)
        #expect(server.requests == 1)
        server.be(.good(life: "3600"))
        fetcher.reopen()
        try await awaitTrue { heard.all.last == "has" }
        #expect(heard.all.suffix(2) == ["ok 3600", "has"])
        #expect(token(fetcher, waits: false) == Self.name(1))
    }

    @Test("nobody there")
    func unreachable() throws {
        let url = TokenURL(text: "http://127.0.0.1:1/token", host: "login.example.com")
        let client = OAuthClient(url: url, id: "id", proof: .secret(TokenOrigin(Secret("secret")), inForm: true))
        let fetcher = fetcher(.oauth(client))
        #expect(fetcher.start(listener))
        defer { fetcher.stop() }
        guard case .failure(let none) = fetcher.authorization(waits: true) else { return #expect(Bool(false)) }
        #expect(none.reason.hasPrefix("login.example.com is out of reach ("))
        #expect(none.reason.contains("onnect"))
    }

    @Test("a stop lets go whoever waits for an answer that does not come")
    func stopped() async throws {
        let server = try TokenServer(.hanging)
        let fetcher = fetcher(server.client())
        #expect(fetcher.start(listener))
        try await awaitTrue { server.requests == 1 }
        let waiting = Task.detached { try? fetcher.authorization(waits: true).get() }
        fetcher.stop()
        #expect(await waiting.value == nil)
    }

    @Test("renewal that fails is told, and that it is over; the clock of the wall plays no part")
    func renewal() async throws {
        let server = try TokenServer()
        let fetcher = fetcher(server.client())
        #expect(fetcher.start(listener))
        defer { fetcher.stop() }
        #expect(token(fetcher) == Self.name(1))
        for step in [-86_400, 10 * 86_400] {
            now.change { $0 = $0 + .seconds(step) }
            fetcher.reopen()
            #expect(token(fetcher) == Self.name(1))
        }
        server.be(.refusing(503, ""))
        uptime.change { $0 += .seconds(2_880) }
        fetcher.reopen()
        try await awaitTrue { !rig.events.all.isEmpty }
        #expect(token(fetcher) == Self.name(1))
        #expect(rig.told == ["not renewed: login.example.com answered 503, 690"])
        server.be(.good(life: "\"60\""))
        uptime.change { $0 += .seconds(1) }
        fetcher.reopen()
        try await awaitTrue { rig.events.all.count == 2 }
        #expect(rig.told.last == "renewed: login.example.com")
        #expect(token(fetcher) == Self.name(2))
        // Near its end it is not used, whatever becomes of the renewal.
        server.be(.hanging)
        uptime.change { $0 += .seconds(31) }
        #expect(token(fetcher, waits: false) == nil)
    }

    // MARK: - Many jobs

    @Test("fifty runs and no token: one request for it, and one call each")
    func singleFlight() async throws {
        let server = try TokenServer()
        let app = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let fetcher = fetcher(server.client())
        let runner = try rig.runner(app.url, token: fetcher)
        #expect(fetcher.start(listener))
        defer { fetcher.stop() }
        let ends = try await runs(50, .manual, runner)
        #expect(ends.allSatisfy { $0.outcome == .ok })
        #expect(server.requests == 1)
        #expect(app.seen.count == 50)
        #expect(Set(app.seen.map { $0.header("Authorization") }) == ["Bearer \(Self.name(1))"])
    }

    @Test("fifty runs that are denied: one new token, one more attempt each, then none", arguments: [401, 403])
    func storm(_ status: Int) async throws {
        let server = try TokenServer()
        let app = try TestServer { _, reply in reply.send(.text(status, "no")) }
        let fetcher = fetcher(server.client())
        let runner = try rig.runner(app.url, token: fetcher)
        #expect(fetcher.start(listener))
        defer { fetcher.stop() }
        _ = token(fetcher)
        let ends = try await runs(50, .manual, runner)
        #expect(ends.allSatisfy { $0.outcome == .denied })
        #expect(server.requests == 2)
        // Who came late had the new one at once, and nothing followed it.
        let carried = app.seen.map { $0.header("Authorization") ?? "" }
        #expect(carried.filter { $0.contains(Self.name(1)) }.count <= 50)
        #expect(carried.count <= 100 && carried.count == ends.reduce(0) { $0 + $1.requests })
        // A new one is no better, and so is not replaced.
        let later = try await runs(10, .manual, runner)
        #expect(later.allSatisfy { $0.requests == 1 } && server.requests == 2)
    }

    @Test("a token that the app forgot is replaced within the attempt")
    func revoked() throws {
        let server = try TokenServer()
        let app = try TestServer { request, reply in
            let isNew = request.header("Authorization") == "Bearer \(Self.name(2))"
            reply.send(.text(isNew ? 200 : 401, "x"))
        }
        let fetcher = fetcher(server.client())
        let runner = try rig.runner(app.url, token: fetcher)
        #expect(fetcher.start(listener))
        defer { fetcher.stop() }
        _ = token(fetcher)
        let end = runner.make(rig.attempt(), with: Client()) { true }
        #expect(end.outcome == .ok && end.requests == 2)
        #expect(app.seen.map { $0.header("X-Scheduler-Attempt") } == ["1", "2"])
        #expect(runner.make(rig.attempt(), with: Client()) { true }.requests == 1)
    }

    @Test("denied, and no new token: the run ends so, and the next calls nothing")
    func deniedWithoutAnother() throws {
        let server = try TokenServer()
        let app = try TestServer { _, reply in reply.send(.text(401, "no")) }
        let fetcher = fetcher(server.client())
        let runner = try rig.runner(app.url, token: fetcher)
        #expect(fetcher.start(listener))
        defer { fetcher.stop() }
        _ = token(fetcher)
        server.be(.refusing(400, #"{"error":"invalid_client"}"#))
        let end = runner.make(rig.attempt(), with: Client()) { true }
        #expect(end.outcome == .denied && end.requests == 1)
        let next = runner.make(rig.attempt(), with: Client()) { true }
        #expect(next.lacksToken && !next.wasSent && next.outcome == .unreachable)
        #expect(next.excerpt == "no token: login.example.com answered 400 invalid_client")
        #expect(app.seen.count == 1)
    }

    private func runs(_ count: Int, _ trigger: Run.Trigger, _ runner: Runner) async throws -> [AttemptEnd] {
        let ends = Told<AttemptEnd>()
        for _ in 0..<count {
            let attempt = rig.attempt(trigger)
            Thread.detachNewThread { ends.add(runner.make(attempt, with: Client()) { true }) }
        }
        try await awaitTrue { ends.all.count == count }
        return ends.all
    }

    // MARK: - basic

    @Test("basic: the user and the password of this moment, both masked")
    func basic() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("password", "pass:word")
        let app = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let file = TokenFile(path, variable: "SCHEDULER_API_TOKEN_FILE")
        let source = TokenSource(
            TokenOrigin(Secret("pass:word"), file: file),
            user: "bob é",
            learn: { [learned] in learned.add($0.reveal) },
            tell: { _ in }
        )
        let runner = try rig.runner(app.url, token: source)
        _ = runner.make(rig.attempt(), with: Client()) { true }
        try folder.write("password", "new")
        _ = runner.make(rig.attempt(), with: Client()) { true }
        let values = ["bob é:pass:word", "bob é:new"].map { Data($0.utf8).base64EncodedString() }
        #expect(app.seen.map { $0.header("Authorization") } == values.map { "Basic \($0)" })
        #expect(learned.all == ["pass:word", values[0], "new", values[1]])
    }
}
