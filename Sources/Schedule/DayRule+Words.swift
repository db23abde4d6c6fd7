extension DayRule {
    /// Which days, as one would say it: `Monday to Friday`, `on the 1st of the month`; empty for every day.
    ///
    /// Nil where it would take too many words.
    var words: String? {
        guard let months = monthWords else { return nil }
        let anyDay = days == Self.everyDay && !lastDay && !lastWeekday && nearestWeekdays == 0
        let anyWeekday = weekdays == Self.everyWeekday
        if anyDay && anyWeekday { return months.isEmpty ? "" : "in \(months)" }
        if anyDay {
            guard let weekdays = weekdayWords(ofMonth: months.isEmpty ? "of the month" : "of \(months)") else {
                return nil
            }
            return months.isEmpty || isPlainWeekdays == false ? weekdays : "\(weekdays) in \(months)"
        }
        guard let numbers = dayWords else { return nil }
        let ofMonth = months.isEmpty ? "of the month" : "of \(months)"
        if anyWeekday { return "on \(numbers) \(ofMonth)" }
        guard matchesEither, let weekdays = weekdayWords(ofMonth: ofMonth) else { return nil }
        return "on \(numbers) \(ofMonth) or \(weekdays)"
    }

    private var isPlainWeekdays: Bool { lastOfWeekdays == 0 && nthWeekdays == 0 }

    private static let most = 4
    private static let ordinals = ["first", "second", "third", "fourth", "fifth"]
    private static let monthNames = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    static let weekdayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    /// Empty for all.
    private var monthWords: String? {
        let numbers = (1...12).filter { months >> UInt16($0) & 1 == 1 }
        if numbers.count == 12 { return "" }
        if numbers.count > 2, numbers[numbers.count - 1] - numbers[0] == numbers.count - 1 {
            return "\(Self.monthNames[numbers[0] - 1]) to \(Self.monthNames[numbers[numbers.count - 1] - 1])"
        }
        return numbers.count > Self.most ? nil : listed(numbers.map { Self.monthNames[$0 - 1] })
    }

    private var dayWords: String? {
        var parts = (1...31).filter { days >> UInt32($0) & 1 == 1 }.map { "the \(Self.ordinal($0))" }
        parts += (1...31).filter { nearestWeekdays >> UInt32($0) & 1 == 1 }
            .map { "the weekday nearest the \(Self.ordinal($0))" }
        if lastDay { parts.append("the last day") }
        if lastWeekday { parts.append("the last weekday") }
        return parts.isEmpty || parts.count > Self.most ? nil : listed(parts)
    }

    private func weekdayWords(ofMonth: String) -> String? {
        var parts: [String] = []
        // From Monday on.
        let numbers = (1...7).filter { weekdays >> UInt8($0 % 7) & 1 == 1 }
        if numbers.count > 2, numbers[numbers.count - 1] - numbers[0] == numbers.count - 1 {
            parts.append("\(Self.weekday(numbers[0])) to \(Self.weekday(numbers[numbers.count - 1]))")
        } else {
            parts += numbers.map(Self.weekday)
        }
        var special: [String] = []
        for place in 0..<35 where nthWeekdays >> UInt64(place) & 1 == 1 {
            special.append("the \(Self.ordinals[place / 7]) \(Self.weekdayNames[place % 7])")
        }
        for day in 0..<7 where lastOfWeekdays >> UInt8(day) & 1 == 1 {
            special.append("the last \(Self.weekdayNames[day])")
        }
        guard parts.count + special.count <= Self.most else { return nil }
        if special.isEmpty { return listed(parts) }
        let on = "on \(listed(special)) \(ofMonth)"
        return parts.isEmpty ? on : "\(listed(parts)) and \(on)"
    }

    private static func weekday(_ number: Int) -> String { weekdayNames[number % 7] }

    private static func ordinal(_ day: Int) -> String {
        switch (day, day % 10) {
        case (11...13, _): "\(day)th"
        case (_, 1): "\(day)st"
        case (_, 2): "\(day)nd"
        case (_, 3): "\(day)rd"
        default: "\(day)th"
        }
    }
}
