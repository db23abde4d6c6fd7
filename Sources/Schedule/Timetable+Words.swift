extension Timetable {
    /// The schedule as one would say it: `every 15 minutes`, `daily at 03:00 Europe/Prague`.
    ///
    /// `H` is said as what it came to. Nil for a cron line that would take more words than it has signs.
    package var words: String? {
        guard let rule else {
            guard case .every(let interval) = schedule else { return nil }
            return "every " + interval.words
        }
        guard let days = rule.days.words, let clock = rule.clock.words else { return nil }
        let when = Self.joined(days: days, clock: clock)
        // Real time is the same in every zone, as long as offsets are whole hours.
        return clock.needsZone || !days.isEmpty ? "\(when) \(zone.name)" : when
    }

    private static func joined(days: String, clock: ClockWords) -> String {
        if clock.namesTimes {
            let daily = days.isEmpty ? "daily" : days.hasPrefix("in ") ? "daily " + days : days
            return daily + " at " + clock.text
        }
        return days.isEmpty ? clock.text : "\(clock.text), \(days)"
    }
}

extension Interval {
    /// `15 minutes`, `hour`, `1 hour 30 minutes`.
    fileprivate var words: String {
        if parts.count == 1, parts[0].count == 1 { return parts[0].unit.noun }
        return parts.map { "\($0.count) \($0.unit.noun)\($0.count == 1 ? "" : "s")" }.joined(separator: " ")
    }
}

extension Interval.Unit {
    fileprivate var noun: String {
        switch self {
        case .days: "day"
        case .hours: "hour"
        case .minutes: "minute"
        case .seconds: "second"
        }
    }
}

/// What is said of the time of day.
struct ClockWords: Equatable {
    let text: String
    /// Whether it is a list of times, so that "at" comes before it.
    var namesTimes = false
    /// Whether it means something else in another zone.
    var needsZone = false
}

extension ClockRule {
    /// Nil where it would take too many words.
    var words: ClockWords? {
        switch self {
        case .times(let times):
            return times.count > Self.mostTimes
                ? nil : ClockWords(text: listed(times.map(\.description)), namesTimes: true, needsZone: true)
        case .fields(let seconds, let minutes, let hours):
            return Self.words(seconds.members, minutes.members, UInt64(hours).members)
        }
    }

    private static let mostTimes = 6

    private static func words(_ seconds: [Int], _ minutes: [Int], _ hours: [Int]) -> ClockWords? {
        let anyMinute = minutes.count == 60 && hours.count == 24
        if seconds != [0] {
            if anyMinute, let step = step(seconds, of: 60) { return ClockWords(text: every(step, "second")) }
            guard seconds.count == 1, minutes.count * hours.count <= mostTimes else { return nil }
        }
        if minutes.count * hours.count <= mostTimes { return times(hours, minutes, seconds) }
        let range = hours.count == 24 ? "" : isRange(hours) ? " from \(two(hours[0])):00" : nil
        if let range, let step = step(minutes, of: 60), step < 60 {
            let end = range.isEmpty ? "" : " to \(two(hours[hours.count - 1])):59"
            return ClockWords(text: every(step, "minute") + range + end, needsZone: !range.isEmpty)
        }
        guard minutes.count <= 4 else { return nil }
        let past = listed(minutes.map { ":" + two($0) })
        if let range {
            let end = range.isEmpty ? "" : " to \(two(hours[hours.count - 1])):59"
            return ClockWords(text: "every hour at \(past)" + range + end, needsZone: !range.isEmpty)
        }
        guard let step = step(hours, of: 24) else { return nil }
        return ClockWords(text: "every \(step) hours at \(past)")
    }

    private static func times(_ hours: [Int], _ minutes: [Int], _ seconds: [Int]) -> ClockWords {
        let tail = seconds == [0] ? "" : ":" + two(seconds[0])
        let times = hours.flatMap { hour in minutes.map { two(hour) + ":" + two($0) + tail } }
        return ClockWords(text: listed(times), namesTimes: true, needsZone: true)
    }

    /// The step of 0, n, 2n … if it divides the whole evenly; 1 for all values.
    private static func step(_ values: [Int], of whole: Int) -> Int? {
        guard values.count > 1, values[0] == 0, whole % values.count == 0 else { return nil }
        let step = whole / values.count
        return values == Array(stride(from: 0, to: whole, by: step)) ? step : nil
    }

    private static func isRange(_ values: [Int]) -> Bool { values[values.count - 1] - values[0] == values.count - 1 }

    private static func every(_ step: Int, _ noun: String) -> String {
        step == 1 ? "every \(noun)" : "every \(step) \(noun)s"
    }

    private static func two(_ value: Int) -> String { padded(value, to: 2) }
}

extension UInt64 {
    var members: [Int] { (0..<64).filter { self >> UInt64($0) & 1 == 1 } }
}

/// `a`, `a and b`, `a, b and c`.
package func listed(_ items: [String], _ word: String = "and") -> String {
    guard let last = items.last, items.count > 1 else { return items.first ?? "" }
    return items.dropLast().joined(separator: ", ") + " \(word) " + last
}
