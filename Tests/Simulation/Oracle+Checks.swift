import Clockwork
import Schedule

/// What has to hold when everything is told that followed an event.
extension Oracle {
    func finishEvent(_ clockwork: Clockwork) throws {
        try expect(introductions.isEmpty, "nothing is told of \(introductions.keys.sorted())")
        try expect(!target.owes.down && !target.owes.up, "nothing is told of the target")
        try expect(clockwork.target.isDown == (target.down != nil), "the target is shown as \(clockwork.target)")
        switch event {
        case .load:
            for job in jobs.indices {
                try expect(jobs[job].run == nil, job, "was cut off, and has no end")
                if jobs[job].isConfigured { holdByRecord(jobs[job]) }
            }
        case .look: try looked(clockwork)
        case .end(let attempt, let end, _):
            let job = try known(attempt.job.name)
            try expect(!(jobs[job].run?.isInFlight ?? false), job, "had an attempt that ended, and is in flight")
            if mayGoOn(job), jobs[job].run == nil, let slot = jobs[job].call?.slot,
                isWaiting(attempt.job.name, clockwork)
            {
                let waitsForRoom = end.isOwnLimit && target.down == nil
                jobs[job].waiting = (slot, waitsForRoom ? .threads : jobs[job].paused?.reason ?? .targetDown)
            }
            jobs[job].call = nil
        case .replace:
            for job in jobs.indices where !jobs[job].isConfigured {
                try expect(jobs[job].call != nil || jobs[job].run == nil, job, "is gone, and its run has not ended")
            }
            for job in jobs.indices {
                guard let (_, timetable) = jobs[job].streak else { continue }
                let isSame = jobs[job].isConfigured && timetable == jobs[job].job.timetable
                try expect(isSame, job, "is another now, and the end of its streak is not told")
            }
        case .stop:
            for job in jobs.indices {
                try expect(jobs[job].run == nil || jobs[job].call != nil, job, "has a run that waits after the stop")
            }
        case .connect, .refuse, .finish, .nothing: break
        }
        event = .nothing
    }

    private func looked(_ clockwork: Clockwork) throws {
        guard !isStopped, time.uptime >= grace.upperBound else { return }
        guard time.now >= rules.buildDate else {
            return try expect(isClockWrong, "the clock is wrong, and it is not told")
        }
        try expect(!isClockWrong, "the clock is right, and it is not told")
        if lastLook.map({ time.now < $0.now }) ?? true {
            for job in jobs.indices {
                try expect(!isTooFarAhead(jobs[job]) && !isSeenAhead(jobs[job]), job, "stays ahead of the clock")
            }
        }
        try expect(moved.isEmpty || isMoveTold, "\(moved) went back, and it is not told")
        lastLook = time
        let (moment, uptime) = clockwork.nextLook
        try expect(moment.map { $0 > time.now } ?? true, "the next look is due already, at \(shown(moment))")
        try expect(
            uptime.map { $0 > time.uptime } ?? true,
            "the next look is due already, at \(String(describing: uptime))"
        )
        var hasWaiter = false
        let entries = clockwork.entries
        for place in entries.indices {
            let job = try known(entries[place].job.name)
            let stage = entries[place].stage
            try check(job, stage, entries[place].run?.slot)
            try checkNextLook(job, stage, moment, uptime)
            if stage == .waitingForTarget, fullGroup(job) == nil { hasWaiter = true }
        }
        if let down = target.down, hasWaiter, target.probing == nil, isThreadFree {
            try expect(
                down.probe > time.uptime && uptime.map { $0 <= down.probe } ?? false,
                "nobody probes at \(down.probe)"
            )
        }
    }

    /// Whether a slot comes in the last second of a hold, and before the next one.
    func beginsAllTheSame(_ known: Known, _ slot: Moment) -> Bool {
        guard known.call == nil, let until = known.heldUntil, until - time.uptime < .seconds(1) else { return false }
        return known.job.timetable.next(after: slot).map { time.moment(at: until) < $0 } ?? false
    }

