internal import HTTPClient
internal import Locking
internal import Schedule

/// The clock itself: puts the parts together, turns the loop, drains at the end.
package final class Scheduler {
    let settings: Settings
    let log: Log
    let output: LineOutput?
    let time: TimeSource
    let alarm: Alarm
    let pool: WorkerPool
    let attempts: Attempts
    let reports: ErrorReports?
    let store: any StateStore
    let cancellation = Cancellation()
    /// Set when the ends of runs matter even if nothing is due.
    let isDraining = Flag()
    let clockwork: Shared
    let buildDate: Moment
    let metadataOffset: Int
    let listeners: StatusServer.Listeners?
    let board: StatusBoard
    var statusServer: StatusServer?
    /// The one that answers health checks alone, where that had to wait.
    var localServer: StatusServer?
    var nextListenerTry = Duration.zero
    /// Checks the environment and its files again.
    let reload: () -> Result<Settings, SettingsFaults>
    var hasToldOfRefusal = false
    var graceEnd = Duration.zero
    /// Whether it is known what the state says.
    var isLoaded = false
    /// Whether the clockwork turns: the state is loaded and the grace is over.
    var hasBegun = false
    /// The signals that asked for the end, in the order in which they came.
    var stopSignals: [Int32] = []

    /// The clockwork as the loop and the workers share it: decisions under the lock, effects outside.
    final class Shared: Sendable {
        let value: Mutex<Clockwork>

        init(_ clockwork: Clockwork) { value = Mutex(clockwork) }

        func withLock<Result: Sendable>(_ body: (inout Clockwork) -> Result) -> Result { value.withLock { body(&$0) } }
    }

    init(
        _ settings: Settings,
        log: Log,
        output: LineOutput? = nil,
        time: TimeSource = .system,
        alarm: Alarm,
        store: any StateStore = MemoryStore(),
        listeners: StatusServer.Listeners? = nil,
        buildDate: Moment,
        random: @escaping @Sendable () -> UInt64 = RandomNumbers().next,
        reload: @escaping () -> Result<Settings, SettingsFaults>
    ) {
        self.settings = settings
        self.reload = reload
        self.log = log
        self.output = output
        self.time = time
        self.alarm = alarm
        self.store = store
        self.buildDate = buildDate
        let longest = settings.metadataOffsetMaxSeconds
        metadataOffset = longest == 0 ? 0 : 1 + Int(random() % UInt64(longest))
        clockwork = Shared(Self.clockwork(settings, settings.jobs, buildDate))
        self.listeners = listeners
        board = StatusBoard(
            settings,
            clockwork: clockwork,
            store: store,
            isDraining: isDraining,
            heartbeat: alarm.heartbeat,
            time: time,
            buildDate: buildDate,
            metadataOffset: metadataOffset
        )
        let (bell, isDraining) = (alarm.bell, isDraining)
        pool = WorkerPool(width: settings.maxConcurrency) { if isDraining.isSet { bell.ring() } }
        reports = settings.errorReports.map {
            ErrorReports(
                $0,
                tls: settings.transport.elsewhere,
                secrets: settings.secrets,
                log: log,
                now: time.now,
                afterReport: bell.ring
            )
        }
        attempts = Attempts(
            clockwork: clockwork,
            store: store,
            isDraining: isDraining,
            runner: Runner(
                settings,
                log: log,
                time: time,
                reports: reports,
                cancellation: cancellation,
                isStopping: { isDraining.isSet },
                random: random
            ),
            reports: reports,
            log: log,
            time: time,
            random: random,
            bell: bell,
            target: settings.target.text
        )
    }

    static func clockwork(_ settings: Settings, _ jobs: [Job], _ buildDate: Moment) -> Clockwork {
        Clockwork(
            jobs: jobs,
            tick: settings.tick,
            buildDate: buildDate,
            seed: settings.seed,
            spread: .seconds(settings.startupSpreadSeconds)
        )
    }

    /// Runs until a signal ends it.
    package func run() throws(StateError) {
        log.started(settings, metadataOffset: metadataOffset)
        openListeners()
        defer { closeListeners() }
        for warning in settings.warnings + JobHints.all(settings.jobs, at: time.now()) { log.setting(warning: warning) }
        graceEnd = time.uptime() + .seconds(settings.startupGraceSeconds)
        board.waitsForGrace(until: graceEnd)
        guard acquireState() else {
            log.endedInStandby()
            return
        }
        board.waitsForGrace(until: graceEnd)
        try loadState()
        announceSlots(after: graceEnd - time.uptime())
        // Most of what a start needs is never needed again.
        ProgramMemory.giveBack()
        guard waitForGrace(until: graceEnd) else {
            store.close()
            log.endedInGrace()
            return
        }
        board.begins()
        guard waitForClock() else { return drain() }
        begin()
        turn()
        drain()
    }

    /// How often a loop with nothing else to do tries again what failed: as a look does, it touches much that is cold.
    private static let choresInterval = Duration.seconds(5)

    private static let stuckInterval = Duration.milliseconds(200)

    /// The loop; ends with the first signal that asks for it.
    private func turn() {
        var rest: Rest?
        var choresAreDone = Duration.zero
        var hasMore = false
        while true {
            let (now, uptime) = (time.now(), time.uptime())
            let isQuiet = rest?.goesOn(at: now, uptime: uptime, sleptThrough: alarm.sleptThrough) == true
            if !isQuiet {
                let (orders, next) = clockwork.withLock { ($0.look(at: now, uptime: uptime), $0.sleep()) }
                perform(orders, now: now)
                rest = Rest(began: (now, uptime), until: next)
            }
            if !isQuiet || uptime - choresAreDone >= Self.choresInterval {
                choresAreDone = uptime
                hasMore = !doChores()
            }
            // While nobody reads the log: looked at more often, so that it goes on soon after its reader does.
            let patience = output?.flush() == false ? Self.stuckInterval : hasMore ? Self.choresInterval : settings.tick
            let tick = min(settings.tick, patience)
            let longest = rest?.end.uptime.map { max(.zero, min(tick, $0 - time.uptime())) } ?? tick
            if shallStop(alarm.wait(until: rest?.end.moment, now: time.now(), atMost: longest)) { return }
        }
    }

    /// Tries again what the system refused; true if nothing of it is left.
    private func doChores() -> Bool {
        pool.startRefusedThreads()
        store.tend()
        retryLocalListener()
        return !pool.lacksThreads && store.isWritable && !lacksLocalListener
    }

    private func perform(_ orders: [Clockwork.Order], now: Moment) {
        var due: [Clockwork.Attempt] = []
        for order in orders {
            switch order {
            case .attempt(let attempt): due.append(attempt)
            case .hold(let job, let slot, let isAbandoned): log.held(job, slot: slot, isAbandoned: isAbandoned)
            case .release(let job, let slots): log.released(job, slots: slots)
            case .skip(let job, let slot):
                store.record([job.configured(last: slot)])
                log.skipped(job, slot: slot)
            case .end(let end): finish(end)
            case .clockIsWrong: log.clockIsWrong(now, buildDate: buildDate)
            case .clockIsRight: log.clockIsRight(now)
            case .clockWentBack(let jobs):
                store.record(jobs.map { $0.configured(last: now.wholeMilliseconds) })
                log.clockWentBack(jobs, now: now)
            }
        }
        start(due)
    }
}
