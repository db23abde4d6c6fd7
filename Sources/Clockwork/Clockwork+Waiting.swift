internal import Schedule

/// Runs that are due, and wait for the target, for a thread or for a place in a group.
extension Clockwork {
    /// A run waits no longer than this unless its job says so.
    static let longestWait = Duration.seconds(86_400)

    /// It may begin: as soon as the target is up, and a thread and its places are free.
    mutating func ready(_ job: Int, _ time: Reading, since: Duration? = nil) {
        if mustWait(job) { return waitForTarget(job) }
        let limit = entries[job].job.waitSeconds.map { .seconds($0) } ?? Self.longestWait
        // It gives way to the next slot.
        let gap = slots.due(of: job).map { $0 - time.now } ?? limit
        let patience = entries[job].begun == nil ? max(.zero, min(limit, gap)) : nil
        set(job, .queued(Entry.Waiting(since: since ?? time.uptime, patience: patience, limit: limit)))
    }

    /// Whether no call of it can be made, for want of a target or of a token.
    ///
    /// The token is the main one's.
    private func mustWait(_ job: Int) -> Bool {
        entries[job].manual == nil && (isDown(job) || waitsForToken(entries[job]))
    }

    /// Whether there is no token for the app that it calls.
    package func waitsForToken(_ entry: Entry) -> Bool { token != nil && entry.target == 0 }

    func isDown(_ job: Int) -> Bool { targets[entries[job].target].reach.isDown }

    mutating func waitForTarget(_ job: Int) {
        entries[job].hasWaited = true
        set(job, .waitingForTarget)
    }

    mutating func timerIsOver(_ job: Int, _ time: Reading) {
        switch entries[job].stage {
        case .held(_, let reason): free(job, time, after: reason.slots)
        case .queued(var waiting):
            guard time.uptime - waiting.since < waiting.limit else { return waitIsOver(job, waiting, time) }
            waiting.steps += 1
            set(job, .queued(waiting))
        default: ready(job, time)
        }
    }

    /// It has waited as long as its job waits: the slot is left out for good.
    private mutating func waitIsOver(_ job: Int, _ waiting: Entry.Waiting, _ time: Reading) {
        guard let slot = entries[job].scheduled ?? entries[job].run?.slot else { return drop(job) }
        giveUpSlot(job, slot, 1, waiting, time)
        if entries[job].manual == nil {
            note(job, .passed(entries[job].job.name, slot: slot))
            latestSlot = max(latestSlot, slot)
        }
        drop(job)
    }

    /// Tells that a slot is not run, and what its run waited for.
    mutating func giveUpSlot(_ job: Int, _ slot: Moment, _ count: Int, _ waiting: Entry.Waiting, _ time: Reading) {
        let entry = entries[job]
        note(
            .slotGivenUp(
                entry.job,
                slot: slot,
                count: count,
                after: time.uptime - waiting.since,
                obstacle(of: entry, at: time),
                isFirst: !entry.hasGivenUp
            )
        )
        entries[job].hasGivenUp = true
        if entry.manual == nil { missed(job, slot, at: time.now) }
    }

    // MARK: - Groups

    /// What a run in the queue waits for: its first group that is full, or a thread.
    package func obstacle(of entry: Entry, at time: Reading) -> Obstacle {
        guard entry.place == nil, let full = entry.groups.first(where: { !queue.areOpen([$0]) }) else {
            return .threads
        }
        return .group(rules.groups[full].name, heldBy: holders(of: full, at: time))
    }

    private func holders(of group: Int, at time: Reading) -> [Obstacle.Holder] {
        queue.holders[group].map { job in
            let since = entries[job].place?.since ?? time.uptime
            return Obstacle.Holder(job: entries[job].job.name, time: max(.zero, time.uptime - since))
        }.sorted { ($1.time, $0.job) < ($0.time, $1.job) }
    }

    /// How each group stands.
    package func groupStates(at time: Reading) -> [GroupState] {
        rules.groups.indices.map { group in
            GroupState(
                group: rules.groups[group],
                jobs: entries.filter { !$0.isGone && $0.groups.contains(group) }.map(\.job.name),
                holders: holders(of: group, at: time),
                waiting: queue.waiting(for: group)
            )
        }
    }

