internal import Schedule

/// What becomes of runs between their being due and their end.
extension Clockwork {
    // MARK: - Before a request

    /// It may begin: as soon as the target is up and a thread is free.
    mutating func ready(_ job: Int, _ time: Reading) {
        if target.isDown { return waitForTarget(job) }
        set(job, .waitingForThread)
    }

    private mutating func waitForTarget(_ job: Int) {
        entries[job].hasWaited = true
        set(job, .waitingForTarget)
    }

    mutating func timerIsOver(_ job: Int, _ time: Reading) {
        if case .held(_, let reason) = entries[job].stage { return free(job, time, after: reason.slots) }
        ready(job, time)
    }

    /// One of the runs that wait tries whether the target is up.
    mutating func probe(_ time: Reading) {
        while let probe = target.nextProbe, probe <= time.uptime, hasThread {
            let waiting = entries.indices.filter { entries[$0].stage == .waitingForTarget }
            let first = waiting.min { left, right in
                let (a, b) = (entries[left], entries[right])
                return (a.run?.slot ?? .epoch, a.job.name) < (b.run?.slot ?? .epoch, b.job.name)
            }
            guard let first else { return }
            target.beginProbe()
            // One that gave way to nothing leaves the probe to another.
            if !start(first, isProbe: true, time) { target.forgoProbe(at: time.uptime) }
        }
    }

    mutating func startReady(_ time: Reading) {
        while hasThread, let (_, job) = queue.first {
            if target.isDown { waitForTarget(job) } else { _ = start(job, isProbe: false, time) }
        }
    }

    /// Orders the run's next attempt; false if there is none to be made now.
    private mutating func start(_ job: Int, isProbe: Bool, _ time: Reading) -> Bool {
        if entries[job].begun == nil {
            let waited = entries[job].stage
            if entries[job].hasWaited { renew(job, time) } else { passIfTooOld(job, time) }
            // Nothing of it is left, or not before a later moment.
            guard entries[job].run != nil, entries[job].stage == waited else { return false }
        }
        guard let run = entries[job].run else { return false }
        let begun = entries[job].begun
        let attempt = Attempt(
            job: entries[job].job,
            run: run,
            id: begun?.id ?? RunID(random.next(), random.next()),
            number: (begun?.attempts ?? 0) + 1,
            isProbe: isProbe
        )
        entries[job].hasWaited = false
        set(job, .attempting(attempt, since: time.uptime, hasBegun: false))
        orders.append(.start(attempt))
        return true
    }

    private mutating func passIfTooOld(_ job: Int, _ time: Reading) {
        guard let run = entries[job].run, run.trigger != .first, let limit = entries[job].job.catchupLimit,
            lateness(of: run.due, at: time.now, start: begun ?? time) > max(rules.tick, limit)
        else { return }
        pass(job, run.slot)
    }

    // MARK: - News of a request

    /// Where the request of this attempt is open; nil if nobody waits for it any more.
    private func place(of attempt: Attempt) -> Int? {
        guard let job = places[JobName.folded(attempt.job.name)], case .attempting(attempt, _, _) = entries[job].stage
        else { return nil }
        return job
    }

    /// The attempt's connection stands, and nothing of its request is sent yet; false: it shall not be.
    ///
    /// `begin` is when the attempt began. Its being kept has to be awaited before the request goes out.
    package mutating func connected(_ attempt: Attempt, begin: Reading, at time: Reading) -> (Bool, [Order]) {
        guard let job = place(of: attempt) else { return (false, take()) }
        reached(at: time.uptime)
        let mayGo = !life.isOver && !isVoid(job, attempt)
        if mayGo { noteBegin(job, attempt, begin) }
        return (mayGo, take())
    }

    /// Whether the job or its schedule has changed since, so that this slot is none any more.
    private func isVoid(_ job: Int, _ attempt: Attempt) -> Bool {
        let entry = entries[job]
        if entry.isGone { return true }
        guard entry.begun == nil else { return false }
        if attempt.run.trigger == .first, entry.state.last == nil {
            return attempt.run.slot < entry.state.seen ?? .epoch
        }
        return attempt.job.timetable != entry.job.timetable || entry.state.last.map { attempt.run.slot <= $0 } ?? false
    }

