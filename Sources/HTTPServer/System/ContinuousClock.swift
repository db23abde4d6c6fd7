internal import Glibc

/// Time that only goes forward, also while the machine sleeps.
///
/// In place of the standard one: that lives in the concurrency library, which a program without tasks would link, with
/// libdispatch, for this alone.
struct ContinuousClock {
    struct Instant: Comparable {
        fileprivate let sinceBoot: Duration

        static func < (left: Self, right: Self) -> Bool { left.sinceBoot < right.sinceBoot }
        static func + (left: Self, right: Duration) -> Self { Self(sinceBoot: left.sinceBoot + right) }
        static func - (left: Self, right: Self) -> Duration { left.sinceBoot - right.sinceBoot }
    }

    static var now: Instant { Self().now }

    var now: Instant {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return Instant(sinceBoot: .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec))
    }
}
