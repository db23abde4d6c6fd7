extension DayRule {
    static let daily = DayRule(days: everyDay, weekdays: everyWeekday)

    init(_ weekdays: [Weekday]) {
        self.init(days: Self.everyDay, weekdays: weekdays.reduce(0) { $0 | 1 << UInt8($1.rawValue) })
    }

    init(_ day: MonthDay) {
        self.init(weekdays: Self.everyWeekday)
        switch day {
        case .day(let number): days = 1 << UInt32(number)
        case .last: lastDay = true
        }
    }

    /// `pick` chooses for each `H` of a field a number below its second argument.
    init(_ cron: CronExpression, pick: (CronFieldKind, Int) -> Int) {
        months = UInt16(cron.month.values(in: .month, pick: pick))
        days = UInt32(truncatingIfNeeded: cron.dayOfMonth.values(in: .dayOfMonth, pick: pick))
        let numbers = cron.dayOfWeek.values(in: .dayOfWeek, pick: pick)
        weekdays = UInt8(numbers & 0b111_1111 | numbers >> 7)
        // cron(5): two restricted day fields are alternatives.
        matchesEither = !cron.dayOfMonth.beginsWithStar && !cron.dayOfWeek.beginsWithStar
        for term in cron.dayOfMonth.terms + cron.dayOfWeek.terms {
            switch term {
            case .lastDay: lastDay = true
            case .lastWeekday: lastWeekday = true
            case .nearestWeekday(let day): nearestWeekdays |= 1 << UInt32(day)
            case .lastOf(let weekday): lastOfWeekdays |= 1 << weekday
            case .nth(let weekday, let week): nthWeekdays |= 1 << UInt64(7 * (week - 1) + weekday)
            case .every, .span, .from, .hashed: break
            }
        }
    }
}
