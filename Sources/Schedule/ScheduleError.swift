/// Why a text is not a schedule, a duration or a moment; the sentence for each case is in `description`.
///
/// The texts are as they came in: whoever shows them escapes control characters.
package enum ScheduleError: Error, Equatable {
    case empty
    case tooLong(bytes: Int)
    case notASCII(text: String)
    case unknownKind(text: String)
    /// A text for which a schedule is known that it probably meant.
    case writeInstead(text: String, instead: String)
    /// The same, where that leaves out a year.
    case writeWithoutYear(text: String, instead: CronAdvice)
    case atReboot
    case incomplete(kind: String)
    case extraText(text: String, after: String)
    case malformedInterval(text: String)
    case intervalTooLong(text: String)
    case intervalTooShort(text: String)
    case malformedTime(text: String)
    case unknownWeekday(text: String)
    case malformedMonthDay(text: String)
    case fieldCount(Int)
    /// A field for the year, as Quartz and supercronic have it.
    case year(fields: Int, order: String, CronAdvice)
    case unknownMacro(text: String)
    case field(CronFieldKind, text: String, FieldProblem)
    case neverFires(text: String)
    case malformedMoment(text: String)

    /// What is wrong with one item of a cron field.
    package enum FieldProblem: Equatable, Sendable {
        case empty
        case unreadable
        case unknownWord(String)
        case outside(ClosedRange<Int>)
        case step(ClosedRange<Int>)
        /// The range of an `H`.
        case backwards(low: Int, high: Int)
        /// `?` in a field that is not one of days; the line that another scheduler's order of fields would mean.
        case questionMark(instead: CronAdvice?)
        /// `L`, `W` or `#` in a field that does not have it.
        case misplaced
        /// `L` alone in day-of-week.
        case bareLast
        /// `#` without a week of 1...5.
        case week
    }
}

extension ScheduleError {
    /// The line to write, where the fault itself knows it.
    var instead: CronAdvice? {
        switch self {
        case .year(_, _, let instead): instead
        case .field(_, _, .questionMark(let instead)): instead
        default: nil
        }
    }
}
