package import Schedule

/// What somebody has to be told of: a job that fails again and again, or an app that cannot be reached.
package struct Incident: Sendable, Equatable {
    /// The first failed slot; of an app since when it cannot be reached: a part of the key.
    package var slot: Moment
    /// When that run ended, or its slot was missed.
    package var since: Moment
    /// Runs that failed and slots that were missed, in a row.
    package var failures = 0
    /// The last slot of them.
    package var last: Moment
    /// The run of that; nil: it was missed.
    package var run: RunID?
    /// Nil: not enough of them yet.
    package var opened: Moment?
    /// When the last word of it was taken; nil: none was.
    package var told: Moment?
    /// Nil: it goes on.
    package var closed: Moment?

    package init(slot: Moment, since: Moment) { (self.slot, self.since, last) = (slot, since, slot) }

    package var isOpen: Bool { opened != nil && closed == nil }

    mutating func add(_ slot: Moment, _ run: RunID?) {
        (last, self.run) = (slot, run)
        failures += 1
    }
}

/// One message about an incident.
package struct Alert: Sendable, Equatable {
    package enum Event: String, Sendable, CaseIterable { case opened, reminder, closed }

    package var event: Event
    /// A job's name; nil: it is about an app.
    package var job: String?
    package var target = Target.main
    package var incident: Incident
    /// The same for all messages about one incident.
    package var key: String
    /// The last run, or the one that ended it.
    package var run: RunRecord?
    package var next: Moment?
    /// Why the app cannot be reached, and how many runs wait for it.
    package var reason: String?
    package var waiting = 0

    package init(_ event: Event, job: String?, _ incident: Incident, key: String) {
        (self.event, self.job, self.incident, self.key) = (event, job, incident, key)
    }
}

extension Outcome {
    /// Whether runs that end like this make an incident, if enough of them do.
    package var isIncident: Bool {
        switch self {
        case .failed, .timeout, .broken, .rejected, .redirected, .denied, .tls: true
        case .ok, .busy, .throttled, .unreachable, .aborted, .interrupted: false
        }
    }
}

extension Job {
    /// How many failures in a row make an incident.
    package enum AlertAfter: Sendable, Equatable {
        /// One where the next slot is an hour or more away, else three.
        case byGap
        case never
        case runs(Int)
    }

    /// So many failures make an incident, nil: none do; `isManual`: the slot is none of the schedule.
    func failuresToOpen(_ slot: Moment, isManual: Bool) -> Int? {
        switch alertAfter {
        case .never: return nil
        case .runs(let count): return count
        case .byGap:
            let start = isManual ? timetable.next(after: slot) : slot
            guard let start, let next = timetable.next(after: start) else { return 1 }
            return next - start >= .seconds(3_600) ? 1 : 3
        }
    }
}
