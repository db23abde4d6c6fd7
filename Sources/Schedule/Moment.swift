/// A point on the UTC time line: whole seconds since 1970-01-01T00:00:00Z plus nanoseconds.
///
/// Two integers rather than one count of nanoseconds, so that the year 9999 is as good as 2026.
package struct Moment: Hashable, Comparable, Sendable {
    package let seconds: Int64
    /// 0 ..< 1 000 000 000, also before 1970.
    package let nanoseconds: Int32

    package static let epoch = Moment(seconds: 0)
    /// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z: the years that RFC 3339 can write, less the year 0.
    package static let searchable: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    package init(seconds: Int64, nanoseconds: Int32 = 0) {
        precondition((0..<1_000_000_000).contains(nanoseconds), "nanoseconds outside a second")
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    package static func < (left: Moment, right: Moment) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }

    /// Rounded down to a whole millisecond, the finest that is ever shown.
    package var wholeMilliseconds: Moment {
        Moment(seconds: seconds, nanoseconds: nanoseconds / 1_000_000 * 1_000_000)
    }

    /// Stops at the ends of `Int64` seconds instead of overflowing.
    package static func + (moment: Moment, duration: Duration) -> Moment {
        let (seconds, attoseconds) = duration.components
        return moment.advanced(by: seconds, nanoseconds: attoseconds / 1_000_000_000)
    }

    package static func - (moment: Moment, duration: Duration) -> Moment {
        let (seconds, attoseconds) = duration.components
        // The one number whose negative does not exist is a second short.
        return moment.advanced(by: seconds == .min ? .max : -seconds, nanoseconds: -attoseconds / 1_000_000_000)
    }

    /// Never so long that `Duration.components` would overflow.
    package static func - (left: Moment, right: Moment) -> Duration {
        .seconds(clamped(left.seconds.subtractingReportingOverflow(right.seconds), negative: left < right))
            + .nanoseconds(Int64(left.nanoseconds) - Int64(right.nanoseconds))
    }

    private func advanced(by seconds: Int64, nanoseconds: Int64) -> Moment {
        let total = Int64(self.nanoseconds) + nanoseconds
        let carry: Int64 = total < 0 ? -1 : total >= 1_000_000_000 ? 1 : 0
        let sum = Self.clamped(self.seconds.addingReportingOverflow(seconds), negative: seconds < 0)
        return Moment(
            seconds: Self.clamped(sum.addingReportingOverflow(carry), negative: carry < 0),
            nanoseconds: Int32(total - carry * 1_000_000_000)
        )
    }

    private static func clamped(_ result: (partialValue: Int64, overflow: Bool), negative: Bool) -> Int64 {
        result.overflow ? (negative ? .min : .max) : result.partialValue
    }
}

extension Moment: CustomStringConvertible {
    /// RFC 3339 in UTC; a fraction (3, 6 or 9 digits) only where there is one.
    package var description: String {
        let (fraction, digits) = ending
        return CivilTime(secondsSinceEpoch: seconds).text(ending: fraction, digits: digits, zone: "Z")
    }

    /// The same with three digits of fraction, always: what the lines of a log begin with.
    package var timestamp: String {
        CivilTime(secondsSinceEpoch: seconds).text(ending: Int(nanoseconds / 1_000_000), digits: 3, zone: "Z")
    }

    /// `timestamp`, put behind what is there.
    package func appendTimestamp(to bytes: inout [UInt8]) {
        let fraction = Int(nanoseconds / 1_000_000)
        CivilTime(secondsSinceEpoch: seconds).append(to: &bytes, ending: fraction, digits: 3, zone: "Z")
    }

    /// Empty, or a point and 3, 6 or 9 digits.
    var fraction: String {
        let (fraction, digits) = ending
        return digits == 0 ? "" : "." + padded(fraction, to: digits)
    }

    private var ending: (fraction: Int, digits: Int) {
        if nanoseconds == 0 { return (0, 0) }
        if nanoseconds % 1_000_000 == 0 { return (Int(nanoseconds / 1_000_000), 3) }
        if nanoseconds % 1_000 == 0 { return (Int(nanoseconds / 1_000), 6) }
        return (Int(nanoseconds), 9)
    }
}
