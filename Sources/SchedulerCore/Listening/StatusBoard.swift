internal import Clockwork
internal import HTTPClient
internal import Ledger
internal import Locking
internal import Schedule
internal import Telling

/// Where the server's thread gets its snapshots from, and what it needs to make them.
///
/// The clockwork's lock is held for a copy that costs the same at 10 jobs and at 10 000: its arrays are shared until one
/// of the two changes.
final class StatusBoard: Sendable {
    private let core: Core
    private let metrics: SharedMetrics
    private let ledger: any Ledger
    private let heartbeat: Heartbeat
    private let time: TimeSource
    private let tick: Duration
    private let target: String
    /// The URLs of others.
    private let others: [String: String]
    private let stateDirectory: String?
    private let secrets: SecretBook
    private let started: Moment
    let streams: EventStreams
    private let gaps = Mutex(GapBook())

    init(
        _ settings: Settings,
        secrets: SecretBook,
        core: Core,
        metrics: SharedMetrics,
        ledger: any Ledger,
        heartbeat: Heartbeat,
        time: TimeSource
    ) {
        (self.core, self.metrics, self.ledger, self.heartbeat) = (core, metrics, ledger, heartbeat)
        (self.time, self.secrets) = (time, secrets)
        tick = settings.tick
        target = settings.target.text
        others = settings.targets.mapValues(\.url.text)
        stateDirectory = settings.stateDirectory
        started = time.now()
        streams = EventStreams(started: started)
    }

    var pulse: Pulse { Pulse(age: heartbeat.age, tick: tick) }

    func snapshot() -> StatusSnapshot {
        let pulse = pulse
        let (clockwork, now) = (core.clockwork, time.reading())
        let redactor = Redactor(secrets)
        let life: Life = core.isStopping.isSet ? .draining : clockwork.life
        let waiting = clockwork.entries.count { $0.stage == .waitingForTarget && $0.target == 0 }
        let main = clockwork.targets[0]
        var snapshot = StatusSnapshot(
            pulse: pulse,
            now: now.now,
            started: started,
            phase: StatusSnapshot.Phase(life, at: now),
            target: redactor.maskOwn(target),
            targetDown: main.reach.downSince.map { now.uptime - $0 },
            targetReason: main.reach.isDown ? main.reason : nil,
            waiting: clockwork.token == nil ? waiting : 0,
            token: clockwork.token.map { TokenLack(time: now.uptime - $0.since, reason: $0.reason, waiting: waiting) },
            runsInFlight: clockwork.entries.count { $0.isInFlight },
            // A standby has not tried.
            isStateWritable: life == .standby || ledger.isWritable,
            stateDirectory: stateDirectory.map(redactor.maskOwn),
            groups: clockwork.groupStates(at: now),
            freeze: clockwork.freeze,
            entries: clockwork.entries.enumerated().filter { !$1.isGone }.map { number, entry in
                var job = entry.job
                job.path = redactor.maskOwn(String(job.path.prefix { $0 != "?" }))
                return StatusSnapshot.Entry(
                    job,
                    number: number,
                    // Of one that stands by only the other one knows.
                    next: life.isLoaded ? clockwork.nextSlot(of: entry, at: now) : nil,
                    activity: StatusSnapshot.Activity(entry, in: clockwork, at: now),
                    state: entry.state,
                    longestGap: gaps.withLock { $0.gap(of: entry.job.timetable, named: entry.job.name, at: now.now) }
                )
            },
            metrics: metrics.value
        )
        (snapshot.freezes, snapshot.missed) = (clockwork.freezes, streams.missed)
        snapshot.incident = clockwork.state(of: Target.prefix + Target.main)?.trouble
        snapshot.others = clockwork.targets.enumerated().dropFirst().map { place, target in
            OtherTarget(
                target.name,
                url: redactor.maskOwn(others[target.name] ?? ""),
                down: target.reach.downSince.map { now.uptime - $0 },
                reason: target.reach.isDown ? target.reason : nil,
                waiting: clockwork.entries.count { $0.stage == .waitingForTarget && $0.target == place },
                incident: clockwork.state(of: Target.prefix + target.name)?.trouble
            )
        }
        return snapshot
    }
}

/// The longest gaps between jobs' slots, looked for once a day.
private struct GapBook: Sendable {
    private var known: [String: (timetable: Timetable, day: Int64, gap: Duration?)] = [:]

    mutating func gap(of timetable: Timetable, named job: String, at now: Moment) -> Duration? {
        let day = now.seconds / 86_400
        if let found = known[job], found.day == day, found.timetable == timetable { return found.gap }
        let gap = timetable.longestGap(from: now)
        known[job] = (timetable, day, gap)
        return gap
    }
}
