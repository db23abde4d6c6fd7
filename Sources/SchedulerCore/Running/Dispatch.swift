internal import Schedule

/// What becomes of runs between the ticker's start and their end: delays, attempts, waits for the target, holds.
///
/// A value like the ticker: it is told what happened and when, on the clock that only goes forward, and says what to
/// do. Each job has one run at most.
struct Dispatch: Sendable {
    enum Stage: Equatable {
        /// Begins when the time has come: jitter, spread.
        case delayed(until: Duration)
        /// Begins when the target is up, or as a probe.
        case waiting
        case attempting(begun: Duration, isProbe: Bool)
        /// Between two attempts.
        case backoff(until: Duration)
        /// The run has ended; the job may not start before this.
        case held(until: Duration)
    }

    struct Item: Sendable {
        var run: Run
        var stage: Stage
        /// Attempts that the app may have seen.
        var attempts = 0
        /// Whether it had to wait for the target, so that its slot may be an old one.
        var hasWaited = false
        /// What the attempts of one run share.
        var context: RunContext?
        private var kept: Kept?

        /// What is known of a run that is between two attempts.
        var pending: RunEnd? {
            get { kept?.end }
            set { kept = newValue.map(Kept.init) }
        }

        init(run: Run, stage: Stage) { (self.run, self.stage) = (run, stage) }
    }

    /// Apart from its item: few runs have it, and it is larger than all the rest.
    private final class Kept: Sendable {
        let end: RunEnd

        init(_ end: RunEnd) { self.end = end }
    }

    /// Time to act on a job.
    enum Event: Equatable {
        /// Make the next attempt; `isRenewed` if the run waited and may have to give way to a later slot.
        case attempt(job: Int, isProbe: Bool)
        /// The hold is over: the job is free.
        case free(job: Int, after: Run)
    }

    private(set) var items: [Int: Item] = [:]
    private(set) var target = Target()
    private var timers: DueQueue<Duration>

    /// Runs that waited for the target start over this long, so that it is not hit by all at once.
    static let recoverySpread = Duration.seconds(3)

    init(names: [String]) { timers = DueQueue(names: names) }

    /// Whether the app may have seen something of the run.
    func hasBegun(_ job: Int) -> Bool {
        switch items[job]?.stage {
        case .attempting, .backoff, .held: true
        case .delayed, .waiting, nil: false
        }
    }

    /// Whether the run has ended and the job is held for what may go on in the app.
    func isHeld(_ job: Int) -> Bool {
        if case .held = items[job]?.stage { return true }
        return false
    }

    /// Runs with an attempt under way, or between two of them.
    var begun: Int {
        items.values.count { item in
            switch item.stage {
            case .attempting, .backoff: true
            case .delayed, .waiting, .held: false
            }
        }
    }

    var waiting: [Int] { items.filter { $0.value.stage == .waiting }.map(\.key) }

    /// When something is to be done next.
    var nextEvent: Duration? {
        // Looks through all runs only while the target is down.
        let probe = target.nextProbe.flatMap { waiting.isEmpty ? nil : $0 }
        guard let due = timers.first?.due else { return probe }
        return probe.map { min($0, due) } ?? due
    }

    /// Takes over a run that the ticker started.
    mutating func begin(_ run: Run, after delay: Duration, at uptime: Duration) {
        set(Item(run: run, stage: .delayed(until: uptime + delay)), run.job)
    }

    /// Holds a job for a run that may still be in the app.
    mutating func hold(_ job: Int, _ run: Run, until uptime: Duration) {
        set(Item(run: run, stage: .held(until: uptime)), job)
    }

    /// What is to be done now.
    mutating func events(at uptime: Duration) -> [Event] {
        var events: [Event] = []
        while let (due, job) = timers.first, due <= uptime, var item = items[job] {
            if case .held = item.stage {
                drop(job)
                events.append(.free(job: job, after: item.run))
            } else if target.isDown {
                item.stage = .waiting
                item.hasWaited = true
                set(item, job)
            } else {
                events.append(.attempt(job: job, isProbe: false))
                attempt(job, isProbe: false, at: uptime)
            }
        }
        if let probe = target.nextProbe, probe <= uptime, let job = inOrder(waiting).first {
            target.beginProbe()
            events.append(.attempt(job: job, isProbe: true))
            attempt(job, isProbe: true, at: uptime)
        }
        return events
    }

