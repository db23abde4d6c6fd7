/// How long a run waits before its next attempt, and whether there is one.
package struct RetryPolicy: Sendable {
    /// Attempts after the first.
    let retries: Int
    /// How long the app may still be at an attempt that timed out.
    let hold: Duration

    /// A `Retry-After` holds a job's next slot no longer than this.
    static let longestRetryAfterHold = Duration.seconds(15 * 60)

    /// Whether another attempt may end better; the others would end alike.
    static func isRetryable(_ outcome: Outcome) -> Bool {
        switch outcome {
        case .throttled, .failed, .timeout, .broken: true
        case .ok, .busy, .denied, .rejected, .redirected, .unreachable, .tls, .aborted, .interrupted: false
        }
    }

    /// Whether another attempt comes after the one of this number, if there is time for it.
    func isTriedAgain(_ attempt: Int, _ outcome: Outcome) -> Bool { attempt <= retries && Self.isRetryable(outcome) }

    /// The wait after the attempt of this number, counted from 1; nil if that was the last.
    ///
    /// 5, 10, 20 … 300 s, each ± 20 %: `random` is 0 ..< 1. `Retry-After` is a floor, and so is the hold after a
    /// timeout of a request that was sent.
    func wait(after attempt: Int, _ end: AttemptEnd, random: Double) -> Duration? {
        guard isTriedAgain(attempt, end.outcome) else { return nil }
        let base = min(300, 5 << min(attempt - 1, 6))
        var wait = Duration.milliseconds(Int64((Double(base) * 1_000 * (0.8 + 0.4 * random)).rounded()))
        if let floor = end.retryAfter { wait = max(wait, floor) }
        if end.mayStillRun { wait = max(wait, hold) }
        return wait
    }

    /// How long the job is held after its run has ended so.
    func hold(after end: AttemptEnd) -> Duration {
        if end.mayStillRun { return hold }
        if end.outcome == .throttled, let floor = end.retryAfter { return min(floor, Self.longestRetryAfterHold) }
        return .zero
    }
}

/// How one attempt ended, as far as it matters for what comes next.
package struct AttemptEnd: Sendable, Equatable {
    package let outcome: Outcome
    package let requestWasSent: Bool
    /// From the answer's `Retry-After`, if that made sense.
    package let retryAfter: Duration?

    package init(_ outcome: Outcome, requestWasSent: Bool = true, retryAfter: Duration? = nil) {
        self.outcome = outcome
        self.requestWasSent = requestWasSent
        self.retryAfter = retryAfter
    }

    /// Timed out after the request was sent: the app may still be at it.
    var mayStillRun: Bool { outcome == .timeout && requestWasSent }
}
