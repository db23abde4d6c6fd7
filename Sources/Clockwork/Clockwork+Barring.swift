internal import Schedule

/// Pauses, skipped slots and freeze windows: what keeps slots from being run on purpose.
extension Clockwork {
    /// Why nothing of the job begins now; nil: it may.
    func bar(_ entry: Entry, at now: Moment) -> SlotReason? {
        if let pause = entry.state.pause, pause.isOn(at: now) { return .paused }
        return freeze != nil && !entry.job.isFreezeExempt ? .frozen : nil
    }

    /// The bar that a slot falls in: since when, and until when.
    func span(over slot: Moment, of entry: Entry) -> (from: Moment, until: Moment?)? {
        if let pause = entry.state.pause, pause.holds(slot) { return (pause.from, pause.until) }
        guard !freezes.isEmpty || lifted != nil, !entry.job.isFreezeExempt else { return nil }
        // What it learns is near to what is known.
        var calendar = freezes
        if let span = calendar.span(containing: slot) { return (span.start, span.end) }
        return lifted.flatMap { ($0.from..<$0.until).contains(slot) ? ($0.from, $0.until) : nil }
    }

    /// Of the slots up to a moment the latest that is to be run, with the end of the bar that it passed in; and the latest
    /// that a bar leaves out.
    func candidate(
        _ entry: Entry,
        after anchor: Moment,
        through now: Moment
    ) -> (slot: Moment?, barEnd: Moment?, leftOut: Moment?) {
        var (through, leftOut) = (now, Moment?.none)
        while let slot = entry.job.timetable.latest(after: anchor, through: through) {
            guard let span = span(over: slot, of: entry) else { return (slot, nil, leftOut) }
            if entry.job.freezeCatchup == .one { return (slot, span.until ?? slot, leftOut) }
            leftOut = leftOut ?? slot
            through = span.from - .nanoseconds(1)
        }
        return (nil, nil, leftOut)
    }

    /// The latest slot up to now that a bar leaves out.
    func leftOut(_ entry: Entry, at now: Moment) -> Moment? {
        guard entry.state.pause != nil || !freezes.isEmpty || lifted != nil, let anchor = entry.state.anchor(at: now)
        else { return nil }
        return candidate(entry, after: anchor, through: now).leftOut
    }

    /// The first slot from this one on that nothing leaves out, as far as is known now.
    func firstRun(of entry: Entry, from first: Moment) -> Moment? {
        var (slot, skips) = (first, entry.state.skips)
        for _ in 0..<JobState.mostSkips + 100 {
            var from = slot
            if entry.job.freezeCatchup == .skip, let span = span(over: slot, of: entry) {
                guard let end = span.until else { return nil }
                // An interval goes on in its phase.
                from = entry.job.timetable.latest(after: slot, through: end - .nanoseconds(1)) ?? slot
            } else {
                guard skips > 0 else { return slot }
                skips -= 1
            }
            guard let next = entry.job.timetable.next(after: from) else { return nil }
            slot = next
        }
        return slot
    }

    /// Whether a first run, whose slot is when the job was first seen, passed in a bar that leaves it out.
    func leavesOut(first slot: Moment, of entry: Entry) -> Bool {
        entry.job.freezeCatchup == .skip && span(over: slot, of: entry) != nil
    }

    /// What passed while a bar was on is left out, unless its job asks for the last of it.
    mutating func leaveOutPassed(_ job: Int, _ now: Moment) {
        let entry = entries[job]
        guard entry.job.freezeCatchup == .skip, entry.run == nil, let anchor = entry.state.anchor(at: now),
            let slot = entry.job.timetable.latest(after: anchor, through: now)
        else { return }
        note(job, .passed(entry.job.name, slot: slot))
        latestSlot = max(latestSlot, slot)
        watch(job)
    }

    /// A slot that comes while a bar is on: the first of a streak, which ends with the bar.
    mutating func holdByBar(_ job: Int, _ reason: SlotReason, _ time: Reading) {
        let entry = entries[job]
        if entry.run != nil { drop(job) }
        let first = entry.state.anchor(at: time.now).flatMap { entry.job.timetable.next(after: $0) } ?? time.now
        (entries[job].heldSince, entries[job].bar) = (min(first, time.now), reason)
        slots.set(job, due: nil)
    }

    /// The streak is over; answers how many slots passed.
    @discardableResult
    mutating func endStreak(_ job: Int, at end: Moment) -> Int {
        guard let since = entries[job].heldSince, let reason = entries[job].bar else { return 0 }
        (entries[job].heldSince, entries[job].bar) = (nil, nil)
        let count = 1 + slotsPassed(entries[job].job, since: since, through: end - .nanoseconds(1))
        note(.slotsReleased(entries[job].job, count: count, reason))
        watch(job)
        return count
    }

