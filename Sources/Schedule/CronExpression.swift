/// A cron line: five fields as in crontab(5), or six with the seconds first.
package struct CronExpression: Hashable, Sendable {
    let second: CronField
    let minute: CronField
    let hour: CronField
    let dayOfMonth: CronField
    let month: CronField
    let dayOfWeek: CronField
    /// Whether days of the week are numbers beside a `?`, as Quartz writes them, who counts from Sunday = 1.
    let hasQuartzDays: Remark

    /// Each with what it may hold, in the order of a line.
    var fields: [(CronFieldKind, CronField)] {
        Array(zip(CronFieldKind.allCases, [second, minute, hour, dayOfMonth, month, dayOfWeek]))
    }

    /// crontab(5)'s nicknames; they are read, never printed.
    static let macros = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]

    /// Reads the words after `cron`: a macro, five fields or six.
    init(parsing words: [Substring]) throws(ScheduleError) {
        let words = try Self.expanded(words)
        try Self.checkOrder(words)
        guard words.count == 5 || words.count == 6 else { throw .fieldCount(words.count) }
        let five = Array(words.suffix(5))
        second = words.count == 6 ? try CronField(parsing: words[0], in: .second) : .zero
        minute = try CronField(parsing: five[0], in: .minute)
        hour = try CronField(parsing: five[1], in: .hour)
        dayOfMonth = try CronField(parsing: five[2], in: .dayOfMonth)
        month = try CronField(parsing: five[3], in: .month)
        dayOfWeek = try CronField(parsing: five[4], in: .dayOfWeek)
        let isNumbered = five[4].split(separator: ",").contains { $0.first?.isNumber == true }
        hasQuartzDays = Remark(isTrue: five[2] == "?" && isNumbered)
        guard alwaysFires else { throw .neverFires(text: description) }
    }

    /// Whether the slots depend on the hash of the job.
    var isHashed: Bool { [second, minute, hour, dayOfMonth, month, dayOfWeek].contains { $0.isHashed } }

    private static func expanded(_ words: [Substring]) throws(ScheduleError) -> [Substring] {
        guard words.count == 1, words[0].first == "@" else { return words }
        if words[0].lowercased() == "@reboot" { throw .atReboot }
        guard let fields = macros[words[0].lowercased()] else { throw .unknownMacro(text: String(words[0])) }
        return fields.split(separator: " ")
    }

    /// Whether some day matches, whatever `H` may turn out to be.
    ///
    /// For day-of-month its largest value is the worst; which month is the worst is not so plain, so all are tried.
    private var alwaysFires: Bool {
        (0..<(month.isHashed ? 12 : 1)).allSatisfy { choice in
            DayRule(self) { kind, count in kind == .month ? choice % count : count - 1 }.canMatch
        }
    }
}

extension CronExpression: CustomStringConvertible {
    /// The fields; the seconds only where they are not 0.
    package var description: String {
        let fields = [minute, hour, dayOfMonth, month, dayOfWeek]
        return (second == .zero ? fields : [second] + fields).map(\.description).joined(separator: " ")
    }
}
