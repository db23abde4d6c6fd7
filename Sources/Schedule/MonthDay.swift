/// A day of the month: a number, or the last one whichever it is.
package enum MonthDay: Hashable, Sendable {
    /// 1...31; a month that lacks the day has no slot.
    case day(Int)
    case last

    init(parsing text: String) throws(ScheduleError) {
        if text.lowercased() == "last" {
            self = .last
        } else if let day = wholeNumber(text), (1...31).contains(day) {
            self = .day(day)
        } else {
            throw .malformedMonthDay(text: text)
        }
    }
}

extension MonthDay: CustomStringConvertible {
    package var description: String {
        switch self {
        case .day(let day): String(day)
        case .last: "last"
        }
    }
}
