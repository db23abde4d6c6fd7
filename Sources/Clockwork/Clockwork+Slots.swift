internal import Schedule

/// Which slot is to be run, and when.
extension Clockwork {
    /// What is to become of a job's slots up to a moment.
    enum Decision: Equatable {
        /// There is none that is due.
        case nothing
        /// The latest of them, `scheduled`, which may begin then.
        case run(Run, scheduled: Moment, from: Moment)
        /// A pause or a freeze leaves them out.
        case leaveOut(slot: Moment)
        /// The latest of them is too old to be caught up.
        case pass(slot: Moment)
    }

    /// Decided by the slot and by what is on record, never by when it is looked at; `start` is when the first runs could
    /// begin.
    func decide(_ entry: Entry, at now: Moment, start: Reading) -> Decision {
        let (job, state) = (entry.job, entry.state)
        guard bar(entry, at: now) == nil else { return .nothing }
        guard let anchor = state.anchor(at: now) else {
            // It never ran: the slot is the moment at which the job was first seen, until the schedule has a later one.
            let seen = state.seen ?? now.wholeMilliseconds
            let slot = job.timetable.latest(after: seen, through: now) ?? seen
            if leavesOut(first: slot, of: entry) { return .leaveOut(slot: slot) }
            let from = max(slot + jitter(job, slot), start.now + spread(job, at: now, start: start.now))
            return .run(Run(slot: slot, due: from, trigger: .first), scheduled: slot, from: from)
        }
        let (candidate, barEnd, leftOut) = candidate(entry, after: anchor, through: now)
        guard let slot = candidate else { return leftOut.map { .leaveOut(slot: $0) } ?? .nothing }
        let due = slot + jitter(job, slot)
        if let barEnd {
            // Asked for, however late; an interval keeps its phase.
            let from = max(due, barEnd + job.share(of: rules.spread, seed: rules.seed, "spread"))
            return .run(Run(slot: slot, due: from, trigger: .catchup), scheduled: slot, from: from)
        }
        let late = lateness(of: due, at: now, start: start)
        if let limit = job.catchupLimit, late > max(rules.tick, limit) { return .pass(slot: slot) }
        guard late > rules.tick else {
            return .run(Run(slot: slot, due: due, trigger: .schedule), scheduled: slot, from: due)
        }
        let spread = spread(job, at: now, start: start.now)
        // An interval has no nominal moment to go back to: a late run begins a new phase.
        let taken = job.timetable.schedule.isElapsedTime ? now.wholeMilliseconds : slot
        let run = Run(slot: taken, due: due + spread, trigger: .catchup)
        return .run(run, scheduled: slot, from: max(due, start.now + spread))
    }

    /// How late a run is, the own grace not counted, which ends at `start`.
    func lateness(of due: Moment, at now: Moment, start: Reading) -> Duration {
        let (from, to) = (start.moment(at: grace.lowerBound), start.moment(at: grace.upperBound))
        return now - due - max(.zero, min(now, to) - max(due, from))
    }

    private func jitter(_ job: Job, _ slot: Moment) -> Duration { job.jitter(of: slot, seed: rules.seed) }

    /// How long after the start a first run or a catch-up begins; none when that time is over.
    private func spread(_ job: Job, at now: Moment, start: Moment) -> Duration {
        guard rules.spread > .zero, now - start < rules.spread else { return .zero }
        return job.share(of: rules.spread, seed: rules.seed, "spread")
    }

    /// How many slots there are in (`since`, `now`]; counted up to a limit.
    func slotsPassed(_ job: Job, since slot: Moment, through now: Moment) -> Int {
        var (count, last) = (0, slot)
        while count < 1_000, let next = job.timetable.next(after: last), next <= now {
            count += 1
            last = next
        }
        return count
    }

    // MARK: - The queue of slots

    /// Enters the job's next slot, or takes it out while its slots are held.
    mutating func watch(_ job: Int) { slots.set(job, due: nextSlot(job)) }

    private func nextSlot(_ job: Int) -> Moment? {
        let entry = entries[job]
        guard !entry.isGone, entry.heldSince == nil else { return nil }
        // What passes in the phase that is on record comes first, as long as no other one has begun.
        if entry.begun == nil, let slot = entry.scheduled {
            return entry.job.timetable.next(after: max(slot, entry.leftOut ?? slot))
        }
        // A job that never ran is due as soon as the clock can be believed.
        guard let anchor = entry.state.anchor(at: lastLook) else { return rules.buildDate }
        return entry.job.timetable.next(after: anchor)
    }

