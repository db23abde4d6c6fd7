import Clockwork
import Files
import HTTPClient
import HTTPServer
import Locking
import Schedule
import TestSupport
import Testing

@testable import Calling

@Suite("Error reports")
struct ErrorReportsTests {
    private let rig: CallingRig

    init() throws { rig = try CallingRig() }

    @Test("an outage is reported as an exception, whole")
    func event() async throws {
        let posthog = try TestServer { _, reply in reply.send(.text(200, "{}")) }
        try await note([.targetIsDown(rig.attempt(), none(.unreachable, "refused"))], to: posthog)
        let seen = try #require(posthog.seen.first)
        #expect(posthog.seen.count == 1)
        #expect(seen.method == "POST")
        #expect(seen.target == "/i/v0/e/")
        #expect(seen.header("Content-Type") == "application/json")
        #expect(seen.header("User-Agent") == "scheduler-sidecar/0.2.0")
        #expect(
            String(decoding: seen.body, as: UTF8.self)
                == #"{"api_key":"phc_key","event":"$exception","distinct_id":"system","#
                + #""timestamp":"2026-01-01T00:00:00.000Z","properties":{"distinct_id":"system","#
                + #""job":"/api/sync/trigger","method":"POST","component":"scheduler","#
                + #""$exception_list":[{"type":"TransferError.unreachable","value":"refused","#
                + #""mechanism":{"type":"generic","handled":true}}],"$exception_level":"error","#
                + #""$lib":"scheduler-sidecar","$lib_version":"0.2.0"}}"#
        )
    }

    @Test("a report is marked as the app marks its own, where that is known")
    func marks() async throws {
        let posthog = try TestServer { _, reply in reply.send(.text(200, "{}")) }
        let (reports, courier, settle) = try reports(to: posthog.url, environment: "staging", release: "1.2.3")
        reports.note(.targetIsDown(rig.attempt(), none(.unreachable, "refused")))
        try await settle()
        courier.stop()
        let body = String(decoding: try #require(posthog.seen.first).body, as: UTF8.self)
        #expect(body.hasSuffix(#","$lib_version":"0.2.0","environment":"staging","release":"1.2.3"}}"#))
    }

    /// A fact by its first letter: the target is Down or Up, an attempt ended Unreachable, with a Timeout, Broken,
    /// without tRust, Aborted, or with an answer.
    private func fact(_ letter: Character) -> Fact {
        switch letter {
        case "D": .targetIsDown(rig.attempt(), none(.unreachable, "down"))
        case "U": .targetIsUp("app", after: .seconds(5), waited: 1)
        case "u": .attemptEnded(rig.attempt(), none(.unreachable, "unreachable"))
        case "t": .attemptEnded(rig.attempt(), none(.timeout, "timeout"))
        case "b": .attemptEnded(rig.attempt(), none(.broken, "broken"))
        case "r": .attemptEnded(rig.attempt(), none(.tls, "no trust"))
        case "a": .attemptEnded(rig.attempt(), none(.aborted, "aborted"))
        default: .attemptEnded(rig.attempt(), answer(500))
        }
    }

    @Test(
        "one report per outage, and one for each attempt without an answer while the target is up",
        arguments: [
            ("uD", ["down"]), ("uDuuuuU", ["down"]), ("DUD", ["down", "down"]),
            // An older call that ends in the middle of an outage opens no new report, and neither does what follows.
            ("DtuU", ["down"]), ("DtuuU", ["down"]), ("DbrU", ["down"]), ("DtUt", ["down", "timeout"]),
            ("tt", ["timeout", "timeout"]), ("b", ["broken"]), ("r", ["no trust"]),
            // An answer, whatever it says, a stop, and what our own machine refuses.
            ("5", []), ("a", []), ("u", []),
        ]
    )
    func outages(_ facts: String, reports: [String]) async throws {
        let posthog = try TestServer { _, reply in reply.send(.text(200, "{}")) }
        try await note(facts.map(fact), to: posthog)
        let values = posthog.seen.map { seen in
            String(decoding: seen.body, as: UTF8.self).firstMatch(of: /"value":"([^"]*)"/).map { String($0.1) }
        }
        #expect(values == reports)
        #expect(rig.told == [])
    }

    @Test("reports that are not taken are told of once, until one is; without secrets, and cut")
    func lost() async throws {
        let status = Mutex(401)
        let tail = String(repeating: "x", count: 300)
        let posthog = try TestServer { _, reply in
            reply.send(.text(status.withLock { $0 }, "invalid key hunter2 \(tail)"))
        }
        let (reports, courier, settle) = try reports(to: posthog)
        for next in [401, 400, 200, 401] {
            status.withLock { $0 = next }
            reports.note(fact("t"))
            try await settle()
        }
        courier.stop()
        #expect(posthog.seen.count == 4)
        let why = "HTTP 401 - invalid key *** \(tail.prefix(184))"
        let refused = "refused: \(posthog.url)/i/v0/e/ \(why)"
        #expect(rig.told == [refused, "taken: \(posthog.url)/i/v0/e/", refused])
    }

    @Test("nobody there to take a report: told once, with the reason")
    func nobody() async throws {
        let url = "http://127.0.0.1:\(try ListeningSocket.quietPort())"
        let (reports, courier, settle) = try reports(to: url)
        for _ in 0..<2 {
            reports.note(fact("t"))
            try await settle()
        }
        courier.stop()
        let told = try #require(rig.told.first)
        #expect(rig.told.count == 1)
        #expect(told.hasPrefix("lost: \(url)/i/v0/e/ Failed to connect to 127.0.0.1 port "))
    }

    // MARK: - Fixtures

    private func none(_ outcome: Outcome, _ why: String) -> AttemptEnd {
        var end = AttemptEnd(outcome)
        end.excerpt = why
        return end
    }

    private func answer(_ status: Int) -> AttemptEnd {
        var end = AttemptEnd(Outcome(status: status))
        end.status = status
        return end
    }

    private func note(_ facts: [Fact], to posthog: TestServer) async throws {
        let (reports, courier, settle) = try reports(to: posthog)
        for fact in facts { reports.note(fact) }
        try await settle()
        courier.stop()
    }

    private func reports(to posthog: TestServer) throws -> (ErrorReports, Courier, settle: () async throws -> Void) {
        try reports(to: posthog.url)
    }

    /// `settle` waits until nothing is left to be sent.
    private func reports(
        to url: String,
        environment: String? = nil,
        release: String? = nil
    ) throws -> (ErrorReports, Courier, settle: () async throws -> Void) {
        let courier = Courier(
            time: CallingRig.time,
            mask: { $0.replacing("hunter2", with: "***") },
            tell: { [events = rig.events] in events.add($0) }
        )
        let reports = ErrorReports(
            ErrorReports.Destination(
                key: Secret("phc_key"),
                host: try BaseURL(parsing: url),
                environment: environment,
                release: release
            ),
            now: { CallingRig.slot },
            send: courier.send
        )
        return (reports, courier, { try await awaitTrue { courier.waiting == 0 } })
    }
}
