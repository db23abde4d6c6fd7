/// A time of day to the minute, written `HH:MM`.
package struct TimeOfDay: Hashable, Comparable, Sendable {
    package let hour: Int
    package let minute: Int

    package init(parsing text: some StringProtocol) throws(ScheduleError) {
        let bytes = Array(text.utf8)
        let digits = bytes.map { Int($0) - 48 }
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"),
            [0, 1, 3, 4].allSatisfy({ (0...9).contains(digits[$0]) })
        else { throw .malformedTime(text: String(text)) }
        hour = digits[0] * 10 + digits[1]
        minute = digits[3] * 10 + digits[4]
        guard hour < 24, minute < 60 else { throw .malformedTime(text: String(text)) }
    }

    var secondOfDay: Int { hour * 3600 + minute * 60 }

    package static func < (left: TimeOfDay, right: TimeOfDay) -> Bool { left.secondOfDay < right.secondOfDay }
}

extension TimeOfDay: CustomStringConvertible {
    package var description: String { padded(hour, to: 2) + ":" + padded(minute, to: 2) }
}
