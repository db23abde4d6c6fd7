package import Schedule

/// From the start to the end, and what a new list of jobs does.
extension Clockwork {
    /// A job that is no longer configured is forgotten after this.
    static let keptAfterGone = Duration.seconds(30 * 86_400)

    /// Another sidecar has the state.
    package mutating func standBy() { life = .standby }

    /// Takes over what is known from before; runs of which the last process did not see the end, end here.
    ///
    /// The first runs come at `graceEnd`, on the clock that only goes forward.
    package mutating func load(_ states: [JobState], graceEnd: Duration, at time: Reading) -> [Order] {
        for state in states {
            let key = JobName.folded(state.name)
            if let job = places[key] { entries[job].state = state } else { absent[key] = state }
        }
        grace = time.uptime...max(time.uptime, graceEnd)
        life = .grace(until: graceEnd)
        let cut = states.filter { $0.inFlight != nil || $0.unfinished != nil }
        for state in cut.sorted(by: { ($0.cutSlot, $0.name) < ($1.cutSlot, $1.name) }) {
            endCutRun(of: state, at: time.now)
        }
        for job in entries.indices { holdAsKnown(job, time) }
        mustIntroduce = true
        if time.now >= rules.buildDate { introduce(at: time) }
        return take()
    }

    /// The process before was killed in the middle of it.
    private mutating func endCutRun(of state: JobState, at now: Moment) {
        let job = places[JobName.folded(state.name)].map { entries[$0].job }
        // One that was between two attempts ends with its last outcome, and is not in flight.
        let record = state.inFlight.map { RunRecord(interrupted: $0.begin) } ?? state.unfinished
        guard let record else { return }
        let hold = job.flatMap { state.hold(afterInterruptionOf: $0) } ?? state.hold
        noteAny(state.name, .ended(state.name, record, hold, about: Fact.EndNote(job: job)))
        if record.outcome.isIncident { judge(state.name, before: state.trouble, at: now) }
    }

    /// A fact of a job that may not be configured.
    mutating func noteAny(_ name: String, _ fact: Fact) {
        let key = JobName.folded(name)
        if let job = places[key] { return note(job, fact) }
        if case .dropped = fact { absent[key] = nil } else { absent[key, default: JobState(name: name)].apply(fact) }
        note(fact)
    }

    mutating func holdAsKnown(_ job: Int, _ time: Reading) {
        guard entries[job].stage == .idle, let hold = entries[job].state.hold, hold.rest(at: time.now) > .zero else {
            return
        }
        set(job, .held(until: time.uptime + hold.rest(at: time.now), hold.reason))
    }

    /// Compares the jobs as they are configured with what is known of them.
    mutating func introduce(at time: Reading) {
        mustIntroduce = false
        let now = time.now.wholeMilliseconds
        for job in entries.indices where !entries[job].isGone {
            if let fact = introduction(entries[job], now, time) { note(job, fact) }
            latestSlot = max(latestSlot, entries[job].state.last ?? entries[job].state.seen ?? .epoch)
            watch(job)
        }
        for job in entries.indices where entries[job].isGone && entries[job].state.gone == nil {
            note(job, .gone(entries[job].job.name, at: now))
            closeGone(entries[job].job.name, at: now)
        }
        for (key, state) in absent.sorted(by: { $0.key < $1.key }) where Target.name(of: key) == nil {
            if let gone = state.gone {
                if now - gone > Self.keptAfterGone { noteAny(state.name, .dropped(state.name)) }
            } else {
                noteAny(state.name, .gone(state.name, at: now))
                closeGone(state.name, at: now)
            }
        }
    }

    private func introduction(_ entry: Entry, _ now: Moment, _ time: Reading) -> Fact? {
        let (job, known) = (entry.job, entry.state)
        let isSame =
            (known.schedule, known.zone) == (job.scheduleText, job.zoneText)
            && (known.seedHash == nil || known.seedHash == job.seedHash)
        if isSame, known.gone == nil, known.seen != nil || known.last != nil {
            return known.seedHash == job.seedHash ? nil : job.configured()
        }
        // Slots before a change, or while the job was gone, are not missed.
        let isNew = known.schedule.isEmpty && known.gone == nil
        if known.last != nil { return job.configured(last: isNew ? nil : now) }
        if isNew, let offset = job.initialOffset {
            let end = now + max(.zero, grace.upperBound - time.uptime)
            return job.configured(seen: now, last: (end - offset).wholeMilliseconds)
        }
        return job.configured(seen: now, last: isNew && job.first == .wait ? now : nil)
    }

    /// The grace is over and the clock is believed: from now on runs begin.
    mutating func begin(at time: Reading) {
        begun = time
        lastLook = time.now
        settle(at: time.now)
        watchPauses(at: time.now)
        resumeTalks(at: time.now)
        for job in entries.indices { watch(job) }
    }

    // MARK: - Other jobs

