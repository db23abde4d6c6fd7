package import Schedule

/// What happened: the one language between the clockwork and all who keep or tell it.
///
/// Those of a job that are kept change its `JobState`; they are read back from a disk as the same values, without what
/// is only for those who tell of them (`about`).
package indirect enum Fact: Sendable {
    // MARK: Kept

    /// The job is configured like this from now on; `seen` and `last` are new where they are given.
    case configured(String, Configuration)
    /// It is no longer configured.
    case gone(String, at: Moment)
    /// Nothing of it is kept.
    case dropped(String)
    /// The slot is not run, and not due any more.
    case passed(String, slot: Moment, about: Job? = nil)
    /// Nothing of it starts until the pause is over; one that ends now ends another.
    case paused(String, Pause)
    /// So many of its next slots are not run; `slot` is one of them that has passed.
    case skips(String, left: Int, slot: Moment? = nil, about: SkipNote? = nil)
    /// An attempt begins: its connection stands, and its request goes out when this is kept.
    case began(String, RunBegin, about: Attempt? = nil)
    /// The app saw nothing of the run, which has not begun after all.
    case withdrawn(String, RunID)
    /// An attempt ended, and another one follows.
    case failed(String, RunRecord, Hold?, about: RetryNote? = nil)
    case ended(String, RunRecord, Hold?, about: EndNote? = nil)
    /// How its failures stand; nil: there are none any more.
    case trouble(String, Incident?)
    /// An incident is over, and somebody has to be told that; nil: somebody has been.
    case closing(String, Incident?)

    // MARK: Told

    /// Each attempt has one; what that means follows.
    case attemptEnded(Attempt, AttemptEnd)
    /// A run by hand was dropped before it began.
    case notRun(String, RunID)
    case pauseBegan([String], Pause)
    case pauseIsOver([String], slots: Int)
    case frozen(FreezeSpan, held: Int, exempt: [String])
    case freezeIsOver(slots: Int, runs: Int)
    /// The first slot of a streak that is held.
    case slotHeld(Job, slot: Moment, SlotReason, by: HoldNote? = nil)
    /// The streak is over.
    case slotsReleased(Job, count: Int, SlotReason)
    /// Slots of a run that waited, and gave way to a later one; the first of them.
    case slotsGaveWay(Job, count: Int, SlotReason, from: Moment? = nil)
    /// A run waited in the queue for so long, in vain; its slot, and those up to the one that follows it, are not run.
    case slotGivenUp(Job, slot: Moment, count: Int, after: Duration, Obstacle, isFirst: Bool)
    case targetIsDown(Attempt, AttemptEnd)
    /// One more attempt has not reached it.
    case targetIsStillDown(Attempt, AttemptEnd)
    case targetIsUp(String, after: Duration, waited: Int)
    /// Our own process or machine refused an attempt what it needs; told once in a while.
    case limited(Job, Limit)
    case clockIsWrong(Moment, buildDate: Moment)
    case clockIsRight(Moment)
    /// These jobs' last slots lay too far ahead, and count as "now".
    case clockWentBack([Job], Moment)
    /// Somebody is to be told of an incident.
    case alert(Alert)

    /// How a job is configured, as far as its slots depend on it.
    package struct Configuration: Sendable, Equatable {
        /// Schedule and zone, each in its canonical form.
        package var schedule: String
        package var zone: String
        /// Of `H`; nil where it plays no part.
        package var seedHash: UInt64?
        package var seen: Moment?
        package var last: Moment?

        package init(
            schedule: String,
            zone: String,
            seedHash: UInt64? = nil,
            seen: Moment? = nil,
            last: Moment? = nil
        ) {
            (self.schedule, self.zone, self.seedHash) = (schedule, zone, seedHash)
            (self.seen, self.last) = (seen, last)
        }
    }

    /// What was refused.
    package enum Limit: Sendable, Equatable {
        /// A thread, with the error number.
        case thread(Int32)
        /// Something that the call needed, in the client's words.
        case call(String)
    }

    /// What holds a job of which no run is under way.
    package struct HoldNote: Sendable, Equatable {
        package var until: Moment
        /// The run that brought it about, where that is known.
        package var run: RunRecord?

        package init(until: Moment, run: RunRecord?) { (self.until, self.run) = (until, run) }
    }

    /// What is told of a run that ended, beside its record.
    package struct EndNote: Sendable {
        /// Nil: one of a job that is no longer configured.
        package var job: Job?
        /// Nil: nobody saw the end.
        package var end: AttemptEnd?

        package init(job: Job? = nil, end: AttemptEnd? = nil) { (self.job, self.end) = (job, end) }
    }

    /// What is told of a run of which another attempt follows.
    package struct RetryNote: Sendable {
        package var attempt: Attempt
        package var end: AttemptEnd
        package var wait: Duration

        package init(attempt: Attempt, end: AttemptEnd, wait: Duration) {
            (self.attempt, self.end, self.wait) = (attempt, end, wait)
        }
    }

    /// The job whose state it changes; nil for what is only told.
    package var keptJob: String? {
        switch self {
        case .configured(let name, _), .gone(let name, _), .dropped(let name), .passed(let name, _, _),
            .paused(let name, _),
            .skips(let name, _, _, _), .began(let name, _, _), .withdrawn(let name, _), .failed(let name, _, _, _),
            .ended(let name, _, _, _), .trouble(let name, _), .closing(let name, _):
            name
        case .attemptEnded, .notRun, .pauseBegan, .pauseIsOver, .frozen, .freezeIsOver, .slotHeld, .slotsReleased,
            .slotsGaveWay, .slotGivenUp, .targetIsDown,
            .targetIsStillDown, .targetIsUp, .limited, .clockIsWrong, .clockIsRight, .clockWentBack, .alert:
            nil
        }
    }
}

