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
        /// The wall clock stands before the program was built; nothing fires until that is mended.
        case clockIsWrong
        /// The wall clock is right again, after `clockIsWrong`.
        case clockIsRight
        /// The wall clock went back so far that these jobs' last slots count as "now".
        case clockWentBack(jobs: [Int])
    }

    private struct Entry {
        let timetable: Timetable
        /// The slot that counts as run last; nil if the job never ran.
        var last: Moment?
        /// Whether a run of this process, or one known from before, stands behind `last`.
        var hasRun = false
        /// The slot of the run in flight.
        var running: Moment?
        /// Slots that passed while the run was in flight.
        var held = 0
    }

    private let tick: Duration
    private let buildDate: Moment
    private var entries: [Entry]
    private var queue: DueQueue
    private var lastLook: Moment?
    private var isClockWrong = false
    /// Jobs whose last slot was moved since the last look.
    private var movedBack: [Int] = []

    /// `tick` is how late a run may start without counting as missed; before `buildDate` the clock is not believed.
    package init(_ jobs: [(name: String, timetable: Timetable)], tick: Duration, buildDate: Moment = .epoch) {
        self.tick = tick
        self.buildDate = buildDate
        entries = jobs.map { Entry(timetable: $0.timetable) }
        var ranks = Array(repeating: 0, count: jobs.count)
        for (rank, job) in jobs.indices.sorted(by: { jobs[$0].name < jobs[$1].name }).enumerated() {
            ranks[job] = rank
        }
        queue = DueQueue(ranks: ranks)
    }

    /// Whether the clock can be believed; as long as it can't, `begin` has to wait.
    package func believes(_ now: Moment) -> Bool { now >= buildDate }

    /// Starts the clock: jobs that never ran are due at once, but those of `assumed` count as having run then.
    package mutating func begin(at now: Moment, assumed: [Int: Moment] = [:]) {
        lastLook = now
        for job in entries.indices {
            entries[job].last = assumed[job]
            queue.set(job, due: dueMoment(job, now: now))
        }
    }

    /// When a job that is not in flight is due next; nil for never.
    package func nextDue(_ job: Int, now: Moment) -> Moment? { dueMoment(job, now: now) }

    /// The earliest due moment of all, past or to come; nil if there is none.
    package var nextDue: Moment? { isClockWrong ? nil : queue.first?.due }

    package func isRunning(_ job: Int) -> Bool { entries[job].running != nil }

    /// Looks at the clock: everything with a slot in (last slot, now] starts, or is held.
    package mutating func look(at now: Moment) -> [Action] {
        guard believes(now) else {
            if isClockWrong { return [] }
            isClockWrong = true
            return [.clockIsWrong]
        }
        var actions: [Action] = isClockWrong ? [.clockIsRight] : []
        isClockWrong = false
        if let lastLook, now < lastLook { for job in entries.indices { settle(job, now: now) } }
        lastLook = now
        if !movedBack.isEmpty {
            actions.append(.clockWentBack(jobs: movedBack))
            movedBack = []
        }
        while let (due, job) = queue.first, due <= now {
            if let action = fire(job, now: now) { actions.append(action) }
        }
        return actions
    }

    /// A run ended, well or not; its slot is the last slot now.
    ///
    /// Answers whether the job is due again already, so that the loop has to look.
    package mutating func ended(_ job: Int, at now: Moment) -> Bool {
        guard let slot = entries[job].running else { return false }
        entries[job].last = slot
        entries[job].hasRun = true
        entries[job].running = nil
        entries[job].held = 0
        queue.set(job, due: dueMoment(job, now: now))
        settle(job, now: now)
        return dueMoment(job, now: now).map { $0 <= now } ?? false
    }

    private mutating func fire(_ job: Int, now: Moment) -> Action? {
        let entry = entries[job]
        let timetable = entry.timetable
        if let running = entry.running {
            let slot = timetable.latest(after: running, through: now) ?? now
            queue.set(job, due: timetable.next(after: slot))
            entries[job].held += 1
            return entry.held == 0 ? .hold(job: job, slot: slot) : nil
        }
        let original = entry.last.flatMap { timetable.latest(after: $0, through: now) } ?? now.wholeMilliseconds
        let isMissed = now - original > tick
        // An interval has no nominal moment to go back to: a late run begins a new phase.
        let slot = isMissed && timetable.schedule.isElapsedTime ? now.wholeMilliseconds : original
        let trigger: Run.Trigger = !entry.hasRun ? .first : isMissed ? .catchup : .schedule
        entries[job].running = slot
        queue.set(job, due: timetable.next(after: slot))
        return .start(Run(job: job, slot: slot, due: original, trigger: trigger))
    }

    private func dueMoment(_ job: Int, now: Moment) -> Moment? {
        guard let last = entries[job].last else { return now }
        return entries[job].timetable.next(after: last)
    }

    /// After the clock went back: a last slot further ahead than the gap after it would silence the job until then.
    private mutating func settle(_ job: Int, now: Moment) {
        let entry = entries[job]
        guard entry.running == nil else { return }  // its end settles it
        guard let last = entry.last else { return queue.set(job, due: now) }
        guard last > now, let next = entry.timetable.next(after: last), last - now > next - last else { return }
        entries[job].last = now.wholeMilliseconds
        queue.set(job, due: dueMoment(job, now: now))
        movedBack.append(job)
    }
}

extension Schedule {
    fileprivate var isElapsedTime: Bool {
        if case .every = self { return true }
        return false
    }
}
