internal import Schedule

/// What becomes of a run from its first request to its end.
extension Clockwork {
    /// Where the request of this attempt is open; nil if nobody waits for it any more.
    func place(of attempt: Attempt) -> (job: Int, since: Duration, hasBegun: Bool)? {
        guard let job = places[JobName.folded(attempt.job.name)],
            case .attempting(attempt, let since, let hasBegun) = entries[job].stage
        else { return nil }
        return (job, since, hasBegun)
    }

    /// Whether another request of the run may be made: not after the end of its job or of all, and none that has not
    /// begun of a job as it was before.
    func mayGoOn(_ job: Int) -> Bool {
        let entry = entries[job]
        return !life.isOver && !entry.isGone && (entry.begun != nil || !entry.isOutdated)
    }

    /// Whether this attempt may begin: on a clock that is not believed none does, even if nobody has looked at it yet.
    private func mayBegin(_ job: Int, _ attempt: Attempt, _ shown: Reading) -> Bool {
        guard mayGoOn(job), shown.now >= rules.buildDate else { return false }
        if entries[job].manual != nil { return true }
        return life == .running && !isBehind(job, attempt.run, shown.now)
            && (entries[job].begun != nil || bar(entries[job], at: shown.now) == nil)
    }

    // MARK: - News of a request

    /// The attempt's connection stands, and nothing of its request is sent yet; false: it shall not be.
    ///
    /// `begin` is when the attempt began. Its being kept has to be awaited before the request goes out.
    package mutating func connected(_ attempt: Attempt, begin: Reading, at time: Reading) -> (Bool, [Order]) {
        guard let (job, _, hasBegun) = place(of: attempt) else { return (false, take()) }
        reached(entries[job].target, at: time)
        guard mayBegin(job, attempt, time) else { return (false, take()) }
        if !hasBegun { noteBegin(job, attempt, believed(begin)) }
        return (true, take())
    }

    private mutating func noteBegin(_ job: Int, _ attempt: Attempt, _ begin: Reading) {
        guard case .attempting(_, let since, _) = entries[job].stage else { return }
        let run = attempt.run
        if entries[job].begun == nil {
            let lateness = max(.zero, begin.now - run.due)
            entries[job].begun = Entry.Begun(id: attempt.id, at: begin, lateness: lateness)
            entries[job].hasGivenUp = false
        }
        entries[job].begun?.attempts = attempt.number
        set(job, .attempting(attempt, since: since, hasBegun: true))
        let record = RunBegin(
            id: attempt.id,
            slot: run.slot,
            trigger: run.trigger,
            at: begin.now.wholeMilliseconds,
            attempt: attempt.number
        )
        note(job, .began(attempt.job.name, record, about: attempt))
        if run.trigger != .manual { latestSlot = max(latestSlot, run.slot) }
        watch(job)
    }

    /// What became of an attempt.
    package mutating func ended(_ attempt: Attempt, begin: Reading, _ end: AttemptEnd, at time: Reading) -> [Order] {
        finish(attempt, begin: begin, end, time)
        forgetGone()
        return take()
    }

    mutating func finish(_ attempt: Attempt, begin: Reading, _ end: AttemptEnd, _ shown: Reading) {
        guard let (job, since, hasBegun) = place(of: attempt) else { return }
        let (begin, time) = (believed(begin), believed(shown))
        if end.lacksToken { return uncalled(job, attempt, end, since: since, time) }
        note(.attemptEnded(attempt, end))
        let wasSeen = !end.isOwnLimit && end.outcome != .unreachable && (end.outcome != .aborted || end.wasSent)
        if !wasSeen, hasBegun { takeBack(job, attempt) }
        // A connection that was made after the target went down; that of a handshake that failed is told here.
        let place = entries[job].target
        if wasSeen, !hasBegun, targets[place].reach.downSince.map({ since > $0 }) ?? true { reached(place, at: time) }
        if end.isOwnLimit {
            lacksRoom(job, attempt, .call(end.excerpt), time)
        } else if end.outcome == .unreachable {
            undelivered(job, attempt, end, since: since, time)
        } else if !wasSeen || !hasBegun && !mayBegin(job, attempt, shown) {
            giveUp(job, time)
        } else {
            if !hasBegun { noteBegin(job, attempt, begin) }
            conclude(job, attempt, begin, end, time)
        }
        // Whatever became of it: the target must not stay down for want of one that tries.
        if attempt.isProbe {
            targets[place].reach.forgoProbe(
                begunAt: since,
                at: time.uptime + (end.isOwnLimit ? Self.limitPause : .zero)
            )
        }
    }

