import Clockwork
import Files
import HTTPClient
import Schedule
import Testing

@testable import Calling

@Suite("Pings")
struct PingsTests {
    private static let id = RunID(0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210)
    private static let uuid = "01234567-89ab-cdef-fedc-ba9876543210"

    /// A fact by the word that says how the run ended, or `start`.
    private func fact(_ word: String, ping: Job.Ping = .standard, attempt number: Int = 1) throws -> Fact {
        let job = try CallingRig.job { ($0.name, $0.ping) = ("Session:Usage_1", ping) }
        let run = Run(slot: CallingRig.slot, trigger: .manual)
        if word == "start" {
            let begin = RunBegin(id: Self.id, slot: run.slot, trigger: .manual, at: run.slot, attempt: number)
            return .began(job.name, begin, about: Attempt(job: job, run: run, id: Self.id, number: number))
        }
        let outcome = try #require(Outcome(rawValue: word))
        let status = ["ok": 200, "busy": 409, "failed": 500][word] ?? 0
        let record = RunRecord(id: Self.id, slot: run.slot, outcome: outcome, status: status, milliseconds: 1_203)
        return .ended(job.name, record, nil, about: Fact.EndNote(job: job))
    }

    private func told(_ fact: Fact, _ url: String, _ format: PingFormat? = nil) throws -> String {
        let pings = Pings(standard: try NoticeURL(parsing: url), format: format)
        guard let notice = pings.notice(of: fact) else { return "-" }
        let body = notice.body.map { " " + String(decoding: $0, as: UTF8.self) } ?? ""
        return "\(notice.method) \(notice.url.reveal)\(body)"
    }

    @Test(
        "each service gets its own request",
        arguments: [
            ("start", .healthchecks, "POST https://a/k/session-usage_1/start?create=1&rid=\(uuid) "),
            ("ok", .healthchecks, "POST https://a/k/session-usage_1?create=1&rid=\(uuid) ok, status 200, 1203 ms"),
            ("busy", .healthchecks, "POST https://a/k/session-usage_1?create=1&rid=\(uuid) busy, status 409, 1203 ms"),
            (
                "failed", .healthchecks,
                "POST https://a/k/session-usage_1/fail?create=1&rid=\(uuid) failed, status 500, 1203 ms"
            ),
            (
                "aborted", .healthchecks,
                "POST https://a/k/session-usage_1/fail?create=1&rid=\(uuid) aborted, status 0, 1203 ms"
            ),
            (
                "interrupted", .healthchecks,
                "POST https://a/k/session-usage_1/fail?create=1&rid=\(uuid) interrupted, status 0, 1203 ms"
            ),
            ("start", .kuma, "-"), ("busy", .kuma, "-"),
            (
                "ok", .kuma,
                "GET https://a/k/session-usage_1?create=1&status=up&msg=ok%2C%20status%20200%2C%201203%20ms&ping=1203"
            ),
            (
                "timeout", .kuma,
                "GET https://a/k/session-usage_1?create=1&status=down&msg=timeout%2C%20status%200%2C%201203%20ms&ping=1203"
            ),
            ("start", .cronitor, "GET https://a/k/session-usage_1?create=1&state=run&series=\(uuid)"),
            (
                "ok", .cronitor,
                "GET https://a/k/session-usage_1?create=1&state=complete&series=\(uuid)"
                    + "&message=ok%2C%20status%20200%2C%201203%20ms&metric=duration:1.203&status_code=200"
            ),
            (
                "broken", .cronitor,
                "GET https://a/k/session-usage_1?create=1&state=fail&series=\(uuid)"
                    + "&message=broken%2C%20status%200%2C%201203%20ms&metric=duration:1.203"
            ),
            ("start", .betterstack, "-"), ("busy", .betterstack, "-"),
            ("ok", .betterstack, "POST https://a/k/session-usage_1?create=1 ok, status 200, 1203 ms"),
            ("denied", .betterstack, "POST https://a/k/session-usage_1/fail?create=1 denied, status 0, 1203 ms"),
            ("start", .sentry, "GET https://a/k/session-usage_1?create=1&status=in_progress&check_in_id=\(uuid)"),
            ("busy", .sentry, "GET https://a/k/session-usage_1?create=1&status=ok&check_in_id=\(uuid)"),
            ("tls", .sentry, "GET https://a/k/session-usage_1?create=1&status=error&check_in_id=\(uuid)"),
            ("start", .plain, "-"), ("failed", .plain, "-"), ("aborted", .plain, "-"),
            ("ok", .plain, "GET https://a/k/session-usage_1?create=1"),
            ("busy", .plain, "GET https://a/k/session-usage_1?create=1"),
        ] as [(String, PingFormat, String)]
    )
    func requests(_ word: String, _ format: PingFormat, _ request: String) throws {
        #expect(try told(fact(word), "https://a/k/{job}?create=1", format) == request)
    }

    @Test("every outcome but busy is told by all formats but plain", arguments: PingFormat.allCases)
    func outcomes(_ format: PingFormat) throws {
        for outcome in Outcome.allCases where outcome != .busy && outcome != .ok {
            #expect(try (told(fact(outcome.rawValue), "https://a/x", format) == "-") == (format == .plain))
        }
    }

    @Test("a run has one start, however many attempts")
    func attempts() throws { #expect(try told(fact("start", attempt: 2), "https://a/x") == "-") }

    @Test(
        "what a pasted URL has",
        arguments: [
            (
                "https://k/api/push/T?status=up&msg=OK&ping=",
                "status=up&msg=ok%2C%20status%20200%2C%201203%20ms&ping=1203"
            ),
            ("https://k/api/push/T?x=1&ping=&y", "x=1&y&status=up&msg=ok%2C%20status%20200%2C%201203%20ms&ping=1203"),
        ]
    )
    func pasted(_ url: String, query: String) throws {
        #expect(try told(fact("ok"), url, .kuma) == "GET https://k/api/push/T?\(query)")
    }

    @Test("a path's end comes behind one slash")
    func slash() throws {
        #expect(
            try told(fact("failed"), "https://a/x/")
                == "POST https://a/x/fail?rid=\(Self.uuid) failed, status 500, 1203 ms"
        )
    }

    @Test("a job's own URL wins, off is off")
    func own() throws {
        #expect(try told(fact("ok", ping: .off), "https://a/x") == "-")
        #expect(try told(fact("ok", ping: .url("https://b/y")), "https://a/x", .plain) == "GET https://b/y")
    }

    @Test(
        "the host says whose pings they are",
        arguments: [
            ("hc-ping.com", .healthchecks), ("127.0.0.1", .healthchecks), ("cronitor.link", .cronitor),
            ("uptime.betterstack.com", .betterstack), ("o1.ingest.us.sentry.io", .sentry), ("uptime-kuma", .kuma),
            ("notsentry.io", .healthchecks),
        ] as [(String, PingFormat)]
    )
    func hosts(_ host: String, _ format: PingFormat) { #expect(PingFormat(host: host) == format) }
}
