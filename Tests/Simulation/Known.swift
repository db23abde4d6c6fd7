import Clockwork
import Schedule

extension Oracle {
    /// What the oracle knows of one job; a class, since it is large, and looked at more often than changed.
    final class Known {
        var job: Job
        var isConfigured = true

        // MARK: On record, so that a kill leaves it

        /// Whether anything is.
        var isKnown = false
        var schedule = ""
        var zone = ""
        var seen: Moment?
        var last: Moment?
        var highest: Moment?
        var gone: Moment?
        var run: OpenRun?
        var hold: Hold?
        /// The slots that have begun, to see one that begins twice.
        var begun: Set<Moment> = []
        /// The slot after `last`, since walking it anew at each look would take the time of the test.
        var next: Moment?

        // MARK: In this process

        var call: Call?
        var heldUntil: Duration?
        /// When the next attempt may come at the earliest, and at the latest.
        var retry: ClosedRange<Duration>?
        /// A second after our own machine refused something, or after a call that told of an earlier time.
        var paused: (until: Duration, reason: SlotReason, isFirm: Bool)?
        /// The streak of slots that is held, in the schedule that they are slots of.
        var streak: (first: Moment, timetable: Timetable)?
        /// The slot that waits, and for what.
        var waiting: (slot: Moment, reason: SlotReason)?
        /// The groups in which it has a place.
        var place: [String]?
        /// The slot whose run has waited in vain.
        var givenUp: Moment?
        /// Until when that slot is delayed; the same after a restart.
        var delay: (slot: Moment, until: Moment, jitter: Int)?

        init(_ job: Job) { self.job = job }

        var isInterval: Bool { job.schedule.isElapsedTime }

        /// What the next slot comes after.
        func anchor(at now: Moment) -> Moment? {
            guard let last else { return nil }
            guard let highest, highest <= now else { return last }
            return max(last, highest)
        }

        /// The slot that is to run at this moment; nil if there is none.
        func due(at now: Moment) -> Moment? {
            guard let anchor = anchor(at: now) else {
                let first = seen ?? now.wholeMilliseconds
                return job.timetable.latest(after: first, through: now) ?? first
            }
            if anchor == last, let next, next > now { return nil }
            return job.timetable.latest(after: anchor, through: now)
        }

        /// When a slot comes next, if none is due.
        func next(at now: Moment) -> Moment? {
            guard let anchor = anchor(at: now) else { return now }
            return anchor == last ? next : job.timetable.next(after: anchor)
        }

        func setLast(_ moment: Moment?) {
            last = moment
            next = moment.flatMap { job.timetable.next(after: $0) }
        }
    }

    /// A run that has begun, and has no end.
    struct OpenRun {
        let id: RunID
        let slot: Moment
        /// What stood before, to go back to if the app never saw it.
        var previous: Moment?
        var previousHighest: Moment?
        /// Of the last attempt that began.
        var begin: RunBegin
        var isInFlight = true
        /// Requests that have ended, and how many of them were no retries.
        var attempts = 0
        var extra = 0
        var last: (outcome: Outcome, hold: Hold?, heldUntil: Duration?)?
    }

    /// A thread has an attempt.
    struct Call {
        let attempt: Attempt
        let since: Duration
        /// By the schedule; a late run of an interval has another one.
        let slot: Moment?
        var hasBegun = false
        /// The job was changed since, or gone for a while.
        var isOutdated = false
    }
}

extension Job {
    /// How long a run waits in the queue.
    var patience: Duration { waitSeconds.map { .seconds($0) } ?? .seconds(86_400) }
    var schedule: Schedule { timetable.schedule }

    /// How old a slot may be that is caught up; nil: however old.
    var oldest: Duration? { catchup == .skip ? .zero : catchupWindowSeconds.map { .seconds($0) } }
}
