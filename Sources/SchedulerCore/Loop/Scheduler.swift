internal import Calling
internal import Clockwork
internal import HTTPClient
package import Ledger
internal import Locking
internal import Schedule
internal import Telling
internal import Threads

/// The clock itself: puts the parts together, turns the loop, drains at the end.
package final class Scheduler {
    let settings: Settings
    let credentials: Credentials
    let log: Log
    let output: LineOutput?
    let time: TimeSource
    let alarm: Alarm
    let ledger: any Ledger
    let core: Core
    let callers: Callers
    let reports: ErrorReports?
    let courier: Courier
    let traces: TraceCourier?
    let metrics = SharedMetrics()
    /// Which runs the log tells of.
    var okLines: OkLines
    let cancellation = Cancellation()
    let listeners: StatusServer.Listeners?
    let files: OpenFiles
    let board: StatusBoard
    /// Runs that somebody fired, and waits for.
    let manualRuns: ManualRuns
    let desk: ControlDesk
    var statusServer: StatusServer?
    /// The one that answers health checks alone, where that had to wait.
    var localServer: StatusServer?
    var nextListenerTry = Duration.zero
    /// Whether health checks and commands ask this sidecar.
    var hasLocalName = false
    /// Checks the environment and its files again.
    let reload: () -> Result<Settings, SettingsFaults>
    /// Whether the last reload changed nothing, since there was a fault.
    var reloadIsRefused = false
    /// The signals that asked for the end, in the order in which they came; from the first on `second` hears them.
    var stopSignals: [Int32] = []
    let second = SecondSignal()

    init(
        _ settings: Settings,
        _ credentials: Credentials,
        log: Log,
        output: LineOutput? = nil,
        time: TimeSource = .system,
        alarm: Alarm,
        ledger: any Ledger = MemoryLedger(),
        listeners: StatusServer.Listeners? = nil,
        files: OpenFiles = .enough,
        buildDate: Moment,
        random: RandomNumbers = RandomNumbers(),
        reload: @escaping () -> Result<Settings, SettingsFaults>
    ) {
        (self.settings, self.log, self.output, self.time) = (settings, log, output, time)
        (self.alarm, self.ledger, self.listeners, self.reload) = (alarm, ledger, listeners, reload)
        (self.credentials, self.files) = (credentials, files)
        okLines = OkLines(settings.logOk)
        let bell = alarm.bell
        let rules = settings.rules(buildDate, files)
        let clockwork = Clockwork(
            jobs: settings.jobs,
            freezes: settings.freezes,
            rules: rules,
            random: random
        )
        let core = Core(clockwork, ledger: ledger, time: time, ring: bell.ring)
        self.core = core
        board = StatusBoard(
            settings,
            secrets: credentials.secrets,
            core: core,
            metrics: metrics,
            ledger: ledger,
            heartbeat: alarm.heartbeat,
            time: time
        )
        let redactor = Redactor(credentials.secrets)
        let runner = Runner(
            settings.app,
            token: credentials.token,
            others: credentials.apps(settings),
            headerFiles: credentials.headerFiles,
            cancellation: cancellation,
            random: random.one,
            now: time.reading,
            isStopping: { core.isStopping.isSet },
            isTraced: settings.traces != nil,
            mask: redactor.mask,
            tell: { log.tell($0) }
        )
        callers = Callers(runner, threads: rules.threads, now: time.reading)
        manualRuns = ManualRuns(mostWaiting: max(1, files.clients / 2))
        desk = ControlDesk(
            core: core,
            callers: callers,
            ledger: ledger,
            runs: manualRuns,
            pulse: { [board] in board.pulse },
            time: time
        )
        let (metrics, board) = (metrics, board)
        let courier = Courier(
            tls: settings.transport.elsewhere,
            heartbeat: settings.heartbeat.map { url in
                Courier.Heartbeat(url.heartbeat) { board.pulse.isHealthy }
            },
            time: time.reading,
            mask: redactor.mask,
            tell: { log.tell($0) },
            count: { kind, result in metrics.change { $0.count(kind.rawValue, result.rawValue) } },
            answered: { notice, result in
                guard let alert = notice.alert else { return }
                _ = core.decide { $0.alertEnded(alert, isTaken: result == .sent, at: time.reading()) }
                if result == .sent { log.alertIsTaken(alert, by: notice.shown) }
            }
        )
        self.courier = courier
        traces = settings.traces.map {
            TraceCourier(
                $0,
                tls: settings.transport.elsewhere,
                time: time.reading,
                mask: redactor.mask,
                tell: { log.tell($0) },
                count: { isSent, count in metrics.change { $0.countSpans(isSent: isSent, count) } }
            )
        }
        reports = settings.errorReports.map { ErrorReports($0, now: time.now, send: courier.send) }
    }

    /// Runs until a signal ends it.
    package func run() throws(LedgerError) {
        log.started(settings)
        // Whoever has the state has the name that commands ask.
        let isActive = ledger.acquire()
        openListeners(isActive: isActive)
        if let traces = settings.traces { log.tracesGo(to: traces) }
        courier.start()
        defer { courier.stop() }
        awaitFirstToken()
        _ = startToken()
        defer { credentials.token?.stop() }
        defer { traces?.stop() }
        defer { closeListeners() }
        // Its thread ends before the process, however the run ends.
        defer { ledger.close() }
        for warning in settings.warnings(at: time.now()) { log.setting(warning: warning) }
        if settings.threads(files) < min(settings.maxConcurrency, settings.jobs.count) { log.fewFiles(settings, files) }
        let graceEnd = time.uptime() + .seconds(settings.startupGraceSeconds)
        guard isActive || waitForState() else { return log.endedInStandby() }
        let known = try ledger.load()
        okLines = OkLines(settings.logOk, known: known)
        let now = time.reading()
        _ = core.decide { $0.load(known, graceEnd: graceEnd, at: now) }
        tell()
        if graceEnd > now.uptime { log.grace(until: now.now + (graceEnd - now.uptime)) }
        announceSlots()
        // Most of what a start needs is never needed again.
        ProgramMemory.giveBack()
        turn()
        // Somebody may have fired a run.
        if case .grace = core.life, core.clockwork.entries.allSatisfy({ $0.run == nil }) { return log.endedInGrace() }
        drain()
    }

    /// How often a loop with nothing else to do tries again what failed: as a look does, it touches much that is cold.
    private static let choresInterval = Duration.seconds(5)

    private static let stuckInterval = Duration.milliseconds(200)

    /// The loop; ends with the first signal that asks for it.
    private func turn() {
        var window: IdleWindow?
        var choresAreDone = Duration.zero
        var hasMore = false
        // A signal may have come while the settings were read, or while the process was stopped.
        if shallStop(alarm.wait(until: nil, now: time.now(), atMost: .zero)) { return }
        while true {
            let now = time.reading()
            let isQuiet = window?.goesOn(at: now, sleptThrough: alarm.sleptThrough) == true
            if !isQuiet {
                core.start(core.look(), callers)
                metrics.change { $0.look(at: now) }
                tell()
                window = IdleWindow(began: now, until: core.nextLook)
            }
            if !isQuiet || now.uptime - choresAreDone >= Self.choresInterval {
                choresAreDone = now.uptime
                hasMore = !doChores()
            }
            // While nobody reads the log: looked at more often, so that it goes on soon after its reader does.
            let patience = output?.flush() == false ? Self.stuckInterval : hasMore ? Self.choresInterval : settings.tick
            let tick = min(settings.tick, patience)
            let longest = window?.end.uptime.map { max(.zero, min(tick, $0 - time.uptime())) } ?? tick
            if shallStop(alarm.wait(until: window?.end.moment, now: time.now(), atMost: longest)) { return }
        }
    }

    /// Tries again what the system refused; true if nothing of it is left.
    private func doChores() -> Bool {
        ledger.tend()
        retryLocalListener()
        let fetchesTokens = startToken()
        return ledger.isWritable && !lacksLocalListener && fetchesTokens
    }

    /// Tells everybody what happened, in order.
    func tell() {
        let others = settings.targets.mapValues(\.url.text)
        let facts = core.takeUntold()
        board.streams.note(facts)
        for fact in facts {
            for told in okLines.told(fact) { log.tell(told, target: settings.target.text, others: others) }
            metrics.change { $0.count(fact) }
            reports?.note(fact)
            traces?.note(fact)
            manualRuns.note(fact, at: time.now())
            if let ping = settings.pings.notice(of: fact) { courier.send(ping) }
            if case .alert(let alert) = fact, let alerts = settings.alerts {
                let text = alert.text(target: others[alert.target] ?? settings.target.text)
                courier.send(alerts.notice(of: alert, title: alert.title, text: text))
            }
        }
    }
}