    /// Its begin is on record, and nothing was sent.
    private mutating func takeBack(_ job: Int, _ attempt: Attempt) {
        note(job, .withdrawn(attempt.job.name, attempt.id))
        if entries[job].begun?.last == nil { entries[job].begun = nil } else { entries[job].begun?.attempts -= 1 }
    }

    /// A connection stood at this moment.
    private mutating func reached(_ target: Int, at time: Reading) {
        let uptime = time.uptime
        let after = targets[target].reach.reached(at: uptime)
        if targets[target].hasOutage, !targets[target].reach.isDown { outageIsOver(target, at: believed(time).now) }
        guard let down = after else { return }
        let waiting = waiting(for: target)
        for (place, job) in waiting.enumerated() {
            set(job, .paused(until: uptime + Self.recoverySpread * place / waiting.count))
        }
        // The one that probes has waited as well.
        let probing = entries.count {
            if case .attempting(let attempt, _, _) = $0.stage { attempt.isProbe && $0.target == target } else { false }
        }
        note(.targetIsUp(targets[target].name, after: down, waited: waiting.count + probing))
    }

    private mutating func undelivered(
        _ job: Int,
        _ attempt: Attempt,
        _ end: AttemptEnd,
        since: Duration,
        _ time: Reading
    ) {
        let target = entries[job].target
        if targets[target].reach.missed(begunAt: since, isProbe: attempt.isProbe, at: time.uptime) {
            targets[target].reason = end.excerpt
            note(.targetIsDown(attempt, end))
            outageBegan(target, time)
            for job in entries.indices where entries[job].manual == nil && entries[job].target == target {
                if case .queued = entries[job].stage { waitForTarget(job) }
            }
        } else if targets[target].reach.isDown {
            targets[target].reason = end.excerpt
            note(.targetIsStillDown(attempt, end))
        }
        if entries[job].manual != nil { return endUnreachable(job, attempt, end, since: since, time) }
        guard mayGoOn(job), !isAhead(job, time.now) else { return giveUp(job, time) }
        entries[job].hasWaited = true
        // It began before the target was last reached: once more, soon.
        set(job, isDown(job) ? .waitingForTarget : .paused(until: time.uptime + Self.limitPause))
        watch(job)
    }

    // MARK: - Ends

    /// An attempt ended that the app may have seen: the run is made again, or is over.
    private mutating func conclude(
        _ job: Int,
        _ attempt: Attempt,
        _ begin: Reading,
        _ end: AttemptEnd,
        _ time: Reading
    ) {
        guard let begun = entries[job].begun else { return }
        let attempts = attempt.number + end.requests - 1
        let record = RunRecord(
            id: attempt.id,
            slot: attempt.run.slot,
            trigger: attempt.run.trigger,
            began: begun.at.now.wholeMilliseconds,
            attempts: attempts,
            outcome: end.outcome,
            status: end.status,
            milliseconds: max(0, (time.uptime - begun.at.uptime).wholeMilliseconds),
            lateMilliseconds: begun.lateness.wholeMilliseconds,
            end: end
        )
        let backoff = Backoff(attempt.job)
        let hold = backoff.hold(after: end, age: time.uptime - begin.uptime, timeout: attempt.job.timeout)
            .map { rest, reason in
                // By the clock as it was when the attempt began: whoever set it since has not changed how long it took.
                let from = begin.moment(at: time.uptime).wholeMilliseconds
                return (
                    Hold(from: from, until: (from + rest).wholeMilliseconds, reason: reason), until: time.uptime + rest
                )
            }
        entries[job].begun?.attempts = attempts
        entries[job].begun?.extra += end.requests - 1
        entries[job].begun?.last = (record, end, hold)
        guard mayGoOn(job), let wait = wait(backoff, attempts - begun.extra - end.requests + 1, end),
            nextSlot(job, after: attempt.run, at: time.now).map({ time.now + wait < $0 }) ?? true
        else { return finishUnfinished(job, time) }
        let about = Fact.RetryNote(attempt: attempt, end: end, wait: wait)
        note(job, .failed(attempt.job.name, record, hold?.0, about: about))
        // A slot that was held lies ahead again if the clock went back.
        if entries[job].manual == nil { release(job, time, .running) }
        set(job, .backoff(until: time.uptime + wait))
        watch(job)
    }

