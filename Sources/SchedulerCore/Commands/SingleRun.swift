internal import Calling
internal import Clockwork
internal import HTTPClient
internal import Locking
internal import Schedule
internal import Telling
internal import Threads

/// A run by hand: one attempt, made on a thread of its own, while this one listens for signals.
///
/// As PID 1 a process that does not listen cannot be ended by them (pid_namespaces(7)).
struct SingleRun {
    let attempt: Attempt
    let runner: Runner
    /// Gives the run up; the runner heeds it.
    let cancellation: Cancellation
    let log: Log
    let time: TimeSource

    /// How it ended.
    struct End: Sendable {
        let record: RunRecord
        let end: AttemptEnd
    }

    /// Blocks until the run has ended; a signal gives it up.
    func perform(givenUpBy alarm: Alarm) -> End {
        let pool = WorkerPool<Client>(width: 1, afterWork: alarm.bell.ring) { Client() }
        let box = Box()
        while let number = pool.submit({ client in box.set(make(with: client)) }) {
            log.threadRefused(number)
            // Asked again each second, until somebody gives it up: then it ends at once, without a thread.
            guard !isGivenUp(alarm) else { return make(with: Client()) }
        }
        while pool.load > 0 { _ = isGivenUp(alarm) }
        pool.stop()
        pool.join()
        return box.value ?? make(with: Client())
    }

    /// Waits a second, or for a signal.
    private func isGivenUp(_ alarm: Alarm) -> Bool {
        if let signal = alarm.wait(until: nil, now: time.now(), atMost: .seconds(1)).first {
            if !cancellation.isCancelled { log.signal(signal) }
            cancellation.cancel()
        }
        return cancellation.isCancelled
    }

    private func make(with client: Client) -> End {
        let begin = time.reading()
        let name = attempt.job.name
        let mark = RunBegin(
            id: attempt.id,
            slot: attempt.run.slot,
            trigger: attempt.run.trigger,
            at: begin.now.wholeMilliseconds,
            attempt: 1
        )
        let announced = Flag()
        func announce() {
            guard !announced.isSet else { return }
            announced.set()
            log.tell(.began(name, mark, about: attempt), target: "")
        }
        let end = runner.make(attempt, with: client) {
            announce()
            return true
        }
        if end.outcome != .unreachable { announce() }
        let record = RunRecord(
            id: attempt.id,
            slot: attempt.run.slot,
            trigger: attempt.run.trigger,
            began: mark.at,
            attempts: end.requests,
            outcome: end.outcome,
            status: end.status,
            milliseconds: (time.uptime() - begin.uptime).wholeMilliseconds,
            lateMilliseconds: max(0, (begin.now - attempt.run.due).wholeMilliseconds),
            end: end
        )
        log.tell(.ended(name, record, nil, about: Fact.EndNote(job: attempt.job, end: end)), target: "")
        return End(record: record, end: end)
    }

    private final class Box: Sendable {
        private let end = Mutex<End?>(nil)
        var value: End? { end.withLock { $0 } }
        func set(_ new: End) { end.withLock { $0 = new } }
    }
}