    private mutating func noteBegin(_ job: Int, _ attempt: Attempt, _ begin: Reading) {
        guard case .attempting(_, let since, _) = entries[job].stage else { return }
        let run = attempt.run
        if entries[job].begun == nil {
            let lateness = max(.zero, begin.now - run.due)
            entries[job].begun = Entry.Begun(id: attempt.id, at: begin, lateness: lateness)
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
        latestSlot = max(latestSlot, run.slot)
        watch(job)
    }

    /// What became of an attempt.
    package mutating func ended(_ attempt: Attempt, begin: Reading, _ end: AttemptEnd, at time: Reading) -> [Order] {
        guard let job = place(of: attempt), case .attempting(_, let since, let hasBegun) = entries[job].stage else {
            return take()
        }
        note(.attemptEnded(attempt, end))
        if end.isOwnLimit {
            limited(job, attempt, end, time)
        } else if end.outcome == .unreachable {
            undelivered(job, attempt, end, since: since, time)
        } else if end.outcome == .aborted, !end.wasSent {
            if hasBegun { note(job, .withdrawn(attempt.job.name, attempt.id)) }
            giveUp(job, time)
        } else {
            // A connection that was made after the target went down; that of a handshake that failed is told here.
            if !hasBegun, end.outcome != .aborted, target.downSince.map({ since > $0 }) ?? true {
                reached(at: time.uptime)
            }
            if !hasBegun { noteBegin(job, attempt, begin) }
            conclude(job, attempt, begin, end, time)
        }
        // Whatever became of it: the target must not stay down for want of one that tries.
        if attempt.isProbe { target.forgoProbe(at: time.uptime + (end.isOwnLimit ? Self.limitPause : .zero)) }
        return take()
    }

    /// A connection stood at this moment.
    private mutating func reached(at uptime: Duration) {
        guard let down = target.reached(at: uptime) else { return }
        let waiting = entries.indices.filter { entries[$0].stage == .waitingForTarget }
            .sorted {
                let (a, b) = (entries[$0], entries[$1])
                return (a.run?.slot ?? .epoch, a.job.name) < (b.run?.slot ?? .epoch, b.job.name)
            }
        for (place, job) in waiting.enumerated() {
            set(job, .paused(until: uptime + Self.recoverySpread * Double(place) / Double(waiting.count)))
        }
        // The one that probes has waited as well.
        let probing = entries.count {
            if case .attempting(let attempt, _, _) = $0.stage { attempt.isProbe } else { false }
        }
        note(.targetIsUp(after: down, waited: waiting.count + probing))
    }

    private mutating func undelivered(
        _ job: Int,
        _ attempt: Attempt,
        _ end: AttemptEnd,
        since: Duration,
        _ time: Reading
    ) {
        if target.missed(begunAt: since, isProbe: attempt.isProbe, at: time.uptime) {
            note(.targetIsDown(attempt, end))
            while let (_, queued) = queue.first { waitForTarget(queued) }
        }
        guard mayGoOn(job, attempt) else { return giveUp(job, time) }
        entries[job].hasWaited = true
        // It began before the target was last reached: once more, soon.
        set(job, target.isDown ? .waitingForTarget : .paused(until: time.uptime + Self.limitPause))
        watch(job)
    }

    /// Our own process or machine refused the attempt what it needs, and is asked again after a second.
    private mutating func limited(_ job: Int, _ attempt: Attempt, _ end: AttemptEnd, _ time: Reading) {
        tellOfLimit(attempt.job, end.excerpt, time)
        guard mayGoOn(job, attempt) else { return giveUp(job, time) }
        set(job, .paused(until: time.uptime + Self.limitPause))
        watch(job)
    }

    private mutating func tellOfLimit(_ job: Job, _ why: String, _ time: Reading) {
        if let told = toldOfLimit, time.uptime - told < Self.limitTelling { return }
        toldOfLimit = time.uptime
        note(.limited(job, why: why))
    }

    /// The system has no thread for this attempt, which waits for one again.
    package mutating func refused(_ attempt: Attempt, why: String, at time: Reading) -> [Order] {
        guard let job = place(of: attempt) else { return take() }
        tellOfLimit(attempt.job, why, time)
        if attempt.isProbe { target.forgoProbe(at: time.uptime + Self.limitPause) }
        if mayGoOn(job, attempt) {
            attempt.isProbe ? waitForTarget(job) : set(job, .waitingForThread)
            watch(job)
        } else {
            giveUp(job, time)
        }
        threadLimit = (open, until: time.uptime + Self.limitPause)
        return take()
    }

    private func mayGoOn(_ job: Int, _ attempt: Attempt) -> Bool { !life.isOver && !isVoid(job, attempt) }

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
            lateMilliseconds: begun.lateness.wholeMilliseconds
        )
        let backoff = Backoff(attempt.job)
        let hold = backoff.hold(after: end, age: time.uptime - begin.uptime, timeout: attempt.job.timeout)
            .map { rest, reason in
                // By the clock as it was when the attempt began: whoever set it since has not changed how long it took.
                let from = begin.moment(at: time.uptime).wholeMilliseconds
                return (Hold(from: from, until: from + rest, reason: reason), until: time.uptime + rest)
            }
        entries[job].begun?.attempts = attempts
        entries[job].begun?.last = (record, end, hold)
        guard mayGoOn(job, attempt), let wait = wait(backoff, attempts, end),
            entries[job].job.timetable.next(after: attempt.run.slot).map({ time.now + wait < $0 }) ?? true
        else { return finishUnfinished(job, time) }
        let about = Fact.RetryNote(attempt: attempt, end: end, wait: wait)
        note(job, .failed(attempt.job.name, record, hold?.0, about: about))
        set(job, .backoff(until: time.uptime + wait))
        watch(job)
    }

    /// Only what is tried again needs a random number.
    private mutating func wait(_ backoff: Backoff, _ attempts: Int, _ end: AttemptEnd) -> Duration? {
        guard Backoff.isRetryable(end.outcome) else { return nil }
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
        note(job, .ended(about.job?.name ?? "", record, hold?.0, about: about))
        (entries[job].run, entries[job].begun) = (nil, nil)
        entries[job].hasWaited = false
        if let (hold, until) = hold, until > time.uptime, !life.isOver, !entries[job].isGone {
            set(job, .held(until: until, hold.reason))
            watch(job)
        } else {
            free(job, time, after: .running)
        }
    }

    /// The job may start again.
    mutating func free(_ job: Int, _ time: Reading, after reason: SlotReason) {
        release(job, time, reason)
        drop(job)
    }

    /// Tells the end of a streak that was held.
    mutating func release(_ job: Int, _ time: Reading, _ reason: SlotReason) {
        guard let since = entries[job].heldSince else { return }
        entries[job].heldSince = nil
        let count = 1 + slotsPassed(entries[job].job, since: since, through: time.now)
        note(.slotsReleased(entries[job].job, count: count, reason))
    }

    /// There is no run; what is due on record stays so.
    mutating func drop(_ job: Int) {
        (entries[job].run, entries[job].begun) = (nil, nil)
        entries[job].hasWaited = false
        set(job, .idle)
        watch(job)
    }
}
