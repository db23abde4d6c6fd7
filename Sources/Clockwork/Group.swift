/// Jobs of which only so many may run at once.
package struct Group: Sendable, Equatable {
    package let name: String
    package let limit: Int

    /// Jobs of the group that have a place in it, or all of them.
    package static let limits = 1...256

    package init(name: String, limit: Int) { (self.name, self.limit) = (name, limit) }
}

/// What a run waits for in the queue.
package enum Obstacle: Sendable, Equatable {
    case threads
    /// The group is full.
    case group(String, heldBy: [Holder])

    /// A job that has a place in a group, and for how long.
    package struct Holder: Sendable, Equatable {
        package let job: String
        package let time: Duration

        package init(job: String, time: Duration) { (self.job, self.time) = (job, time) }
    }

    package var slots: SlotReason { self == .threads ? .threads : .group }
}

/// How a group stands.
package struct GroupState: Sendable, Equatable {
    package let group: Group
    /// The jobs that are in it, by their order in the configuration.
    package let jobs: [String]
    /// Those with a place in it, the one that has it longest first.
    package let holders: [Obstacle.Holder]
    /// Runs that wait in the queue and need a place in it.
    package let waiting: Int

    package init(group: Group, jobs: [String], holders: [Obstacle.Holder], waiting: Int) {
        (self.group, self.jobs, self.holders, self.waiting) = (group, jobs, holders, waiting)
    }
}
