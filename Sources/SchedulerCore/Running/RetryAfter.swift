internal import Schedule

/// The value of a `Retry-After` header (RFC 9110 §10.2.3): seconds, or a date.
enum RetryAfter {
    /// The wait from `now`, never negative; nil for a value that makes no sense.
    static func parse(_ text: String, at now: Moment) -> Duration? {
        let text = text.trimmed
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            // Digits beyond Int mean "very long", which a day is already.
            return .seconds(min(Int(text) ?? .max, 86_400))
        }
        guard let date = date(text) else { return nil }
        return min(max(.zero, date - now), .seconds(86_400))
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7); the two obsolete forms are not read.
    private static func date(_ text: String) -> Moment? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].count == 4, parts[0].hasSuffix(","), parts[5] == "GMT",
            let day = number(parts[1], 1...31), let month = months.firstIndex(of: String(parts[2])),
            let year = number(parts[3], 1970...9999)
        else { return nil }
        let time = parts[4].split(separator: ":", omittingEmptySubsequences: false)
        guard time.count == 3, let hour = number(time[0], 0...23), let minute = number(time[1], 0...59),
            let second = number(time[2], 0...60)
        else { return nil }
        let midnight = CivilTime(day: CalendarDay(year: Int64(year), month: month + 1, day: day), secondOfDay: 0)
        return Moment(seconds: midnight.secondsSinceEpoch + Int64(hour * 3_600 + minute * 60 + second))
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func number(_ text: Substring, _ range: ClosedRange<Int>) -> Int? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text), range.contains(value) else {
            return nil
        }
        return value
    }
}
