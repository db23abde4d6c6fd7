internal import Schedule

/// The ticker and what becomes of its runs, as one value: all decisions, no effects.
///
/// Everything that happens goes in with its time, on the wall clock (`now`) and on the one that only goes forward
/// (`uptime`); what is to be done comes out.
struct Clockwork: Sendable {
    private(set) var ticker: Ticker
    private(set) var dispatch: Dispatch
    private(set) var jobs: [Job]
    private let seed: String
    /// First runs and catch-ups are spread over this long after the begin.
    private let spread: Duration
    private var begun: Duration?
    /// What the loop sleeps until since its last look.
    private var armed: (moment: Moment?, uptime: Duration?) = (nil, nil)
    private var isStopped = false
    /// Jobs that a new list left out.
    private(set) var gone: Set<Int> = []
    /// Jobs that are held because the app asked for it.
    private var askedToWait: Set<Int> = []
    private(set) var metrics: Metrics

    init(jobs: [Job], tick: Duration, buildDate: Moment, seed: String, spread: Duration) {
        self.jobs = jobs
        self.seed = seed
        self.spread = spread
        ticker = Ticker(
            jobs.map { ($0.name, $0.timetable) },
            windows: Self.windows(jobs),
            tick: tick,
            buildDate: buildDate
        )
        dispatch = Dispatch(names: jobs.map(\.name))
        metrics = Metrics(jobs: jobs.count)
    }

    /// How old a missed slot of a job may be to be caught up.
    private static func windows(_ jobs: [Job]) -> [Int: Duration] {
        var windows: [Int: Duration] = [:]
        for (number, job) in jobs.enumerated() {
            if job.catchup == .skip {
                windows[number] = .zero
            } else if let seconds = job.catchupWindowSeconds {
                windows[number] = .seconds(seconds)
            }
        }
        return windows
    }

    /// Starts the clock, with the last slots that are known; runs of an earlier process that may still go on in the
    /// app hold their jobs for so long.
    mutating func begin(
        at now: Moment,
        uptime: Duration,
        assumed: [Int: Moment],
        holds: [Int: (run: Run, rest: Duration)] = [:]
    ) {
        begun = uptime
        ticker.begin(at: now, assumed: assumed, held: Array(holds.keys))
        for (job, hold) in holds { dispatch.hold(job, hold.run, until: uptime + hold.rest) }
    }

    /// Everything that is to be done now.
    mutating func look(at now: Moment, uptime: Duration) -> [Order] {
        var orders: [Order] = []
        metrics.look(at: now, uptime: uptime)
        while true {
            for action in ticker.look(at: now) { take(action, now, uptime, &orders) }
            let events = dispatch.events(at: uptime)
            for event in events {
                switch event {
                case .attempt(let job, let isProbe): attempt(job, isProbe, now, uptime, &orders)
                case .free(let job, let run):
                    let held = slotsHeld(jobs[job].timetable, since: run.slot, now)
                    metrics.held(job, held, askedToWait.remove(job) == nil ? .abandoned : .throttled)
                    if held > 0 { orders.append(.release(jobs[job], slots: held)) }
                    _ = ticker.ended(job, at: now)
                }
            }
            // A job that is free again may be due, and one that was skipped may leave its place to another.
            if events.isEmpty { return orders }
        }
    }

    private mutating func take(_ action: Ticker.Action, _ now: Moment, _ uptime: Duration, _ orders: inout [Order]) {
        switch action {
        case .start(let run):
            let delay = delay(run, at: uptime)
            // A delay that is meant is no lateness.
            let due = Run(job: run.job, slot: run.slot, due: run.due + delay, trigger: run.trigger)
            dispatch.begin(due, after: delay, at: uptime)
        case .hold(let job, let slot):
            // A run that waits gives way to the slot; only what runs holds it.
            if dispatch.hasBegun(job) {
                orders.append(.hold(jobs[job], slot: slot, isAbandoned: dispatch.isHeld(job)))
            }
        case .skip(let job, let slot): skip(job, slot, &orders)
        case .clockIsWrong: orders.append(.clockIsWrong)
        case .clockIsRight: orders.append(.clockIsRight)
        case .clockWentBack(let moved): orders.append(.clockWentBack(moved.map { jobs[$0] }))
        }
    }

