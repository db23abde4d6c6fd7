import Schedule
import Testing

@testable import SchedulerCore

@Suite("Retries")
struct RetryTests {
    private let policy = RetryPolicy(retries: 10, hold: .seconds(900))

    @Test(
        "5, 10, 20 … 300 s",
        arguments: zip(1...10, [5, 10, 20, 40, 80, 160, 300, 300, 300, 300])
    )
    func waits(_ attempt: Int, seconds: Int) {
        let end = AttemptEnd(.failed)
        #expect(policy.wait(after: attempt, end, random: 0.5) == .seconds(seconds))
        #expect(policy.wait(after: attempt, end, random: 0) == .milliseconds(seconds * 800))
        #expect(policy.wait(after: attempt, end, random: 0.9999999) == .milliseconds(seconds * 1200))
    }

    @Test("only what may end better is tried again", arguments: Outcome.allCases)
    func outcomes(_ outcome: Outcome) {
        let isRetryable = [.throttled, .failed, .timeout, .broken].contains(outcome)
        #expect((policy.wait(after: 1, AttemptEnd(outcome), random: 0.5) != nil) == isRetryable)
    }

    @Test("as many attempts as retries allow, and no more")
    func count() {
        let end = AttemptEnd(.failed)
        #expect(RetryPolicy(retries: 0, hold: .zero).wait(after: 1, end, random: 0) == nil)
        #expect(RetryPolicy(retries: 2, hold: .zero).wait(after: 2, end, random: 0) != nil)
        #expect(RetryPolicy(retries: 2, hold: .zero).wait(after: 3, end, random: 0) == nil)
    }

    @Test("Retry-After is a floor for the next attempt, and after the run a hold of 15 minutes at most")
    func retryAfter() {
        let end = AttemptEnd(.throttled, retryAfter: .seconds(60))
        #expect(policy.wait(after: 1, end, random: 0.5) == .seconds(60))
        #expect(policy.wait(after: 6, end, random: 0.5) == .seconds(160))
        #expect(policy.hold(after: end) == .seconds(60))
        #expect(policy.hold(after: AttemptEnd(.throttled, retryAfter: .seconds(86_400))) == .seconds(900))
        #expect(policy.hold(after: AttemptEnd(.throttled)) == .zero)
        // A 500 may say so too; it holds no slot.
        #expect(policy.wait(after: 1, AttemptEnd(.failed, retryAfter: .seconds(60)), random: 0.5) == .seconds(60))
        #expect(policy.hold(after: AttemptEnd(.failed, retryAfter: .seconds(60))) == .zero)
    }

    @Test("a timeout after the request was sent holds the job, since the app may still be at it")
    func abandoned() {
        let sent = AttemptEnd(.timeout, requestWasSent: true)
        let unsent = AttemptEnd(.timeout, requestWasSent: false)
        #expect(policy.wait(after: 1, sent, random: 0.5) == .seconds(900))
        #expect(policy.hold(after: sent) == .seconds(900))
        #expect(policy.wait(after: 1, unsent, random: 0.5) == .seconds(5))
        #expect(policy.hold(after: unsent) == .zero)
        #expect(policy.hold(after: AttemptEnd(.broken, requestWasSent: true)) == .zero)
    }

    @Test(
        "Retry-After in both forms; what makes no sense is nil",
        arguments: [
            ("3", 3), (" 120 ", 120), ("0", 0), ("999999999", 86_400), ("99999999999999999999", 86_400),
            ("Thu, 01 Jan 2026 00:00:10 GMT", 10), ("Wed, 31 Dec 2025 23:00:00 GMT", 0),
            ("Fri, 01 Jan 2027 00:00:00 GMT", 86_400), ("-1", nil), ("1.5", nil), ("", nil), ("soon", nil), ("٣", nil),
            ("Thu, 32 Jan 2026 00:00:10 GMT", nil), ("Thu, 01 Jan 2026 25:00:10 GMT", nil),
            ("Thu, 01 Jan 2026 00:00:10 CET", nil), ("Thursday, 01-Jan-26 00:00:10 GMT", nil),
        ] as [(String, Int?)]
    )
    func parse(_ text: String, seconds: Int?) {
        let now = Moment(seconds: 1_767_225_600)
        #expect(RetryAfter.parse(text, at: now) == seconds.map { .seconds($0) })
    }
}
