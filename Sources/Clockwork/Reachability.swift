/// Whether the app can be reached: one state for all jobs, since one host is up or down for all of them.
package struct Reachability: Sendable, Equatable {
    private enum State: Equatable {
        case up
        /// `probe` is when the next waiting run may try; nil while one does.
        case down(since: Duration, failures: Int, probe: Duration?)
    }

    private var state = State.up
    /// When a connection last stood; nil: none did yet.
    private var lastContact: Duration?

    package init() {}

    package var isDown: Bool { state != .up }

    /// Nil while it is up.
    package var downSince: Duration? {
        guard case .down(let since, _, _) = state else { return nil }
        return since
    }

    /// When a waiting run may try; nil if the target is up or one is trying.
    package var nextProbe: Duration? {
        guard case .down(_, _, let probe) = state else { return nil }
        return probe
    }

    /// The waiting run that tries has begun.
    mutating func beginProbe() {
        if case .down(let since, let failures, _) = state {
            state = .down(since: since, failures: failures, probe: nil)
        }
    }

    /// The run that was to try, since `begin`, says nothing of the target; another one may try at `uptime`.
    mutating func forgoProbe(begunAt begin: Duration, at uptime: Duration) {
        if case .down(let since, let failures, nil) = state, begin > since {
            state = .down(since: since, failures: failures, probe: uptime)
        }
    }

    /// An attempt ended before its connection stood; true if that is news.
    ///
    /// One that began before the last contact tells of an earlier time.
    mutating func missed(begunAt begin: Duration, isProbe: Bool, at uptime: Duration) -> Bool {
        switch state {
        case .up:
            guard lastContact.map({ begin >= $0 }) ?? true else { return false }
            state = .down(since: uptime, failures: 0, probe: uptime + Self.wait(0))
            return true
        case .down(let since, let failures, _):
            // Those that began before it went down say nothing new, the probe of an earlier outage among them.
            if isProbe, begin > since {
                state = .down(since: since, failures: failures + 1, probe: uptime + Self.wait(failures + 1))
            }
            return false
        }
    }

    /// A connection stood at `uptime`; answers how long the target was down, if it was.
    ///
    /// One that stood before it went down says nothing, whenever it is told.
    mutating func reached(at uptime: Duration) -> Duration? {
        lastContact = max(lastContact ?? uptime, uptime)
        guard case .down(let since, _, _) = state, uptime > since else { return nil }
        state = .up
        return uptime - since
    }

    /// 1, 2, 4 … 30 s.
    static func wait(_ failures: Int) -> Duration { .seconds(min(30, 1 << min(failures, 5))) }
}
