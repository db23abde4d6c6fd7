import Foundation
import HTTPClient
import HTTPServer
import Locking
import Schedule
import TestSupport
import Testing

@testable import SchedulerCore

@Suite("Runner")
struct RunnerTests {
    private let book = LogBook()
    private let job: Job

    init() throws { job = try #require(try Settings(environment: [:]).jobs.first) }

    @Test("a request says who, what and which run it is for")
    func headers() throws {
        let target = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let outcome = try run(against: target, token: "hunter2")
        #expect(outcome == .ok)
        let seen = try #require(target.seen.first)
        #expect(target.seen.count == 1)
        #expect(seen.method == "POST")
        #expect(seen.target == "/prefix/api/sync/trigger")
        #expect(seen.header("Authorization") == "Bearer hunter2")
        #expect(seen.header("User-Agent") == "scheduler-sidecar/0.1.0")
        #expect(seen.header("Idempotency-Key") == "data-refresh@2026-01-01T00:00:00Z")
        #expect(seen.header("X-Scheduler-Job") == "data-refresh")
        #expect(seen.header("X-Scheduler-Slot") == "2026-01-01T00:00:00Z")
        #expect(seen.header("X-Scheduler-Attempt") == "1")
        #expect(seen.header("X-Scheduler-Trigger") == "schedule")
        #expect(seen.header("X-Request-ID") == "00000000000000010000000000000001")
        #expect(seen.header("traceparent") == "00-00000000000000010000000000000001-0000000000000001-01")
    }

    @Test("a manual run has a key of its own")
    func manual() throws {
        let target = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        _ = try run(against: target, trigger: .manual)
        #expect(
            target.seen.first?.header("Idempotency-Key")
                == "data-refresh@2026-01-01T00:00:00Z#manual-00000000000000010000000000000001"
        )
    }

    @Test("without a token: no header, and one warning for all runs")
    func noToken() throws {
        let target = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let runner = try runner(against: target)
        for _ in 0..<3 { _ = runner.perform(Self.run(), of: job, with: Client()) }
        #expect(target.seen.count == 3)
        #expect(target.seen.allSatisfy { $0.header("Authorization") == nil })
        #expect(book.lines.filter { $0.contains(" WARNING SCHEDULER_API_TOKEN is not set: ") }.count == 1)
    }

    @Test("an answer that echoes the token is logged without it")
    func echo() throws {
        let target = try TestServer { request, reply in
            reply.send(.text(401, "bad credentials: \(request.header("Authorization") ?? "")"))
        }
        #expect(try run(against: target, token: "hunter2") == .denied)
        #expect(book.lines.last?.contains("HTTP 401 - bad credentials: Bearer ***") == true)
        #expect(!book.lines.joined().contains("hunter2"))
    }

