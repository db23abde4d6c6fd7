internal import HTTPClient
package import Schedule

/// What this program is called and which it is.
package enum Version {
    package static let name = "scheduler-sidecar"
    package static let number = "0.1.0"
    /// The day of this version, as in the changelog: a clock that stands before it is wrong.
    ///
    /// A constant and not the compiler's date, so that one source gives one binary.
    package static let date = Moment(
        seconds: CivilTime(day: CalendarDay(year: 2026, month: 11, day: 21), secondOfDay: 0).secondsSinceEpoch
    )
    static let userAgent = "\(name)/\(number)"

    /// Our own version, then what comes from the system: libraries and time zones.
    static func lines(_ zones: ZoneDirectory) -> [String] {
        ["\(name) \(number)", Library.version, "tzdata \(zones.version() ?? "unknown") in \(zones.path)"]
    }
}
