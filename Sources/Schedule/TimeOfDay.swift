/// A time of day to the minute, written `HH:MM`.
package struct TimeOfDay: Hashable, Comparable, Sendable {
    package let hour: Int
    package let minute: Int

    /// Reads `00:00` to `23:59`, two digits each; `24:00` is refused, since it names two days.
    package init(parsing text: some StringProtocol) throws(ScheduleError) {
        let parts = Substring(text).utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == 2, parts[1].count == 2,
            let hour = wholeNumber(Substring(parts[0])), hour < 24,
            let minute = wholeNumber(Substring(parts[1])), minute < 60
        else { throw .malformedTime(text: String(text)) }
        self.hour = hour
        self.minute = minute
    }

    /// Reads times separated by commas; the result is ascending and holds each once.
    static func list(parsing text: String) throws(ScheduleError) -> [TimeOfDay] {
        var times: Set<TimeOfDay> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            times.insert(try TimeOfDay(parsing: part))
        }
        return times.sorted()
    }

    var secondOfDay: Int { hour * 3600 + minute * 60 }

    package static func < (left: TimeOfDay, right: TimeOfDay) -> Bool { left.secondOfDay < right.secondOfDay }
}

extension TimeOfDay: CustomStringConvertible {
    package var description: String { padded(hour, to: 2) + ":" + padded(minute, to: 2) }
}
