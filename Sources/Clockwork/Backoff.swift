/// How long a run waits before its next attempt, whether there is one, and how long its job is held after it.
struct Backoff {
    /// Attempts after the first.
    let retries: Int
    let retryOn: Statuses
    /// How long the app may still be at an attempt that was given up.
    let abandonHold: Duration

    init(_ job: Job) { (retries, retryOn, abandonHold) = (job.retries, job.retryOn, job.abandonHold) }

    /// Whether another attempt may end better, or is asked for; the others would end alike.
    func isRetryable(_ end: AttemptEnd) -> Bool {
        switch end.outcome {
        case .throttled, .failed, .timeout, .broken: true
        case .busy, .denied, .rejected, .redirected: retryOn.contains(end.status)
        case .ok, .unreachable, .tls, .aborted, .interrupted: false
        }
    }

    /// The wait after the attempt of this number, counted from 1; nil if that was the last.
    ///
    /// 5, 10, 20 … 300 s, each ± 20 %: `random` is 0 ..< 1. `Retry-After` is a floor, and so is the hold after an
    /// attempt that the app may still be at.
    func wait(after attempt: Int, _ end: AttemptEnd, random: Double) -> Duration? {
        guard attempt <= retries, isRetryable(end) else { return nil }
        let base = min(300, 5 << min(attempt - 1, 6))
        var wait = Duration.milliseconds(Int64((Double(base) * 1_000 * (0.8 + 0.4 * random)).rounded()))
        if let floor = end.retryAfter { wait = max(wait, floor) }
        if end.mayStillRun { wait = max(wait, abandonHold) }
        return wait
    }

    /// How long the job is held after an attempt that ended so, and why; `age` is how long it took, of `timeout`.
    func hold(after end: AttemptEnd, age: Duration, timeout: Duration) -> (rest: Duration, reason: Hold.Reason)? {
        var hold: (rest: Duration, reason: Hold.Reason) = (.zero, .abandoned)
        if end.mayStillRun {
            // Given up by us before its time, it may go on for what was left of that as well.
            hold.rest = end.outcome == .aborted ? max(.zero, timeout - age) + abandonHold : abandonHold
        } else if end.outcome == .throttled, let floor = end.retryAfter {
            hold = (min(floor, Hold.longestThrottle), .throttled)
        }
        return hold.rest > .zero ? hold : nil
    }
}
