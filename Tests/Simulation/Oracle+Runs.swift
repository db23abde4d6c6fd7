import Clockwork
import Schedule

/// What becomes of runs.
extension Oracle {
    func began(_ job: Int, _ begin: RunBegin) throws {
        let known = jobs[job]
        guard let call = known.call else { return try expect(false, job, "begins, and has no call") }
        try expect(mayGoOn(job) && time.now >= rules.buildDate, job, "begins, and may not")
        try expect(begin.id == call.attempt.id && begin.slot == call.attempt.run.slot, job, "begins as another run")
        try expect(begin.attempt == call.attempt.number && !call.hasBegun, job, "begins as another attempt")
        try expect(begin.at > rules.buildDate - .seconds(86_400), job, "begins at \(begin.at)")
        jobs[job].call?.hasBegun = true
        (jobs[job].hold, jobs[job].retry) = (nil, nil)
        if known.run != nil {
            jobs[job].run?.begin = begin
            jobs[job].run?.isInFlight = true
            return
        }
        try expect(!ended.contains(begin.id), job, "begins a run that has ended")
        // After a clock that went back slots run again, but only as long as it is behind what has begun.
        let isAgain = !jobs[job].begun.insert(begin.slot).inserted
        let isBehind = known.highest.map { begin.slot <= $0 && call.attempt.run.trigger != .first } ?? false
        try expect(!isAgain || isBehind && known.last.map { $0 < begin.slot } ?? true, job, "runs \(begin.slot) twice")
        try expect(known.last.map { begin.slot > $0 } ?? true, job, "begins \(begin.slot), from before")
        jobs[job].run = OpenRun(
            id: begin.id,
            slot: begin.slot,
            previous: known.last,
            previousHighest: known.highest,
            begin: begin
        )
        jobs[job].setLast(begin.slot)
        jobs[job].highest = max(known.highest ?? begin.slot, begin.slot)
    }

    func withdrawn(_ job: Int, _ id: RunID) throws {
        guard let run = jobs[job].run, run.id == id, run.isInFlight, case .end(let attempt, let end, _) = event,
            attempt.id == id
        else { return try expect(false, job, "takes back what is not in flight") }
        try expect(end.isOwnLimit || !end.wasSent, job, "takes back what the app may have seen")
        jobs[job].run?.isInFlight = false
        jobs[job].call?.hasBegun = false
        guard run.attempts == 0 else { return }
        jobs[job].setLast(run.previous)
        jobs[job].highest = run.previousHighest
        jobs[job].begun.remove(run.slot)
        jobs[job].run = nil
    }

    /// An attempt ended, and another one follows.
    func attemptFailed(_ job: Int, _ record: RunRecord, _ hold: Hold?) throws {
        try concluded(job, record, hold)
        guard case .end(_, let end, _) = event, let wait = wait(job, end) else {
            return try expect(false, job, "is to be made again")
        }
        try expect(mayGoOn(job), job, "is to be made again, and may not")
        let next = jobs[job].next(at: believed.now)
        try expect(
            next.map { believed.now + wait.lowerBound < $0 } ?? true,
            job,
            "is to be made again past \(shown(next))"
        )
        jobs[job].retry = time.uptime + wait.lowerBound...time.uptime + wait.upperBound
    }

    func runEnded(_ job: Int, _ record: RunRecord, _ hold: Hold?) throws {
        guard let run = jobs[job].run else { return try expect(false, job, "ends, and has not begun") }
        try expect(ended.insert(record.id).inserted, job, "ends twice")
        if case .load = event {
            try endedByKill(job, run, record, hold)
        } else if case .end(let attempt, let end, _) = event, attempt.id == record.id, run.isInFlight {
            try concluded(job, record, hold)
            if let wait = wait(job, end), mayGoOn(job) {
                let next = jobs[job].next(at: believed.now)
                try expect(next.map { believed.now + wait.upperBound >= $0 } ?? false, job, "is not made again")
            }
        } else {
            try expect(record.id == run.id && record.outcome == run.last?.outcome, job, "ends as \(record.outcome)")
            try expect(hold == run.last?.hold, job, "ends, held by \(String(describing: hold))")
            jobs[job].hold = hold
            let isPast = jobs[job].due(at: believed.now) != nil
            // A request that was not let out, or could not begin on a clock that is not believed.
            var isCut = false
            if case .end(let attempt, let end, _) = event { isCut = attempt.id == record.id && end.outcome == .aborted }
            try expect(isStopped || !jobs[job].isConfigured || isPast || isCut, job, "ends without a reason")
        }
        let last = jobs[job].run?.last
        if !jobs[job].isConfigured || isStopped {
            jobs[job].heldUntil = nil
        } else if case .load = event {
            holdByRecord(jobs[job])
        } else {
            jobs[job].heldUntil = last?.heldUntil.flatMap { $0 > time.uptime ? $0 : nil }
        }
        try expect(record.slot == run.slot, job, "ends another slot")
        (jobs[job].run, jobs[job].retry, jobs[job].paused) = (nil, nil, nil)
    }