    mutating func slotIsDue(_ job: Int, _ time: Reading) {
        let entry = entries[job]
        let reason = entry.heldBy ?? (entry.manual != nil && entry.begun != nil ? .running : nil)
        // While it connects nobody knows whether it has begun; what is missed is seen when that is known.
        if entry.isRequestOpen, reason == nil { return slots.set(job, due: nil) }
        if entry.manual != nil, entry.begun == nil { return slots.set(job, due: nil) }
        if reason == nil, entry.begun == nil {
            if let bar = bar(entry, at: time.now) { return holdByBar(job, bar, time) }
            return renew(job, time)
        }
        let anchor = entry.state.anchor(at: time.now) ?? time.now
        // None, if it has begun already, on a clock that was ahead.
        guard let slot = entry.job.timetable.latest(after: anchor, through: time.now) else { return watch(job) }
        // No attempt is made past the next slot.
        guard let reason else { return finishUnfinished(job, time) }
        if let next = nextSlot(entry, notHeld: slot, time) { return slots.set(job, due: next) }
        entries[job].heldSince = slot
        slots.set(job, due: nil)
        var note: Fact.HoldNote?
        if case .held(let until, _) = entry.stage {
            note = Fact.HoldNote(until: time.moment(at: until).wholeMilliseconds, run: entry.state.runs.last)
        }
        self.note(.slotHeld(entry.job, slot: slot, reason, by: note))
    }

    /// The slot after one that comes so shortly before the end of a hold that it begins all the same; else nil.
    private func nextSlot(_ entry: Entry, notHeld slot: Moment, _ time: Reading) -> Moment? {
        guard case .held(let until, _) = entry.stage, until - time.uptime < Self.shortestGap,
            let next = entry.job.timetable.next(after: slot), time.moment(at: until) < next
        else { return nil }
        return next
    }

    /// Puts the latest slot in the place of the run that waits, or of none.
    mutating func renew(_ job: Int, _ time: Reading) {
        let entry = entries[job]
        switch decide(entry, at: time.now, start: begun ?? time) {
        case .nothing: drop(job)
        case .leaveOut(let slot):
            note(job, .passed(entry.job.name, slot: slot))
            latestSlot = max(latestSlot, slot)
            drop(job)
        case .pass(let slot): pass(job, slot, time.now)
        case .run(_, let scheduled, _) where entry.scheduled != scheduled && skips(job, through: scheduled, time.now):
            drop(job)
        case .run(let run, let scheduled, let from):
            if let waited = entry.scheduled, waited < scheduled {
                let count = slotsPassed(entry.job, since: waited, through: scheduled)
                if case .queued(let waiting) = entry.stage {
                    giveUpSlot(job, waited, count, waiting, time)
                } else if let reason = entry.waitReason {
                    let reason = waitsForToken(entry) ? .token : reason
                    note(.slotsGaveWay(entry.job, count: count, reason, from: waited))
                }
            }
            (entries[job].run, entries[job].scheduled) = (run, scheduled)
            entries[job].leftOut = leftOut(entry, at: time.now)
            watch(job)
            guard from <= time.now else { return set(job, .delayed(until: from)) }
            switch entry.stage {
            case .waitingForTarget, .paused: break
            // It goes on waiting.
            case .queued where entry.scheduled == scheduled: set(job, entry.stage)
            default: ready(job, time)
            }
        }
    }

    /// Leaves a slot out for good.
    mutating func pass(_ job: Int, _ slot: Moment, _ now: Moment) {
        let about = entries[job].job
        note(job, .passed(about.name, slot: slot, about: about))
        missed(job, slot, at: now)
        latestSlot = max(latestSlot, slot)
        drop(job)
    }

    // MARK: - A clock that went back

    mutating func clockWentBack(_ time: Reading) {
        let now = time.now
        for job in entries.indices {
            // What has begun is ahead again, so that what comes before it counts.
            if let highest = entries[job].state.highest, highest > now { watch(job) }
            guard !entries[job].isRequestOpen, entries[job].begun == nil, entries[job].manual == nil else { continue }
            // Its slot is in the future again, and comes back with it.
            if let run = entries[job].run, run.slot > now {
                drop(job)
            } else if case .delayed = entries[job].stage {
                renew(job, time)
            }
        }
        settle(at: now)
    }

    /// A slot further ahead than the gap after it would silence its job until then: now is taken as its last slot.
    mutating func settle(at now: Moment) {
        // A clock that is adjusted by milliseconds must not cost a walk through all jobs.
        guard latestSlot - now > Self.shortestGap else { return }
        latestSlot = now
        var moved: [Job] = []
        for job in entries.indices where !entries[job].isGone {
            let (about, state) = (entries[job].job, entries[job].state)
            // A first run counts from a moment that has been, so that no restart puts it off.
            if state.last == nil, let seen = state.seen, seen > now {
                note(job, about.configured(seen: now.wholeMilliseconds))
            }
            guard let last = state.last, last > now else { continue }
            let gap = about.timetable.next(after: last).map { max($0 - last, Self.shortestGap) }
            // Without a slot after it, the job would be silent for ever.
            if gap.map({ last - now > $0 }) ?? true {
                note(job, about.configured(last: now.wholeMilliseconds))
                lastLook = now
                watch(job)
                moved.append(about)
            } else {
                latestSlot = max(latestSlot, last)
            }
        }
        if !moved.isEmpty { note(.clockWentBack(moved, now)) }
    }
}

extension Job {
    /// How it is configured, as a fact; with a new last slot, or a new moment of being first seen, if there is one.
    func configured(seen: Moment? = nil, last: Moment? = nil) -> Fact {
        let configuration = Fact.Configuration(
            schedule: scheduleText,
            zone: zoneText,
            seedHash: seedHash,
            seen: seen,
            last: last
        )
        return .configured(name, configuration)
    }
}
