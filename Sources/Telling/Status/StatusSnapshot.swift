package import Clockwork
package import Schedule

/// Everything that the status listener tells, at one moment: the input of all routes.
package struct StatusSnapshot: Sendable {
    package enum Phase: Sendable, Equatable {
        /// Another sidecar has the state.
        case standby
        /// The first runs come after this long.
        case grace(Duration)
        /// The wall clock stands before the program was built.
        case clockIsWrong
        case running
        case stopping
    }

    /// What a job does right now.
    package enum Activity: Sendable, Equatable {
        case idle
        /// Jitter, or the spread after a start or an outage.
        case delayed(for: Duration)
        /// Due, but this app cannot be reached.
        case waiting(for: String)
        /// Due, but there is no token to call with.
        case waitingForToken
        /// Due, but all threads are busy, or a group of the job is full.
        case queued(for: Duration, Obstacle)
        case running(for: Duration)
        case retrying(in: Duration)
        /// Nothing of it starts: for how long (nil: without an end), and the note of a pause.
        case barred(for: Duration?, SlotReason, note: String)
        /// The run has ended, but may go on in the app, or the app asked to be left alone.
        case held(for: Duration, because: Hold.Reason)

        /// Whether a run has begun and not ended.
        package var isRun: Bool {
            switch self {
            case .running, .retrying: true
            case .idle, .delayed, .waiting, .waitingForToken, .queued, .barred, .held: false
            }
        }
    }

    package struct Entry: Sendable {
        package var job: Job
        /// Its place in the list.
        package var number: Int
        /// Nil: there is none before the year 10000.
        package var next: Moment?
        package var activity: Activity
        package var state: JobState?
        /// Between two slots of the coming 35 days; nil: there are none.
        package var longestGap: Duration?

        package init(
            _ job: Job,
            number: Int,
            next: Moment?,
            activity: Activity = .idle,
            state: JobState? = nil,
            longestGap: Duration? = nil
        ) {
            (self.job, self.number, self.next, self.activity, self.state) = (job, number, next, activity, state)
            self.longestGap = longestGap
        }
    }

    package var pulse: Pulse
    package var now: Moment
    package var started: Moment
    package var phase: Phase
    package var target: String
    /// For how long the app cannot be reached; nil if it can.
    package var targetDown: Duration?
    /// Why it could not be reached when last tried.
    package var targetReason: String?
    /// What has become of that.
    package var incident: Incident?
    /// Apps that are called beside the main one.
    package var others: [OtherTarget] = []
    /// Runs that wait for the app.
    package var waiting: Int
    /// Nil: there is one, or none is needed.
    package var token: TokenLack?
    package var runsInFlight: Int
    package var isStateWritable: Bool
    /// Nil: state ends with the process.
    package var stateDirectory: String?
    package var groups: [GroupState]
    /// The freeze that holds now.
    package var freeze: FreezeSpan?
    package var entries: [Entry]
    package var metrics: Metrics
    package var freezes = FreezeCalendar()
    package var missed = MissedSlots()

    package init(
        pulse: Pulse,
        now: Moment,
        started: Moment,
        phase: Phase = .running,
        target: String,
        targetDown: Duration? = nil,
        targetReason: String? = nil,
        waiting: Int = 0,
        token: TokenLack? = nil,
        runsInFlight: Int = 0,
        isStateWritable: Bool = true,
        stateDirectory: String? = nil,
        groups: [GroupState] = [],
        freeze: FreezeSpan? = nil,
        entries: [Entry],
        metrics: Metrics
    ) {
        (self.pulse, self.now, self.started, self.phase) = (pulse, now, started, phase)
        (self.target, self.targetDown, self.targetReason) = (target, targetDown, targetReason)
        (self.waiting, self.token) = (waiting, token)
        (self.runsInFlight, self.isStateWritable, self.stateDirectory) = (runsInFlight, isStateWritable, stateDirectory)
        self.freeze = freeze
        (self.groups, self.entries, self.metrics) = (groups, entries, metrics)
    }

    /// Past this many jobs an answer leaves out what would make it too large; which is said where it is left out.
    package static let many = 200

    package var isLarge: Bool { entries.count > Self.many }

    /// Whether the app would be called if a job were due.
    package var isReady: Bool { phase == .running && targetDown == nil }
}

