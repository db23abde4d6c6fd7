package import Schedule

/// The handling of one slot of one job.
package struct Run: Sendable, Equatable {
    package enum Trigger: String, Sendable, CaseIterable {
        case first, schedule, catchup, manual
    }

    /// The nominal moment; every request of the run carries it.
    package let slot: Moment
    /// The moment from which lateness counts: a delay that is meant is no lateness.
    package let due: Moment
    package let trigger: Trigger

    package init(slot: Moment, due: Moment? = nil, trigger: Trigger) {
        (self.slot, self.due, self.trigger) = (slot, due ?? slot, trigger)
    }
}

/// One moment on both clocks.
package struct Reading: Sendable, Equatable {
    /// The wall clock: it chooses the moment.
    package var now: Moment
    /// A clock that only goes forward: it measures waits.
    package var uptime: Duration

    package init(now: Moment, uptime: Duration) { (self.now, self.uptime) = (now, uptime) }

    /// What the wall clock would have shown at another time, had nobody set it since.
    package func moment(at other: Duration) -> Moment { now + (other - uptime) }
}
