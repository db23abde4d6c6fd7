package import Schedule

/// One job in the clockwork: how it is configured, what is known of it, and the run that it has now.
package struct Entry: Sendable {
    package enum Stage: Sendable, Equatable {
        /// There is no run; one comes with the next slot.
        case idle
        /// Jitter, or the spread after a start: begins at this moment, on the wall clock.
        case delayed(until: Moment)
        /// The spread after an outage, or once more after a connection that began before it.
        case paused(until: Duration)
        /// Begins when the target is up, or as a probe; and not before there is a token.
        case waitingForTarget
        /// Begins when a thread is free, and a place in each of its groups.
        case queued(Waiting)
        /// A request is under way; `hasBegun` once its connection stands.
        case attempting(Attempt, since: Duration, hasBegun: Bool)
        /// Between two attempts.
        case backoff(until: Duration)
        /// The run has ended; the job may not start before this.
        case held(until: Duration, Hold.Reason)
    }

    package internal(set) var job: Job
    package internal(set) var state: JobState
    package internal(set) var stage = Stage.idle
    /// The slot that is handled, from its being due to its end.
    package internal(set) var run: Run?
    /// The run's slot by the schedule; a late run of an interval has another one, where a new phase begins.
    var scheduled: Moment?
    /// A later one that a bar leaves out, while that run waits.
    var leftOut: Moment?
    /// No longer configured; left to its end.
    package internal(set) var isGone = false

    /// What the attempts of one run share, from the first one that began.
    struct Begun: Sendable {
        let id: RunID
        let at: Reading
        let lateness: Duration
        /// Requests that were made.
        var attempts = 0
        /// Those among them that were made at once after another one, and use up no retry.
        var extra = 0
        /// How the run ends if no other attempt follows, and until when it then holds its job.
        var last: (record: RunRecord, end: AttemptEnd, hold: (Hold, until: Duration)?)?
    }

    /// The wait of a run in the queue.
    package struct Waiting: Sendable, Equatable {
        package let since: Duration
        /// A third of this makes it count one class higher, two thirds another one; nil: it has begun, and waits for a thread
        /// alone, as long as it takes.
        let patience: Duration?
        /// Its slot is given up when this is over.
        let limit: Duration
        /// How many classes higher it counts.
        var steps = 0

        init(since: Duration, patience: Duration?, limit: Duration) {
            (self.since, self.patience, self.limit) = (since, patience, limit)
        }

        /// When it counts a class higher, or is over; nil: never.
        var next: Duration? {
            guard let patience else { return nil }
            return since + (steps < 2 ? min(limit, patience / 3 * (steps + 1)) : limit)
        }
    }

    /// Its place in groups, from the first attempt to the end of what the app may still be at.
    struct Place: Sendable {
        let groups: [Int]
        let since: Duration
    }

    /// The app that it calls, as a place among those there are.
    package internal(set) var target = 0
    /// Its groups, as places among those of the rules.
    var groups: [Int] = []
    @Boxed var place: Place?
    /// Whether the last slot was given up after a wait; told once for all that follow.
    var hasGivenUp = false

    /// The run is one by hand, with this id.
    @Boxed package internal(set) var manual: RunID?

    @Boxed var begun: Begun?
    /// Whether it waited for the target, so that its slot may be an old one.
    var hasWaited = false
    /// Whether the job was changed, or gone for a while, since the attempt was ordered that connects now.
    var isOutdated = false
    /// The first slot of the streak that is held.
    var heldSince: Moment?
    /// The bar that holds it; nil: a run does.
    var bar: SlotReason?

    init(_ job: Job, _ state: JobState) { (self.job, self.state) = (job, state) }

    var isRequestOpen: Bool {
        if case .attempting = stage { return true }
        return false
    }

    /// Why a slot that comes now does not become a run at once; nil if the run that is there gives way to it.
    var heldBy: SlotReason? {
        switch stage {
        case .attempting(_, _, hasBegun: true): .running
        case .held(_, let reason): reason.slots
        default: nil
        }
    }

    /// Whether it has a place in its groups, or may still be at something in the app.
    var needsPlace: Bool {
        switch stage {
        case .attempting, .held(_, .abandoned): true
        default: begun != nil
        }
    }

    /// When what it has a place for began.
    var busySince: Duration {
        switch stage {
        case .attempting(_, let since, _): since
        case .held(let until, _): state.hold.map { until - ($0.until - $0.from) } ?? until
        default: begun?.at.uptime ?? .zero
        }
    }

    /// Whose turn it is in the queue; nil while it is not in it.
    var turn: RunQueue.Turn? {
        guard case .queued(let waiting) = stage, let run else { return nil }
        return RunQueue.Turn(priority: max(0, job.priority.place - waiting.steps), slot: run.slot)
    }

    /// Why a run that waits gives way, which is told; nil: it did not wait for anything, or in the queue.
    var waitReason: SlotReason? {
        switch stage {
        // Or for its turn after an outage.
        case .waitingForTarget, .paused: .targetDown
        default: nil
        }
    }

    /// Whether a run of it has begun and not ended.
    package var isInFlight: Bool { begun != nil }

    /// Since when the request of the run that is in flight is open.
    package var runningSince: Duration? {
        guard case .attempting(_, let since, _) = stage else { return nil }
        return begun?.at.uptime ?? since
    }
}
