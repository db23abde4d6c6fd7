internal import Calling
internal import Clockwork
internal import Telling

/// Tokens that have to be fetched: without one no run begins.
extension Scheduler {
    /// Begins to fetch, so early that the first runs find a token; false if the system has no thread for it.
    func startToken() -> Bool { credentials.token?.start(tokenListener) ?? true }

    /// Until the first is there, nobody is told that there is none.
    func awaitFirstToken() {
        guard settings.tokenProvider != nil else { return }
        metrics.change { $0.token = TokenCounts(TokenResult.allCases.map(\.rawValue)) }
        let now = time.reading()
        _ = core.operate { ($0.lacksToken(nil, at: now), []) }
    }

    private var tokenListener: TokenListener {
        TokenListener(
            lacks: { [core, log, time, metrics] reason in
                let now = time.reading()
                let (isNews, _, _) = core.operate { ($0.lacksToken(reason, at: now), []) }
                metrics.change { $0.token?.end = nil }
                if isNews { log.waitsForToken(reason) }
            },
            has: { [core, log, time] in
                let now = time.reading()
                let (over, _, _) = core.operate { ($0.hasToken(at: now), []) }
                if let (wait, waited) = over, wait.reason != nil {
                    log.hasToken(after: now.uptime - wait.since, waited: waited)
                }
            },
            asked: { [metrics] result, end in
                metrics.change {
                    $0.token?.requests[result.rawValue, default: 0] += 1
                    if let end { $0.token?.end = end }
                }
            }
        )
    }
}
