/// Cron lines in the order of other schedulers, whose `?` tells them.
extension CronExpression {
    /// What EventBridge (minute to day of week, year) and Quartz (second to day of week, year) mean by a line.
    static func checkOrder(_ words: [Substring]) throws(ScheduleError) {
        guard words.contains("?") else { return }
        if words.count == 7, words[2] != "?", words[4] != "?", let instead = checkedLine(words.prefix(6)) {
            throw .quartzYear(instead: instead)
        }
        guard words.count == 6 else { return }
        for (word, kind) in zip(words, CronFieldKind.allCases) where word == "?" && (kind == .hour || kind == .month) {
            throw .field(kind, text: "?", .questionMark(instead: checkedLine(words.prefix(5))))
        }
    }

    /// Nothing that is no schedule is advised: it may be anything, a secret too.
    ///
    /// Nor is a step over days of the week, which begins with another day here.
    private static func checkedLine(_ words: ArraySlice<Substring>) -> String? {
        let line = line(words)
        let isStepped = words.last?.contains("/") ?? true
        return isStepped || (try? Schedule(words: Schedule.words(of: line))) == nil ? nil : line
    }

    /// The line as it is written here; its last field is a day of week that counts from Sunday = 1.
    static func line(_ words: ArraySlice<Substring>) -> String {
        let fields = words.dropLast() + [namingDays(words.last ?? "*")[...]]
        return (["cron"] + fields.map { $0 == "?" ? "*" : String($0) }).joined(separator: " ")
    }

    /// `2-6` as `MON-FRI`, `6#3` as `FRI#3`.
    private static func namingDays(_ field: Substring) -> String {
        var named = ""
        for character in field {
            let isCount = named.last == "#" || named.last == "/" || named.last?.isNumber == true
            let day = isCount ? nil : character.wholeNumberValue.map { $0 - 1 }
            named += day.flatMap { Weekday(rawValue: $0)?.description.uppercased() } ?? String(character)
        }
        return named
    }
}

/// Equal whatever it is: what a text had and its value does not need.
struct Remark: Hashable, Sendable {
    let isTrue: Bool

    static func == (left: Remark, right: Remark) -> Bool { true }

    func hash(into hasher: inout Hasher) {}
}
