internal import HTTPClient
internal import Locking
package import Schedule

/// The clock itself: puts the parts together, turns the loop, drains at the end.
package final class Scheduler {
    private let settings: Settings
    private let log: Log
    private let output: LineOutput?
    private let time: TimeSource
    private let alarm: Alarm
    private let pool: WorkerPool
    private let runner: Runner
    private let reports: ErrorReports?
    private let cancellation = Cancellation()
    /// Set when the ends of runs matter even if nothing is due.
    private let isDraining = Flag()
    private let ticker: Shared
    private let buildDate: Moment
    private let metadataOffset: Int
    /// Numbers of jobs are places in here; a job that is gone keeps its place.
    private var jobs: [Job]
    /// Checks the environment and its files again.
    private let reload: () -> Result<Settings, SettingsFaults>
    private var hasToldOfRefusal = false
    /// The signals that asked for the end, in the order in which they came.
    private var stopSignals: [Int32] = []

    /// The ticker as the loop and the workers share it: decisions under the lock, effects outside.
    private final class Shared: Sendable {
        let value: Mutex<Ticker>

        init(_ ticker: Ticker) { value = Mutex(ticker) }
    }

    private final class Flag: Sendable {
        private let value = Mutex(false)

        var isSet: Bool { value.withLock { $0 } }

        func set() { value.withLock { $0 = true } }
    }

    package init(
        _ settings: Settings,
        log: Log,
        output: LineOutput? = nil,
        time: TimeSource = .system,
        alarm: Alarm,
        buildDate: Moment,
        random: @escaping @Sendable () -> UInt64 = { .random(in: 0 ... .max) },
        reload: @escaping () -> Result<Settings, SettingsFaults>
    ) {
        self.settings = settings
        jobs = settings.jobs
        self.reload = reload
        self.log = log
        self.output = output
        self.time = time
        self.alarm = alarm
        self.buildDate = buildDate
        let longest = settings.metadataOffsetMaxSeconds
        metadataOffset = longest == 0 ? 0 : 1 + Int(random() % UInt64(longest))
        let timetables = settings.jobs.map { (name: $0.name, timetable: $0.timetable) }
        ticker = Shared(Ticker(timetables, tick: settings.tick, buildDate: buildDate))
        let (bell, isDraining) = (alarm.bell, isDraining)
        pool = WorkerPool(width: settings.maxConcurrency) { if isDraining.isSet { bell.ring() } }
        reports = settings.errorReports.map {
            ErrorReports(
                $0,
                tls: settings.transport.elsewhere,
                secrets: settings.secrets,
                now: time.now,
                afterReport: bell.ring
            )
        }
        runner = Runner(
            settings,
            log: log,
            time: time,
            reports: reports,
            cancellation: cancellation,
            isStopping: { isDraining.isSet },
            random: random
        )
    }

    /// Runs until a signal ends it.
    package func run() {
        log.started(settings, metadataOffset: metadataOffset)
        for warning in settings.warnings + JobHints.all(settings.jobs, at: time.now()) { log.setting(warning: warning) }
        announceSlots()
        guard waitForGrace() else {
            log.endedInGrace()
            return
        }
        guard waitForClock() else { return drain() }
        let begin = time.now()
        ticker.value.withLock { $0.begin(at: begin, assumed: assumedLast(jobs.indices, at: begin)) }
        turn()
        drain()
    }

    /// The loop; ends with the first signal that asks for it.
    private func turn() {
        while true {
            let now = time.now()
            let (actions, due) = ticker.value.withLock { ($0.look(at: now), $0.nextDue) }
            for action in actions { perform(action, now: now) }
            output?.flush()
            if shallStop(alarm.wait(until: due, now: time.now(), atMost: settings.tick)) { return }
        }
    }

    private func perform(_ action: Ticker.Action, now: Moment) {
        switch action {
        case .start(let run): start(run)
        case .hold(let job, let slot): log.held(jobs[job], slot: slot)
        case .clockIsWrong: log.clockIsWrong(now, buildDate: buildDate)
        case .clockIsRight: log.clockIsRight(now)
        case .clockWentBack(let moved): log.clockWentBack(moved.map { jobs[$0] }, now: now)
        }
    }

    private func start(_ run: Run) {
        let (runner, ticker, time, bell, job) = (runner, ticker, time, alarm.bell, jobs[run.job])
        let refusal = pool.submit { client in
            runner.perform(run, of: job, with: client)
            if ticker.value.withLock({ $0.ended(run.job, at: time.now()) }) { bell.ring() }
        }
        if let refusal, !hasToldOfRefusal {
            hasToldOfRefusal = true
            log.threadRefused(refusal)
        }
    }
}

// MARK: - Start

extension Scheduler {
    /// More jobs than this are not announced one by one.
    private static let announced = 100

