internal import Schedule

/// What is taken over from the sidecar before, and how long it is waited for.
extension Scheduler {
    /// How often a standby asks whether the other one has ended.
    private static let standbyInterval = Duration.milliseconds(500)

    /// Waits until no other sidecar has the state; false if a signal came first.
    func acquireState() -> Bool {
        if store.acquire() { return true }
        let directory = settings.stateDirectory ?? ""
        log.isStandby(directory)
        board.waitsAsStandby()
        repeat {
            if shallStop(alarm.wait(until: nil, now: time.now(), atMost: Self.standbyInterval)) { return false }
            output?.flush()
            retryLocalListener()
        } while !store.acquire()
        log.tookOver(directory)
        // Its name for health checks went with it.
        nextListenerTry = .zero
        retryLocalListener()
        return true
    }

    /// Reads what is known, and tells of the runs of which the last sidecar did not see the end.
    func loadState() throws(StateError) {
        let book = try store.load()
        isLoaded = true
        let jobs = clockwork.withLock { $0.jobs }
        let interrupted = Past.interrupted(book)
        store.record(interrupted.map { .end($0.name, $0.run) })
        let numbers = Dictionary(jobs.enumerated().map { (JobName.folded($1.name), $0) }) { first, _ in first }
        let holds = Past(store.book, jobs, numbers.values, at: time.now()).holds
        for (name, run) in interrupted {
            let number = numbers[JobName.folded(name)]
            if let number { clockwork.withLock { $0.interrupted(number) } }
            let rest = number.flatMap { holds[$0]?.rest } ?? .zero
            log.interrupted(name, path: number.map { jobs[$0].path }, run, hold: rest)
        }
    }

    /// A run ended that no worker has in hand.
    func finish(_ end: RunEnd) {
        store.end(end.job.name, end.record)
        log.ended(end)
    }
}

extension RunEnd {
    /// As it is kept.
    var record: RunRecord {
        RunRecord(
            id: context.id,
            slot: run.slot,
            trigger: run.trigger,
            began: (run.due + context.lateness).wholeMilliseconds,
            attempts: attempts,
            outcome: outcome,
            status: status,
            milliseconds: duration.wholeMilliseconds,
            lateMilliseconds: context.lateness.wholeMilliseconds
        )
    }
}