    private mutating func attempt(
        _ job: Int,
        _ isProbe: Bool,
        _ now: Moment,
        _ uptime: Duration,
        _ orders: inout [Order]
    ) {
        if let item = dispatch.items[job], item.hasWaited {
            let delay = max(.zero, item.run.due - item.run.slot)
            switch ticker.renewed(job, at: now, hasBegun: item.attempts > 0, delay: delay) {
            case .keep: break
            case .run(var run):
                // A first run has no slot of its own; it is as late as it has waited.
                if run.trigger == .first { run = Run(job: job, slot: run.slot, due: item.run.due, trigger: .first) }
                metrics.held(job, slotsHeld(jobs[job].timetable, since: item.run.slot, run.slot), .targetDown)
                if let ended = dispatch.renew(job, run) { orders.append(.end(counted(ended))) }
            case .skip(let slot):
                if let ended = dispatch.giveUp(job, at: uptime) { orders.append(.end(counted(ended))) }
                return skip(job, slot, &orders)
            }
        }
        guard let item = dispatch.items[job] else { return }
        orders.append(
            .attempt(
                Attempt(
                    run: item.run,
                    job: jobs[job],
                    number: item.attempts + 1,
                    isProbe: isProbe,
                    context: item.context
                )
            )
        )
    }

    private mutating func skip(_ job: Int, _ slot: Moment, _ orders: inout [Order]) {
        metrics.held(job, 1, .skipped)
        orders.append(.skip(jobs[job], slot: slot))
    }

    /// Every end of a run passes here once.
    private mutating func count(_ end: RunEnd) { metrics.run(end.run.job, end.outcome, end.duration) }

    private mutating func counted(_ end: RunEnd) -> RunEnd {
        count(end)
        return end
    }

    /// A run that ended with the process before, so that nobody knows how, or how long it took.
    mutating func interrupted(_ job: Int) { metrics.run(job, .interrupted, nil) }

    /// Jitter, and after the start the spread: stable values, so that replicas and restarts agree.
    private func delay(_ run: Run, at uptime: Duration) -> Duration {
        let job = jobs[run.job]
        var delay = Duration.zero
        if job.jitterSeconds > 0 {
            let gap = job.timetable.next(after: run.slot).map { $0 - run.slot } ?? .seconds(job.jitterSeconds)
            let limit = min(Duration.seconds(job.jitterSeconds), gap)
            delay = share(of: limit, job, "jitter \(run.slot)")
        }
        if let begun, spread > .zero, uptime - begun < spread, run.trigger == .first || run.trigger == .catchup {
            delay += share(of: spread, job, "spread")
        }
        return delay
    }

    private func share(of limit: Duration, _ job: Job, _ label: String) -> Duration {
        .milliseconds(HashKey(seed: seed, job: job.name).value(for: label, below: limit.wholeMilliseconds))
    }

    /// When to look again: on the wall clock, and on the other.
    var nextLook: (moment: Moment?, uptime: Duration?) { (ticker.nextDue, dispatch.nextEvent) }

    /// The same, for a loop that sleeps from now on.
    mutating func sleep() -> (moment: Moment?, uptime: Duration?) {
        armed = nextLook
        return armed
    }

    /// Whether there is something to do before the loop would look by itself; most ends of runs change nothing for it.
    var mustWake: Bool {
        let next = nextLook
        return comesBefore(next.moment, armed.moment) || comesBefore(next.uptime, armed.uptime)
    }

    private func comesBefore<Time: Comparable>(_ time: Time?, _ other: Time?) -> Bool {
        time.map { time in other.map { time < $0 } ?? true } ?? false
    }

    // MARK: - News

    /// A connection stands.
    mutating func reached(at uptime: Duration) -> (down: Duration, waited: Int)? { dispatch.reached(at: uptime) }

