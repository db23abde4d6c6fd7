import HTTPClient
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
        "Retry-After as a wait: a day at most, a date that is past is now, what makes no sense is none",
        arguments: [
            (.seconds(3), 3), (.seconds(.max), 86_400), (.date(1_767_225_610), 10), (.date(1_767_225_599), 0),
            (.date(.max), 86_400), (.date(.min), 0), (.unreadable("soon"), nil),
        ] as [(RetryAfter, Int?)]
    )
    func retryAfter(_ value: RetryAfter, seconds: Int?) {
        #expect(value.wait(from: Moment(seconds: 1_767_225_600)) == seconds.map { .seconds($0) })
    }
}
