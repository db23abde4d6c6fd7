internal import Calling
internal import Clockwork
internal import Ledger
internal import Schedule
internal import Telling

/// What comes before the loop turns, and what SIGHUP does to it.
extension Scheduler {
    /// More jobs than this are not announced one by one.
    private static let announced = 100
    /// How often a standby asks whether the other one has ended.
    private static let standbyInterval = Duration.milliseconds(500)

    /// Waits until no other sidecar has the state; false if a signal came first.
    func waitForState() -> Bool {
        let directory = settings.stateDirectory ?? ""
        log.isStandby(directory)
        _ = core.decide { clockwork in
            clockwork.standBy()
            return []
        }
        repeat {
            if shallStop(alarm.wait(until: nil, now: time.now(), atMost: Self.standbyInterval)) { return false }
            output?.flush()
        } while !ledger.acquire()
        log.tookOver(directory)
        // Its name for health checks went with it.
        nextListenerTry = .zero
        retryLocalListener()
        return true
    }

    /// Says which slot each job runs next.
    func announceSlots() {
        let (clockwork, now) = (core.clockwork, time.reading())
        let entries = clockwork.entries.filter { !$0.isGone }
        for entry in entries.prefix(Self.announced) {
            log.nextSlot(entry.job, clockwork.nextSlot(of: entry, at: now))
        }
        if entries.count > Self.announced { log.moreSlots(entries.count - Self.announced) }
    }

    /// Takes the jobs of the environment and its files as they are now; if anything is wrong, all stays as it is.
    func reloadJobs() {
        switch reload() {
        case .failure(let bad):
            for fault in bad.faults { log.setting(fault: fault) }
            log.reloadRefused(faults: bad.faults.count)
            reloadIsRefused = true
        case .success(let fresh):
            credentials.secrets.replaceValues(fresh.headerSecrets)
            credentials.headerFiles.add(fresh.headerFiles)
            let (now, before) = (time.reading(), core.clockwork.entries.filter { !$0.isGone }.map(\.job))
            let threads = fresh.threads(files)
            _ = core.decide { $0.replace(fresh.jobs, freezes: fresh.freezes, threads: threads, at: now) }
            callers.widen(to: threads)
            for warning in fresh.warnings(at: now.now) { log.setting(warning: warning) }
            let change = JobsChange(from: before, to: fresh.jobs)
            log.reloaded(change, jobs: fresh.jobs.count, wasRefused: reloadIsRefused)
            reloadIsRefused = false
            tell()
            let names = core.clockwork.entries.map(\.job.name)
            metrics.change { $0.keep(only: Set(names)) }
            if core.life.isLoaded { announceSlots() }
        }
    }
}