    /// What is shown of a job is what it is at, and nothing is put off without a reason.
    private func check(_ job: Int, _ stage: Entry.Stage, _ slot: Moment?) throws {
        let known = jobs[job]
        let due = known.due(at: time.now)
        if let call = known.call {
            guard case .attempting(call.attempt, _, call.hasBegun) = stage else {
                return try expect(false, job, "has a call, and is shown as \(stage)")
            }
            if call.hasBegun, due != nil, known.isConfigured {
                try expect(known.streak != nil, job, "is held, and it is not told")
            }
            return
        }
        try expect(known.isConfigured, job, "is gone, and is shown")
        if known.run != nil {
            try expect(due == nil, job, "is between two attempts, and its next slot is due")
            return try checkWaiting(job, stage, due: nil)
        }
        if let until = known.heldUntil, until > time.uptime {
            guard case .held(until, _) = stage else {
                return try expect(false, job, "is held until \(until), and is shown as \(stage)")
            }
            if let due, !beginsAllTheSame(known, due) {
                try expect(known.streak != nil, job, "is held, and it is not told")
            }
            return
        }
        try expect(known.streak == nil, job, "is not held any more, and it is not told")
        guard let due else {
            // One of a clock that was behind may still be shown; it does not start.
            if let slot, let highest = known.highest, slot <= highest, stage != .idle { return }
            jobs[job].waiting = nil
            return try expect(stage == .idle, job, "is at nothing, and is shown as \(stage)")
        }
        let isRight = slot == due || known.isInterval && slot.map { $0 > due && $0 <= time.now } ?? false
        try expect(isRight, job, "has \(due) due, and has the run of \(shown(slot))")
        if case .delayed(let until) = stage {
            let longest = max(due + .seconds(known.job.jitterSeconds), time.now + rules.spread)
            try expect(until > time.now && until <= longest, job, "is delayed until \(until), slot \(due)")
            if rules.spread == .zero {
                if let delay = known.delay, delay.slot == due, delay.jitter == known.job.jitterSeconds {
                    try expect(delay.until == until, job, "is delayed until \(until), and was until \(delay.until)")
                }
                if let next = known.job.timetable.next(after: due) {
                    try expect(until < next, job, "is delayed past \(next)")
                }
                jobs[job].delay = (due, until, known.job.jitterSeconds)
            }
            (jobs[job].waiting, jobs[job].paused) = (nil, nil)
            return
        }
        try checkWaiting(job, stage, due: due)
    }

    /// A run that may begin, or go on, waits for the target, a thread, or a moment on the clock that only goes forward.
    private func checkWaiting(_ job: Int, _ stage: Entry.Stage, due: Moment?) throws {
        let known = jobs[job]
        var reason: SlotReason?
        switch stage {
        case .backoff(let until):
            try expect(known.retry?.contains(until) ?? false && until > time.uptime, job, "waits until \(until)")
        case .waitingForTarget:
            try expect(target.down != nil, job, "waits for a target that is up")
            reason = .targetDown
        case .queued(let waiting):
            let full = fullGroup(job)
            try expect(
                (!isThreadFree || full != nil) && target.down == nil,
                job,
                "waits in the queue, and there is a thread and a place"
            )
            let waited = time.uptime - waiting.since
            try expect(known.run != nil || waited < known.job.patience, job, "has waited \(waited)")
            reason = full == nil ? .threads : .group
        case .paused(let until):
            let isSpread = target.lastUp.map { until < $0 + .seconds(3) } ?? false
            try expect(
                until > time.uptime && (isSpread || until == known.paused?.until),
                job,
                "is paused until \(until)"
            )
            reason = until == known.paused?.until ? known.paused?.reason : .targetDown
        case .idle, .delayed, .held, .attempting:
            try expect(false, job, "has \(shown(due)) due, and is shown as \(stage)")
        }
        if let due, let reason { jobs[job].waiting = (due, reason) } else if due == nil { jobs[job].waiting = nil }
    }

    /// The loop wakes up in time for whatever comes next.
    private func checkNextLook(_ job: Int, _ stage: Entry.Stage, _ moment: Moment?, _ uptime: Duration?) throws {
        let known = jobs[job]
        switch stage {
        case .delayed(let until): try expect(moment.map { $0 <= until } ?? false, job, "would be looked at too late")
        case .paused(let until), .backoff(let until), .held(let until, _):
            try expect(uptime.map { $0 <= until } ?? false, job, "would be looked at too late")
        case .idle, .waitingForTarget, .queued, .attempting: break
        }
        guard known.isConfigured, known.streak == nil, known.call.map(\.hasBegun) ?? true else { return }
        guard known.due(at: time.now) == nil, let next = known.next(at: time.now) else { return }
        try expect(
            moment.map { $0 <= next } ?? false,
            job,
            "is due at \(next), the next look comes at \(shown(moment))"
        )
    }

    private func isWaiting(_ name: String, _ clockwork: Clockwork) -> Bool {
        clockwork.entries.contains {
            guard $0.job.name == name else { return false }
            switch $0.stage {
            case .paused, .queued, .waitingForTarget: return true
            default: return false
            }
        }
    }

    /// Each run that began has had its end.
    func finishLife() throws {
        for job in jobs.indices { try expect(jobs[job].run == nil, job, "has begun, and has no end") }
    }
}
