package import Schedule

/// A run that ended, as it is kept and shown.
///
/// What it has is listed once, in `RunField.all`: log, state and status write from that.
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
    /// How many items the app says that it processed; nil: it says nothing of that.
    package var items: Int?
    /// The first characters of an answer that was not ok, or why there was none; secrets are masked.
    ///
    /// Empty: it was ok.
    package var reason: String
    /// Where a redirect pointed to; empty: nowhere.
    package var location: String

    /// A reason is cut here.
    package static let longestReason = 200

    package init(
        id: RunID = RunID(0, 0),
        slot: Moment = .epoch,
        trigger: Run.Trigger = .schedule,
        began: Moment = .epoch,
        attempts: Int = 1,
        outcome: Outcome = .interrupted,
        status: Int = 0,
        milliseconds: Int = 0,
        lateMilliseconds: Int = 0,
        end: AttemptEnd? = nil
    ) {
        (self.id, self.slot, self.trigger, self.began) = (id, slot, trigger, began)
        (self.attempts, self.outcome, self.status) = (attempts, outcome, status)
        (self.milliseconds, self.lateMilliseconds) = (milliseconds, lateMilliseconds)
        items = end?.items
        let why = end.map { $0.reason.isEmpty ? $0.excerpt : $0.reason } ?? ""
        reason = outcome == .ok ? "" : String(why.prefix(Self.longestReason))
        location = end?.location ?? ""
    }

    /// One that was in flight when its process was killed: nobody knows how it ended, or when.
    package init(interrupted begin: RunBegin) {
        self.init(id: begin.id, slot: begin.slot, trigger: begin.trigger, began: begin.at, attempts: begin.attempt)
    }

    package var ended: Moment { began + .milliseconds(milliseconds) }
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
        (self.id, self.slot, self.trigger, self.at, self.attempt) = (id, slot, trigger, at, attempt)
    }
}