    /// A connection stands; answers how long the target was down and how many runs waited, if it was.
    mutating func reached(at uptime: Duration) -> (down: Duration, waited: Int)? {
        guard let down = target.reached(at: uptime) else { return nil }
        let jobs = inOrder(waiting)
        // The one that probes has waited as well.
        let probing = items.values.count { if case .attempting(_, isProbe: true) = $0.stage { true } else { false } }
        for (place, job) in jobs.enumerated() {
            guard var item = items[job] else { continue }
            let wait = Self.recoverySpread * Double(place) / Double(jobs.count)
            item.stage = .delayed(until: uptime + wait)
            set(item, job)
        }
        return (down, jobs.count + probing)
    }

    /// Puts the run that is due now in the place of the one that waited.
    ///
    /// Answers what is known of that one if it had begun and ends here, because a later slot took its place.
    mutating func renew(_ job: Int, _ run: Run) -> RunEnd? {
        guard var item = items[job] else { return nil }
        let pending = item.run.slot == run.slot ? nil : item.pending
        if item.run.slot != run.slot { (item.attempts, item.context) = (0, nil) }
        (item.run, item.hasWaited, item.pending) = (run, false, nil)
        set(item, job)
        return pending
    }

    /// Ends a run that waited, instead of the attempt that was due; answers what is known of it if it had begun.
    mutating func giveUp(_ job: Int, at uptime: Duration) -> RunEnd? {
        defer { drop(job) }
        if case .attempting(_, isProbe: true) = items[job]?.stage { target.forgoProbe(at: uptime) }
        return items[job]?.pending
    }

    // MARK: - Ends of attempts

    /// An attempt was never seen by the app, so its run waits; answers whether that is news of the target.
    mutating func undelivered(_ job: Int, at uptime: Duration) -> Bool {
        guard var item = items[job], case .attempting(let begun, let isProbe) = item.stage else { return false }
        let isNews = target.missed(begunAt: begun, isProbe: isProbe, at: uptime)
        // It began before the target was last reached: once more, soon.
        item.stage = target.isDown ? .waiting : .delayed(until: uptime + .seconds(1))
        item.hasWaited = true
        set(item, job)
        return isNews
    }

    mutating func retry(_ job: Int, after wait: Duration, pending: RunEnd, at uptime: Duration) {
        guard var item = items[job] else { return }
        item.attempts = pending.attempts
        item.context = pending.context
        item.pending = pending
        item.stage = .backoff(until: uptime + wait)
        set(item, job)
    }

    /// The run ended, and the job is held for so long; answers whether it is free at once.
    mutating func end(_ job: Int, hold: Duration, at uptime: Duration) -> Bool {
        guard var item = items[job] else { return false }
        guard hold > .zero else {
            drop(job)
            return true
        }
        item.stage = .held(until: uptime + hold)
        item.pending = nil
        set(item, job)
        return false
    }

    /// Nothing more begins: what waits is dropped; answers the runs that are between two attempts.
    mutating func stop() -> [RunEnd] {
        var ended: [RunEnd] = []
        for (job, item) in items {
            // A run with an attempt under way ends with that.
            if case .attempting = item.stage { continue }
            if let pending = item.pending { ended.append(pending) }
            drop(job)
        }
        return ended
    }

    /// A new list of jobs, in which each keeps its number; answers the runs that end here because their job is gone.
    ///
    /// One that is in flight, or may still be in the app, is left to its end.
    mutating func replace(names: [String], gone: Set<Int>) -> [Item] {
        timers = DueQueue(names: names)
        var ended: [Item] = []
        for (job, item) in items {
            switch item.stage {
            case .delayed, .waiting, .backoff:
                if gone.contains(job) {
                    items[job] = nil
                    ended.append(item)
                } else {
                    set(item, job)
                }
            case .attempting, .held: set(item, job)
            }
        }
        return ended
    }

    // MARK: - Parts

    private mutating func attempt(_ job: Int, isProbe: Bool, at uptime: Duration) {
        guard var item = items[job] else { return }
        item.stage = .attempting(begun: uptime, isProbe: isProbe)
        set(item, job)
    }

    /// Runs in the order of their slots.
    private func inOrder(_ jobs: [Int]) -> [Int] {
        jobs.sorted { left, right in
            guard let a = items[left]?.run.slot, let b = items[right]?.run.slot else { return left < right }
            return (a, left) < (b, right)
        }
    }

    private mutating func drop(_ job: Int) {
        items[job] = nil
        timers.set(job, due: nil)
    }

    private mutating func set(_ item: Item, _ job: Int) {
        items[job] = item
        switch item.stage {
        case .delayed(let time), .backoff(let time), .held(let time): timers.set(job, due: time)
        case .waiting, .attempting: timers.set(job, due: nil)
        }
    }
}