    /// Nobody saw the end: in flight it is interrupted, between two attempts it ended as the last one.
    private func endedByKill(_ job: Int, _ run: OpenRun, _ record: RunRecord, _ hold: Hold?) throws {
        let expected = run.isInFlight ? .interrupted : run.last?.outcome
        try expect(
            record.id == run.id && record.outcome == expected,
            job,
            "ends as \(record.outcome), not \(String(describing: expected))"
        )
        if run.isInFlight, jobs[job].isConfigured {
            let options = jobs[job].job
            let until = run.begin.at + options.timeout + options.abandonHold
            jobs[job].hold = Hold(from: run.begin.at, until: until, reason: .abandoned)
        }
        try expect(
            hold == jobs[job].hold,
            job,
            "is held by \(String(describing: hold)), not \(String(describing: jobs[job].hold))"
        )
    }

    /// What is on record of an attempt that the app may have seen, and until when it holds the job.
    private func concluded(_ job: Int, _ record: RunRecord, _ hold: Hold?) throws {
        guard case .end(let attempt, let end, let begin) = event, let run = jobs[job].run, run.id == attempt.id else {
            return try expect(false, job, "has an end without an attempt")
        }
        try expect(run.isInFlight && record.id == attempt.id, job, "has the end of another run")
        try expect(record.outcome == end.outcome && record.status == end.status, job, "ended as \(record.outcome)")
        try expect(record.attempts == attempt.number + end.requests - 1, job, "has \(record.attempts) attempts")
        let options = attempt.job
        var rest = Duration.zero
        if end.outcome == .aborted {
            rest = max(.zero, options.timeout - (time.uptime - begin.uptime)) + options.abandonHold
        } else if end.outcome == .timeout || end.status == 504 || end.status == 524 {
            rest = options.abandonHold
        } else if end.outcome == .throttled, let wait = end.retryAfter {
            rest = min(wait, .seconds(900))
        }
        try expect(
            hold.map { rest > .zero && $0.until == ($0.from + rest).wholeMilliseconds } ?? (rest == .zero),
            job,
            "is held by \(String(describing: hold)), not for \(rest)"
        )
        if let hold, begin.now >= rules.buildDate {
            let from = begin.moment(at: time.uptime).wholeMilliseconds
            try expect(hold.from == from, job, "is held from \(hold.from), not \(from)")
        }
        try expect(hold.map { $0.from > rules.buildDate } ?? true, job, "is held from \(shown(hold?.from))")
        jobs[job].hold = hold
        jobs[job].run?.isInFlight = false
        jobs[job].run?.attempts = record.attempts
        jobs[job].run?.extra += end.requests - 1
        jobs[job].run?.last = (end.outcome, hold, rest > .zero ? time.uptime + rest : nil)
    }

    /// The shortest and the longest wait before the next attempt; nil if there is none.
    private func wait(_ job: Int, _ end: AttemptEnd) -> ClosedRange<Duration>? {
        guard case .end(let attempt, _, _) = event, let run = jobs[job].run else { return nil }
        let count = run.attempts - run.extra
        guard [.throttled, .failed, .timeout, .broken].contains(end.outcome), count <= attempt.job.retries else {
            return nil
        }
        let base = min(300, 5 * (1 << min(count - 1, 10)))
        var floor = Duration.zero
        if let wait = end.retryAfter { floor = wait }
        if end.outcome == .timeout || end.status == 504 || end.status == 524 {
            floor = max(floor, attempt.job.abandonHold)
        }
        return max(floor, .milliseconds(base * 800))...max(floor, .milliseconds(base * 1_200))
    }
}
