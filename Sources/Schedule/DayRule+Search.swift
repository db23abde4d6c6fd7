extension DayRule {
    /// Wall clocks east and west of UTC show a day more than the years 1...9999 that slots lie in.
    private static let years: ClosedRange<Int64> = 0...10_000

    /// The first matching day at or after `day`, if there is one within the years searched.
    func next(onOrAfter day: CalendarDay) -> CalendarDay? {
        var (year, month, dayOfMonth) = day.components
        var first = day.daysSinceEpoch - Int64(dayOfMonth - 1)
        while year <= Self.years.upperBound {
            let length = CalendarDay.length(ofMonth: month, year: year)
            if months.contains(bit: month) {
                let matching = matches(length: length, first: CalendarDay(daysSinceEpoch: first).weekday)
                if let found = matching.bit(from: dayOfMonth) {
                    return CalendarDay(daysSinceEpoch: first + Int64(found - 1))
                }
            }
            first += Int64(length)
            dayOfMonth = 1
            (year, month) = month == 12 ? (year + 1, 1) : (year, month + 1)
        }
        return nil
    }

    /// The last matching day at or before `day`, if there is one within the years searched.
    func previous(onOrBefore day: CalendarDay) -> CalendarDay? {
        var (year, month, dayOfMonth) = day.components
        var first = day.daysSinceEpoch - Int64(dayOfMonth - 1)
        while year >= Self.years.lowerBound {
            if months.contains(bit: month) {
                let length = CalendarDay.length(ofMonth: month, year: year)
                let matching = matches(length: length, first: CalendarDay(daysSinceEpoch: first).weekday)
                if let found = matching.bit(through: dayOfMonth) {
                    return CalendarDay(daysSinceEpoch: first + Int64(found - 1))
                }
            }
            (year, month) = month == 1 ? (year - 1, 12) : (year, month - 1)
            first -= Int64(CalendarDay.length(ofMonth: month, year: year))
            dayOfMonth = 31
        }
        return nil
    }
}