    /// Those that wait for a target, by slot and then by name.
    func waiting(for target: Int) -> [Int] {
        entries.indices.filter { entries[$0].stage == .waitingForTarget && entries[$0].target == target }.sorted {
            let (a, b) = (entries[$0], entries[$1])
            return (a.run?.slot ?? .epoch, a.job.name) < (b.run?.slot ?? .epoch, b.job.name)
        }
    }

    /// Whether a run of it waits for the target, and has its places or could take them.
    func mayProbe(_ job: Int) -> Bool {
        let entry = entries[job]
        guard !waitsForToken(entry) else { return false }
        return entry.stage == .waitingForTarget && (entry.place != nil || queue.areOpen(entry.groups))
    }

    /// One of the runs that wait tries whether the target is up.
    mutating func probe(_ time: Reading) {
        for target in targets.indices {
            while let probe = targets[target].reach.nextProbe, probe <= time.uptime, hasThread,
                let first = waiting(for: target).first(where: mayProbe)
            {
                // One of which nothing is left leaves the probe to another.
                if start(first, isProbe: true, time) { targets[target].reach.beginProbe() }
            }
        }
    }

    mutating func startReady(_ time: Reading) {
        while hasThread, let job = queue.first {
            if mustWait(job) {
                waitForTarget(job)
            } else {
                _ = start(job, isProbe: false, time)
            }
        }
    }

    /// Orders the run's next attempt; false if there is none to be made now.
    private mutating func start(_ job: Int, isProbe: Bool, _ time: Reading) -> Bool {
        if entries[job].begun == nil, entries[job].manual == nil {
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
        var waited = Duration.zero
        if case .queued(let waiting) = entries[job].stage { waited = time.uptime - waiting.since }
        let attempt = Attempt(
            job: entries[job].job,
            run: run,
            id: begun?.id ?? entries[job].manual ?? RunID(random.next(), random.next()),
            number: (begun?.attempts ?? 0) + 1,
            isProbe: isProbe,
            waited: waited,
            previousSuccess: entries[job].state.lastSuccess
        )
        (entries[job].hasWaited, entries[job].isOutdated) = (false, false)
        set(job, .attempting(attempt, since: time.uptime, hasBegun: false))
        orders.append(.start(attempt))
        return true
    }

    /// Whether a run that has not begun lies before what is on record as begun: it became due while the clock was behind,
    /// which is right again.
    func isBehind(_ job: Int, _ run: Run?, _ now: Moment) -> Bool {
        guard let run, entries[job].begun == nil, entries[job].manual == nil,
            let anchor = entries[job].state.anchor(at: now)
        else { return false }
        return run.slot <= anchor
    }

    /// Whether a run that has not begun lies in the future: the clock went back while an attempt of it was under way.
    func isAhead(_ job: Int, _ now: Moment) -> Bool {
        guard let run = entries[job].run, entries[job].begun == nil, entries[job].manual == nil else { return false }
        return max(run.slot, run.due) > now
    }

    /// A run that waited for a thread keeps its slot, unless that is too old by now.
    private mutating func passIfTooOld(_ job: Int, _ time: Reading) {
        let start = begun ?? time
        // What its job asks for does not make it too old.
        let wait = Duration.seconds(entries[job].job.waitSeconds ?? 0)
        guard let run = entries[job].run, run.trigger != .first, let limit = entries[job].job.catchupLimit,
            lateness(of: run.due, at: time.now, start: start) > max(rules.tick, limit) + wait,
            case .pass(let slot) = decide(entries[job], at: time.now, start: start)
        else { return }
        pass(job, slot, time.now)
    }

    /// The system has no thread for this attempt, which waits for one again.
    package mutating func refused(_ attempt: Attempt, number: Int32, at time: Reading) -> [Order] {
        guard let (job, since, _) = place(of: attempt) else { return take() }
        let time = believed(time)
        lacksRoom(job, attempt, .thread(number), time)
        if attempt.isProbe {
            targets[entries[job].target].reach.forgoProbe(begunAt: since, at: time.uptime + Self.limitPause)
        }
        forgetGone()
        return take()
    }

    /// Our own process or machine refused the attempt what it needs: it waits in its place until another one ends, or
    /// for a second.
    mutating func lacksRoom(_ job: Int, _ attempt: Attempt, _ limit: Fact.Limit, _ time: Reading) {
        tellOfLimit(attempt.job, limit, time)
        if mayGoOn(job), !isAhead(job, time.now) {
            // It has waited since before this attempt.
            ready(job, time, since: time.uptime - attempt.waited)
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
