/// A day of the proleptic Gregorian calendar, as days since 1970-01-01.
package struct CalendarDay: Hashable, Comparable, Sendable {
    package let daysSinceEpoch: Int64

    package init(daysSinceEpoch: Int64) { self.daysSinceEpoch = daysSinceEpoch }

    /// Expects a month of 1...12; a day past the month's end runs on into the next month.
    package init(year: Int64, month: Int, day: Int) {
        // Howard Hinnant's days_from_civil: years begin in March, so that the leap day comes last.
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = Int64((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1)
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        daysSinceEpoch = era * 146_097 + dayOfEra - 719_468
    }

    /// The same day as year, month 1...12 and day of the month.
    package var components: (year: Int64, month: Int, day: Int) {
        let shifted = daysSinceEpoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = Int((5 * dayOfYear + 2) / 153)
        let day = Int(dayOfYear) - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    package static func < (left: CalendarDay, right: CalendarDay) -> Bool {
        left.daysSinceEpoch < right.daysSinceEpoch
    }
}

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
        let second = secondsSinceEpoch % 86_400
        let positive = second < 0 ? second + 86_400 : second
        day = CalendarDay(daysSinceEpoch: (secondsSinceEpoch - positive) / 86_400)
        secondOfDay = Int(positive)
    }

    package var secondsSinceEpoch: Int64 { day.daysSinceEpoch * 86_400 + Int64(secondOfDay) }

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
