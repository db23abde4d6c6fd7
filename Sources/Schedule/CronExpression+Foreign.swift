/// Cron lines in the order of other schedulers, whose `?` tells them.
extension CronExpression {
    /// What EventBridge (minute to day of week, year), Quartz (second to day of week, year) and supercronic (the same, and
    /// minute to year) mean by a line.
    static func checkOrder(_ words: [Substring]) throws(ScheduleError) {
        guard words.count == 6 || words.count == 7, let last = words.last else { return }
        let questions = words.indices.filter { words[$0] == "?" }
        if words.count == 7 { try checkSeven(words, questions) }
        guard words.count == 6 else { return }
        for (word, kind) in zip(words, CronFieldKind.allCases) where word == "?" && (kind == .hour || kind == .month) {
            let line = isYear(last) ? checkedLine(words.prefix(5)) : nil
            throw .field(kind, text: "?", .questionMark(instead: line.map { CronAdvice(line: $0, year: last) }))
        }
        if isYear(last), !last.hasPrefix("*"), questions.isEmpty, let line = checkedOwnLine(words.prefix(5)) {
            throw .year(fields: 6, order: "the minute first", CronAdvice(line: line, year: last))
        }
    }

    private static func checkSeven(_ words: [Substring], _ questions: [Int]) throws(ScheduleError) {
        if isYear(words[6]), questions.allSatisfy({ $0 == 3 || $0 == 5 }) {
            // Days as numbers begin elsewhere in Quartz than in supercronic.
            let isPlain = !words[5].contains { $0.isNumber }
            if isPlain || !questions.isEmpty, let line = checkedLine(words.prefix(6)) {
                throw .year(
                    fields: 7,
                    order: questions.isEmpty ? "the second first" : "in Quartz's order",
                    CronAdvice(line: line, year: words[6])
                )
            }
        }
        // EventBridge's six, and one more that says nothing.
        if questions.contains(where: { $0 == 2 || $0 == 4 }), !questions.contains(where: { $0 == 3 || $0 == 5 }),
            isYear(words[5]), words[6] == "*", let line = checkedLine(words.prefix(5))
        {
            throw .field(
                questions[0] == 2 ? .hour : .month,
                text: "?",
                .questionMark(instead: CronAdvice(line: line, year: words[5]))
            )
        }
    }

    /// `*`, `2026`, `2026-2028`, `2026,2027`, `2026/2`.
    private static func isYear(_ word: Substring) -> Bool {
        word.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { item in
            let parts = item.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            let ends = parts[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            return (parts.count == 1 || wholeNumber(parts[1]) != nil)
                && (parts[0] == "*" || ends.allSatisfy { (1970...2199).contains(wholeNumber($0) ?? 0) })
        }
    }

    /// Of fields that mean the same here.
    private static func checkedOwnLine(_ words: ArraySlice<Substring>) -> String? {
        (try? Schedule(words: ["cron"] + words)) == nil ? nil : (["cron"] + words).joined(separator: " ")
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

/// A line to write in the place of another scheduler's.
package struct CronAdvice: Equatable, Sendable {
    let line: String
    /// The year that it leaves out; nil where that is every year.
    let year: String?

    init(line: String, year: Substring = "*") {
        self.line = line
        self.year = year == "*" ? nil : year.count > 20 ? "a year" : String(year)
    }
}

extension CronAdvice: CustomStringConvertible {
    package var description: String {
        "\"\(line)\"" + (year.map { ", which runs every year: \($0) has no place here" } ?? "")
    }
}

/// Equal whatever it is: what a text had and its value does not need.
struct Remark: Hashable, Sendable {
    let isTrue: Bool

    static func == (left: Remark, right: Remark) -> Bool { true }

    func hash(into hasher: inout Hasher) {}
}
