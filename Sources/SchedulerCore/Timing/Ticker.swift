package import Schedule

/// Decides what runs: it is told the time and what ended, and answers with actions.
///
/// A value that holds no lock, reads no clock and opens nothing, so that years can be played through in a test.
/// Jobs are numbers, in the order in which they were given.
package struct Ticker: Sendable {
    package enum Action: Equatable, Sendable {
        /// Hand this run to the pool.
        case start(Run)
        /// The first slot of a streak that is held because the job's last run has not ended.
        case hold(job: Int, slot: Moment)
        /// The latest of the slots that were missed; too old to be caught up, so the job waits for its next one.
        case skip(job: Int, slot: Moment)
        /// The wall clock stands before the program was built; nothing fires until that is mended.
        case clockIsWrong
        /// The wall clock is right again, after `clockIsWrong`.
        case clockIsRight
        /// The wall clock went back so far that these jobs' last slots count as "now".
        case clockWentBack(jobs: [Int])
    }

    /// What becomes of a run that had to wait.
    package enum Renewal: Equatable, Sendable {
        /// It keeps its slot.
        case keep
        /// It gives way to this one.
        case run(Run)
        /// It gives way to this slot, which is too old itself; the job waits for its next one.
        case skip(slot: Moment)
    }

    private struct Entry {
        /// The slot that counts as run last, also while its run is in flight; nil if the job never ran.
        var last: Moment?
        /// What `last` was before the run in flight.
        var previous: Moment?
        var isRunning = false
        /// Whether a slot passed while the run is in flight.
        var isHeld = false
    }

    /// No schedule has two slots that are closer.
    private static let shortestGap = Duration.seconds(1)

    private let tick: Duration
    private let buildDate: Moment
    /// Nil for a job that is gone.
    private var timetables: [Timetable?]
    /// How old a missed slot may be to be caught up; without an entry: however old.
    private var windows: [Int: Duration]
    private var entries: [Entry]
    private var queue: DueQueue<Moment>
    package private(set) var lastLook = Moment.epoch
    /// No job's last slot is later.
    private var latestSlot = Moment.epoch
    private var isClockWrong = false
    /// Jobs whose last slot was in the future when the clock began, or when they were replaced.
    private var movedAtBegin: [Int] = []

    /// `tick` is how late a run may start without counting as missed; before `buildDate` the clock is not believed.
    ///
    /// `windows` says of some jobs how old a missed slot may be to be caught up, zero for not at all.
    package init(
        _ jobs: [(name: String, timetable: Timetable)],
        windows: [Int: Duration] = [:],
        tick: Duration,
        buildDate: Moment = .epoch
    ) {
        self.tick = tick
        self.buildDate = buildDate
        self.windows = windows
        timetables = jobs.map(\.timetable)
        entries = Array(repeating: Entry(), count: jobs.count)
        queue = DueQueue(names: jobs.map(\.name))
    }

    /// Whether the clock can be believed; as long as it can't, `begin` has to wait.
    package func believes(_ now: Moment) -> Bool { now >= buildDate }

    /// Starts the clock: jobs that never ran are due at once, but those of `assumed` count as having run then.
    ///
    /// Jobs of `held` are taken as in flight, until `ended`.
    package mutating func begin(at now: Moment, assumed: [Int: Moment] = [:], held: [Int] = []) {
        lastLook = now
        for job in held { entries[job].isRunning = true }
        for (job, last) in assumed {
            entries[job].last = last
            latestSlot = max(latestSlot, last)
        }
        for job in entries.indices { enqueue(job) }
        movedAtBegin = settle(at: now)
    }

    /// Takes a new list of jobs in which the old ones keep their numbers; one without a timetable is gone.
    ///
    /// A job whose timetable changed has missed no slot before now; new ones are due at once, but those of `assumed`
    /// count as having run then.
    package mutating func replace(
        _ jobs: [(name: String, timetable: Timetable?)],
        windows: [Int: Duration] = [:],
        at now: Moment,
        assumed: [Int: Moment] = [:]
    ) {
        self.windows = windows
        let changed = entries.indices.filter { jobs[$0].timetable != timetables[$0] }
        timetables = jobs.map(\.timetable)
        // A clock that can't be believed says nothing of what was missed.
        let now = believes(now) ? now : lastLook
        for job in changed where entries[job].last != nil {
            entries[job].last = now.wholeMilliseconds
            if entries[job].previous != nil { entries[job].previous = now.wholeMilliseconds }
        }
        for job in entries.count..<jobs.count {
            var entry = Entry()
            entry.last = assumed[job]
            entries.append(entry)
        }
        latestSlot = entries.reduce(now) { max($0, $1.last ?? now) }
        queue = DueQueue(names: jobs.map(\.name))
        for job in entries.indices where !entries[job].isHeld { enqueue(job) }
        movedAtBegin += settle(at: now)
    }

    /// When a job that is not in flight is due next; nil for never.
    package func nextDue(_ job: Int, now: Moment) -> Moment? {
        guard let last = entries[job].last else { return timetables[job].map { _ in now } }
        return timetables[job]?.next(after: last)
    }

    /// The earliest due moment of all, past or to come; nil if there is none.
    package var nextDue: Moment? { isClockWrong ? nil : queue.first?.due }

    package func isRunning(_ job: Int) -> Bool { entries[job].isRunning }

    /// Looks at the clock: everything with a slot in (last slot, now] starts, or is held.
    package mutating func look(at now: Moment) -> [Action] {
        guard believes(now) else {
            if isClockWrong { return [] }
            isClockWrong = true
            return [.clockIsWrong]
        }
        var actions: [Action] = isClockWrong ? [.clockIsRight] : []
        isClockWrong = false
        let moved = movedAtBegin + (now < lastLook ? settle(at: now) : [])
        if !moved.isEmpty { actions.append(.clockWentBack(jobs: moved)) }
        movedAtBegin = []
        lastLook = now
        while let (due, job) = queue.first, due <= now {
            if entries[job].isRunning {
                actions.append(hold(job, now: now))
            } else {
                actions.append(start(job, now: now))
            }
        }
        return actions
    }

    /// A run ended, well or not; answers whether the loop has to look.
    package mutating func ended(_ job: Int, at now: Moment) -> Bool {
        let entry = entries[job]
        guard entry.isRunning, let last = entry.last else { return false }
        entries[job].isRunning = false
        entries[job].isHeld = false
        guard entry.isHeld else { return timetables[job]?.next(after: last).map { $0 <= now } ?? false }
        // What the loop sleeps until leaves out a job that is held.
        enqueue(job)
        return true
    }

    private mutating func start(_ job: Int, now: Moment) -> Action {
        if let slot = skip(job, now: now) { return .skip(job: job, slot: slot) }
        entries[job].previous = entries[job].last
        return .start(take(job, now: now))
    }

    /// Leaves out the slots that passed since the last one if the latest of them is too old; answers that one.
    private mutating func skip(_ job: Int, now: Moment, delay: Duration = .zero) -> Moment? {
        guard let window = windows[job], let last = entries[job].last,
            let slot = timetables[job]?.latest(after: last, through: now), now - slot > max(tick, window) + delay
        else { return nil }
        entries[job].last = slot
        entries[job].isRunning = false
        entries[job].isHeld = false
        latestSlot = max(latestSlot, slot)
        enqueue(job)
        return slot
    }

    /// The run anew, as it stands now: a run that had to wait gives way to its job's latest slot.
    ///
    /// One that the app has seen something of keeps its slot as long as there is no later one. `delay` is how much of
    /// its lateness was meant.
    package mutating func renewed(_ job: Int, at now: Moment, hasBegun: Bool, delay: Duration = .zero) -> Renewal {
        let entry = entries[job]
        if hasBegun {
            guard let last = entry.last, timetables[job]?.latest(after: last, through: now) != nil else { return .keep }
            entries[job].previous = last
        } else if let previous = entry.previous, timetables[job]?.latest(after: previous, through: now) == nil {
            // Another timetable has taken the place of the one that it was due by.
            return .keep
        }
        entries[job].last = entries[job].previous
        if let slot = skip(job, now: now, delay: delay) { return .skip(slot: slot) }
        entries[job].isHeld = false
        return .run(take(job, now: now, delay: delay))
    }

    private mutating func take(_ job: Int, now: Moment, delay: Duration = .zero) -> Run {
        let entry = entries[job]
        let original =
            entry.previous.flatMap { timetables[job]?.latest(after: $0, through: now) } ?? now.wholeMilliseconds
        let isMissed = now - original > tick + delay
        // An interval has no nominal moment to go back to: a late run begins a new phase.
        let slot = isMissed && timetables[job]?.schedule.isElapsedTime == true ? now.wholeMilliseconds : original
        let trigger: Run.Trigger = entry.previous == nil ? .first : isMissed ? .catchup : .schedule
        entries[job].last = slot
        entries[job].isRunning = true
        latestSlot = max(latestSlot, slot)
        enqueue(job)
        return Run(job: job, slot: slot, due: original, trigger: trigger)
    }

    /// Nothing more is to be told of the job until its run ends, so it leaves the queue.
    private mutating func hold(_ job: Int, now: Moment) -> Action {
        let entry = entries[job]
        entries[job].isHeld = true
        queue.set(job, due: nil)
        let slot = entry.last.flatMap { timetables[job]?.latest(after: $0, through: now) } ?? now.wholeMilliseconds
        return .hold(job: job, slot: slot)
    }

    /// A job that never ran is due as soon as the clock can be believed.
    private mutating func enqueue(_ job: Int) {
        let entry = entries[job]
        guard let timetable = timetables[job] else { return queue.set(job, due: nil) }
        queue.set(job, due: entry.last == nil ? buildDate : entry.last.flatMap { timetable.next(after: $0) })
    }

    /// Answers the jobs whose last slot is so far ahead that now is taken as their last slot.
    ///
    /// The clock went back: a slot further ahead than the gap after it would silence its job until then.
    private mutating func settle(at now: Moment) -> [Int] {
        // A clock that is adjusted by milliseconds must not cost a walk through all jobs.
        guard latestSlot - now > Self.shortestGap else { return [] }
        latestSlot = now
        var moved: [Int] = []
        for job in entries.indices {
            guard let last = entries[job].last, last > now else { continue }
            let gap = timetables[job]?.next(after: last).map { max($0 - last, Self.shortestGap) }
            // Without a slot after it, the job would be silent for ever.
            if timetables[job] != nil, gap.map({ last - now > $0 }) ?? true {
                entries[job].last = now.wholeMilliseconds
                if !entries[job].isHeld { enqueue(job) }
                moved.append(job)
            } else {
                latestSlot = max(latestSlot, last)
            }
        }
        return moved
    }
}

extension Schedule {
    /// Whether it knows no clock and no zone.
    var isElapsedTime: Bool {
        if case .every = self { return true }
        return false
    }
}
