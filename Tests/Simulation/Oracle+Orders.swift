import Clockwork
import Schedule

/// Each order, as it is given.
extension Oracle {
    func note(_ fact: Fact) throws {
        switch fact {
        case .configured(let name, let new): try configured(try known(name), new)
        case .gone(let name, _):
            try expect(introductions.removeValue(forKey: name)?.isGone ?? false, "\(name) is told to be gone")
            jobs[try known(name)].gone = time.now.wholeMilliseconds
        case .dropped(let name):
            try expect(introductions.removeValue(forKey: name)?.isDropped ?? false, "\(name) is forgotten")
            forget(try known(name))
        case .passed(let name, let slot, _): try passed(try known(name), slot)
        case .began(let name, let begin, _): try began(try known(name), begin)
        case .withdrawn(let name, let id): try withdrawn(try known(name), id)
        case .failed(let name, let run, let hold, _): try attemptFailed(try known(name), run, hold)
        case .ended(let name, let run, let hold, _): try runEnded(try known(name), run, hold)
        case .attemptEnded(let attempt, let end):
            // At the end of all, those that are stuck end one by one.
            guard isFinishing, let call = jobs[try known(attempt.job.name)].call else { break }
            let begin = Reading(now: believed.moment(at: call.since), uptime: call.since)
            event = .end(attempt, end, begin: begin)
        case .slotHeld(let job, let slot, let reason, let note): try held(try known(job.name), slot, reason, note)
        case .slotsReleased(let job, let count, _): try released(try known(job.name), count)
        case .slotsGaveWay(let job, let count, let reason, _): try gaveWay(try known(job.name), count, reason)
        case .slotGivenUp(let job, let slot, let count, let time, _, _):
            try givenUp(try known(job.name), slot, count, time)
        // These have a simulation of their own.
        case .trouble: break
        case .paused, .skips, .notRun, .pauseBegan, .pauseIsOver, .frozen, .freezeIsOver, .closing, .alert:
            try expect(false, "nobody asked for that: \(fact)")
        case .targetIsDown:
            try expect(target.owes.down, "the target is told to be down")
            target.owes.down = false
        case .targetIsStillDown: try expect(!target.owes.down, "the target is told to be down still")
        case .targetIsUp:
            try expect(target.owes.up, "the target is told to be up")
            target.owes.up = false
        case .limited:
            try expect(toldOfLimit.map { time.uptime - $0 >= .seconds(60) } ?? true, "a limit is told twice a minute")
            toldOfLimit = time.uptime
        case .clockIsWrong:
            try expect(!isClockWrong && time.now < rules.buildDate, "the clock is told to be wrong")
            isClockWrong = true
        case .clockIsRight:
            try expect(isClockWrong && time.now >= rules.buildDate, "the clock is told to be right")
            isClockWrong = false
        case .clockWentBack(let jobs, _):
            try expect(jobs.map(\.name) == moved && !moved.isEmpty, "\(jobs.map(\.name)) went back, and not \(moved)")
            isMoveTold = true
        }
    }

    /// An attempt is to be made.
    func start(_ attempt: Attempt) throws {
        let job = try known(attempt.job.name)
        let known = jobs[job]
        guard case .look = event else { throw Fault(text: "\(attempt.job.name) starts, and nobody looked") }
        try expect(!isStopped && time.uptime >= grace.upperBound, job, "starts in the grace, or after the stop")
        try expect(time.now >= rules.buildDate, job, "starts before the build date")
        try expect(known.isConfigured && attempt.job == known.job, job, "starts as it is not, or not any more")
        try expect(known.call == nil, job, "starts, and has a call")
        try expect(isThreadFree, job, "starts without a thread")
        if let full = fullGroup(job) { try expect(false, job, "starts without a place in \(full)") }
        known.place = known.place ?? known.job.groups
        try expect(known.heldUntil.map { $0 <= time.uptime } ?? true, job, "starts, and is held")
        try expect(
            known.paused.map { $0.until <= time.uptime || !$0.isFirm } ?? true,
            job,
            "starts within a second of a refusal"
        )
        if let down = target.down {
            try expect(attempt.isProbe && target.probing == nil, job, "starts, and the target is down")
            try expect(time.uptime >= down.probe, job, "probes too early")
            target.probing = attempt
        } else {
            try expect(!attempt.isProbe, job, "probes, and the target is up")
        }
        if let run = known.run {
            try expect(
                (attempt.id, attempt.run.slot, attempt.number) == (run.id, run.slot, run.attempts + 1),
                job,
                "goes on with another run"
            )
            try expect(
                known.retry.map { $0.lowerBound <= time.uptime } ?? false,
                job,
                "does not wait before it retries"
            )
            try expect(known.due(at: time.now) == nil, job, "retries past its next slot")
        } else {
            try begins(job, attempt)
        }
        jobs[job].call = Call(attempt: attempt, since: time.uptime, slot: known.due(at: time.now))
        (jobs[job].waiting, jobs[job].paused) = (nil, nil)
    }

