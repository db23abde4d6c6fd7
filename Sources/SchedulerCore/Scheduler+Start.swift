internal import Schedule

/// What comes before the loop turns, and what SIGHUP does to it.
extension Scheduler {
    /// More jobs than this are not announced one by one.
    private static let announced = 100

    /// Says when each job is due, as the wall clock of now sees the moment after the grace.
    func announceSlots(after rest: Duration) {
        let begin = (time.now() + max(.zero, rest)).wholeMilliseconds
        let jobs = clockwork.withLock { $0.jobs }
        let assumed = Self.assumedLast(jobs, jobs.indices, at: begin)
        let past = Past(store.book, jobs, jobs.indices, at: begin, assumed: assumed)
        var copy = Ticker(jobs.map { ($0.name, $0.timetable) }, tick: settings.tick)
        copy.begin(at: begin, assumed: past.last)
        for job in jobs.indices.prefix(Self.announced) { log.nextSlot(jobs[job], copy.nextDue(job, now: begin)) }
        let rest = jobs.count - Self.announced
        if rest > 0 { log.moreSlots(rest) }
    }

    /// Starts the clockwork with what is known from before.
    func begin() {
        // A signal in the grace may have brought other jobs.
        let (begin, uptime, jobs) = (time.now(), time.uptime(), clockwork.withLock { $0.jobs })
        let assumed = Self.assumedLast(jobs, jobs.indices, at: begin)
        let past = Past(store.book, jobs, jobs.indices, at: begin, assumed: assumed)
        store.record(past.records + Past.gone(store.book, without: jobs, at: begin))
        hasBegun = true
        clockwork.withLock { $0.begin(at: begin, uptime: uptime, assumed: past.last, holds: past.holds) }
    }

    /// Jobs that are not due at once though nothing is known of them.
    static func assumedLast(_ jobs: [Job], _ numbers: Range<Int>, at begin: Moment) -> [Int: Moment] {
        var last: [Int: Moment] = [:]
        for index in numbers {
            let job = jobs[index]
            if job.first == .wait {
                last[index] = begin.wholeMilliseconds
            } else if let offset = job.initialOffset {
                last[index] = begin.wholeMilliseconds - offset
            }
        }
        return last
    }

    /// False if a signal came first.
    func waitForGrace(until end: Duration) -> Bool {
        // Once even where there is no grace: a signal may have come while the settings were read.
        repeat {
            if shallStop(alarm.wait(until: nil, now: time.now(), atMost: end - time.uptime())) { return false }
            output?.flush()
        } while time.uptime() < end
        return true
    }

    /// Waits until the clock can be believed; false if a signal came first.
    func waitForClock() -> Bool {
        guard time.now() < buildDate else { return true }
        log.clockIsWrong(time.now(), buildDate: buildDate)
        while time.now() < buildDate {
            if shallStop(alarm.wait(until: buildDate, now: time.now(), atMost: settings.tick)) { return false }
        }
        log.clockIsRight(time.now())
        return true
    }
}

extension Scheduler {
    /// As long as nothing has run, other jobs are a start from the beginning.
    private func takeBeforeBegin(_ fresh: Settings) {
        let new = Self.clockwork(settings, fresh.jobs, buildDate)
        clockwork.withLock { $0 = new }
        pool.widen(to: fresh.maxConcurrency)
        for warning in fresh.warnings(at: time.now()) { log.setting(warning: warning) }
        log.reloaded(jobs: fresh.jobs.count)
        if isLoaded { announceSlots(after: graceEnd - time.uptime()) }
    }

    /// Takes the jobs of the environment and its files as they are now; if anything is wrong, all stays as it is.
    func reloadJobs() {
        switch reload() {
        case .failure(let bad):
            for fault in bad.faults { log.setting(fault: fault) }
            log.reloadRefused(faults: bad.faults.count)
        case .success(let fresh):
            guard hasBegun else { return takeBeforeBegin(fresh) }
            var list = clockwork.withLock { $0.jobs }.map { (job: $0, isGone: true) }
            let old = list.count
            let places = Dictionary(uniqueKeysWithValues: list.enumerated().map { (JobName.folded($1.job.name), $0) })
            for job in fresh.jobs {
                if let place = places[JobName.folded(job.name)] {
                    list[place] = (job, false)
                } else {
                    list.append((job, false))
                }
            }
            let now = time.now()
            let jobs = list.map(\.job)
            let assumed = Self.assumedLast(jobs, old..<list.count, at: now)
            let stay = list.indices.filter { !list[$0].isGone }
            let past = Past(store.book, jobs, stay, at: now, assumed: assumed)
            let known = past.last.filter { $0.key >= old }
            let ended = clockwork.withLock { $0.replace(list, at: now, assumed: known) }
            for end in ended { finish(end) }
            store.record(past.records + Past.gone(store.book, without: stay.map { jobs[$0] }, at: now))
            pool.widen(to: fresh.maxConcurrency)
            for warning in fresh.warnings(at: now) { log.setting(warning: warning) }
            log.reloaded(jobs: fresh.jobs.count)
            let next = clockwork.withLock { clockwork in
                list.indices.map { list[$0].isGone ? nil : clockwork.ticker.nextDue($0, now: now) }
            }
            for (place, job) in list.enumerated().filter({ !$1.isGone }).prefix(Self.announced) {
                log.nextSlot(job.job, next[place])
            }
        }
    }
}
