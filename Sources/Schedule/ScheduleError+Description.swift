extension ScheduleError: CustomStringConvertible {
    /// One sentence: the text, what is allowed, and what to write instead.
    package var description: String {
        switch self {
        case .empty:
            #"schedule is empty; write "every 15m", "daily 03:00" or "cron 0 5 * * 1""#
        case .tooLong(let bytes):
            "schedule is \(bytes) bytes long; at most \(Schedule.longestText) are allowed"
        case .notASCII(let text):
            #"schedule "\#(text)" has a character outside ASCII; write plain letters and the digits 0-9"#
        case .unknownKind(let text):
            #"schedule "\#(text)" is not known; begin with every, daily, weekly, monthly or cron, "#
                + #"such as "every 15m", "daily 03:00" or "cron 0 5 * * 1""#
        case .writeInstead(let text, let instead):
            #"schedule "\#(text)" is not understood; write "\#(instead)""#
        case .writeWithoutYear(let text, let instead):
            #"schedule "\#(text)" is not understood; write \#(instead)"#
        case .atReboot:
            #"schedule "@reboot" is not a time; give the job a schedule, and first=now makes it run at start too"#
        case .incomplete(let kind):
            #"schedule "\#(kind)" is not complete; write for example "\#(Schedule.examples[kind] ?? kind)""#
        case .extraText(let text, let kind):
            #"schedule "\#(kind)" does not take "\#(text)""#
        case .malformedInterval, .intervalTooLong, .intervalTooShort:
            intervalDescription
        case .malformedTime, .unknownWeekday, .malformedMonthDay:
            dayAndTimeDescription
        case .fieldCount(let count):
            "cron has \(count) \(count == 1 ? "field" : "fields"); write 5 (minute hour day-of-month month day-of-week) "
                + "or 6 (second first)\(count == 7 ? Self.sevenFields : "")"
        case .year(let count, let order, let instead):
            #"cron has \#(count) fields, \#(order) with a year, which has no place here; write "\#(instead.line)""#
        case .unknownMacro(let text):
            #"cron "\#(text)" is not known; write \#(CronExpression.macros.keys.sorted().joined(separator: ", "))"#
        case .field(let kind, let text, let problem):
            kind.name + " " + problem.description(of: text, in: kind)
        case .neverFires(let text):
            #"schedule "cron \#(text)" can never fire\#(text.contains("H") ? " for some values of H" : ""): "#
                + "no month of its list has such a day"
        case .malformedMoment(let text):
            #"time "\#(text)" is not a moment; write RFC 3339 with an offset, "#
                + "2026-03-08T02:30:00Z or 2026-03-08T02:30:00+01:00"
        }
    }

    private static let sevenFields =
        "; seven are second minute hour day-of-month month day-of-week year in Quartz, whose days count from Sunday = 1, "
        + "and in supercronic, whose days count as here from Sunday = 0: leave out the year, and write names of days"

    private var intervalDescription: String {
        switch self {
        case .intervalTooLong(let text):
            #"duration "\#(text)" is too large; at most 10 years (3650d) are allowed"#
        case .intervalTooShort(let text):
            #"duration "\#(text)" is too short; at least 1s is needed"#
        case .malformedInterval(let text):
            #"duration "\#(text)" is not whole numbers with the units d h m s, from long to short; "#
                + "write 90s, 15m, 2h, 1d or 1h30m"
        default: ""
        }
    }

    private var dayAndTimeDescription: String {
        switch self {
        case .malformedTime("24:00"):
            #"time "24:00" is not a time of day; write 00:00 for the midnight that begins a day"#
        case .malformedTime(let text):
            #"time "\#(text)" is not a time of day; write HH:MM from 00:00 to 23:59, two digits each"#
        case .unknownWeekday(let text):
            #"day "\#(text)" is not a day of the week; write mon tue wed thu fri sat sun, with commas between them"#
        case .malformedMonthDay(let text):
            #"day "\#(text)" is not a day of the month; write one number from 1 to 31, or last "#
                + #"(for several days: "cron 0 3 1,15 * *")"#
        default: ""
        }
    }
}

extension ScheduleError.FieldProblem {
    fileprivate func description(of text: String, in kind: CronFieldKind) -> String {
        switch self {
        case .empty:
            #""\#(text)" has an empty item; write values with single commas between them"#
        case .unreadable:
            #""\#(text)" is not a value; write \#(Self.forms(of: kind))"#
        case .unknownWord(let word):
            #""\#(text)" has the unknown name "\#(word)"; write \#(Self.forms(of: kind))"#
        case .outside(let bounds):
            #""\#(text)" is outside \#(bounds.lowerBound)-\#(bounds.upperBound)"#
        case .step(let bounds):
            #"step "\#(text)" is outside \#(bounds.lowerBound)-\#(bounds.upperBound)"#
        case .backwards(let low, let high):
            #""\#(text)" runs backwards; write H(\#(high)-\#(low))"#
        case .questionMark(let instead):
            #""\#(text)" is not for this field, ? is for the days; the order here, and in Quartz, is "#
                + "second minute hour day-of-month month day-of-week, the second may be left out, "
                + "in EventBridge minute hour day-of-month month day-of-week year; write "
                + (instead?.description ?? "*")
        case .misplaced:
            #""\#(text)" is not for this field; L, LW and 15W are for day-of-month, 5L and MON#2 for day-of-week"#
        case .bareLast:
            #""\#(text)" does not say which day; write 6 for Saturday, or 5L for the month's last Friday"#
        case .week:
            #""\#(text)" names no week; write # and a number from 1 to 5, as in MON#2"#
        }
    }

    /// What may stand in a field.
    private static func forms(of kind: CronFieldKind) -> String {
        let bounds = "\(kind.bounds.lowerBound)-\(kind.bounds.upperBound)"
        let names = kind.words.last.map { " or a name such as \($0.uppercased())" } ?? ""
        let special = kind == .dayOfMonth ? ", L, LW or 15W" : kind == .dayOfWeek ? ", 5L or MON#2" : ""
        return "\(bounds)\(names), *, a list a,b, a range a-b, a step */n or H\(special)"
    }
}