    var isThreadFree: Bool {
        let count = limit.flatMap { time.uptime < $0.until ? $0.count : nil } ?? rules.threads
        return openCalls < min(count, rules.threads)
    }

    /// A run's first attempt: its slot is the latest that is due.
    private func begins(_ job: Int, _ attempt: Attempt) throws {
        let (known, run) = (jobs[job], attempt.run)
        try expect(attempt.number == 1, job, "begins with attempt \(attempt.number)")
        guard let slot = known.due(at: time.now) else { return try expect(false, job, "starts, and no slot is due") }
        try expect(
            slot <= time.now && run.due >= slot && run.due <= max(slot, time.now) + rules.spread,
            job,
            "is due at \(run.due), slot \(slot)"
        )
        switch run.trigger {
        case .first: try expect(run.slot == slot, job, "runs first as \(run.slot), not \(slot)")
        case .schedule:
            // What waited for the target, and is late by now, is caught up.
            let isLate = known.waiting?.reason == .targetDown && lateness(run.due) > rules.tick
            try expect(!isLate, job, "runs \(run.slot) as if it had not waited")
            try expect(known.last != nil && run.slot == slot, job, "runs \(run.slot), not \(slot)")
        case .catchup:
            try expect(
                known.last != nil && (lateness(slot) > rules.tick || hasGoneBack),
                job,
                "catches \(slot) up, which is not missed"
            )
            let isRight = known.isInterval ? run.slot > slot && run.slot <= time.now : run.slot == slot
            try expect(isRight, job, "catches up \(run.slot), not \(slot)")
        case .manual: try expect(false, job, "runs by hand")
        }
        if run.trigger != .first, let oldest = known.job.oldest {
            let wait = Duration.seconds(known.job.waitSeconds ?? 0)
            try expect(lateness(run.due) <= max(rules.tick, oldest) + wait, job, "runs \(slot), which is too old")
        }
        if let delay = known.delay, delay.slot == slot, delay.jitter == known.job.jitterSeconds, rules.spread == .zero {
            try expect(time.now >= delay.until, job, "does not wait for its delay, \(delay.until)")
        }
    }

    // MARK: - Slots

    private func configured(_ job: Int, _ new: Fact.Configuration) throws {
        let known = jobs[job]
        let now = time.now.wholeMilliseconds
        try expect(known.isConfigured, job, "is configured, and is not")
        if let owed = introductions.removeValue(forKey: known.job.name) {
            try expect(owed == Introduction(seen: new.seen, last: new.last), job, "is known as \(new), not \(owed)")
        } else if known.last == nil {
            // A first run counts from a moment that has been.
            let isAhead = known.seen.map { $0 > time.now } ?? false
            try expect(isAhead && new.seen == now && new.last == nil, job, "is seen first at \(new)")
            jobs[job].delay = nil
        } else {
            // A last slot further ahead than the gap after it.
            try expect(isTooFarAhead(known) && new.last == now && new.seen == nil, job, "is configured as \(new)")
            moved.append(known.job.name)
        }
        try expect((new.schedule, new.zone) == (known.job.scheduleText, known.job.zoneText), job, "is not that")
        (jobs[job].schedule, jobs[job].zone, jobs[job].gone) = (new.schedule, new.zone, nil)
        (jobs[job].isKnown, jobs[job].seen) = (true, new.seen ?? known.seen)
        guard let last = new.last else { return }
        jobs[job].setLast(last)
        // A run that turns out not to have begun leaves its job where this says.
        if known.run?.previous != nil {
            jobs[job].run?.previous = last
        } else if known.run?.isInFlight ?? false, known.run?.attempts == 0 {
            jobs[job].seen = last
        }
    }

    /// Section 6: further ahead than the gap to the slot after it, or than a second, the shortest gap there is.
    func isTooFarAhead(_ known: Known) -> Bool {
        guard known.isConfigured, let last = known.last, last > time.now else { return false }
        return known.next.map { last - time.now > max($0 - last, .seconds(1)) } ?? (last - time.now > .seconds(1))
    }

    /// The same for a job that never ran, and was first seen by a clock that was ahead.
    func isSeenAhead(_ known: Known) -> Bool {
        guard known.isConfigured, known.last == nil, let seen = known.seen else { return false }
        return seen - time.now > .seconds(1)
    }

