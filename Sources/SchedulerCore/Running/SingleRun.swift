internal import HTTPClient
internal import Locking

/// A run by hand: made on a thread of its own, while this one listens for signals.
///
/// As PID 1 a process that does not listen cannot be ended by them (pid_namespaces(7)).
enum SingleRun {
    /// Blocks until the run has ended; a signal gives it up through `cancellation`, which the runner has to heed.
    static func perform(
        _ run: Run,
        of job: Job,
        with runner: Runner,
        givenUpBy alarm: Alarm,
        _ cancellation: Cancellation,
        log: Log,
        time: TimeSource
    ) -> RunEnd {
        let end = End()
        let pool = WorkerPool(width: 1, afterWork: alarm.bell.ring)
        let refusal = pool.submit { client in
            let made = runner.perform(run, of: job, with: client)
            end.value.withLock { $0 = made }
        }
        if let refusal { log.threadRefused(refusal) }
        while pool.load > 0 {
            if let signal = alarm.wait(until: nil, now: time.now(), atMost: .seconds(1)).first {
                if !cancellation.isCancelled { log.signal(signal) }
                cancellation.cancel()
                // A run that no thread has taken yet is none that could end.
                pool.stop()
            }
            pool.startRefusedThreads()
        }
        pool.stop()
        pool.join()
        // Nobody took it: given up as it is, it ends at once.
        return end.value.withLock { $0 } ?? runner.perform(run, of: job, with: Client())
    }

    private final class End: Sendable {
        let value = Mutex<RunEnd?>(nil)
    }
}
