import Schedule
import Testing

@testable import Clockwork

@Suite("Retries and holds")
struct BackoffTests {
    private func backoff(
        retries: Int = 10,
        hold: Int = 900,
        retryOn: [ClosedRange<Int>] = []
    ) throws -> Backoff {
        Backoff(
            try job("a", "every 1h") {
                ($0.retries, $0.abandonHoldSeconds, $0.retryOn) = (retries, hold, Statuses(retryOn))
            }
        )
    }

    private func end(
        _ outcome: Outcome,
        status: Int = 0,
        retryAfter: Int? = nil,
        wasSent: Bool = true
    ) -> AttemptEnd {
        var end = AttemptEnd(outcome)
        (end.status, end.wasSent) = (status, wasSent)
        end.retryAfter = retryAfter.map { .seconds($0) }
        return end
    }

    @Test("5, 10, 20 … 300 s, each ± 20 %", arguments: zip(1...10, [5, 10, 20, 40, 80, 160, 300, 300, 300, 300]))
    func waits(_ attempt: Int, seconds: Int) throws {
        let backoff = try backoff()
        #expect(backoff.wait(after: attempt, end(.failed), random: 0.5) == .seconds(seconds))
        #expect(backoff.wait(after: attempt, end(.failed), random: 0) == .milliseconds(seconds * 800))
        #expect(backoff.wait(after: attempt, end(.failed), random: 0.9999999) == .milliseconds(seconds * 1200))
    }

    @Test("only what may end better is tried again", arguments: Outcome.allCases)
    func outcomes(_ outcome: Outcome) throws {
        let isRetryable = [.throttled, .failed, .timeout, .broken].contains(outcome)
        #expect((try backoff().wait(after: 1, end(outcome), random: 0.5) != nil) == isRetryable)
    }

    @Test(
        "statuses of retry-on are tried again too; no attempt without an answer is",
        arguments: [
            (404, true), (403, true), (409, true), (307, true), (500, true), (410, false), (200, false), (0, true),
        ]
    )
    func retryOn(_ status: Int, isTried: Bool) throws {
        let backoff = try backoff(retryOn: [404...404, 403...403, 409...409, 300...399, 0...299])
        let end = end(status == 0 ? .timeout : Outcome(status: status), status: status)
        #expect((backoff.wait(after: 1, end, random: 0.5) != nil) == isTried)
        for outcome in [Outcome.aborted, .unreachable, .tls, .interrupted] {
            #expect(backoff.wait(after: 1, self.end(outcome, status: 404), random: 0.5) == nil)
        }
    }

    @Test("as many attempts as retries allow, and no more", arguments: [(0, 1, false), (2, 2, true), (2, 3, false)])
    func count(retries: Int, attempt: Int, isTried: Bool) throws {
        #expect((try backoff(retries: retries).wait(after: attempt, end(.failed), random: 0) != nil) == isTried)
    }

    @Test("Retry-After is a floor of the wait; a hold too where the app may still be at it")
    func floors() throws {
        let backoff = try backoff()
        #expect(backoff.wait(after: 1, end(.throttled, retryAfter: 60), random: 0.5) == .seconds(60))
        #expect(backoff.wait(after: 6, end(.throttled, retryAfter: 60), random: 0.5) == .seconds(160))
        #expect(backoff.wait(after: 1, end(.failed, retryAfter: 60), random: 0.5) == .seconds(60))
        #expect(backoff.wait(after: 1, end(.timeout), random: 0.5) == .seconds(900))
        #expect(backoff.wait(after: 1, end(.failed, status: 504), random: 0.5) == .seconds(900))
        #expect(backoff.wait(after: 1, end(.timeout, wasSent: false), random: 0.5) == .seconds(5))
    }

    @Test(
        "an attempt holds its job for as long as the app may be at it, or asks to be left alone",
        arguments: [
            (.throttled, 429, 60, true, 60, .throttled), (.throttled, 503, 86_400, true, 900, .throttled),
            (.throttled, 429, nil, true, nil, nil), (.failed, 500, 60, true, nil, nil),
            (.timeout, 0, nil, true, 900, .abandoned), (.timeout, 0, nil, false, nil, nil),
            // A proxy gave up, the app did not.
            (.failed, 504, nil, true, 900, .abandoned), (.failed, 524, nil, true, 900, .abandoned),
            (.failed, 502, nil, true, nil, nil), (.broken, 0, nil, true, nil, nil),
            // Given up by us 20 s after its begin, of 60.
            (.aborted, 0, nil, true, 940, .abandoned), (.aborted, 0, nil, false, nil, nil),
            (.ok, 200, nil, true, nil, nil),
        ] as [(Outcome, Int, Int?, Bool, Int?, Hold.Reason?)]
    )
    func holds(
        _ outcome: Outcome,
        _ status: Int,
        _ retryAfter: Int?,
        _ wasSent: Bool,
        _ seconds: Int?,
        _ reason: Hold.Reason?
    ) throws {
        let end = end(outcome, status: status, retryAfter: retryAfter, wasSent: wasSent)
        let hold = try backoff().hold(after: end, age: .seconds(20), timeout: .seconds(60))
        #expect(hold?.rest == seconds.map { .seconds($0) })
        #expect(hold?.reason == reason)
    }

    @Test(
        "what a status says",
        arguments: [
            (200, .ok), (299, .ok), (301, .redirected), (304, .rejected), (400, .rejected), (401, .denied),
            (403, .denied), (404, .rejected), (408, .failed), (409, .busy), (423, .busy), (425, .failed),
            (429, .throttled), (500, .failed), (503, .throttled), (504, .failed), (524, .failed), (100, .broken),
            (600, .broken),
        ] as [(Int, Outcome)]
    )
    func statuses(_ status: Int, outcome: Outcome) { #expect(Outcome(status: status) == outcome) }
}
