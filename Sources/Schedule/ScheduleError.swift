/// Why a text is not a schedule; the sentence for each case is in `description`.
package enum ScheduleError: Error, Equatable {
    case unknownKind(text: String)
    case malformedInterval(text: String)
    case intervalTooLong(text: String)
    case intervalTooShort(text: String)
    case malformedTime(text: String)
    case extraText(text: String, after: String)
}

extension ScheduleError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownKind(let text):
            #"schedule "\#(text)" is not known; write "every 15m" or "daily 03:00""#
        case .malformedInterval(let text):
            #"duration "\#(text)" is not a number with a unit; write 90s, 15m, 2h, 1d or 1h30m"#
        case .intervalTooLong(let text):
            #"duration "\#(text)" is too large; at most 10 years (3650d) are allowed"#
        case .intervalTooShort(let text):
            #"duration "\#(text)" is too short; at least 1s is needed"#
        case .malformedTime(let text):
            #"time "\#(text)" is not a time of day; write HH:MM from 00:00 to 23:59"#
        case .extraText(let text, let kind):
            #"schedule "\#(kind)" does not take "\#(text)""#
        }
    }
}
