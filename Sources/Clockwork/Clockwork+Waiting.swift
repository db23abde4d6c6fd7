internal import Schedule

/// Runs that are due, and wait for the target or for a thread.
extension Clockwork {
    /// It may begin: as soon as the target is up and a thread is free.
    mutating func ready(_ job: Int, _ time: Reading) {
        if target.isDown { return waitForTarget(job) }
        set(job, .waitingForThread)
    }

    mutating func waitForTarget(_ job: Int) {
        entries[job].hasWaited = true
        set(job, .waitingForTarget)
    }

    mutating func timerIsOver(_ job: Int, _ time: Reading) {
        if case .held(_, let reason) = entries[job].stage { return free(job, time, after: reason.slots) }
        ready(job, time)
    }

    /// Those that wait for the target, by slot and then by name.
    var waitingForTarget: [Int] {
        entries.indices.filter { entries[$0].stage == .waitingForTarget }.sorted {
            let (a, b) = (entries[$0], entries[$1])
            return (a.run?.slot ?? .epoch, a.job.name) < (b.run?.slot ?? .epoch, b.job.name)
        }
    }

    /// One of the runs that wait tries whether the target is up.
    mutating func probe(_ time: Reading) {
        while let probe = target.nextProbe, probe <= time.uptime, hasThread, let first = waitingForTarget.first {
            // One of which nothing is left leaves the probe to another.
            if start(first, isProbe: true, time) { target.beginProbe() }
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
            if entries[job].hasWaited || isAhead(job, time.now) || isBehind(job, entries[job].run, time.now) {
                renew(job, time)
            } else {
                passIfTooOld(job, time)
            }
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
        (entries[job].hasWaited, entries[job].isOutdated) = (false, false)
        set(job, .attempting(attempt, since: time.uptime, hasBegun: false))
        orders.append(.start(attempt))
        return true
    }

    /// Whether a run that has not begun lies before what is on record as begun: it became due while the clock was behind,
    /// which is right again.
    func isBehind(_ job: Int, _ run: Run?, _ now: Moment) -> Bool {
        guard let run, entries[job].begun == nil, let anchor = entries[job].state.anchor(at: now) else { return false }
        return run.slot <= anchor
    }

    /// Whether a run that has not begun lies in the future: the clock went back while an attempt of it was under way.
    func isAhead(_ job: Int, _ now: Moment) -> Bool {
        guard let run = entries[job].run, entries[job].begun == nil else { return false }
        return max(run.slot, run.due) > now
    }

    /// A run that waited for a thread keeps its slot, unless that is too old by now.
    private mutating func passIfTooOld(_ job: Int, _ time: Reading) {
        let start = begun ?? time
        guard let run = entries[job].run, run.trigger != .first, let limit = entries[job].job.catchupLimit,
            lateness(of: run.due, at: time.now, start: start) > max(rules.tick, limit),
            case .pass(let slot) = decide(entries[job], at: time.now, start: start)
        else { return }
        pass(job, slot)
    }

    /// The system has no thread for this attempt, which waits for one again.
    package mutating func refused(_ attempt: Attempt, number: Int32, at time: Reading) -> [Order] {
        guard let (job, since, _) = place(of: attempt) else { return take() }
        let time = believed(time)
        lacksRoom(job, attempt, .thread(number), time)
        if attempt.isProbe { target.forgoProbe(begunAt: since, at: time.uptime + Self.limitPause) }
        forgetGone()
        return take()
    }

    /// Our own process or machine refused the attempt what it needs: it waits in its place until another one ends, or
    /// for a second.
    mutating func lacksRoom(_ job: Int, _ attempt: Attempt, _ limit: Fact.Limit, _ time: Reading) {
        tellOfLimit(attempt.job, limit, time)
        if mayGoOn(job), !isAhead(job, time.now) {
            ready(job, time)
            watch(job)
        } else {
            giveUp(job, time)
        }
        threadLimit = (open, until: time.uptime + Self.limitPause)
    }

    private mutating func tellOfLimit(_ job: Job, _ limit: Fact.Limit, _ time: Reading) {
        if let told = toldOfLimit, time.uptime - told < Self.limitTelling { return }
        toldOfLimit = time.uptime
        note(.limited(job, limit))
    }
}