    /// The moment after the grace, as the wall clock of now sees it.
    private func announceSlots() {
        let begin = (time.now() + .seconds(settings.startupGraceSeconds)).wholeMilliseconds
        var copy = ticker.value.withLock { $0 }
        copy.begin(at: begin, assumed: assumedLast(jobs.indices, at: begin))
        for job in jobs.indices.prefix(Self.announced) { log.nextSlot(jobs[job], copy.nextDue(job, now: begin)) }
        let rest = jobs.count - Self.announced
        if rest > 0 { log.moreSlots(rest) }
    }

    /// Jobs that are not due at once though nothing is known of them.
    private func assumedLast(_ numbers: Range<Int>, at begin: Moment) -> [Int: Moment] {
        var last: [Int: Moment] = [:]
        for index in numbers {
            let job = jobs[index]
            if job.first == .wait {
                last[index] = begin.wholeMilliseconds
            } else if job.name == DocumentedJobs.metadataRefresh, metadataOffset > 0 {
                last[index] = begin.wholeMilliseconds - .seconds(metadataOffset)
            }
        }
        return last
    }

    /// False if a signal came first.
    private func waitForGrace() -> Bool {
        let end = time.uptime() + .seconds(settings.startupGraceSeconds)
        while time.uptime() < end {
            if shallStop(alarm.wait(until: nil, now: time.now(), atMost: end - time.uptime())) { return false }
            output?.flush()
        }
        return true
    }

    /// Waits until the clock can be believed; false if a signal came first.
    private func waitForClock() -> Bool {
        guard !ticker.value.withLock({ $0.believes(time.now()) }) else { return true }
        log.clockIsWrong(time.now(), buildDate: buildDate)
        while !ticker.value.withLock({ $0.believes(time.now()) }) {
            if shallStop(alarm.wait(until: buildDate, now: time.now(), atMost: settings.tick)) { return false }
        }
        log.clockIsRight(time.now())
        return true
    }
}

// MARK: - Reload

extension Scheduler {
    /// Takes the jobs of the environment and its files as they are now; if anything is wrong, all stays as it is.
    private func reloadJobs() {
        switch reload() {
        case .failure(let bad):
            for fault in bad.faults { log.setting(fault: fault) }
            log.reloadRefused(faults: bad.faults.count)
        case .success(let fresh):
            let old = jobs.count
            let places = Dictionary(uniqueKeysWithValues: jobs.enumerated().map { ($1.name, $0) })
            var timetables: [Timetable?] = Array(repeating: nil, count: old)
            for job in fresh.jobs {
                if let place = places[job.name] {
                    (jobs[place], timetables[place]) = (job, job.timetable)
                } else {
                    jobs.append(job)
                    timetables.append(job.timetable)
                }
            }
            let now = time.now()
            let list = zip(jobs, timetables).map { (name: $0.name, timetable: $1) }
            let assumed = assumedLast(old..<jobs.count, at: now)
            ticker.value.withLock { $0.replace(list, at: now, assumed: assumed) }
            log.reloaded(jobs: fresh.jobs.count)
        }
    }
}

// MARK: - Stop

extension Scheduler {
    private func shallStop(_ signals: [Int32]) -> Bool {
        for signal in signals {
            if Alarm.endsTheProgram(signal) {
                if stopSignals.isEmpty { log.signal(signal) }
                stopSignals.append(signal)
            } else {
                log.reloading(signal)
                settings.token?.reopen(log)
                reloadJobs()
            }
        }
        return !stopSignals.isEmpty
    }

    /// Nothing new starts; runs in flight may end within the budget, or until a second signal.
    private func drain() {
        isDraining.set()
        pool.stop()
        log.stopping(inFlight: pool.load)
        let reason = waitForRuns(within: .seconds(settings.stopTimeoutSeconds), heedingSignals: true)
        if let reason {
            log.aborting(inFlight: pool.load, because: reason)
            cancellation.cancel()
            _ = waitForRuns(within: .seconds(1), heedingSignals: false)
        }
        finishReports()
        // Joined, so that no thread holds a handle when OpenSSL's exit handler runs; but a thread that is stuck past
        // its abort must not hold the exit back.
        if pool.load == 0 { pool.join() }
        log.stopped()
    }

    /// Why there are still runs in flight at the end of the wait; nil if there are none.
    private func waitForRuns(within budget: Duration, heedingSignals: Bool) -> String? {
        let end = time.uptime() + budget
        while pool.load > 0 {
            // Two may have come at once.
            if heedingSignals, stopSignals.count > 1 { return "Received signal \(stopSignals[1])" }
            let left = end - time.uptime()
            guard left > .zero else { return "SCHEDULER_STOP_TIMEOUT_SECONDS is over" }
            let signals = alarm.wait(until: nil, now: time.now(), atMost: left)
            stopSignals += signals.filter(Alarm.endsTheProgram)
            output?.flush()
        }
        return nil
    }

    /// The last reports have a second; then they are dropped.
    private func finishReports() {
        guard let reports else { return }
        let end = time.uptime() + .seconds(1)
        while reports.waiting > 0, time.uptime() < end {
            _ = alarm.wait(until: nil, now: time.now(), atMost: end - time.uptime())
        }
        reports.stop()
    }
}
