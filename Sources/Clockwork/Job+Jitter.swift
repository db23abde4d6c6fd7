package import Schedule

extension Job {
    /// How much later than its slot a run begins: a stable value, so that replicas and restarts agree; clipped below the
    /// gap to the next slot.
    package func jitter(of slot: Moment, seed: String) -> Duration {
        guard jitterSeconds > 0 else { return .zero }
        let longest = Duration.seconds(jitterSeconds)
        let limit = timetable.next(after: slot).map { min(longest, $0 - slot) } ?? longest
        return share(of: limit, seed: seed, "jitter \(slot)")
    }

    /// A stable part of `limit`, in whole milliseconds.
    func share(of limit: Duration, seed: String, _ label: String) -> Duration {
        .milliseconds(HashKey(seed: seed, job: name).value(for: label, below: limit.wholeMilliseconds))
    }
}
