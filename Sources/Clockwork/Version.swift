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
    package static let userAgent = "\(name)/\(number)"
}
