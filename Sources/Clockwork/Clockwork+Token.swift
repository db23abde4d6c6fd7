internal import Schedule

/// Since when no call can be made for want of a token, and why.
package struct TokenWait: Sendable, Equatable {
    package let since: Duration
    /// Nil: the first one is on its way.
    package internal(set) var reason: String?
}

/// Runs that wait for a token: as for a target that is down, but that says nothing of the target.
extension Clockwork {
    /// No run begins until there is one; answers whether the reason is news.
    package mutating func lacksToken(_ reason: String?, at time: Reading) -> Bool {
        let isNews = reason != nil && token?.reason == nil
        token = TokenWait(since: token?.since ?? time.uptime, reason: reason ?? token?.reason)
        for job in entries.indices where entries[job].manual == nil && entries[job].target == 0 {
            if case .queued = entries[job].stage { waitForTarget(job) }
        }
        return isNews
    }

    /// There is one: what waited may begin; answers how it was, and how many runs waited.
    package mutating func hasToken(at time: Reading) -> (TokenWait, waited: Int)? {
        guard let wait = token else { return nil }
        token = nil
        let waiting = targets[0].reach.isDown ? [] : waiting(for: 0)
        for job in waiting { ready(job, time) }
        return (wait, waiting.count)
    }

    /// Nothing was called: it waits for a token, or until one that is just being fetched is there.
    mutating func uncalled(_ job: Int, _ attempt: Attempt, _ end: AttemptEnd, since: Duration, _ time: Reading) {
        if entries[job].manual != nil {
            endUnreachable(job, attempt, end, since: since, time)
        } else if mayGoOn(job), !isAhead(job, time.now) {
            entries[job].hasWaited = true
            set(job, token == nil ? .paused(until: time.uptime + Self.limitPause) : .waitingForTarget)
            watch(job)
        } else {
            giveUp(job, time)
        }
        if attempt.isProbe { targets[entries[job].target].reach.forgoProbe(begunAt: since, at: time.uptime) }
    }
}
