/// The six fields of a cron line, with what each allows.
package enum CronFieldKind: Int, CaseIterable, Sendable {
    case second, minute, hour, dayOfMonth, month, dayOfWeek

    package var name: String { traits.name }
    package var bounds: ClosedRange<Int> { traits.bounds }
    var words: [String] { traits.words }
    var hashed: ClosedRange<Int> { traits.hashed }

    /// How many values there are: 0 and 7 are one day of the week.
    var count: Int { self == .dayOfWeek ? 7 : bounds.count }

    /// A step longer than the field would hide that only its first value is left.
    var steps: ClosedRange<Int> { 1...count }

    private struct Traits {
        var name: String
        var bounds: ClosedRange<Int>
        /// Names of the values from `firstWord` on, in lower case.
        var words: [String] = []
        /// What a bare `H` chooses from.
        var hashed: ClosedRange<Int>
    }

    private var traits: Traits { Self.table[rawValue] }

    private static let table = [
        Traits(name: "second", bounds: 0...59, hashed: 0...59),
        Traits(name: "minute", bounds: 0...59, hashed: 0...59),
        Traits(name: "hour", bounds: 0...23, hashed: 0...23),
        // Jenkins' convention: a hashed day is one that every month has.
        Traits(name: "day-of-month", bounds: 1...31, hashed: 1...28),
        Traits(
            name: "month",
            bounds: 1...12,
            words: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
            hashed: 1...12
        ),
        // cron(5): 0 and 7 are both Sunday.
        Traits(name: "day-of-week", bounds: 0...7, words: Weekday.names, hashed: 0...6),
    ]
}
