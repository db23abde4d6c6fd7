internal import HTTPClient
internal import Locking
internal import Schedule

/// What a signal does, and the drain.
extension Scheduler {
    func shallStop(_ signals: [Int32]) -> Bool {
        for signal in signals {
            if Alarm.endsTheProgram(signal) {
                if stopSignals.isEmpty { log.signal(signal) }
                stopSignals.append(signal)
            } else {
                log.reloading(signal)
                token?.reopen(log)
                reloadJobs()
            }
        }
        return !stopSignals.isEmpty
    }

    /// Nothing new starts; runs in flight may end within the budget, or until a second signal.
    func drain() {
        isDraining.set()
        pool.stop()
        for end in clockwork.withLock({ $0.stop() }) { finish(end) }
        log.stopping(inFlight: pool.load)
        let reason = waitForRuns(within: .seconds(settings.stopTimeoutSeconds), heedingSignals: true)
        if let reason {
            log.aborting(inFlight: pool.load, because: reason)
            cancellation.cancel()
            _ = waitForRuns(within: .seconds(1), heedingSignals: false)
        }
        finishReports()
        store.close()
        // Joined, so that no thread holds a handle when OpenSSL's exit handler runs; but a thread that is stuck past
        // its abort must not hold the exit back.
        if pool.load == 0 { pool.join() }
        log.stopped()
    }

    /// Why there are still runs in flight at the end of the wait; nil if there are none.
    func waitForRuns(within budget: Duration, heedingSignals: Bool) -> String? {
        let end = time.uptime() + budget
        while pool.load > 0 {
            // Two may have come at once.
            if heedingSignals, stopSignals.count > 1 { return "Received signal \(stopSignals[1])" }
            let left = end - time.uptime()
            guard left > .zero else { return "\(Variable.stopTimeout.name) is over" }
            let signals = alarm.wait(until: nil, now: time.now(), atMost: left)
            stopSignals += signals.filter(Alarm.endsTheProgram)
            output?.flush()
        }
        return nil
    }

    /// The last reports have a second; then they are dropped.
    func finishReports() {
        guard let reports else { return }
        let end = time.uptime() + .seconds(1)
        while reports.waiting > 0, time.uptime() < end {
            _ = alarm.wait(until: nil, now: time.now(), atMost: end - time.uptime())
        }
        reports.stop()
    }
}
