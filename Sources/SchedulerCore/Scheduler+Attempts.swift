internal import HTTPClient
internal import Locking
internal import Schedule

/// From the clockwork's order to the pool, and from an attempt's end back to the clockwork.
extension Scheduler {
    func start(_ due: [Clockwork.Attempt]) {
        let attempts = attempts
        let works = due.map { attempt -> WorkerPool.Work in { attempts.perform(attempt, with: $0) } }
        if let refusal = pool.submit(works), !hasToldOfRefusal {
            hasToldOfRefusal = true
            log.threadRefused(refusal)
        }
    }
}

/// What an attempt on a worker's thread needs.
///
/// A class, so that to hand an attempt over is to count one reference: each of them is a cache line that the
/// processors take from one another.
final class Attempts: Sendable {
    private let clockwork: Scheduler.Shared
    private let store: any StateStore
    private let isDraining: Flag
    private let runner: Runner
    private let reports: ErrorReports?
    private let log: Log
    private let time: TimeSource
    private let random: @Sendable () -> UInt64
    private let bell: Alarm.Bell
    private let target: String

    init(
        clockwork: Scheduler.Shared,
        store: any StateStore,
        isDraining: Flag,
        runner: Runner,
        reports: ErrorReports?,
        log: Log,
        time: TimeSource,
        random: @escaping @Sendable () -> UInt64,
        bell: Alarm.Bell,
        target: String
    ) {
        (self.clockwork, self.store, self.isDraining) = (clockwork, store, isDraining)
        (self.runner, self.reports, self.log) = (runner, reports, log)
        (self.time, self.random, self.bell, self.target) = (time, random, bell, target)
    }

    func perform(_ attempt: Clockwork.Attempt, with client: Client) {
        let (name, isFirst) = (attempt.job.name, attempt.context == nil)
        guard !isFirst || store.claim(name, slot: attempt.run.slot) else { return forgo(attempt) }
        let id = attempt.context?.id ?? runner.newID()
        store.begin(
            name,
            RunBegin(
                id: id,
                slot: attempt.run.slot,
                trigger: attempt.run.trigger,
                at: time.now().wholeMilliseconds,
                attempt: attempt.number
            )
        )
        // A slow disk may have taken its time, and nothing begins after a signal.
        if isFirst, isDraining.isSet { return store.withdraw(name, id) }
        let end = runner.attempt(attempt, id: id, with: client) {
            tell(clockwork.withLock { $0.reached(at: time.uptime()) })
        }
        // The app saw nothing of it. Written before the run waits, so that a kill while it does loses nothing.
        if isFirst, end.outcome == .unreachable { store.withdraw(name, id) }
        conclude(attempt, end)
    }

    /// What an attempt's end means for its run.
    private func conclude(_ attempt: Clockwork.Attempt, _ end: RunEnd) {
        let (now, uptime) = (time.now(), time.uptime())
        let isLast = attempt.isLast(end)
        if isLast { store.end(end.job.name, end.record) }
        // Only what is tried again needs it.
        let random = end.outcome == .ok ? 0 : Double(random() >> 11) * 0x1p-53  // 0 ..< 1
        // For most runs the job is free in the same breath.
        var (news, verdict, mustWake) = clockwork.withLock { clockwork in
            let news = end.hasReached ? clockwork.reached(at: uptime) : nil
            var verdict = clockwork.attemptEnded(attempt, end, at: now, uptime: uptime, random: random)
            if isLast {
                verdict = .ended(slotsHeld: clockwork.runEnded(attempt, end, at: now, uptime: uptime))
            }
            return (news, verdict, clockwork.mustWake)
        }
        if verdict == nil {
            store.end(end.job.name, end.record)
            (verdict, mustWake) = clockwork.withLock { clockwork in
                let held = clockwork.runEnded(attempt, end, at: now, uptime: uptime)
                return (.ended(slotsHeld: held), clockwork.mustWake)
            }
        }
        tell(news)
        if let verdict { tell(verdict, end, of: attempt.job) }
        if mustWake { bell.ring() }
    }

    private func forgo(_ attempt: Clockwork.Attempt) {
        log.slotIsTaken(attempt.run, attempt.job)
        let (now, uptime) = (time.now(), time.uptime())
        clockwork.withLock { $0.forgo(attempt, at: now, uptime: uptime) }
        bell.ring()
    }

    /// A connection stood, so the target is up, whatever it answers.
    private func tell(_ news: (down: Duration, waited: Int)?) {
        guard let news else { return }
        log.targetIsUp(target, after: news.down, waited: news.waited)
        bell.ring()
    }

    private func tell(_ verdict: Clockwork.Verdict, _ end: RunEnd, of job: Job) {
        if case .success(let response) = end.answer, case .unreadable(let text) = response.retryAfter {
            log.retryAfterIsIgnored(end, text)
        }
        switch verdict {
        case .undelivered(let isNews, let ended):
            if isNews { log.targetIsDown(end, target) } else { log.targetIsStillDown(end) }
            if let ended {
                store.end(ended.job.name, ended.record)
                log.ended(ended)
            }
        case .retry(let wait): log.retrying(end, after: wait)
        case .ended(let held):
            log.ended(end)
            if held > 0 { log.released(job, slots: held) }
        }
        reports?.note(end)
    }
}
