internal import Schedule
internal import Synchronization

/// When the loop last looked, for others to see: it works also where the loop hangs with a lock in its hands.
package final class Heartbeat: Sendable {
    /// Milliseconds of the clock that only goes forward.
    private let last: Atomic<Int>

    package init() { last = Atomic(TimeSource.system.uptime().wholeMilliseconds) }

    package func beat() { last.store(TimeSource.system.uptime().wholeMilliseconds, ordering: .relaxed) }

    /// How long ago that was.
    package var age: Duration {
        .milliseconds(max(0, TimeSource.system.uptime().wholeMilliseconds - last.load(ordering: .relaxed)))
    }
}
