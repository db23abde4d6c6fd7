package import Schedule

/// Decides what runs: jobs, facts and time in, orders out.
///
/// All decisions, no effects: a value that holds no lock, reads no clock, opens nothing and knows no HTTP, so that years
/// can be played through in a test. Everything that happens goes in with its time on both clocks; what is to be done comes out. It has the queue
/// of slots, the queue of runs that wait for a thread, the reachability of the target, retries and holds, and one
/// `JobState` for each job, which only facts change.
package struct Clockwork: Sendable {
    /// What is decided by besides the jobs.
    package struct Rules: Sendable {
        /// How late a run may start without counting as missed.
        package var tick: Duration
        /// Before this the wall clock is not believed.
        package var buildDate: Moment
        /// Enters the hashes of jitter and spread.
        package var seed: String
        /// First runs and catch-ups are spread over this long after the start.
        package var spread: Duration
        /// Requests that may be open at once.
        package var threads: Int
        package var groups: [Group]
        /// Apps that are called beside the main one.
        package var targets: [String] = []
        /// An app that cannot be reached for so long is an incident.
        package var downAfter = Duration.seconds(300)
        /// How often somebody is reminded of an incident that goes on, zero for never; nil: nobody is told anything.
        package var remind: Duration?

        package init(
            tick: Duration,
            buildDate: Moment = .epoch,
            seed: String = "",
            spread: Duration = .zero,
            threads: Int = 256,
            groups: [Group] = []
        ) {
            (self.tick, self.buildDate, self.seed) = (tick, buildDate, seed)
            (self.spread, self.threads, self.groups) = (spread, threads, groups)
        }
    }

    package internal(set) var rules: Rules
    package internal(set) var life = Life.loading
    /// In the order in which they are configured; then those that are gone and still in flight.
    package internal(set) var entries: [Entry]
    /// What is known of jobs that are not configured, by folded name, and of the app.
    package internal(set) var absent: [String: JobState] = [:]
    /// The apps that are called, the main one first.
    package internal(set) var targets: [Target]
    package var target: Reachability { targets[0].reach }
    /// Nil: there is one, or none is needed.
    package internal(set) var token: TokenWait?
    var random: any RandomNumberGenerator & Sendable

    /// Where each job stands in `entries`, by folded name.
    var places: [String: Int] = [:]
    /// When each job's next slot is due, on the wall clock; one whose slots are held is not in it.
    var slots = DueQueue<Moment>(ranks: [])
    /// Runs that are delayed, on the wall clock.
    var delays = DueQueue<Moment>(ranks: [])
    /// Runs and holds that wait for a moment on the other clock.
    var timers = DueQueue<Duration>(ranks: [])
    /// What waits for a thread or for a place in a group.
    var queue = RunQueue(limits: [], groups: [], ranks: [])

    /// When pauses end.
    var pauseEnds = DueQueue<Moment>(ranks: [])
    /// When something is to be said of each job's incident.
    var alerts = DueQueue<Moment>(ranks: [])
    /// By folded name.
    var talks: [String: Talk] = [:]

    package internal(set) var freezes: FreezeCalendar
    /// The one that holds now, as far as it was looked.
    package internal(set) var freeze: FreezeSpan?
    var nextFreeze: Moment?
    /// The part that has passed of one that SIGHUP took away: what it held stays held.
    var lifted: (from: Moment, until: Moment)?

    /// Requests that are open.
    package internal(set) var open = 0
    /// After the system refused something: no more threads than this, until then.
    var threadLimit: (count: Int, until: Duration)?
    var toldOfLimit: Duration?

    var lastLook = Moment.epoch
    /// When the wall clock was last believed, on both clocks.
    var lastBelieved: Reading?
    /// No job's last slot is later, and no moment at which one that never ran was first seen.
    var latestSlot = Moment.epoch
    /// The own grace, on the clock that only goes forward: what passes in it is not missed.
    var grace = Duration.zero...Duration.zero
    /// When the first runs could begin, on both clocks; nil before that.
    var begun: Reading?
    /// Whether the jobs as they are configured have to be compared with what is known of them.
    var mustIntroduce = false
    var orders: [Order] = []

    /// No schedule has two slots that are closer.
    static let shortestGap = Duration.seconds(1)
    /// Runs that waited for the target start over this long, so that it is not hit by all at once.
    static let recoverySpread = Duration.seconds(3)
    /// What our own machine refused is tried again after this.
    static let limitPause = Duration.seconds(1)
    /// How often it is told that our own machine refuses something.
    static let limitTelling = Duration.seconds(60)

    package init(
        jobs: [Job],
        freezes: FreezeCalendar = FreezeCalendar(),
        rules: Rules,
        random: any RandomNumberGenerator & Sendable
    ) {
        (self.rules, self.freezes) = (rules, freezes)
        self.random = random
        targets = ([Target.main] + rules.targets).map(Target.init)
        entries = jobs.map { Entry($0, JobState(name: $0.name)) }
        index()
    }

    /// What is known of a job, whether it is configured or not.
    package func state(of name: String) -> JobState? {
        let key = JobName.folded(name)
        return places[key].map { entries[$0].state } ?? absent[key]
    }

    // MARK: - Looking

    /// Everything that is to be done now.
    ///
    /// Not before the time of another look: a wall clock that shows less than then has gone back.
    package mutating func look(at time: Reading) -> [Order] {
        switch life {
        case .standby, .loading, .draining, .ended: return take()
        case .grace(let end):
            guard time.uptime >= end else {
                lookInGrace(time)
                return take()
            }
            life = .running
        case .clockNotBelieved, .running: break
        }
        guard believes(time) else { return take() }
        if mustIntroduce { introduce(at: time) }
        let wentBack = time.now < lastLook
        lastLook = time.now
        // The start is a moment of the clock as it is now: a step of it neither stretches the spread nor cuts it short.
        if let start = begun?.uptime { begun?.now = time.moment(at: start) }
        if begun == nil { begin(at: time) } else if wentBack { clockWentBack(time) }
        watchFreeze(time)
        endPauses(time)
        lookAtIncidents(time)
        if let limit = threadLimit, time.uptime >= limit.until { threadLimit = nil }
        repeat {
            // A hold that ends on a slot does not hold it.
            while let (due, job) = timers.first, due <= time.uptime { timerIsOver(job, time) }
            while let (due, job) = slots.first, due <= time.now { slotIsDue(job, time) }
            while let (due, job) = delays.first, due <= time.now { renew(job, time) }
            probe(time)
            startReady(time)
            // A job that is free again may be due, and one that was passed over may leave its place to another.
        } while isDue(time)
        return take()
    }

    /// Before the first runs there are those by hand alone, and the freeze that they heed.
    private mutating func lookInGrace(_ time: Reading) {
        if time.now >= rules.buildDate {
            lastBelieved = time
            watchFreeze(time)
        }
        while let (due, job) = timers.first, due <= time.uptime { timerIsOver(job, time) }
        startReady(time)
    }

    /// When to look again: on the wall clock, and on the other; nil for never.
    package var nextLook: (moment: Moment?, uptime: Duration?) {
        switch life {
        case .standby, .loading, .draining, .ended: return (nil, nil)
        case .grace(let end):
            let moment = lastBelieved == nil ? nil : [freeze?.end, nextFreeze].compactMap(\.self).min()
            return (moment, hasThread && queue.first != nil ? .zero : min(end, timers.first?.due ?? end))
        case .clockNotBelieved: return (rules.buildDate, nil)
        case .running: break
        }
        let moments = [
            slots.first?.due, delays.first?.due, pauseEnds.first?.due, alerts.first?.due, freeze?.end, nextFreeze,
        ]
        let moment = (moments + targets.map(\.talk)).compactMap(\.self).min()
        let next = hasThread && queue.first != nil ? .zero : threadLimit?.until
        return (moment, ([timers.first?.due, nextProbe, next] + targets.map(\.opens)).compactMap(\.self).min())
    }

    private func isDue(_ time: Reading) -> Bool {
        let next = nextLook
        return next.moment.map { $0 <= time.now } ?? false || next.uptime.map { $0 <= time.uptime } ?? false
    }

    /// A probe needs a run that waits, a thread, and its places.
    private var nextProbe: Duration? {
        guard hasThread else { return nil }
        return targets.indices.compactMap { place in
            guard let probe = targets[place].reach.nextProbe,
                entries.indices.contains(where: { entries[$0].target == place && mayProbe($0) })
            else { return nil }
            return probe
        }.min()
    }

    private mutating func believes(_ time: Reading) -> Bool {
        let isBelieved = time.now >= rules.buildDate
        if isBelieved { lastBelieved = time }
        if !isBelieved, life == .running {
            life = .clockNotBelieved
            note(.clockIsWrong(time.now, buildDate: rules.buildDate))
        } else if isBelieved, life == .clockNotBelieved {
            life = .running
            note(.clockIsRight(time.now))
        }
        return isBelieved
    }

    /// The time as it would be shown by a wall clock that can be believed, as far as there ever was one.
    func believed(_ time: Reading) -> Reading {
        guard time.now < rules.buildDate, let lastBelieved else { return time }
        return Reading(now: lastBelieved.moment(at: time.uptime), uptime: time.uptime)
    }

    // MARK: - Parts

    var hasThread: Bool { open < min(rules.threads, threadLimit?.count ?? .max) }

    mutating func note(_ fact: Fact) { orders.append(.note(fact)) }

    /// A fact of a job, which changes what is known of it.
    mutating func note(_ job: Int, _ fact: Fact) {
        entries[job].state.apply(fact)
        orders.append(.note(fact))
    }

    mutating func take() -> [Order] {
        var taken: [Order] = []
        swap(&taken, &orders)
        return taken
    }

    /// Puts the job on a stage, and into the queue that belongs to it.
    mutating func set(_ job: Int, _ stage: Entry.Stage) {
        if entries[job].isRequestOpen { open -= 1 }
        entries[job].stage = stage
        if entries[job].isRequestOpen { open += 1 }
        var (delay, timer, turn): (Moment?, Duration?, RunQueue.Turn?) = (nil, nil, nil)
        switch stage {
        case .delayed(let moment): delay = moment
        case .paused(let uptime), .backoff(let uptime), .held(let uptime, _): timer = uptime
        case .queued(let waiting): (timer, turn) = (waiting.next, entries[job].turn)
        case .idle, .waitingForTarget, .attempting: break
        }
        delays.set(job, due: delay)
        timers.set(job, due: timer)
        takeOrLeavePlace(job)
        queue.set(job, turn, hasPlace: entries[job].place != nil)
    }

    private mutating func takeOrLeavePlace(_ job: Int) {
        if let place = entries[job].place {
            guard !entries[job].needsPlace else { return }
            queue.leave(place.groups, job)
            entries[job].place = nil
        } else if !rules.groups.isEmpty, entries[job].needsPlace {
            // Also one that needs none, since its groups may be others before it ends.
            let place = Entry.Place(groups: entries[job].groups, since: entries[job].busySince)
            queue.take(place.groups, for: job)
            entries[job].place = place
        }
    }

    /// Makes the queues anew, for jobs that have other places now.
    mutating func index() {
        places = Dictionary(entries.enumerated().map { (JobName.folded($1.job.name), $0) }) { first, _ in first }
        let ranks = DueQueue<Moment>.ranks(of: entries.map(\.job.name))
        (slots, delays) = (DueQueue(ranks: ranks), DueQueue(ranks: ranks))
        timers = DueQueue(ranks: ranks)
        pauseEnds = DueQueue(ranks: ranks)
        alerts = DueQueue(ranks: ranks)
        if begun != nil { watchPauses(at: lastLook) }
        if begun != nil { resumeTalks(at: lastLook) }
        let numbers = Dictionary(rules.groups.enumerated().map { ($1.name, $0) }) { first, _ in first }
        for job in entries.indices {
            entries[job].groups = entries[job].job.groups.compactMap { numbers[$0] }
            entries[job].target = targets.firstIndex { $0.name == entries[job].job.target } ?? 0
        }
        queue = RunQueue(limits: rules.groups.map(\.limit), groups: entries.map(\.groups), ranks: ranks)
        for job in entries.indices {
            if let place = entries[job].place { queue.take(place.groups, for: job) }
        }
        open = entries.count { $0.isRequestOpen }
        for job in entries.indices {
            let stage = entries[job].stage
            if entries[job].isRequestOpen { open -= 1 }
            entries[job].stage = .idle
            set(job, stage)
        }
    }
}
