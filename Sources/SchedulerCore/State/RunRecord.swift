package import Schedule

/// A run that ended, as it is kept and shown.
package struct RunRecord: Sendable, Equatable {
    package var id: RunID
    package var slot: Moment
    package var trigger: Run.Trigger
    /// The begin of its first attempt, on the wall clock.
    package var began: Moment
    package var attempts: Int
    package var outcome: Outcome
    /// Of the last answer; 0 if there was none.
    package var status: Int
    /// From the begin of the first attempt to the end of the last.
    package var milliseconds: Int
    package var lateMilliseconds: Int

    package init(
        id: RunID,
        slot: Moment,
        trigger: Run.Trigger,
        began: Moment,
        attempts: Int,
        outcome: Outcome,
        status: Int,
        milliseconds: Int,
        lateMilliseconds: Int
    ) {
        self.id = id
        self.slot = slot
        self.trigger = trigger
        self.began = began
        self.attempts = attempts
        self.outcome = outcome
        self.status = status
        self.milliseconds = milliseconds
        self.lateMilliseconds = lateMilliseconds
    }
}

/// A run of which an attempt begins, or has begun.
package struct RunBegin: Sendable, Equatable {
    package var id: RunID
    package var slot: Moment
    package var trigger: Run.Trigger
    /// When this attempt begins, on the wall clock.
    package var at: Moment
    /// Counted from 1.
    package var attempt: Int

    package init(id: RunID, slot: Moment, trigger: Run.Trigger, at: Moment, attempt: Int) {
        self.id = id
        self.slot = slot
        self.trigger = trigger
        self.at = at
        self.attempt = attempt
    }
}
