extension CronTerm {
    /// Reads one item of a list; letters count in any case.
    ///
    /// A range round the field's end is two terms.
    static func parse(_ text: Substring, in kind: CronFieldKind) throws(ScheduleError) -> [CronTerm] {
        let item = Item(text: text, upper: text.uppercased(), kind: kind)
        if let special = try item.daySpecial() { return [special] }
        if item.upper.first == "H", let hashed = try item.hashed() { return [hashed] }
        return try item.plain()
    }
}

/// An item with the field it stands in, so that a fault can name both.
private struct Item {
    let text: Substring
    let upper: String
    let kind: CronFieldKind

    func fault(_ problem: ScheduleError.FieldProblem) -> ScheduleError { .field(kind, text: String(text), problem) }

    /// A number or a name of this field.
    func value(_ part: Substring) throws(ScheduleError) -> Int {
        if let number = wholeNumber(part) {
            guard kind.bounds.contains(number) else {
                throw .field(kind, text: String(part), .outside(kind.bounds))
            }
            return number
        }
        guard let index = kind.words.firstIndex(of: part.lowercased()) else {
            throw fault(part.isEmpty || part == text || kind.words.isEmpty ? .unreadable : .unknownWord(String(part)))
        }
        // Months count from 1, weekdays from 0: so do the bounds.
        return kind.bounds.lowerBound + index
    }

    /// 7 is Sunday as 0 is, but only 0 is printed.
    func weekday(_ part: Substring) throws(ScheduleError) -> UInt8 { UInt8(try value(part) % 7) }

    /// `a-b`; a Sunday at the end counts as 7 where that makes the range run forward (`FRI-SUN`).
    func range(_ part: Substring) throws(ScheduleError) -> (low: Int, high: Int) {
        let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard ends.count == 2 else { throw fault(.unreadable) }
        let (low, high) = (try value(ends[0]), try value(ends[1]))
        return (low, kind == .dayOfWeek && high == 0 && low > 0 ? 7 : high)
    }

    /// `22-4` goes round the field's end, and the step goes on there.
    private func round(_ low: Int, _ high: Int, step: Int) -> [CronTerm] {
        let (first, last) = (kind.bounds.lowerBound, kind.bounds.lowerBound + kind.count - 1)
        // 7 is the Sunday that begins the next week.
        if low > last { return terms(first, high, step) }
        let reached = low + (last - low) / step * step
        let others = terms(reached + step - kind.count, high, step)
        return terms(low, others.isEmpty ? reached : last, step) + others
    }

    private func terms(_ low: Int, _ high: Int, _ step: Int) -> [CronTerm] {
        if low > high { return [] }
        return low == high ? [single(low)] : [.span(low: UInt8(low), high: UInt8(high), step: UInt8(step))]
    }

    func step(_ part: Substring) throws(ScheduleError) -> UInt8 {
        guard let number = wholeNumber(part) else { throw fault(.unreadable) }
        guard kind.steps.contains(number) else { throw .field(kind, text: String(part), .step(kind.steps)) }
        return UInt8(number)
    }

    /// `*`, `a`, `a-b`, each with an optional `/n`.
    func plain() throws(ScheduleError) -> [CronTerm] {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let base = parts[0]
        let step = parts.count == 2 ? try step(parts[1]) : nil
        if base == "?", kind != .dayOfMonth, kind != .dayOfWeek { throw fault(.questionMark(instead: nil)) }
        if base == "*" || base == "?" { return [.every(step: step ?? 1)] }
        if base.contains("-") {
            let (low, high) = try range(base)
            let step = Int(step ?? 1)
            return low > high ? round(low, high, step: step) : terms(low, high, step)
        }
        let value = try value(base)
        guard let step else { return [single(value)] }
        return [.from(low: UInt8(value), step: step)]
    }

    private func single(_ value: Int) -> CronTerm {
        let value = UInt8(kind == .dayOfWeek ? value % 7 : value)
        return .span(low: value, high: value, step: 1)
    }

    /// `H`, `H/n`, `H(a-b)`, `H(a-b)/n`; nil if the text only begins with an H.
    func hashed() throws(ScheduleError) -> CronTerm? {
        var rest = text.dropFirst()
        var low: UInt8?
        var high: UInt8 = 0
        if rest.first == "(" {
            guard let close = rest.firstIndex(of: ")") else { throw fault(.unreadable) }
            let ends = try range(rest[rest.index(after: rest.startIndex)..<close])
            guard ends.low <= ends.high else { throw fault(.backwards(low: ends.low, high: ends.high)) }
            (low, high) = (UInt8(ends.low), UInt8(ends.high))
            rest = rest[rest.index(after: close)...]
        }
        if rest.isEmpty { return .hashed(low: low, high: high, step: 0) }
        guard rest.first == "/" else { return nil }
        return .hashed(low: low, high: high, step: try step(rest.dropFirst()))
    }

    /// `L LW 15W` of day-of-month, `5L MON#2` of day-of-week; nil for what is none of them.
    func daySpecial() throws(ScheduleError) -> CronTerm? {
        switch kind {
        case .dayOfMonth:
            if upper == "L" { return .lastDay }
            if upper == "LW" { return .lastWeekday }
            if upper.last == "W", wholeNumber(text.dropLast()) != nil {
                return .nearestWeekday(day: UInt8(try value(text.dropLast())))
            }
        case .dayOfWeek:
            if upper == "L" { throw fault(.bareLast) }
            if upper.last == "L" { return .lastOf(weekday: try weekday(text.dropLast())) }
            if let hash = text.firstIndex(of: "#") {
                guard let week = wholeNumber(text[text.index(after: hash)...]), (1...5).contains(week) else {
                    throw fault(.week)
                }
                return .nth(weekday: try weekday(text[..<hash]), week: UInt8(week))
            }
        case .second, .minute, .hour, .month: break
        }
        let looksSpecial = upper.contains("#") || ["L", "W", "LW"].contains { upper.drop(while: \.isNumber) == $0 }
        if looksSpecial { throw fault(.misplaced) }
        return nil
    }
}