    private func forget(_ job: Int) {
        let known = jobs[job]
        jobs[job] = Known(known.job)
        jobs[job].isConfigured = known.isConfigured
    }

    private func passed(_ job: Int, _ slot: Moment) throws {
        let known = jobs[job]
        try expect(known.call == nil && known.run == nil, job, "leaves a slot out, and runs")
        if known.givenUp != slot {
            try expect(
                known.last != nil && known.due(at: time.now) == slot,
                job,
                "leaves out \(slot), which is not due"
            )
            let isOld = known.job.oldest.map { lateness(slot) > max(rules.tick, $0) } ?? false
            try expect(isOld, job, "leaves out \(slot), which is not too old")
        }
        jobs[job].setLast(slot)
        jobs[job].waiting = nil
    }

    private func held(_ job: Int, _ slot: Moment, _ reason: SlotReason, _ note: Fact.HoldNote?) throws {
        let known = jobs[job]
        try expect(known.streak == nil, job, "is told twice to be held")
        let isRunning = known.call?.hasBegun ?? false
        try expect(isRunning || known.heldUntil.map { $0 > time.uptime } ?? false, job, "is not held")
        try expect((reason == .running) == isRunning, job, "is held for \(reason)")
        let until = known.heldUntil.map { time.moment(at: $0).wholeMilliseconds }
        try expect(note?.until == (isRunning ? nil : until), job, "is said to be held until \(shown(note?.until))")
        try expect(!beginsAllTheSame(known, slot), job, "is told to be held, and begins all the same")
        try expect(known.due(at: time.now) == slot || known.last == nil, job, "is held at \(slot), which is not due")
        jobs[job].streak = (slot, known.job.timetable)
    }

    private func released(_ job: Int, _ count: Int) throws {
        guard let (first, timetable) = jobs[job].streak else { return try expect(false, job, "was not held") }
        let expected = 1 + slots(timetable, from: first, to: believed.now)
        try expect(count == expected, job, "was held for \(expected) slots from \(first), not \(count)")
        jobs[job].streak = nil
    }

    private func gaveWay(_ job: Int, _ count: Int, _ reason: SlotReason) throws {
        guard let (slot, why) = jobs[job].waiting, let due = jobs[job].due(at: time.now) else {
            return try expect(false, job, "gives way, and does not wait")
        }
        let expected = slots(jobs[job].job.timetable, from: slot, to: due)
        // Between two looks it may have come to wait for something else.
        let wasDown = target.down != nil || target.lastUp != nil
        let isRight = reason == why || (reason == .threads || wasDown && reason == .targetDown)
        try expect(
            count == expected && isRight,
            job,
            "\(count) gave way to \(due) for \(reason), not \(expected) for \(why)"
        )
        jobs[job].waiting = (due, why)
    }

    /// A run has waited in the queue as long as its job waits, or until its next slot.
    private func givenUp(_ job: Int, _ slot: Moment, _ count: Int, _ waited: Duration) throws {
        let known = jobs[job]
        guard let due = known.due(at: time.now) else { return try expect(false, job, "gives up, and nothing is due") }
        try expect(known.call == nil && known.run == nil, job, "gives up, and runs")
        let isOver = waited >= known.job.patience
        try expect(isOver || due > slot, job, "gives up after \(waited)")
        if !isOver {
            let expected = slots(known.job.timetable, from: slot, to: due)
            try expect(count == expected, job, "gives up \(count) slots, not \(expected)")
        }
        known.givenUp = slot
        known.waiting = nil
    }

    // MARK: - Groups

    /// Who has a place, by what is known of each job.
    private func refreshPlaces() {
        for job in jobs {
            let isHeld = job.hold?.reason == .abandoned && job.heldUntil.map { $0 > time.uptime } ?? false
            let isBusy = job.call != nil || job.run != nil || isHeld
            job.place = isBusy ? job.place ?? job.job.groups : nil
        }
    }

    /// A group of the job that has no place for it; nil: it has one in all, or could take one.
    func fullGroup(_ job: Int) -> String? {
        refreshPlaces()
        guard jobs[job].place == nil else { return nil }
        return jobs[job].job.groups.first { name in
            let limit = rules.groups.first { $0.name == name }?.limit ?? .max
            return jobs.count { $0.place?.contains(name) ?? false } >= limit
        }
    }

    func slots(_ timetable: Timetable, from first: Moment, to last: Moment) -> Int {
        var (count, slot) = (0, first)
        while count < 1_000, let next = timetable.next(after: slot), next <= last { (count, slot) = (count + 1, next) }
        return count
    }
}
