internal import Glibc

/// The clock of waits, the one that libcurl measures with.
///
/// In place of the standard one: that lives in the concurrency library, which would be linked for this alone.
enum Uptime {
    static var now: Duration {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}

extension Duration {
    /// Rounded up, so that what waits so long has waited long enough.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        let (whole, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000)
        guard !isTooLong else { return seconds > 0 ? .max : .min }
        return Int(whole) + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
