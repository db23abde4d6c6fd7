extension Timetable {
    /// Whether a moment is a slot; nil for `every`, of which the last slot decides.
    package func isSlot(_ moment: Moment) -> Bool? {
        rule == nil ? nil : latest(after: moment - .nanoseconds(1), through: moment) == moment
    }

    /// What of the schedule does not fit a moment, by the clock of its zone: `hour 12 is not 3`.
    ///
    /// Empty for `every`, and where only a clock change decides.
    package func refusals(of moment: Moment) -> [String] {
        guard let rule else { return [] }
        let time = CivilTime(secondsSinceEpoch: zone.reading(at: moment.seconds))
        let day = DayOfMonth(time.day)
        var refusals: [String] = []
        switch schedule {
        case .every: break
        case .daily(let times): refusals = Self.refusals(of: time, times)
        case .weekly(let days, let times):
            if !days.contains(where: { $0.rawValue == day.weekday }) {
                refusals = ["\(day.name) is not \(listed(days.map(\.description), "or"))"]
            }
            refusals += Self.refusals(of: time, times)
        case .monthly(let asked, let times):
            if !rule.days.fits(day).ofMonth { refusals = ["day \(day.number) is not \(asked)"] }
            refusals += Self.refusals(of: time, times)
        case .cron(let cron): refusals = self.refusals(of: time, day, cron, rule.days)
        }
        if moment.nanoseconds != 0 { refusals.append("it is no whole second") }
        return refusals
    }

    private static func refusals(of time: CivilTime, _ times: [TimeOfDay]) -> [String] {
        if times.contains(where: { $0.secondOfDay == time.secondOfDay }) { return [] }
        let clock = time.description.suffix(8)
        let shown = clock.hasSuffix(":00") ? clock.dropLast(3) : clock
        return ["\(shown) is not \(listed(times.map(\.description), "or"))"]
    }

    private func refusals(of time: CivilTime, _ day: DayOfMonth, _ cron: CronExpression, _ days: DayRule) -> [String] {
        let key = hashKey ?? HashKey()
        let fits = days.fits(day)
        return cron.fields.compactMap { kind, field in
            let value: Int
            var isRefused = false
            let bits = field.values(in: kind) { key.value(for: $0.name, below: $1) }
            switch kind {
            case .second: value = time.secondOfDay % 60
            case .minute: value = time.secondOfDay / 60 % 60
            case .hour: value = time.secondOfDay / 3600
            case .month: value = day.month
            case .dayOfMonth: (value, isRefused) = (day.number, !fits.ofMonth)
            case .dayOfWeek: (value, isRefused) = (day.weekday, !fits.ofWeek)
            }
            switch kind {
            // One of two that are both restricted is enough.
            case .dayOfMonth, .dayOfWeek:
                isRefused = isRefused && !(days.matchesEither && (fits.ofMonth || fits.ofWeek))
            case .second, .minute, .hour, .month: isRefused = bits >> UInt64(value) & 1 == 0
            }
            guard isRefused else { return nil }
            let shown = kind == .dayOfWeek ? "\(value) (\(day.name))" : "\(value)"
            let came = field.isHashed ? " (\(listed(bits.members.map(String.init), "or")) here)" : ""
            return "\(kind.name) \(shown) is not \(field)\(came)"
        }
    }
}

/// A day as the rules of days look at it.
struct DayOfMonth {
    let month: Int
    let number: Int
    let weekday: Int
    /// Of its month: how many days, and the weekday of the first.
    let length: Int
    let first: Int

    init(_ day: CalendarDay) {
        let (year, month, number) = day.components
        (self.month, self.number, weekday) = (month, number, day.weekday)
        length = CalendarDay.length(ofMonth: month, year: year)
        first = CalendarDay(year: year, month: month, day: 1).weekday
    }

    var name: String { DayRule.weekdayNames[weekday] }
}
