internal import HTTPClient
internal import Schedule

/// From the clockwork's order to the pool, and from an attempt's end back to the clockwork.
extension Scheduler {
    func start(_ attempt: Clockwork.Attempt) {
        let work = AttemptWork(
            attempt: attempt,
            clockwork: clockwork,
            runner: runner,
            reports: reports,
            log: log,
            time: time,
            bell: alarm.bell,
            target: settings.target.text
        )
        if let refusal = pool.submit({ work.perform(with: $0) }), !hasToldOfRefusal {
            hasToldOfRefusal = true
            log.threadRefused(refusal)
        }
    }
}

/// One attempt on a worker's thread.
private struct AttemptWork: Sendable {
    let attempt: Clockwork.Attempt
    let clockwork: Scheduler.Shared
    let runner: Runner
    let reports: ErrorReports?
    let log: Log
    let time: TimeSource
    let bell: Alarm.Bell
    let target: String

    func perform(with client: Client) {
        let end = runner.attempt(
            attempt.run,
            of: attempt.job,
            number: attempt.number,
            context: attempt.context,
            with: client,
            connected: reached
        )
        if end.outcome != .unreachable, end.outcome != .aborted { reached() }
        let (now, uptime) = (time.now(), time.uptime())
        let random = Double.random(in: 0..<1)
        let verdict = clockwork.withLock { $0.ended(attempt, end, at: now, uptime: uptime, random: random) }
        tell(verdict, end, now)
        bell.ring()
    }

    /// The connection stands, so the target is up, whatever it will answer.
    private func reached() {
        guard let news = clockwork.withLock({ $0.reached(at: time.uptime()) }) else { return }
        log.targetIsUp(target, after: news.down, waited: news.waited)
        bell.ring()
    }

    private func tell(_ verdict: Clockwork.Verdict, _ end: RunEnd, _ now: Moment) {
        if case .success(let response) = end.answer, let text = response.retryAfter,
            RetryAfter.parse(text, at: now) == nil
        {
            log.retryAfterIsIgnored(end, text)
        }
        switch verdict {
        case .undelivered(let isNews):
            if isNews { log.targetIsDown(end, target) } else { log.targetIsStillDown(end) }
        case .retry(let wait): log.retrying(end, after: wait)
        case .ended(let held):
            log.ended(end)
            if held > 0 { log.released(attempt.job, slots: held) }
        }
        reports?.note(end)
    }
}
