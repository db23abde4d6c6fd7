package import Clockwork
internal import HTTPClient
internal import Threads

/// The threads that make attempts; they run what they are given, and decide nothing.
package final class Callers: Sendable {
    /// Whom they tell what becomes of an attempt.
    package struct Listener: Sendable {
        /// Its connection stands; whether its request may go out.
        package var connected: @Sendable (Attempt, _ begin: Reading) -> Bool
        /// It has ended; answers an attempt to be made by the same thread.
        package var ended: @Sendable (Attempt, _ begin: Reading, AttemptEnd) -> Attempt?

        package init(
            connected: @escaping @Sendable (Attempt, Reading) -> Bool,
            ended: @escaping @Sendable (Attempt, Reading, AttemptEnd) -> Attempt?
        ) {
            (self.connected, self.ended) = (connected, ended)
        }
    }

    private let runner: Runner
    private let now: @Sendable () -> Reading
    private let pool: WorkerPool<Client>

    package init(_ runner: Runner, threads: Int, now: @escaping @Sendable () -> Reading) {
        (self.runner, self.now) = (runner, now)
        pool = WorkerPool(width: threads) { Client() }
    }

    /// Has a thread make the attempt; answers the error number if the system has no thread for it.
    package func start(_ attempt: Attempt, _ listener: Listener) -> Int32? {
        pool.submit { [self] client in
            var next: Attempt? = attempt
            while let attempt = next { next = make(attempt, listener, client) }
        }
    }

    private func make(_ attempt: Attempt, _ listener: Listener, _ client: Client) -> Attempt? {
        let begin = now()
        let end = runner.make(attempt, with: client) { listener.connected(attempt, begin) }
        return listener.ended(attempt, begin, end)
    }

    package func widen(to threads: Int) { pool.widen(to: threads) }
    /// Threads that are there.
    package var threads: Int { pool.threads }
    /// Drops what waits for a thread; threads end when they have done what they do.
    package func stop() { pool.stop() }
    /// Whether no thread has anything to do any more; waits for that so long.
    package func areIdle(within limit: Duration) -> Bool { pool.isIdle(within: limit) }
    /// Ends the threads and waits for that.
    package func join() {
        pool.stop()
        pool.join()
    }
}
