/// One item of a cron field's list, as it was written but with names turned into numbers.
package enum CronTerm: Hashable, Sendable {
    /// `*` and `?`, or `*/n`.
    case every(step: UInt8)
    /// `a`, `a-b` or `a-b/n`.
    case span(low: UInt8, high: UInt8, step: UInt8)
    /// `a/n`: from a to the field's end.
    case from(low: UInt8, step: UInt8)
    /// `H` and `H/n` without a range, `H(a-b)` and `H(a-b)/n` with one.
    case hashed(low: UInt8?, high: UInt8, step: UInt8)
    /// `L` of day-of-month.
    case lastDay
    /// `LW`: the last day from Monday to Friday.
    case lastWeekday
    /// `15W`: the day from Monday to Friday nearest the 15th, not leaving the month.
    case nearestWeekday(day: UInt8)
    /// `5L`: the last such day of the month.
    case lastOf(weekday: UInt8)
    /// `1#2`: the nth such day of the month.
    case nth(weekday: UInt8, week: UInt8)

    var isStar: Bool {
        if case .every = self { true } else { false }
    }

    /// Whether it means a day by its place in the month.
    var dependsOnMonth: Bool {
        switch self {
        case .every, .span, .from, .hashed: false
        case .lastDay, .lastWeekday, .nearestWeekday, .lastOf, .nth: true
        }
    }

    /// Where the term stands in a sorted list.
    var sortKey: (Int, Int, Int, Int) {
        switch self {
        case .every(let step): (0, 0, 0, Int(step))
        case .span(let low, let high, let step): (1, Int(low), Int(high), Int(step))
        case .from(let low, let step): (1, Int(low), 99, Int(step))
        // `H` is not `H(0-0)`.
        case .hashed(let low, let high, let step): (2, low.map { Int($0) } ?? -1, Int(high), Int(step))
        case .nearestWeekday(let day): (3, Int(day), 0, 0)
        case .nth(let weekday, let week): (3, Int(weekday), Int(week), 0)
        case .lastOf(let weekday): (3, Int(weekday), 99, 0)
        case .lastDay: (4, 0, 0, 0)
        case .lastWeekday: (4, 1, 0, 0)
        }
    }

    /// The numbers the term stands for, one bit each; empty for the terms that depend on the month.
    ///
    /// `pick` answers with a number of 0 ..< its argument; it is the hash behind `H`.
    func values(in kind: CronFieldKind, pick: (Int) -> Int) -> UInt64 {
        switch self {
        case .every(let step): bits(kind.bounds.lowerBound, kind.bounds.upperBound, Int(step))
        case .span(let low, let high, let step): bits(Int(low), Int(high), Int(step))
        case .from(let low, let step): bits(Int(low), kind.bounds.upperBound, Int(step))
        case .hashed(let low, let high, let step): hashedBits(low, high, Int(step), kind, pick)
        case .lastDay, .lastWeekday, .nearestWeekday, .lastOf, .nth: 0
        }
    }

    private func hashedBits(
        _ low: UInt8?,
        _ high: UInt8,
        _ step: Int,
        _ kind: CronFieldKind,
        _ pick: (Int) -> Int
    )
        -> UInt64
    {
        let range = low.map { Int($0)...Int(high) } ?? kind.hashed
        // A step of 0 stands for "one value only".
        let first = range.lowerBound + pick(step == 0 ? range.count : min(step, range.count))
        return step == 0 ? bits(first, first, 1) : bits(first, range.upperBound, step)
    }

    private func bits(_ low: Int, _ high: Int, _ step: Int) -> UInt64 {
        stride(from: low, through: high, by: max(1, step)).reduce(0) { $0 | 1 << UInt64($1) }
    }
}

extension CronTerm: CustomStringConvertible {
    package var description: String {
        switch self {
        case .every(let step): step == 1 ? "*" : "*/\(step)"
        case .span(let low, let high, let step):
            low == high ? "\(low)" : step == 1 ? "\(low)-\(high)" : "\(low)-\(high)/\(step)"
        case .from(let low, let step): "\(low)/\(step)"
        case .hashed(let low, let high, let step):
            "H" + (low.map { "(\($0)-\(high))" } ?? "") + (step == 0 ? "" : "/\(step)")
        case .lastDay: "L"
        case .lastWeekday: "LW"
        case .nearestWeekday(let day): "\(day)W"
        case .lastOf(let weekday): "\(weekday)L"
        case .nth(let weekday, let week): "\(weekday)#\(week)"
        }
    }
}