/// Why a slot did not become a run of its own.
package enum SlotReason: String, CaseIterable, Sendable {
    /// The job's last run had not ended.
    case running
    /// The job's last run was given up, and may have gone on in the app.
    case abandoned
    /// The app asked to be left alone for a while (`Retry-After`).
    case throttled
    /// The app could not be reached, and a later slot came first.
    case targetDown = "target_down"
    /// There was no token to call with, and a later slot came first.
    case token
    /// All threads were busy for as long as it waits.
    case threads
    /// A group of it was full for as long as it waits.
    case group
    /// Its job was paused.
    case paused
    /// Somebody asked for it to be skipped.
    case skippedOnce = "skipped_once"
    /// It lay in a freeze window.
    case frozen
    /// It was missed, and is too old to be caught up; counted once, however many passed.
    case skipped
}

/// Until when a job may not start again, on the wall clock.
package struct Hold: Sendable, Equatable {
    package enum Reason: String, Sendable, CaseIterable {
        /// The last attempt may still be running in the app.
        case abandoned
        /// The app asked for it (`Retry-After`).
        case throttled

        var slots: SlotReason { self == .abandoned ? .abandoned : .throttled }
    }

    /// No timeout with its `abandon-hold` comes to more.
    package static let longest = Duration.seconds(11 * 366 * 86_400)
    /// The longest timeout twice: none is longer without an `abandon-hold` that says so.
    package static let usual = Duration.seconds(48 * 86_400)
    /// `Retry-After` holds a job's next slot no longer than this.
    package static let longestThrottle = Duration.seconds(15 * 60)

    package var from: Moment
    package var until: Moment
    package var reason: Reason

    package init(from: Moment, until: Moment, reason: Reason) {
        (self.from, self.until, self.reason) = (from, until, reason)
    }

    /// How much of it is left; a clock that went back must not hold the job for longer than at first.
    package func rest(at now: Moment) -> Duration { max(.zero, min(until - now, until - from)) }
}