/// The counters, which the loop counts and the listeners read.
final class SharedMetrics: Sendable {
    private let metrics = Mutex(Metrics())

    var value: Metrics { metrics.withLock { $0 } }

    func change(_ body: (inout Metrics) -> Void) { metrics.withLock { body(&$0) } }
}

extension Settings {
    /// How long each job may be held after a call that was given up, by folded name.
    var longestHolds: [String: Duration] {
        Dictionary(jobs.map { (JobName.folded($0.name), $0.timeout + $0.abandonHold) }) { max($0, $1) }
    }

    /// What the clockwork decides by.
    func rules(_ buildDate: Moment, _ files: OpenFiles) -> Clockwork.Rules {
        var rules = Clockwork.Rules(
            tick: tick,
            buildDate: buildDate,
            seed: seed,
            spread: .seconds(startupSpreadSeconds),
            threads: threads(files),
            groups: groups
        )
        rules.targets = targets.keys.sorted()
        (rules.downAfter, rules.remind) = (.seconds(downAfterSeconds), alerts?.remind)
        return rules
    }

    /// Calls that may be open at once.
    func threads(_ files: OpenFiles) -> Int {
        min(maxConcurrency, files.calls(byName: transport.socket == nil && !target.isAddress || transport.proxy != nil))
    }
}
