import Clockwork
import Schedule

/// What the oracle is told before the clockwork hears it.
extension Oracle {
    /// A process begins with what is on record.
    func load(_ new: [Job], rules: Rules, grace: Duration, at time: Reading) {
        configure(new)
        (self.rules, self.time, event) = (rules, time, .load)
        self.grace = time.uptime...time.uptime + grace
        (isStopped, isFinishing, isClockWrong, lastLook) = (false, false, false, nil)
        (target, limit) = (Target(), nil)
        (toldOfLimit, mustIntroduce, introductions) = (nil, true, [:])
        hasGoneBack = false
        for job in jobs.indices {
            (jobs[job].call, jobs[job].heldUntil, jobs[job].retry) = (nil, nil, nil)
            (jobs[job].paused, jobs[job].streak, jobs[job].waiting) = (nil, nil, nil)
        }
        beginEvent()
    }

    func look(at time: Reading) {
        (self.time, event) = (time, .look)
        let wentBack = lastLook.map { time.now < $0.now } ?? false
        if wentBack { hasGoneBack = true }
        for job in jobs where wentBack && time.now >= rules.buildDate {
            // On a clock that went back over the slot that waits it is another one that may run.
            job.paused?.isFirm = false
            if job.waiting.map({ $0.slot > time.now }) ?? false { job.waiting = nil }
        }
        beginEvent()
    }

    /// Whether the request may go out.
    func connect(_ attempt: Attempt, at time: Reading) throws -> Bool {
        (self.time, event) = (time, .connect(attempt))
        beginEvent()
        let job = try known(attempt.job.name)
        guard let call = jobs[job].call, call.attempt == attempt else { return false }
        reach()
        // A slot of a clock that was behind, and is right again, is not sent once more.
        if jobs[job].run == nil, let anchor = jobs[job].anchor(at: time.now), attempt.run.slot <= anchor {
            return false
        }
        return mayGoOn(job) && time.now >= rules.buildDate && !isClockWrong
    }

    func end(_ attempt: Attempt, begin: Reading, _ end: AttemptEnd, at time: Reading) throws {
        (self.time, event) = (time, .end(attempt, end, begin: begin))
        beginEvent()
        let job = try known(attempt.job.name)
        guard let call = jobs[job].call, call.attempt == attempt else { return }
        if end.isOwnLimit {
            // Without this one.
            limit = (openCalls - 1, time.uptime + .seconds(1))
        } else if end.outcome == .unreachable {
            miss(attempt, since: call.since, job)
        } else if !call.hasBegun, end.outcome != .aborted, target.down.map({ call.since > $0.since }) ?? true {
            reach()
        }
        if target.probing == attempt {
            target.probing = nil
            target.down?.probe = time.uptime + (end.isOwnLimit ? .seconds(1) : .zero)
        }
    }

    func refuse(_ attempt: Attempt, at time: Reading) throws {
        (self.time, event) = (time, .refuse(attempt))
        beginEvent()
        let job = try known(attempt.job.name)
        if mayGoOn(job), let slot = jobs[job].call?.slot, jobs[job].run == nil {
            jobs[job].waiting = (slot, target.down == nil ? .threads : .targetDown)
        }
        jobs[job].call = nil
        limit = (openCalls, time.uptime + .seconds(1))
        if target.probing == attempt {
            target.probing = nil
            target.down?.probe = time.uptime + .seconds(1)
        }
    }

    /// SIGHUP.
    func replace(_ new: [Job], threads: Int, at time: Reading) {
        (self.time, event) = (time, .replace)
        rules.threads = max(rules.threads, threads)
        let old = jobs.map { (job: $0.job, isConfigured: $0.isConfigured) }
        configure(new)
        for (old, known) in zip(old, jobs) {
            if old.job != known.job || old.isConfigured != known.isConfigured {
                known.call?.isOutdated = true
                (known.waiting, known.delay) = (nil, nil)
                // A run that has begun goes on as it was.
                if known.run == nil { known.paused = nil }
            }
            // A job that is not there any more is only held by what is on record.
            if !known.isConfigured { known.heldUntil = nil }
            if known.isConfigured, !old.isConfigured, known.call == nil { holdByRecord(known) }
        }
        mustIntroduce = true
        beginEvent()
    }