    /// What follows the run's slot by the schedule as it is now, and by what is on record.
    private func nextSlot(_ job: Int, after run: Run, at now: Moment) -> Moment? {
        if run.trigger == .manual { return entries[job].job.timetable.next(after: now) }
        return entries[job].job.timetable.next(after: entries[job].state.anchor(at: now) ?? run.slot)
    }

    /// Only what is tried again needs a random number.
    private mutating func wait(_ backoff: Backoff, _ attempts: Int, _ end: AttemptEnd) -> Duration? {
        guard backoff.isRetryable(end) else { return nil }
        return backoff.wait(after: attempts, end, random: Double(random.next() >> 11) * 0x1p-53)  // 0 ..< 1
    }

    /// Nothing more becomes of the run: it ends as its last attempt did, or has not begun.
    mutating func giveUp(_ job: Int, _ time: Reading) {
        if entries[job].begun?.last != nil { finishUnfinished(job, time) } else { drop(job) }
    }

    /// The run ends as its last attempt did.
    mutating func finishUnfinished(_ job: Int, _ time: Reading) {
        guard let (record, end, hold) = entries[job].begun?.last else { return drop(job) }
        let about = Fact.EndNote(job: entries[job].job, end: end)
        let before = entries[job].state.trouble
        note(job, .ended(about.job?.name ?? "", record, hold?.0, about: about))
        forgetRun(job)
        if before != nil || record.outcome.isIncident {
            judge(entries[job].job.name, before: before, at: time.now.wholeMilliseconds)
        }
        if let (hold, until) = hold, until > time.uptime, !life.isOver, !entries[job].isGone {
            set(job, .held(until: until, hold.reason))
            watch(job)
        } else {
            free(job, time, after: .running)
            // What a run by hand passed over.
            if record.trigger == .manual, !life.isOver, !entries[job].isGone { holdAsKnown(job, time) }
        }
    }

    /// The job may start again.
    mutating func free(_ job: Int, _ time: Reading, after reason: SlotReason) {
        release(job, time, reason)
        drop(job)
    }

    /// Tells the end of a streak that was held.
    mutating func release(_ job: Int, _ time: Reading, _ reason: SlotReason) {
        guard entries[job].bar == nil, let since = entries[job].heldSince else { return }
        entries[job].heldSince = nil
        let count = 1 + slotsPassed(entries[job].job, since: since, through: time.now)
        note(.slotsReleased(entries[job].job, count: count, reason))
    }

    /// There is no run; what is due on record stays so.
    mutating func drop(_ job: Int) {
        forgetRun(job)
        set(job, .idle)
        watch(job)
    }

    private mutating func forgetRun(_ job: Int) {
        if let id = entries[job].manual, entries[job].begun == nil { note(.notRun(entries[job].job.name, id)) }
        entries[job].manual = nil
        (entries[job].run, entries[job].scheduled, entries[job].begun) = (nil, nil, nil)
        entries[job].leftOut = nil
        (entries[job].hasWaited, entries[job].isOutdated) = (false, false)
    }

    /// Jobs that are not configured any more stay only as long as a request of theirs is open.
    mutating func forgetGone() {
        guard entries.last?.isGone ?? false, entries.contains(where: { $0.isGone && !$0.isRequestOpen }) else { return }
        for entry in entries where entry.isGone && !entry.isRequestOpen {
            absent[JobName.folded(entry.job.name)] = entry.state
        }
        entries.removeAll { $0.isGone && !$0.isRequestOpen }
        index()
        for job in entries.indices { watch(job) }
    }
}
