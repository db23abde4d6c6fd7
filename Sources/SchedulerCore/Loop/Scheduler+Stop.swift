internal import Calling
internal import Clockwork
internal import HTTPClient
internal import Ledger
internal import Locking
internal import Schedule
internal import Telling

/// What a signal does, and the drain.
extension Scheduler {
    func shallStop(_ signals: [Int32]) -> Bool {
        for signal in signals {
            if Alarm.endsTheProgram(signal) {
                if stopSignals.isEmpty {
                    core.isStopping.set()
                    log.signal(signal)
                    // Whoever waits for another one is to end.
                    credentials.token?.stop()
                }
                stopSignals.append(signal)
            } else {
                log.reloading(signal)
                credentials.token?.reopen()
                credentials.reopenOthers()
                credentials.headerFiles.reopen()
                reloadJobs()
            }
        }
        if !stopSignals.isEmpty { hearSecond() }
        return !stopSignals.isEmpty
    }

    /// From now on another thread hears the signals; where the system has none, the loop still does.
    private func hearSecond() {
        // Two may have come at once.
        let known = stopSignals.dropFirst().first
        let isHeard = second.begin(known: known, ring: alarm.bell.ring) { [log] in log.stopped() }
        if isHeard { alarm.hearNoMore() }
    }

    private var secondSignal: Int32? { second.signal ?? stopSignals.dropFirst().first }

    /// Nothing new starts; requests that are open may end within the budget, or until a second signal.
    func drain() {
        let now = time.reading()
        _ = core.decide { $0.stop(at: now) }
        tell()
        log.stopping(inFlight: core.openRequests)
        let reason = waitForRequests(within: .seconds(settings.stopTimeoutSeconds), heedingSignals: true)
        if let reason {
            log.aborting(inFlight: core.openRequests, because: reason)
            cancellation.cancel()
            _ = waitForRequests(within: isHurried ? .milliseconds(300) : .seconds(1), heedingSignals: false)
        }
        // What only connects was not waited for.
        cancellation.cancel()
        callers.stop()
        // A thread that is stuck past its abort must not hold the exit back; its run ends all the same.
        let isDone = core.openRequests == 0 && callers.areIdle(within: isHurried ? .milliseconds(100) : .seconds(1))
        let end = time.reading()
        _ = core.decide { $0.end(at: end) }
        tell()
        finishNotices()
        ledger.close()
        // Joined, so that no thread holds a handle when OpenSSL's exit handler runs.
        if isDone { callers.join() }
        second.isSaid.set()
        log.stopped()
    }

    /// Whether there is less than a second left for all.
    private var isHurried: Bool { secondSignal != nil }

    /// Why there are still requests open at the end of the wait; nil if there are none.
    private func waitForRequests(within budget: Duration, heedingSignals: Bool) -> String? {
        let end = time.uptime() + budget
        while true {
            tell()
            guard core.openRequests > 0 else { return nil }
            if heedingSignals, let secondSignal { return "Received signal \(secondSignal)" }
            let left = end - time.uptime()
            guard left > .zero else { return "SCHEDULER_STOP_TIMEOUT_SECONDS is over" }
            let signals = alarm.wait(until: nil, now: time.now(), atMost: left)
            stopSignals += signals.filter(Alarm.endsTheProgram)
            output?.flush()
        }
    }

    /// The last notices have three seconds; then they are dropped.
    private func finishNotices() {
        let end = time.uptime() + .seconds(3)
        courier.finish(by: end)
        traces?.finish(by: end)
        while courier.waiting > 0 || traces?.isBusy == true, !isHurried, time.uptime() < end {
            let rest = min(.milliseconds(20), end - time.uptime())
            _ = alarm.wait(until: nil, now: time.now(), atMost: rest)
        }
        courier.stop()
        traces?.stop()
    }
}