    /// Takes a new list of jobs, and room for more threads at once, never for less.
    ///
    /// A run that has not begun is dropped with its job or its schedule; one that has begun is left to its end, and one
    /// that is between two attempts ends with its job.
    package mutating func replace(
        _ jobs: [Job],
        freezes: FreezeCalendar? = nil,
        threads: Int,
        at shown: Reading
    ) -> [Order] {
        guard !life.isOver else { return [] }
        self.freezes = freezes ?? self.freezes
        rules.threads = max(rules.threads, threads)
        let new = Dictionary(jobs.map { (JobName.folded($0.name), $0) }) { first, _ in first }
        let time = believed(shown)
        for job in entries.indices { change(job, to: new[JobName.folded(entries[job].job.name)], time) }
        var old = Dictionary(entries.map { (JobName.folded($0.job.name), $0) }) { first, _ in first }
        var back: [Int] = []
        entries = jobs.enumerated().map { place, job in
            let key = JobName.folded(job.name)
            if let entry = old.removeValue(forKey: key) { return entry }
            back.append(place)
            return Entry(job, absent.removeValue(forKey: key) ?? JobState(name: job.name))
        }
        for (key, entry) in old.sorted(by: { $0.key < $1.key }) {
            if entry.isRequestOpen { entries.append(entry) } else if life.isLoaded { absent[key] = entry.state }
        }
        index()
        if life.isLoaded {
            for job in back { holdAsKnown(job, time) }
            mustIntroduce = true
            if shown.now >= rules.buildDate { introduce(at: time) }
        }
        for job in entries.indices { watch(job) }
        return take()
    }

    private mutating func change(_ job: Int, to new: Job?, _ time: Reading) {
        let old = entries[job].job
        if new?.timetable != old.timetable { release(job, time, entries[job].heldBy ?? .running) }
        if let new { entries[job].job = new }
        entries[job].isGone = new == nil
        // No longer held by the freeze that is on.
        if entries[job].bar == .frozen, entries[job].job.isFreezeExempt {
            endStreak(job, at: time.now)
            leaveOutPassed(job, time.now)
        }
        // A run that connects, and has not begun, is not to go out as the job was.
        if entries[job].isRequestOpen {
            entries[job].isOutdated = entries[job].isOutdated || new != old
            return
        }
        if new == nil {
            giveUp(job, time)
        } else if entries[job].begun == nil, entries[job].run != nil, entries[job].manual == nil, new != old {
            // It is decided anew, by the job as it is now; without a change of its schedule the slot is the same.
            drop(job)
        }
    }

    // MARK: - The end

    /// Nothing more begins: what waits or connects is dropped, and what is between two attempts ends.
    package mutating func stop(at time: Reading) -> [Order] {
        let time = believed(time)
        life = .draining
        for job in entries.indices {
            // One that only connects has not begun, and is not waited for.
            if case .attempting(_, _, hasBegun: true) = entries[job].stage { continue }
            giveUp(job, time)
        }
        return take()
    }

    /// Ends what nobody waits for any longer: a request whose thread is stuck past its abort.
    package mutating func end(at time: Reading) -> [Order] {
        let time = believed(time)
        for entry in entries {
            guard case .attempting(let attempt, let since, let hasBegun) = entry.stage else { continue }
            var end = AttemptEnd(.aborted)
            (end.wasSent, end.excerpt) = (hasBegun, "aborted by shutdown")
            finish(attempt, begin: Reading(now: time.moment(at: since), uptime: since), end, time)
        }
        forgetGone()
        life = .ended
        return take()
    }

    // MARK: - Shown

    /// The slot that a job runs next, in the past while that waits for something; nil for none.
    ///
    /// Before the first runs begin it is what will be decided then.
    package func nextSlot(of entry: Entry, at time: Reading) -> Moment? {
        if entry.begun == nil, entry.manual == nil, let run = entry.run {
            switch entry.stage {
            // Neither is late: the one is under way, and the other waits on purpose.
            case .attempting, .delayed: return entry.job.timetable.next(after: run.slot)
            default: return run.slot
            }
        }
        guard !entry.isGone else { return nil }
        var start = time
        if case .grace(let end) = life { start = Reading(now: time.moment(at: end), uptime: end) }
        start.now = max(start.now, rules.buildDate)
        if begun == nil {
            switch decide(entry, at: start.now, start: start) {
            case .run(let run, _, _): return run.slot
            case .pass(let slot), .leaveOut(let slot):
                return entry.job.timetable.next(after: slot).flatMap { firstRun(of: entry, from: $0) }
            case .nothing: break
            }
        }
        guard let anchor = entry.state.anchor(at: start.now) else {
            let first = entry.state.seen ?? start.now
            guard leavesOut(first: first, of: entry) else { return first }
            return entry.job.timetable.next(after: first).flatMap { firstRun(of: entry, from: $0) }
        }
        var through = start.now
        // Of those that pass in a bar the last one runs.
        if entry.job.freezeCatchup == .one, let span = span(over: start.now, of: entry) {
            guard let end = span.until else { return nil }
            through = end - .nanoseconds(1)
        }
        // Of those that passed while the job was held the latest will run.
        let candidate = candidate(entry, after: anchor, through: through)
        let passed = candidate.slot ?? candidate.leftOut
        guard let slot = candidate.slot ?? entry.job.timetable.next(after: passed ?? anchor) else { return nil }
        return firstRun(of: entry, from: slot)
    }
}

extension JobState {
    /// The slot of the run that a kill cut off.
    fileprivate var cutSlot: Moment { inFlight?.begin.slot ?? unfinished?.slot ?? .epoch }
}
