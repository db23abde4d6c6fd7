internal import Schedule

/// What the clockwork is asked and what it answers.
extension Clockwork {
    /// What is to be done.
    enum Order: Sendable {
        case attempt(Attempt)
        /// The first slot of a streak that is held; by a run, or by one that ended but may go on in the app.
        case hold(Job, slot: Moment, isAbandoned: Bool)
        /// The streak is over.
        case release(Job, slots: Int)
        /// A missed slot is too old to be caught up.
        case skip(Job, slot: Moment)
        /// A run that had begun gave way to a later slot.
        case end(RunEnd)
        case clockIsWrong
        case clockIsRight
        case clockWentBack([Job])
    }

    /// One attempt to be made.
    ///
    /// A class, since it is handed on several times, and is large: thousands may be due at once.
    final class Attempt: Sendable {
        let run: Run
        let job: Job
        /// Counted from 1.
        let number: Int
        let isProbe: Bool
        /// Of the attempts before, if there were any.
        let context: RunContext?

        init(run: Run, job: Job, number: Int = 1, isProbe: Bool = false, context: RunContext? = nil) {
            (self.run, self.job, self.number, self.isProbe, self.context) = (run, job, number, isProbe, context)
        }

        var policy: RetryPolicy { RetryPolicy(retries: job.retries, hold: job.abandonHold) }

        /// Whether its end is that of its run, whatever the clockwork knows.
        func isLast(_ end: RunEnd) -> Bool {
            end.outcome != .unreachable && !policy.isTriedAgain(end.attempts, end.outcome)
        }
    }

    /// What an attempt's end means.
    enum Verdict: Sendable {
        /// The app never saw it: the run waits, or ends with its attempt before if nothing begins any more. `isNews` if
        /// the target was up until now.
        case undelivered(isNews: Bool, ended: RunEnd?)
        case retry(after: Duration)
        case ended(slotsHeld: Int)
    }
}
