/// A point on the UTC time line: whole seconds since 1970-01-01T00:00:00Z plus nanoseconds.
///
/// Two integers rather than one count of nanoseconds, so that the year 9999 is as good as 2026.
package struct Moment: Hashable, Comparable, Sendable {
    package let seconds: Int64
    /// 0 ..< 1 000 000 000, also before 1970.
    package let nanoseconds: Int32

    package static let epoch = Moment(seconds: 0)

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

    package static func + (moment: Moment, duration: Duration) -> Moment {
        let (seconds, attoseconds) = duration.components
        var total = moment.seconds.addingReportingOverflow(seconds)
        if total.overflow { total.partialValue = seconds < 0 ? .min + 1 : .max - 1 }
        let nanoseconds = Int64(moment.nanoseconds) + attoseconds / 1_000_000_000
        let carry = nanoseconds < 0 ? Int64(-1) : nanoseconds >= 1_000_000_000 ? 1 : 0
        return Moment(
            seconds: total.partialValue + carry,
            nanoseconds: Int32(nanoseconds - carry * 1_000_000_000)
        )
    }

    package static func - (moment: Moment, duration: Duration) -> Moment { moment + (.zero - duration) }

    package static func - (left: Moment, right: Moment) -> Duration {
        Duration(
            secondsComponent: left.seconds &- right.seconds,
            attosecondsComponent: (Int64(left.nanoseconds) - Int64(right.nanoseconds)) * 1_000_000_000
        )
    }
}

extension Moment: CustomStringConvertible {
    /// RFC 3339 in UTC; a fraction (3, 6 or 9 digits) only where there is one.
    package var description: String {
        let base = CivilTime(secondsSinceEpoch: seconds).description
        guard nanoseconds != 0 else { return base + "Z" }
        return base + "." + fraction + "Z"
    }

    /// The same with three digits of fraction, always: what the lines of a log begin with.
    package var timestamp: String {
        CivilTime(secondsSinceEpoch: seconds).description + "." + padded(Int(nanoseconds / 1_000_000), to: 3) + "Z"
    }

    private var fraction: String {
        if nanoseconds % 1_000_000 == 0 { return padded(Int(nanoseconds / 1_000_000), to: 3) }
        if nanoseconds % 1_000 == 0 { return padded(Int(nanoseconds / 1_000), to: 6) }
        return padded(Int(nanoseconds), to: 9)
    }
}

/// Decimal digits with leading zeros.
func padded(_ value: Int, to width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