/// For how long there has been no token to call with, and what waits for it.
package struct TokenLack: Sendable, Equatable {
    package var time: Duration
    /// Nil: the first one is on its way.
    package var reason: String?
    package var waiting: Int

    package init(time: Duration, reason: String?, waiting: Int) {
        (self.time, self.reason, self.waiting) = (time, reason, waiting)
    }
}

/// An app that is called beside the main one.
package struct OtherTarget: Sendable {
    package var name: String
    package var url: String
    /// For how long it cannot be reached; nil if it can.
    package var down: Duration?
    package var reason: String?
    /// Runs that wait for it.
    package var waiting: Int
    package var incident: Incident?

    package init(_ name: String, url: String, down: Duration?, reason: String?, waiting: Int, incident: Incident?) {
        (self.name, self.url, self.down, self.reason) = (name, url, down, reason)
        (self.waiting, self.incident) = (waiting, incident)
    }
}

/// Whether the loop turns; can be told without waiting for any lock.
package struct Pulse: Sendable, Equatable {
    package var age: Duration
    package var tick: Duration

    package init(age: Duration, tick: Duration) { (self.age, self.tick) = (age, tick) }

    package var isHealthy: Bool { age < tick * 3 }
}

extension StatusSnapshot.Entry {
    package var lastRun: RunRecord? { state?.runs.last }
    /// The slot that ran last; not what only counts as that, for a job that waits for its first slot.
    package var lastSlot: Moment? {
        // One by hand has no slot of the schedule.
        if let begin = state?.inFlight?.begin, begin.trigger != .manual { return begin.slot }
        return state?.runs.last { $0.trigger != .manual }?.slot
    }
    package var failures: Int { state?.consecutiveFailures ?? 0 }
    package var isFailing: Bool { failures > 0 }
}

extension StatusSnapshot.Phase {
    package init(_ life: Life, at time: Reading) {
        switch life {
        case .standby: self = .standby
        case .loading: self = .grace(.zero)
        case .grace(let end): self = .grace(max(.zero, end - time.uptime))
        case .clockNotBelieved: self = .clockIsWrong
        case .running: self = .running
        case .draining, .ended: self = .stopping
        }
    }
}

extension StatusSnapshot.Activity {
    private static func idle(_ entry: Entry, _ freeze: FreezeSpan?, _ now: Moment) -> Self {
        if let pause = entry.state.pause, pause.isOn(at: now) {
            return .barred(for: pause.until - now, .paused, note: pause.note)
        }
        guard let freeze, !entry.job.isFreezeExempt else { return .idle }
        return .barred(for: freeze.end.map { $0 - now }, .frozen, note: "")
    }

    package init(_ entry: Entry, in clockwork: Clockwork, at time: Reading) {
        switch entry.stage {
        case .idle: self = Self.idle(entry, clockwork.freeze, time.now)
        case .delayed(let end): self = .delayed(for: max(.zero, end - time.now))
        case .paused(let end): self = .delayed(for: max(.zero, end - time.uptime))
        case .waitingForTarget where clockwork.waitsForToken(entry): self = .waitingForToken
        case .waitingForTarget: self = .waiting(for: entry.job.target)
        case .queued(let waiting):
            self = .queued(for: max(.zero, time.uptime - waiting.since), clockwork.obstacle(of: entry, at: time))
        case .attempting(_, let since, _): self = .running(for: time.uptime - (entry.runningSince ?? since))
        case .backoff(let end): self = .retrying(in: max(.zero, end - time.uptime))
        case .held(let end, let reason): self = .held(for: max(.zero, end - time.uptime), because: reason)
        }
    }
}
