@testable import Schedule

/// Texts of random schedules over the whole grammar.
///
/// A generator of its own rather than random values: it also writes what has a shorter canonical form.
struct ScheduleGenerator {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    mutating func one<Item>(of items: [Item]) -> Item { items[number(0...items.count - 1)] }

    mutating func schedule() -> String {
        switch number(0...9) {
        case 0: "every " + interval()
        case 1, 2: "daily " + times()
        case 3: "weekly " + list { $0.one(of: Weekday.names) } + " " + times()
        case 4: "monthly " + (number(0...4) == 0 ? "last" : "\(number(1...31))") + " " + times()
        default: "cron " + cron()
        }
    }

    mutating func times() -> String {
        list { padded($0.number(0...23), to: 2) + ":" + padded($0.number(0...59), to: 2) }
    }

    mutating func cron() -> String {
        let kinds = CronFieldKind.allCases.dropFirst(number(0...4) == 0 ? 0 : 1)
        return kinds.map { field($0) }.joined(separator: " ")
    }

    private mutating func interval() -> String {
        var text = ""
        for unit in ["d", "h", "m", "s"] where number(0...1) == 0 { text += "\(number(1...99))\(unit)" }
        return text + (text.hasSuffix("s") || text.isEmpty ? "" : "1s") + (text.isEmpty ? "\(number(1...99999))" : "")
    }

    private mutating func list(_ item: (inout Self) -> String) -> String {
        (0..<one(of: [1, 1, 1, 2, 3, 5])).map { _ in item(&self) }.joined(separator: ",")
    }

    private mutating func field(_ kind: CronFieldKind) -> String {
        let any = [.dayOfMonth, .dayOfWeek].contains(kind) ? "?" : "*"
        if number(0...2) == 0 { return one(of: ["*", "*", any, "*/\(number(kind.steps))"]) }
        return list { $0.item(kind) }
    }

    private mutating func item(_ kind: CronFieldKind) -> String {
        let low = number(kind.bounds)
        let high = number(low...kind.bounds.upperBound)
        let any = number(kind.bounds)
        let step = number(kind.steps)
        switch number(0...11) {
        case 0: return "*/\(step)"
        case 1: return "\(low)/\(step)"
        case 2, 3: return "\(low)-\(any)"
        case 4: return "\(low)-\(any)/\(step)"
        case 5: return one(of: ["H", "H/\(step)", "H(\(low)-\(high))", "h(\(low)-\(high))/\(step)"])
        case 6 where kind == .dayOfMonth: return one(of: ["L", "LW", "\(low)W", "lw"])
        case 6 where kind == .dayOfWeek: return one(of: ["\(low)L", "\(low)#\(number(1...5))", "friL", "MON#2"])
        case 7 where !kind.words.isEmpty: return one(of: kind.words)
        default: return "\(low)"
        }
    }
}
