/// A reading of a wall clock: day and second of the day, without a zone.
package struct CivilTime: Hashable, Comparable, Sendable {
    package let day: CalendarDay
    /// 0 ..< 86 400.
    package let secondOfDay: Int

    package init(day: CalendarDay, secondOfDay: Int) {
        self.day = day
        self.secondOfDay = secondOfDay
    }

    /// `secondsSinceEpoch` counts seconds of this wall clock, not of UTC.
    package init(secondsSinceEpoch: Int64) {
        let (days, second) = secondsSinceEpoch.quotientAndRemainder(dividingBy: 86_400)
        // Rounds down, also before 1970, without a subtraction that could overflow at `Int64.min`.
        day = CalendarDay(daysSinceEpoch: second < 0 ? days - 1 : days)
        secondOfDay = Int(second < 0 ? second + 86_400 : second)
    }

    /// Right for the years -9999 to 99 999 at least; a day made from an extreme `Int64` is clamped.
    package var secondsSinceEpoch: Int64 {
        let (seconds, overflow) = day.daysSinceEpoch.multipliedReportingOverflow(by: 86_400)
        let (total, carry) = seconds.addingReportingOverflow(Int64(secondOfDay))
        return overflow || carry ? (day.daysSinceEpoch < 0 ? .min : .max) : total
    }

    package static func < (left: CivilTime, right: CivilTime) -> Bool {
        (left.day, left.secondOfDay) < (right.day, right.secondOfDay)
    }
}

extension CivilTime: CustomStringConvertible {
    /// `2026-11-21T03:44:55`, without a zone.
    package var description: String {
        let (year, month, dayOfMonth) = day.components
        let date = [padded(Int(year), to: 4), padded(month, to: 2), padded(dayOfMonth, to: 2)]
        let time = [secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60]
        return date.joined(separator: "-") + "T" + time.map { padded($0, to: 2) }.joined(separator: ":")
    }
}
