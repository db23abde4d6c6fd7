/// Schedules as people say them, for the line to write instead: `every 5 minutes`, `daily at 3pm`, `weekly mon-fri`.
struct PlainWords {
    private var days: [Weekday] = []
    private var times: [String] = []
    private var rest: [String] = []

    private static let fillers: Set = ["at", "on", "and", "the", "&", "o'clock"]
    private static let namedTimes = ["noon": "12:00", "midday": "12:00", "midnight": "00:00"]
    /// Where a week's days have no time.
    private static let someTime = "03:00"

    init(_ words: [Substring]) {
        var parts: [Substring] = []
        for word in words.joined(separator: " ").lowercased().split(whereSeparator: { " (),".contains($0) }) {
            let hour = ["am", "pm"].contains(word) ? parts.popLast() : nil
            parts.append((hour ?? "") + word)
        }
        for word in parts where !Self.fillers.contains(String(word)) {
            if let time = Self.namedTimes[String(word)] ?? Self.time(word) {
                times.append(time)
            } else if let some = Self.days(word) {
                days += some
            } else {
                rest.append(String(word))
            }
        }
    }

    /// The words of a schedule, which may yet be none.
    var reading: [String]? {
        let kind = rest.first ?? "weekly"
        var (more, days, times) = (rest.dropFirst(), days, times)
        // What a number is depends on where it stands: `daily 3`, `weekly 1 3`.
        if kind == "weekly", days.isEmpty, let some = more.first.flatMap({ Self.numberedDays($0) }) {
            days = some
            more = more.dropFirst()
        }
        if kind == "daily" || kind == "weekly", !more.isEmpty, times.isEmpty,
            let hours = Self.all(more.map { Self.hour($0) })
        {
            (times, more) = (hours, [])
        }
        let list = times.joined(separator: ",")
        switch kind {
        case "every", "each", "rate", "daily", "weekly":
            if !days.isEmpty, more.isEmpty || Array(more) == ["week"] {
                let names = days.map(\.description).joined(separator: ",")
                return ["weekly", names, times.isEmpty ? Self.someTime : list]
            }
            if days.isEmpty, !times.isEmpty,
                rest.isEmpty || kind == "daily" ? more.isEmpty : [["day"], ["1", "day"]].contains(Array(more))
            {
                return ["daily", list]
            }
            guard times.isEmpty, days.isEmpty, kind != "daily", kind != "weekly" else { return nil }
            return Self.amount(more.joined()).map { ["every", $0] }
        case "monthly":
            if days.count == 1, times.count == 1, more.count == 1, let week = Self.week(more[more.startIndex]) {
                let clock = times[0].split(separator: ":").compactMap { wholeNumber($0) }.map(String.init)
                return ["cron"] + Array(clock.reversed()) + ["*", "*", "\(days[0].rawValue)\(week)"]
            }
            guard days.isEmpty, !more.isEmpty, let time = times.first else { return nil }
            let numbers = more.map { day in
                ["st", "nd", "rd", "th"].contains { day.hasSuffix($0) } && day.count > 2 ? String(day.dropLast(2)) : day
            }
            if numbers.count == 1 { return ["monthly", numbers[0], list] }
            let clock = time.split(separator: ":").compactMap { wholeNumber($0) }.map(String.init)
            return times.count > 1 ? nil : ["cron"] + clock.reversed() + [numbers.joined(separator: ","), "*", "*"]
        default: return nil
        }
    }

    /// `first`, `2nd`, `last`, as `#1`, `#2`, `L`.
    private static func week(_ word: String) -> String? {
        let names = [["first", "1st"], ["second", "2nd"], ["third", "3rd"], ["fourth", "4th"], ["fifth", "5th"]]
        return word == "last" ? "L" : names.firstIndex { $0.contains(word) }.map { "#\($0 + 1)" }
    }

    private static func all<Value>(_ values: [Value?]) -> [Value]? {
        let known = values.compactMap { $0 }
        return known.count == values.count ? known : nil
    }

    /// `3` as `03:00`.
    private static func hour(_ word: String) -> String? {
        wholeNumber(word).flatMap { $0 < 24 && word.count < 3 ? padded($0, to: 2) + ":00" : nil }
    }

