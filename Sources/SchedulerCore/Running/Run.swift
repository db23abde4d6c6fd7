package import Schedule

/// The handling of one slot of one job.
package struct Run: Sendable, Equatable {
    package enum Trigger: String, Sendable {
        case first, schedule, catchup, manual
    }

    /// The job's number in the configuration.
    package let job: Int
    /// The nominal moment; every request of the run carries it.
    package let slot: Moment
    /// The moment from which lateness counts; the slot itself, unless the run took a new one.
    package let due: Moment
    package let trigger: Trigger

    package init(job: Int, slot: Moment, due: Moment? = nil, trigger: Trigger) {
        self.job = job
        self.slot = slot
        self.due = due ?? slot
        self.trigger = trigger
    }
}
