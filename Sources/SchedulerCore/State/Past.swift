internal import Schedule

/// What the state says of the jobs as they are configured now, and what is to be written into it.
struct Past: Sendable {
    /// By job: the slot that counts as run last; jobs without one never ran.
    private(set) var last: [Int: Moment] = [:]
    /// By job: a run of an earlier process that may still go on in the app, and for how much longer.
    private(set) var holds: [Int: (run: Run, rest: Duration)] = [:]
    private(set) var records: [StateRecord] = []

    /// A job that is no longer configured is forgotten after this.
    static let keptAfterGone = Duration.seconds(30 * 86_400)

    /// Looks at the jobs of `numbers`; `assumed` is what counts as the last slot of those of which nothing is known.
    init(_ book: StateBook, _ jobs: [Job], _ numbers: some Sequence<Int>, at now: Moment, assumed: [Int: Moment] = [:])
    {
        for number in numbers { note(number, jobs[number], book[jobs[number].name], now, assumed[number]) }
    }

    private mutating func note(_ number: Int, _ job: Job, _ known: JobState?, _ now: Moment, _ assumed: Moment?) {
        let isSame = known.map { ($0.schedule, $0.zone) == (job.scheduleText, job.zoneText) } ?? false
        let isChanged = !isSame && known.map { !$0.schedule.isEmpty && $0.last != nil } ?? false
        // Slots before the change, or while the job was gone, are not missed.
        let isBack = known?.gone != nil && known?.last != nil
        let fresh = isChanged || isBack ? now.wholeMilliseconds : known?.last == nil ? assumed : nil
        last[number] = fresh ?? known?.last
        if let known, let run = known.runs.last, let end = job.holdEnd(after: run), end > now {
            // A clock that went back must not hold it for longer than at first.
            let rest = min(end - now, end - run.began)
            holds[number] = (Run(job: number, slot: run.slot, trigger: run.trigger), rest)
        }
        if !isSame || fresh != nil || known?.gone != nil { records.append(job.configured(last: fresh)) }
    }

    /// What is to be written of jobs that are in the state, but not among these.
    static func gone(_ book: StateBook, without jobs: some Sequence<Job>, at now: Moment) -> [StateRecord] {
        let names = Set(jobs.map { JobName.folded($0.name) })
        return book.jobs.compactMap { key, state in
            if names.contains(key) { return nil }
            guard let gone = state.gone else { return .gone(state.name, at: now.wholeMilliseconds) }
            return now - gone > keptAfterGone ? .dropped(state.name) : nil
        }
    }

    /// Runs that were in flight when the last process was killed, in the order of their slots.
    static func interrupted(_ book: StateBook) -> [(name: String, run: RunRecord)] {
        book.jobs.values.compactMap { state in
            state.inFlight.map { (state.name, RunRecord(interrupted: $0.begin)) }
        }
        .sorted { ($0.run.slot, $0.name) < ($1.run.slot, $1.name) }
    }
}

extension RunRecord {
    /// As a run that ended, though nobody knows how or when.
    fileprivate init(interrupted begin: RunBegin) {
        self.init(
            id: begin.id,
            slot: begin.slot,
            trigger: begin.trigger,
            began: begin.at,
            attempts: begin.attempt,
            outcome: .interrupted,
            status: 0,
            milliseconds: 0,
            lateMilliseconds: 0
        )
    }
}

extension Job {
    /// How long the job is held for what may go on in the app after a timeout.
    var abandonHold: Duration { .seconds(abandonHoldSeconds ?? timeoutSeconds) }

    /// The zone that the slots are reckoned in; empty where it plays no part.
    var zoneText: String { timetable.schedule.isElapsedTime ? "" : timetable.zone.name }

    /// The record of how it is configured, with a new last slot if there is one.
    func configured(last: Moment?) -> StateRecord {
        .configured(name, schedule: scheduleText, zone: zoneText, last: last)
    }

    /// Until when the app may still be at a run whose end nobody saw; nil for other runs.
    fileprivate func holdEnd(after run: RunRecord) -> Moment? {
        switch run.outcome {
        case .interrupted: run.began + timeout + abandonHold
        case .timeout where abandonHold > .zero: run.began + .milliseconds(run.milliseconds) + abandonHold
        default: nil
        }
    }
}
