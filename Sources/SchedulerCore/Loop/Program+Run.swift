internal import Clockwork
internal import HTTPClient
internal import Ledger
internal import Schedule
internal import Telling

/// The clock itself.
extension Program {
    static func log(_ settings: Settings, _ secrets: SecretBook, to output: LineOutput) -> Log {
        Log(
            level: settings.logLevel,
            format: settings.logFormat,
            secrets: secrets,
            now: TimeSource.system.now,
            write: output.write
        )
    }

    /// What the program sleeps on; nil if the system refuses it.
    ///
    /// To be made first of all: as PID 1 a signal that nobody waits for is lost.
    static func alarm(leavesIgnored: Bool = false) -> Alarm? {
        do throws(AlarmError) {
            return try Alarm(leavesIgnored: leavesIgnored)
        } catch {
            errors.write("scheduler: not started: \(error)\n")
            return nil
        }
    }

    static func runClock(_ environment: [String: String]) -> Int32 {
        guard let alarm = alarm() else { return Status.failed }
        switch runnable(environment) {
        case .failure(let bad): return refuseToStart(bad)
        case .success(let settings):
            switch StatusServer.Listeners.open(settings, environment) {
            case .failure(let fault):
                let (warnings, format) = (settings.warnings, settings.logFormat)
                return refuseToStart(SettingsFaults(faults: [fault], warnings: warnings, logFormat: format))
            case .success(let listeners): return runClock(settings, environment, alarm, listeners)
            }
        }
    }

    static func refuseToStart(_ bad: SettingsFaults) -> Int32 {
        let log = Log(format: bad.logFormat, now: TimeSource.system.now, write: errors.write)
        for warning in bad.warnings { log.setting(warning: warning) }
        for fault in bad.faults { log.setting(fault: fault) }
        log.refused(faults: bad.faults.count)
        return Status.configuration
    }

    static func runClock(
        _ settings: Settings,
        _ environment: [String: String],
        _ alarm: Alarm,
        _ listeners: StatusServer.Listeners
    ) -> Int32 {
        let output = output(for: settings)
        defer { output.drain(atMost: .seconds(5), uptime: TimeSource.system.uptime) }
        let secrets = SecretBook(settings.secrets)
        let log = log(settings, secrets, to: output)
        // Before the first thread is there.
        let files = ProcessEnvironment.raiseFileLimit()
        ProcessEnvironment.chooseHeaps(jobs: settings.jobs.count)
        Library.start()
        log.zoneData(ZoneDirectory(environment: environment))
        let scheduler = Scheduler(
            settings,
            Credentials(settings, secrets, log),
            log: log,
            output: output,
            alarm: alarm,
            ledger: settings.stateDirectory.map {
                DirectoryLedger(
                    $0,
                    target: settings.target.text,
                    holds: settings.longestHolds,
                    now: TimeSource.system.reading,
                    report: { log.state($0) }
                )
            } ?? MemoryLedger(),
            listeners: listeners,
            files: files,
            buildDate: Version.buildDate
        ) { Program.settings(environment, .running) }
        do throws(LedgerError) {
            try scheduler.run()
        } catch {
            log.state(error)
            return Status.configuration
        }
        return Status.done
    }

    /// Where the clock's log goes: nobody who reads it slowly may hold the clock up.
    static func output(for settings: Settings) -> LineOutput {
        let log = Log(format: settings.logFormat, now: TimeSource.system.now) { _ in }
        return LineOutput(descriptor: 2, dropNote: log.droppedNote)
    }
}
