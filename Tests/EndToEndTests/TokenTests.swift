import Foundation
import HTTPServer
import Locking
import TestSupport
import Testing

@Suite("End to end: token files")
struct TokenTests {
    private static let old = "canary-old-0123456789abcdef0123456789abcdef"
    private static let new = "canary-new-0123456789abcdef0123456789abcdef"

    /// Takes the new token only, and has it put in place when the first request with the old one arrives.
    private static func app(
        answering status: Int,
        rotate: @escaping @Sendable () throws -> Void
    ) throws -> TestServer {
        let isRotated = Mutex(false)
        return try TestServer { request, reply in
            let authorization = request.header("Authorization") ?? ""
            isRotated.withLock { isRotated in
                guard !isRotated else { return }
                isRotated = true
                try? rotate()
            }
            let status = authorization == "Bearer \(new)" ? status : 401
            // An echo, and the other token as well: neither may be logged.
            reply.send(.text(status, "not \(authorization) but \(authorization.contains(new) ? old : new)"))
        }
    }

    private static func check(_ scheduler: Binary, _ app: TestServer, _ end: String) async throws {
        let ends = try await eventually("the ends of all runs") {
            let lines = scheduler.errorLines.filter { $0.contains(" outcome=") }
            return lines.count == 11 ? lines : nil
        }
        #expect(ends.allSatisfy { $0.contains(end) }, "\(ends)")
        #expect(ends.contains { $0.contains(" attempts=2 ") })
        #expect(try await scheduler.stop() == .clean)
        #expect(scheduler.errorLines.filter { $0.contains("SCHEDULER_API_TOKEN_FILE has changed") }.count == 1)
        #expect(!scheduler.errors.contains("canary"))
        for (_, requests) in Dictionary(grouping: app.seen, by: { $0.header("Idempotency-Key") ?? "" }) {
            let attempts = requests.map {
                "\($0.header("X-Scheduler-Attempt") ?? "") \($0.header("Authorization") ?? "")"
            }
            #expect(
                attempts == ["1 Bearer \(new)"] || attempts == ["1 Bearer \(old)", "2 Bearer \(new)"],
                "\(attempts)"
            )
        }
    }

    @Test("the file is replaced by rename: what was denied is tried once more with the new token")
    func rename() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("token", Self.old + "\n")
        let app = try Self.app(answering: 500) { try folder.write("token", Self.new + "\n") }
        let environment = ["SCHEDULER_API_TOKEN": "", "SCHEDULER_API_TOKEN_FILE": path, "LOG_LEVEL": "debug"]
        let end = #" HTTP 500 - not Bearer *** but ***\n job="#
        try await Self.check(try Sidecar.start(beside: app.url, environment), app, end)
    }

    @Test("a folder of secrets is flipped by symbolic link, as Kubernetes does it")
    func flip() async throws {
        let secret = try MountedSecret(Self.old)
        let app = try Self.app(answering: 200) { try secret.flip(to: Self.new) }
        let environment = ["SCHEDULER_API_TOKEN": "", "SCHEDULER_API_TOKEN_FILE": secret.path]
        try await Self.check(try Sidecar.start(beside: app.url, environment), app, " outcome=ok status=200 ")
    }

    @Test("a token that stays denied is tried once, not again and again")
    func denied() async throws {
        let folder = try TemporaryFolder()
        let app = try TestServer { _, reply in reply.send(.text(401, "no")) }
        let path = try folder.write("token", Self.old)
        let environment = ["SCHEDULER_API_TOKEN": "", "SCHEDULER_API_TOKEN_FILE": path]
        let scheduler = try Sidecar.start(beside: app.url, environment)
        _ = try await eventually("the ends of all runs") {
            scheduler.errorLines.filter { $0.contains(" attempts=1 outcome=denied ") }.count == 11 ? true : nil
        }
        #expect(try await scheduler.stop() == .clean)
        #expect(app.seen.count == 11)
    }

    @Test("SIGHUP reads the file again, also in the grace, and tells each time what is wrong with it")
    func hangUp() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("token", Self.old)
        let environment = [
            "SCHEDULER_API_TOKEN": "", "SCHEDULER_API_TOKEN_FILE": path, "SCHEDULER_STARTUP_GRACE_SECONDS": "3600",
        ]
        let scheduler = try Sidecar.start(beside: "http://localhost:1", environment)
        try await scheduler.line(containing: "Next slot: bq-metadata-refresh")
        let complaint = "SCHEDULER_API_TOKEN_FILE=\"\(path)\" holds no token: the file is empty; the last token stays"
        try folder.write("token", "\n")
        for count in 1...2 {
            scheduler.signal(SIGHUP)
            _ = try await eventually("complaint \(count)") {
                scheduler.errorLines.filter { $0.contains(complaint) }.count == count ? true : nil
            }
        }
        try folder.write("token", Self.new)
        scheduler.signal(SIGHUP)
        try await scheduler.line(containing: "The token in SCHEDULER_API_TOKEN_FILE has changed")
        try await scheduler.line(containing: "Reloaded: 11 jobs.")
        #expect(scheduler.errorLines.filter { $0.contains("Not reloaded, the old jobs stay: 1 ") }.count == 2)
        #expect(try await scheduler.stop() == .clean)
        #expect(!scheduler.errors.contains("canary"))
    }

    @Test("fire, as the clock does: the new token, and neither of the two in what it prints")
    func fire() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("token", Self.old)
        let app = try Self.app(answering: 200) { try folder.write("token", Self.new) }
        let environment = ["API_URL": app.url, "SCHEDULER_API_TOKEN_FILE": path, "LOG_FORMAT": "json"]
        let scheduler = try Binary("scheduler", ["fire", "health-check", "--json"], environment: environment)
        #expect(try await scheduler.end() == .clean)
        #expect(scheduler.output.contains(#""attempts":2,"outcome":"ok""#))
        #expect(!(scheduler.output + scheduler.errors).contains("canary"))
        #expect(app.seen.count == 2)
    }

    @Test(
        "no command and no fault prints the token, wherever it stands",
        arguments: [
            [], ["check"], ["check", "--json"], ["next"], ["fire", "health-check"], ["version"], ["help"],
        ]
    )
    func canary(_ arguments: [String]) async throws {
        let folder = try TemporaryFolder()
        let good = try folder.write("token", Self.old)
        let environments = [
            ["SCHEDULER_API_TOKEN_FILE": good, "SCHEDULER_LOG_LEVEL": Self.old],
            ["SCHEDULER_API_TOKEN": Self.old, "SCHEDULER_API_TOKEN_FILE": good],
            ["SCHEDULER_API_TOKEN": Self.old + "\r\nX: 1"],
            ["SCHEDULER_API_TOKEN_FILE": Self.old],
            ["SCHEDULER_API_TOKEN_FILE": try folder.write("bad", Self.old + " x")],
            ["SCHEDULER_PROXY": "http://bob:\(Self.old)@proxy"],
            ["API_URL": "http://bob:\(Self.old)@app"],
            ["SCHEDULER_API_TOKEN": Self.old, "API_URL": "http://app.example:99999/\(Self.old)"],
        ]
        for environment in environments {
            let scheduler = try Binary("scheduler", arguments, environment: environment)
            let end = try await scheduler.end()
            #expect(end.status == (["version", "help"].contains(arguments.first) ? 0 : 78), "\(environment)")
            #expect(!(scheduler.output + scheduler.errors).contains("canary"), "\(environment)")
        }
    }
}
