internal import Schedule

/// Runs by hand.
extension Clockwork {
    /// Begins one run now, in the grace and while the target is down too; it moves no slot, and does not stay due.
    ///
    /// It waits for a thread and its places in groups as every run does. `force` passes over a hold, a pause and a
    /// freeze, never over a call that is open or a run between two attempts.
    package mutating func fire(
        _ name: String,
        force: Bool,
        at time: Reading
    ) -> (Result<RunID, FireRefusal>, [Order]) {
        guard let job = places[JobName.folded(name)], !entries[job].isGone else {
            return (.failure(.unknownJob), take())
        }
        if let refusal = refusal(job, force, time) { return (.failure(refusal), take()) }
        if entries[job].run != nil { drop(job) }
        let id = RunID(random.next(), random.next())
        entries[job].manual = id
        entries[job].run = Run(slot: time.now.wholeMilliseconds, trigger: .manual)
        slots.set(job, due: nil)
        ready(job, time)
        startReady(time)
        return (.success(id), take())
    }

    private mutating func refusal(_ job: Int, _ force: Bool, _ time: Reading) -> FireRefusal? {
        switch life {
        case .standby, .loading, .draining, .ended: return .life(life)
        case .grace, .clockNotBelieved, .running: break
        }
        guard time.now >= rules.buildDate else { return .clock }
        let entry = entries[job]
        if let since = entry.runningSince { return .running(for: time.uptime - since) }
        if entry.begun != nil { return .betweenAttempts }
        if entry.manual != nil {
            guard case .queued(let waiting) = entry.stage else { return .running(for: .zero) }
            return .waiting(for: time.uptime - waiting.since, obstacle(of: entry, at: time))
        }
        guard !force else { return nil }
        if case .held(let until, let reason) = entry.stage {
            return .held(for: max(.zero, until - time.uptime), reason)
        }
        if let pause = entry.state.pause, pause.isOn(at: time.now) { return .paused(pause) }
        if !entry.job.isFreezeExempt, let span = freezes.span(containing: time.now) { return .frozen(span) }
        return nil
    }

    /// A run by hand that the app never saw is over.
    mutating func endUnreachable(_ job: Int, _ attempt: Attempt, _ end: AttemptEnd, since: Duration, _ time: Reading) {
        guard entries[job].begun?.last == nil else { return finishUnfinished(job, time) }
        let record = RunRecord(
            id: attempt.id,
            slot: attempt.run.slot,
            trigger: attempt.run.trigger,
            began: time.moment(at: since).wholeMilliseconds,
            attempts: attempt.number,
            outcome: end.outcome,
            status: end.status,
            milliseconds: max(0, (time.uptime - since).wholeMilliseconds),
            end: end
        )
        note(job, .ended(attempt.job.name, record, nil, about: Fact.EndNote(job: attempt.job, end: end)))
        entries[job].manual = nil
        free(job, time, after: .running)
    }
}
