extension Schedule {
    /// Longer texts are no schedules: every minute of a day in a `daily` list would be a mistake for `cron`.
    package static let longestText = 2048

    /// The first word of each kind, with the rest of an example; keywords are written in lower case.
    static let examples = [
        "every": "every 15m", "daily": "daily 03:00", "weekly": "weekly mon,thu 03:00",
        "monthly": "monthly 1 03:00", "cron": "cron 0 5 * * 1",
    ]

    /// Reads one schedule; blanks, tabs and line ends between and around the words do not count.
    ///
    /// Where the text is nearly right, the fault carries what to write instead.
    package init(parsing text: String) throws(ScheduleError) {
        guard text.utf8.count <= Self.longestText else { throw .tooLong(bytes: text.utf8.count) }
        // Swift compares text by canonical equivalence, so a Kelvin sign would pass for a K.
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else { throw .notASCII(text: text) }
        let words = Self.words(of: text)
        do throws(ScheduleError) {
            try self.init(words: words)
        } catch {
            guard error.instead == nil, let instead = Self.repaired(words) else { throw error }
            throw instead.year == nil
                ? .writeInstead(text: text, instead: instead.line) : .writeWithoutYear(text: text, instead: instead)
        }
    }

    static func words(of text: String) -> [Substring] {
        let blanks = Set(" \t\n\r\u{B}\u{C}".utf8)
        return text.utf8.split { blanks.contains($0) }.map(Substring.init)
    }

    /// Reads words without looking for a better spelling.
    init(words: [Substring]) throws(ScheduleError) {
        guard let first = words.first else { throw .empty }
        let kind = String(first)
        let arguments = words.dropFirst().map(String.init)
        switch kind {
        case "every":
            try Self.check(arguments, atLeast: 1, after: kind)
            let interval = try Interval(parsing: arguments[0])
            guard interval.seconds >= 1 else { throw .intervalTooShort(text: arguments[0]) }
            try Self.check(arguments, atMost: 1, after: kind)
            self = .every(interval)
        case "daily":
            try Self.check(arguments, atLeast: 1, after: kind)
            self = .daily(try TimeOfDay.list(parsing: arguments[0]))
            try Self.check(arguments, atMost: 1, after: kind)
        case "weekly":
            try Self.check(arguments, atLeast: 2, after: kind)
            self = .weekly(try Weekday.list(parsing: arguments[0]), try TimeOfDay.list(parsing: arguments[1]))
            try Self.check(arguments, atMost: 2, after: kind)
        case "monthly":
            try Self.check(arguments, atLeast: 2, after: kind)
            self = .monthly(try MonthDay(parsing: arguments[0]), try TimeOfDay.list(parsing: arguments[1]))
            try Self.check(arguments, atMost: 2, after: kind)
        case "cron":
            self = .cron(try CronExpression(parsing: Array(words.dropFirst())))
        default:
            if first.lowercased() == "@reboot" { throw .atReboot }
            throw .unknownKind(text: words.joined(separator: " "))
        }
    }

    private static func check(_ arguments: [String], atLeast count: Int, after kind: String) throws(ScheduleError) {
        guard arguments.count >= count else { throw .incomplete(kind: kind) }
    }

    /// To be asked when the others have been read: of several wrong words the first is told.
    private static func check(_ arguments: [String], atMost count: Int, after kind: String) throws(ScheduleError) {
        guard arguments.count > count else { return }
        throw .extraText(text: arguments[count], after: ([kind] + arguments.prefix(count)).joined(separator: " "))
    }
}
