package import Schedule

/// What the clockwork wants done; to be carried out outside the lock, in this order.
package enum Order: Sendable {
    /// Make this attempt, and tell what became of it.
    case start(Attempt)
    /// Keep it and tell it.
    case note(Fact)
}

/// One attempt to be made: one request of a run, which is the handling of one slot.
///
/// A class, since it is handed on several times, and is large: thousands may be due at once.
package final class Attempt: Sendable {
    package let job: Job
    package let run: Run
    package let id: RunID
    /// Counted from 1.
    package let number: Int
    package let isProbe: Bool
    /// How long its run waited for a thread or a place.
    package let waited: Duration
    /// The end of the job's last run that was ok, when this attempt starts; nil: there was none, as far as is known.
    package let previousSuccess: Moment?
    /// The id and the slot as they are written: in each request, and in two lines at least.
    package let idText: String
    package let slotText: String

    package init(
        job: Job,
        run: Run,
        id: RunID,
        number: Int = 1,
        isProbe: Bool = false,
        waited: Duration = .zero,
        previousSuccess: Moment? = nil
    ) {
        (self.job, self.run, self.id, self.number, self.isProbe) = (job, run, id, number, isProbe)
        (self.waited, self.previousSuccess) = (waited, previousSuccess)
        (idText, slotText) = (id.description, run.slot.description)
    }
}

extension Attempt: Equatable {
    package static func == (left: Attempt, right: Attempt) -> Bool { left === right }
}
