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
        /// Begins when the target is up, or as a probe.
        case waitingForTarget
        /// Begins when a thread is free.
        case waitingForThread
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

    @Boxed var begun: Begun?
    /// Whether it waited for the target, so that its slot may be an old one.
    var hasWaited = false
    /// Whether the job was changed, or gone for a while, since the attempt was ordered that connects now.
    var isOutdated = false
    /// The first slot of the streak that is held.
    var heldSince: Moment?

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

    /// Why a run that waits gives way, which is told; nil: it did not wait for anything.
    var waitReason: SlotReason? {
        switch stage {
        case .waitingForThread: .threads
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
