/// When a job runs, as it was written: the value behind `every 15m` or `daily 03:00`.
package enum Schedule: Hashable, Sendable {
    /// Elapsed time since the last slot; knows no zone.
    case every(Interval)
    /// These times of each local day, ascending and each once.
    case daily([TimeOfDay])

    /// Reads one schedule; blanks between and around the words do not count.
    package init(parsing text: String) throws(ScheduleError) {
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard let kind = words.first, let argument = words.dropFirst().first else { throw .unknownKind(text: text) }
        if let extra = words.dropFirst(2).first { throw .extraText(text: extra, after: "\(kind) \(argument)") }
        switch kind {
        case "every":
            let interval = try Interval(parsing: argument)
            guard interval.seconds >= 1 else { throw .intervalTooShort(text: argument) }
            self = .every(interval)
        case "daily":
            var times: Set<TimeOfDay> = []
            for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
                times.insert(try TimeOfDay(parsing: part))
            }
            self = .daily(times.sorted())
        default:
            throw .unknownKind(text: text)
        }
    }
}

extension Schedule: CustomStringConvertible {
    /// The canonical form; it parses back to an equal value.
    package var description: String {
        switch self {
        case .every(let interval): "every \(interval)"
        case .daily(let times): "daily " + times.map(\.description).joined(separator: ",")
        }
    }
}