    /// `1`, `1-5`, counted as in cron(5).
    private static func numberedDays(_ word: String) -> [Weekday]? {
        let ends = word.split(separator: "-", omittingEmptySubsequences: false).map { wholeNumber($0) ?? 8 }
        guard ends.count <= 2, let first = ends.first, let last = ends.last, max(first, last) < 8 else { return nil }
        return (first...(last < first ? last + 7 : last)).compactMap { Weekday(rawValue: $0 % 7) }
    }

    /// `3:00`, `3am`, `03:00:00`, `0300`, `03.00`, as `03:00`.
    private static func time(_ word: Substring) -> String? {
        let isAfternoon = word.hasSuffix("pm")
        let hasHalf = isAfternoon || word.hasSuffix("am")
        let digits = word.dropLast(hasHalf ? 2 : 0)
        let isPlain = digits.count == 4 && digits.allSatisfy(\.isNumber)
        let parts =
            isPlain
            ? [digits.prefix(2), digits.suffix(2)]
            : digits.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "." }
        guard parts.count <= 3, parts.count > (hasHalf ? 0 : 1), parts.allSatisfy({ (1...2).contains($0.count) }),
            parts.dropFirst().allSatisfy({ $0.count == 2 }), parts.count < 3 || parts[2] == "00",
            let hour = wholeNumber(parts[0]), hour <= (hasHalf ? 12 : 23),
            let minute = parts.count > 1 ? wholeNumber(parts[1]) : 0, minute < 60
        else { return nil }
        let half = hasHalf ? hour % 12 + (isAfternoon ? 12 : 0) : hour
        return padded(half, to: 2) + ":" + padded(minute, to: 2)
    }

    static let fullNames = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]

    /// `mon`, `Mondays`, `mon-fri`, `weekdays`.
    private static func days(_ word: Substring) -> [Weekday]? {
        if word == "weekday" || word == "weekdays" { return Array(Weekday.allCases[1...5]) }
        if word == "weekend" || word == "weekends" { return [.saturday, .sunday] }
        let ends = word.split(separator: "-", omittingEmptySubsequences: false).map { end in
            fullNames.firstIndex { end.count >= 3 && ($0 + "s").hasPrefix(end) }
        }
        guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1] else { return nil }
        return (first...(last < first ? last + 7 : last)).compactMap { Weekday(rawValue: $0 % 7) }
    }

    private static let units: [String: (Int, String)] = [
        "s": (1, "s"), "sec": (1, "s"), "secs": (1, "s"), "second": (1, "s"), "seconds": (1, "s"),
        "m": (1, "m"), "min": (1, "m"), "mins": (1, "m"), "minute": (1, "m"), "minutes": (1, "m"),
        "h": (1, "h"), "hr": (1, "h"), "hrs": (1, "h"), "hour": (1, "h"), "hours": (1, "h"),
        "d": (1, "d"), "day": (1, "d"), "days": (1, "d"), "w": (7, "d"), "week": (7, "d"), "weeks": (7, "d"),
    ]

    /// `5minutes`, `1hour30min`, `1.5h`, `day`, as `5m`, `1h30m`, `1h30m`, `1d`.
    static func amount(_ text: String) -> String? {
        var (result, rest) = ("", text[...])
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            let unit = rest.dropFirst(digits.count).prefix { $0.isLetter }
            guard let (factor, letter) = units[String(unit)] else { return nil }
            if let count = digits.isEmpty ? 1 : wholeNumber(digits) {
                guard count < 1_000_000 else { return nil }
                result += "\(count * factor)\(letter)"
            } else if let some = fraction(digits, of: factor, letter) {
                result += some
            } else {
                return nil
            }
            rest = rest.dropFirst(digits.count + unit.count)
        }
        return result.isEmpty ? nil : result
    }

    /// `1.5` of `h` as `1h30m`, where that is whole seconds.
    private static func fraction(_ digits: Substring, of factor: Int, _ letter: String) -> String? {
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count < 6, (1...3).contains(parts[1].count),
            let whole = wholeNumber(parts[0]), let part = wholeNumber(parts[1]),
            let unit = Interval.Unit(rawValue: letter)?.seconds
        else { return nil }
        let tens = Int64(parts[1].reduce(1) { tens, _ in tens * 10 })
        let total = (Int64(whole) * tens + Int64(part)) * unit * Int64(factor)
        guard total.isMultiple(of: tens), total > 0 else { return nil }
        var (rest, text) = (total / tens, "")
        for unit in Interval.Unit.allCases where rest >= unit.seconds {
            text += "\(rest / unit.seconds)\(unit.rawValue)"
            rest %= unit.seconds
        }
        return text
    }
}