    @Test("a run without an answer is reported as an exception, once per outage")
    func reports() async throws {
        let posthog = try TestServer { _, reply in reply.send(.text(200, "{}")) }
        let down = "http://127.0.0.1:\(try ListeningSocket.quietPort())"
        let settings = try settings(for: down, extra: ["POSTHOG_API_KEY": "phc_key", "POSTHOG_HOST": posthog.url])
        let reports = ErrorReports(
            try #require(settings.errorReports),
            secrets: SecretBook(settings.secrets),
            now: { Moment(seconds: 1_767_225_600) }
        )
        let runner = runner(settings, reports: reports)
        for _ in 0..<3 { #expect(runner.perform(Self.run(), of: job, with: Client()).outcome == .unreachable) }
        try await awaitTrue { reports.waiting == 0 }
        reports.stop()
        let event = try #require(posthog.seen.first)
        #expect(posthog.seen.count == 1)
        #expect(event.method == "POST")
        #expect(event.target == "/i/v0/e/")
        #expect(event.header("Content-Type") == "application/json")
        let body = try #require(try JSONSerialization.jsonObject(with: Data(event.body)) as? [String: Any])
        #expect(body["api_key"] as? String == "phc_key")
        #expect(body["event"] as? String == "$exception")
        #expect(body["distinct_id"] as? String == "system")
        let properties = try #require(body["properties"] as? [String: Any])
        #expect(properties["job"] as? String == "/api/sync/trigger")
        #expect(properties["method"] as? String == "POST")
        #expect(properties["component"] as? String == "scheduler")
        let exceptions = try #require(properties["$exception_list"] as? [[String: Any]])
        #expect(exceptions.first?["type"] as? String == "TransferError.unreachable")
    }

    @Test("reports that are not taken are told of once, until one is")
    func lostReports() async throws {
        let status = Mutex(401)
        let posthog = try TestServer { _, reply in
            reply.send(.text(status.withLock { $0 }, "invalid key phc_key\njob=forged"))
        }
        let settings = try settings(
            for: posthog.url,
            extra: ["POSTHOG_API_KEY": "phc_key", "POSTHOG_HOST": posthog.url]
        )
        let log = book.log(secrets: SecretBook(settings.secrets))
        let reports = ErrorReports(
            try #require(settings.errorReports),
            secrets: SecretBook(settings.secrets),
            log: log,
            now: { .epoch }
        )
        let run = Run(job: 0, slot: .epoch, trigger: .schedule)
        let end = RunEnd(
            attempt: Clockwork.Attempt(run: run, job: job),
            context: RunContext(id: RunID(1, 1), slot: run.slot, began: .zero, lateness: .zero),
            answer: .failure(TransferError(.timeout, "x", requestWasSent: true)),
            duration: .zero,
            attempts: 1
        )
        for next in [401, 500, 200, 401] {
            status.withLock { $0 = next }
            reports.note(end)
            try await awaitTrue { reports.waiting == 0 }
        }
        reports.stop()
        #expect(posthog.seen.count == 4)
        #expect(
            book.lines.map { $0.dropFirst(25) }
                == Array(
                    repeating: """
                        WARNING An error report to \(posthog.url)/i/v0/e/ is lost: HTTP 401 - invalid key ***\\njob\\x3dforged\\n; \
                        look at POSTHOG_API_KEY and POSTHOG_HOST.

                        """[...],
                    count: 2
                )
        )
    }

    @Test("each run that timed out is reported; an answer, whatever it says, is not")
    func reportsOfTimeouts() async throws {
        let posthog = try TestServer { _, reply in reply.send(.text(200, "{}")) }
        let settings = try settings(
            for: posthog.url,
            extra: ["POSTHOG_API_KEY": "phc_key", "POSTHOG_HOST": posthog.url]
        )
        let reports = ErrorReports(try #require(settings.errorReports), secrets: SecretBook(), now: { .epoch })
        func end(_ answer: Result<HTTPClient.Response, TransferError>) {
            reports.note(
                RunEnd(
                    attempt: Clockwork.Attempt(run: Self.run(), job: settings.jobs[0]),
                    context: RunContext(id: RunID(1, 1), slot: Self.run().slot, began: .zero, lateness: .zero),
                    answer: answer,
                    duration: .zero,
                    attempts: 1
                )
            )
        }
        end(.failure(TransferError(.timeout, "slow", requestWasSent: true)))
        end(.success(Response(status: 500)))
        end(.failure(TransferError(.aborted, "stop", requestWasSent: true)))
        end(.failure(TransferError(.timeout, "slow", requestWasSent: true)))
        try await awaitTrue { reports.waiting == 0 }
        reports.stop()
        #expect(posthog.seen.count == 2)
    }

    // MARK: - Fixtures

    private static func run(_ trigger: Run.Trigger = .schedule) -> Run {
        Run(job: 0, slot: Moment(seconds: 1_767_225_600), trigger: trigger)
    }

    private func settings(for url: String, token: String = "", extra: [String: String] = [:]) throws -> Settings {
        let environment = ["API_URL": url + "/prefix/", "SCHEDULER_API_TOKEN": token]
        return try Settings(environment: environment.merging(extra) { $1 })
    }

    private func runner(_ settings: Settings, reports: ErrorReports? = nil) -> Runner {
        let credentials = settings.makeCredentials()
        return Runner(
            settings,
            token: credentials.token,
            log: book.log(secrets: credentials.secrets),
            time: .system,
            reports: reports,
            cancellation: Cancellation(),
            random: { 1 }
        )
    }

    private func runner(against target: TestServer, token: String = "") throws -> Runner {
        runner(try settings(for: target.url, token: token))
    }

    private func run(against target: TestServer, token: String = "", trigger: Run.Trigger = .schedule) throws -> Outcome
    {
        try runner(against: target, token: token).perform(Self.run(trigger), of: job, with: Client()).outcome
    }
}