    func stop(at time: Reading) {
        (self.time, event) = (time, .stop)
        isStopped = true
        // What only connects has not begun, and nobody waits for it.
        for job in jobs where job.call?.hasBegun == false { job.call = nil }
        beginEvent()
    }

    /// What nobody waits for any longer ends.
    func finish(at time: Reading) {
        (self.time, event, isFinishing) = (time, .finish, true)
        beginEvent()
    }

    private func beginEvent() {
        (moved, isMoveTold) = ([], false)
        guard time.now >= rules.buildDate else { return }
        switch event {
        case .look where mustIntroduce && time.uptime >= grace.upperBound && !isStopped: introduce()
        case .load, .replace: introduce()
        default: break
        }
    }

    /// What has to be told of how jobs are configured, section 9.
    private func introduce() {
        mustIntroduce = false
        let now = time.now.wholeMilliseconds
        for job in jobs {
            let name = job.job.name
            guard job.isConfigured else {
                guard job.isKnown else { continue }
                guard let gone = job.gone else {
                    introductions[name] = Introduction(isGone: true)
                    continue
                }
                if now - gone > .seconds(30 * 86_400), job.call == nil {
                    introductions[name] = Introduction(isDropped: true)
                }
                continue
            }
            let isSame = job.schedule == job.job.scheduleText && job.zone == job.job.zoneText
            if job.isKnown, isSame, job.gone == nil { continue }
            if job.isKnown {
                introductions[name] = job.last == nil ? Introduction(seen: now) : Introduction(last: now)
            } else if let offset = job.job.initialOffset {
                let rest = max(.zero, grace.upperBound - time.uptime)
                introductions[name] = Introduction(seen: now, last: (now + rest - offset).wholeMilliseconds)
            } else {
                introductions[name] = Introduction(seen: now, last: job.job.first == .wait ? now : nil)
            }
        }
    }

    func holdByRecord(_ job: Known) {
        guard let hold = job.hold else { return }
        let rest = min(hold.until - believed.now, hold.until - hold.from)
        job.heldUntil = rest > .zero ? time.uptime + rest : nil
    }

    // MARK: - The target

    var openCalls: Int { jobs.count { $0.call != nil } }

    func mayGoOn(_ job: Int) -> Bool {
        guard !isStopped, jobs[job].isConfigured else { return false }
        // A run that has begun is left to its end; one that has not begins as its job is now.
        return jobs[job].run != nil || !(jobs[job].call?.isOutdated ?? false)
    }

    /// Whether a run of which an attempt came to nothing is tried again: if it has not begun, its time must have come.
    private func waits(_ job: Int, _ attempt: Attempt) -> Bool {
        mayGoOn(job) && (jobs[job].run != nil || max(attempt.run.slot, attempt.run.due) <= believed.now)
    }

    /// A connection stands.
    ///
    /// Only one that was made after the target went down says that it is up.
    private func reach() {
        target.lastContact = time.uptime
        guard let down = target.down, time.uptime > down.since else { return }
        (target.down, target.probing, target.lastUp, target.owes.up) = (nil, nil, time.uptime, true)
    }

    private func miss(_ attempt: Attempt, since: Duration, _ job: Int) {
        if let down = target.down {
            guard target.probing == attempt else { return }
            target.probing = nil
            let failures = down.failures + 1
            target.down = (down.since, failures, time.uptime + .seconds(min(30, 1 << min(failures, 5))))
        } else if target.lastContact.map({ since >= $0 }) ?? true {
            target.down = (time.uptime, 0, time.uptime + .seconds(1))
            target.owes.down = true
        } else {
            if waits(job, attempt) { jobs[job].paused = (time.uptime + .seconds(1), .targetDown, true) }
        }
    }
}
