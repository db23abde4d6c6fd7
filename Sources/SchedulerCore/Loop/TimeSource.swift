internal import CLinux
internal import Clockwork
internal import Glibc
package import Schedule

/// Where the time comes from.
package struct TimeSource: Sendable {
    /// The wall clock: it chooses the moment.
    package let now: @Sendable () -> Moment
    /// A clock that only goes forward: it measures waits and durations.
    package let uptime: @Sendable () -> Duration

    package init(now: @escaping @Sendable () -> Moment, uptime: @escaping @Sendable () -> Duration) {
        self.now = now
        self.uptime = uptime
    }

    /// Both clocks.
    var reading: @Sendable () -> Reading {
        { [now, uptime] in Reading(now: now(), uptime: uptime()) }
    }

    package static let system = TimeSource(
        now: {
            let time = read(CLOCK_REALTIME)
            return Moment(seconds: Int64(time.tv_sec), nanoseconds: Int32(time.tv_nsec))
        },
        uptime: {
            let time = read(CLOCK_MONOTONIC)
            return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
        }
    )

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        _ = unsafe clock_gettime(clock, &time)
        return time
    }
}