    /// An attempt ended; `random` is 0 ..< 1.
    ///
    /// Nil if its run is over: that is to be recorded, and only then `runEnded` sets the job free. Else the next run's
    /// begin could be on record before this one's end, and a kill between the two would make it look as if it had none.
    mutating func attemptEnded(
        _ attempt: Attempt,
        _ end: RunEnd,
        at now: Moment,
        uptime: Duration,
        random: Double
    ) -> Verdict? {
        let job = attempt.run.job
        metrics.attempt(job, end.outcome)
        // The runner makes a second one by itself when the token was denied and has changed.
        metrics.attempt(job, .denied, count: max(0, end.attempts - attempt.number))
        let nothingBegins = isStopped || gone.contains(job)
        if end.outcome == .unreachable {
            let isNews = dispatch.undelivered(job, at: uptime)
            guard nothingBegins else { return .undelivered(isNews: isNews, ended: nil) }
            let ended = dispatch.giveUp(job, at: uptime).map { counted($0) }
            free(job, now)
            return .undelivered(isNews: isNews, ended: ended)
        }
        if attempt.context == nil { metrics.started(late: end.context.lateness) }
        guard !nothingBegins, let wait = attempt.policy.wait(after: end.attempts, end.facts(at: now), random: random),
            attempt.job.timetable.next(after: attempt.run.slot).map({ now + wait < $0 }) ?? true
        else { return nil }
        dispatch.retry(job, after: wait, pending: end, at: uptime)
        return .retry(after: wait)
    }

    /// A run is over, and on record; answers how many slots passed meanwhile, if the job is free.
    mutating func runEnded(_ attempt: Attempt, _ end: RunEnd, at now: Moment, uptime: Duration) -> Int {
        let job = attempt.run.job
        count(end)
        let hold = isStopped ? .zero : attempt.policy.hold(after: end.facts(at: now))
        guard dispatch.end(job, hold: hold, at: uptime) else {
            if end.outcome == .throttled { askedToWait.insert(job) }
            return 0
        }
        free(job, now)
        let held = slotsHeld(attempt.job.timetable, since: attempt.run.slot, now)
        metrics.held(job, held, .running)
        return held
    }

    /// The slot turned out to be another sidecar's, so the run ends before it began.
    mutating func forgo(_ attempt: Attempt, at now: Moment, uptime: Duration) {
        if dispatch.end(attempt.run.job, hold: .zero, at: uptime) { free(attempt.run.job, now) }
    }

    private mutating func free(_ job: Int, _ now: Moment) { _ = ticker.ended(job, at: now) }

    /// How many slots passed since the run's own; counted up to a limit.
    private func slotsHeld(_ timetable: Timetable, since slot: Moment, _ now: Moment) -> Int {
        var (count, last) = (0, slot)
        while count < 1_000, let next = timetable.next(after: last), next <= now {
            count += 1
            last = next
        }
        return count
    }

    /// Nothing more begins; answers the runs that are between two attempts, and so end now.
    mutating func stop() -> [RunEnd] {
        isStopped = true
        return dispatch.stop().map { counted($0) }
    }

    /// Takes a new list of jobs, in which each keeps its number; those without a timetable are gone.
    ///
    /// Answers the runs that were between two attempts, and end because their job is gone.
    mutating func replace(_ list: [(job: Job, isGone: Bool)], at now: Moment, assumed: [Int: Moment]) -> [RunEnd] {
        jobs = list.map(\.job)
        metrics.widen(to: jobs.count)
        let timetables = list.map { (name: $0.job.name, timetable: $0.isGone ? nil : $0.job.timetable) }
        ticker.replace(timetables, windows: Self.windows(jobs), at: now, assumed: assumed)
        gone = Set(list.indices.filter { list[$0].isGone })
        let ended = dispatch.replace(names: jobs.map(\.name), gone: gone)
        for item in ended { free(item.run.job, now) }
        return ended.compactMap(\.pending).map { counted($0) }
    }
}
