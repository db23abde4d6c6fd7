/// A day of the week, numbered as in cron(5): 0 is Sunday.
package enum Weekday: Int, CaseIterable, Hashable, Sendable {
    case sunday, monday, tuesday, wednesday, thursday, friday, saturday

    static let names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    /// Reads a three-letter English name in any case.
    init(parsing text: some StringProtocol) throws(ScheduleError) {
        guard let index = Self.names.firstIndex(of: text.lowercased()), let day = Self(rawValue: index) else {
            throw .unknownWeekday(text: String(text))
        }
        self = day
    }

    /// Reads names separated by commas; the result runs from Monday to Sunday and holds each once.
    static func list(parsing text: String) throws(ScheduleError) -> [Weekday] {
        var days: Set<Weekday> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            days.insert(try Weekday(parsing: part))
        }
        return days.sorted { ($0.rawValue + 6) % 7 < ($1.rawValue + 6) % 7 }
    }
}

extension Weekday: CustomStringConvertible {
    package var description: String { Self.names[rawValue] }
}
