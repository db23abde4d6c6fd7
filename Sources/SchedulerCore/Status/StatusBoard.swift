internal import HTTPClient
internal import Locking
internal import Schedule

/// Where the server's thread gets its snapshots from, and what it needs to make them.
///
/// The clockwork's lock is held for a copy that costs the same at 10 jobs and at 10 000: its arrays are shared until one
/// of the two changes.
final class StatusBoard: Sendable {
    private enum Stage: Sendable { case standby, grace(until: Duration), begun }

    private let clockwork: Scheduler.Shared
    private let store: any StateStore
    private let isDraining: Flag
    private let heartbeat: Heartbeat
    private let time: TimeSource
    private let buildDate: Moment
    private let tick: Duration
    private let target: String
    private let stateDirectory: String?
    private let secrets: SecretBook
    private let started: Moment
    private let stage = Mutex(Stage.begun)

    init(
        _ settings: Settings,
        secrets: SecretBook,
        clockwork: Scheduler.Shared,
        store: any StateStore,
        isDraining: Flag,
        heartbeat: Heartbeat,
        time: TimeSource,
        buildDate: Moment
    ) {
        (self.clockwork, self.store, self.isDraining, self.heartbeat) = (clockwork, store, isDraining, heartbeat)
        (self.time, self.buildDate) = (time, buildDate)
        tick = settings.tick
        target = settings.target.text
        stateDirectory = settings.stateDirectory
        self.secrets = secrets
        started = time.now()
    }

    // MARK: - What the loop tells

    func waitsAsStandby() { stage.withLock { $0 = .standby } }
    func waitsForGrace(until end: Duration) { stage.withLock { $0 = .grace(until: end) } }
    func begins() { stage.withLock { $0 = .begun } }

    // MARK: - What the server asks

    var pulse: Pulse { Pulse(age: heartbeat.age, tick: tick) }

    func snapshot() -> StatusSnapshot {
        let pulse = pulse
        let clockwork = clockwork.withLock { $0 }
        let (book, now, uptime) = (store.book, time.now(), time.uptime())
        let phase = phase(now, uptime)
        let redactor = Redactor(secrets)
        return StatusSnapshot(
            pulse: pulse,
            now: now,
            started: started,
            phase: phase,
            target: redactor.maskOwn(target),
            targetDown: clockwork.dispatch.target.downSince.map { uptime - $0 },
            waiting: clockwork.dispatch.waiting.count,
            runsInFlight: clockwork.dispatch.begun,
            // A standby has not tried.
            isStateWritable: phase == .standby || store.isWritable,
            stateDirectory: stateDirectory.map(redactor.maskOwn),
            entries: entries(clockwork, book, phase, now, uptime, redactor),
            metrics: clockwork.metrics
        )
    }

    private func phase(_ now: Moment, _ uptime: Duration) -> StatusSnapshot.Phase {
        if isDraining.isSet { return .stopping }
        switch stage.withLock({ $0 }) {
        case .standby: return .standby
        case .grace(let end): return .grace(max(.zero, end - uptime))
        case .begun: return now < buildDate ? .clockIsWrong : .running
        }
    }

    private func entries(
        _ clockwork: Clockwork,
        _ book: StateBook,
        _ phase: StatusSnapshot.Phase,
        _ now: Moment,
        _ uptime: Duration,
        _ redactor: Redactor
    ) -> [StatusSnapshot.Entry] {
        var planned: Ticker?
        if case .grace(let rest) = phase { planned = plan(clockwork, book, at: (now + rest).wholeMilliseconds) }
        if case .standby = phase { planned = plan(clockwork, book, at: now.wholeMilliseconds) }
        return clockwork.jobs.indices.filter { !clockwork.gone.contains($0) }.map { number in
            var job = clockwork.jobs[number]
            job.path = redactor.maskOwn(String(job.path.prefix { $0 != "?" }))
            // A run that waits for the app is late, whatever comes after it.
            let item = clockwork.dispatch.items[number]
            let waiting = item?.stage == .waiting ? item?.run.due : nil
            let next =
                waiting ?? planned.map { $0.nextDue(number, now: $0.lastLook) }
                ?? clockwork.ticker.nextDue(number, now: now)
            return StatusSnapshot.Entry(
                job,
                number: number,
                next: next,
                activity: item.map { StatusSnapshot.Activity($0, at: uptime) } ?? .idle,
                state: book[job.name]
            )
        }
    }

    /// What the ticker will make of what is known, once it begins.
    private func plan(_ clockwork: Clockwork, _ book: StateBook, at begin: Moment) -> Ticker {
        let jobs = clockwork.jobs
        let assumed = Scheduler.assumedLast(jobs, jobs.indices, at: begin)
        var ticker = Ticker(jobs.map { ($0.name, $0.timetable) }, tick: tick)
        ticker.begin(at: begin, assumed: Past(book, jobs, jobs.indices, at: begin, assumed: assumed).last)
        return ticker
    }
}

extension StatusSnapshot.Activity {
    fileprivate init(_ item: Dispatch.Item, at uptime: Duration) {
        switch item.stage {
        case .delayed(let end): self = .delayed(for: max(.zero, end - uptime))
        case .waiting: self = .waiting
        case .attempting(let begun, _): self = .running(for: uptime - (item.context?.began ?? begun))
        case .backoff(let end): self = .retrying(in: max(.zero, end - uptime))
        case .held(let end): self = .held(for: max(.zero, end - uptime))
        }
    }
}