    /// What has not begun is decided anew when the bar is over.
    private mutating func dropPending(_ job: Int) {
        guard entries[job].run != nil, entries[job].begun == nil, !entries[job].isRequestOpen,
            entries[job].manual == nil
        else { return }
        drop(job)
    }

    // MARK: - Pauses

    /// Nothing of these jobs starts until then; nil: it may again.
    package mutating func pause(_ jobs: [String], _ pause: Pause?, at time: Reading) -> [Order] {
        var paused: [String] = []
        guard life.isLoaded, !life.isOver else { return take() }
        for name in jobs {
            guard let job = places[JobName.folded(name)], !entries[job].isGone else { continue }
            let old = entries[job].state.pause.flatMap { $0.isOn(at: time.now) ? $0 : nil }
            // Whatever passed in the one before it has passed in this.
            let new = Pause(
                from: min(old?.from ?? time.now, time.now),
                until: pause?.until ?? time.now,
                note: pause?.note ?? ""
            )
            if pause == nil, old == nil { continue }
            paused.append(entries[job].job.name)
            note(job, .paused(entries[job].job.name, new))
            pauseEnds.set(job, due: new.until)
            dropPending(job)
        }
        if let pause, !paused.isEmpty { note(.pauseBegan(paused, pause)) }
        if pause == nil { endPauses(time) }
        return take()
    }

    /// Ends what is over; one line for all that end at once.
    mutating func endPauses(_ time: Reading) {
        var (names, slots) = ([String](), 0)
        while let (end, job) = pauseEnds.first, end <= time.now {
            pauseEnds.set(job, due: nil)
            names.append(entries[job].job.name)
            if entries[job].bar == .paused { slots += endStreak(job, at: end) }
        }
        if !names.isEmpty { note(.pauseIsOver(names, slots: slots)) }
    }

    /// Of pauses that are on record.
    mutating func watchPauses(at now: Moment) {
        for job in entries.indices {
            guard let pause = entries[job].state.pause, pause.isOn(at: now), !entries[job].isGone else { continue }
            pauseEnds.set(job, due: pause.until)
        }
    }

    // MARK: - Skipping

    /// The next slots of the job are not run; 0: they are.
    package mutating func skip(_ name: String, count: Int, at time: Reading) -> [Order] {
        guard let job = places[JobName.folded(name)], entries[job].state.skips != count else { return take() }
        note(job, .skips(entries[job].job.name, left: count))
        return take()
    }

    /// Leaves out slots that came, up to this one, as far as they are to be skipped; false: this one is run.
    mutating func skips(_ job: Int, through slot: Moment, _ now: Moment) -> Bool {
        let (state, about) = (entries[job].state, entries[job].job)
        // One that a bar held uses up none.
        guard state.skips > 0, span(over: slot, of: entries[job]) == nil else { return false }
        var passed = 1
        var earlier = state.anchor(at: now).flatMap { about.timetable.next(after: $0) } ?? slot
        while earlier < slot, passed <= state.skips, let next = about.timetable.next(after: earlier) {
            if span(over: earlier, of: entries[job]) == nil { passed += 1 }
            earlier = next
        }
        let isSkipped = passed <= state.skips
        let count = min(passed, state.skips)
        let left = state.skips - count
        note(
            job,
            .skips(about.name, left: left, slot: isSkipped ? slot : nil, about: SkipNote(job: about, count: count))
        )
        if isSkipped { latestSlot = max(latestSlot, slot) }
        return isSkipped
    }

    // MARK: - Freeze windows

    /// Sees a freeze begin, change and end.
    mutating func watchFreeze(_ time: Reading) {
        guard !freezes.isEmpty || freeze != nil else { return }
        let span = freezes.span(containing: time.now)
        nextFreeze = freezes.next(after: time.now)?.start
        guard span != freeze else { return }
        let old = freeze
        freeze = span
        if let old, old.end.map({ $0 > time.now }) ?? true { lifted = (old.start, time.now) }
        if let span {
            let jobs = entries.filter { !$0.isGone }
            for job in entries.indices where !entries[job].job.isFreezeExempt { dropPending(job) }
            let exempt = jobs.filter(\.job.isFreezeExempt).map(\.job.name)
            note(.frozen(span, held: jobs.count - exempt.count, exempt: exempt))
        } else {
            endFreeze(at: old?.end ?? time.now, time)
        }
    }

    private mutating func endFreeze(at end: Moment, _ time: Reading) {
        var (slots, runs) = (0, 0)
        for job in entries.indices where entries[job].bar == .frozen {
            slots += endStreak(job, at: min(end, time.now))
            if case .run = decide(entries[job], at: time.now, start: begun ?? time) { runs += 1 }
        }
        note(.freezeIsOver(slots: slots, runs: runs))
    }
}

/// What is told of slots that were skipped.
package struct SkipNote: Sendable {
    package let job: Job
    package let count: Int

    package init(job: Job, count: Int) { (self.job, self.count) = (job, count) }
}
