/// Which days match, resolved to bits: no text, no `H`, nothing left to look up.
struct DayRule: Hashable, Sendable {
    /// Bits 1...12.
    var months: UInt16 = 0b1_1111_1111_1110
    /// Days of the month by number, bits 1...31.
    var days: UInt32 = 0
    /// Days of the month whose nearest weekday matches, bits 1...31.
    var nearestWeekdays: UInt32 = 0
    var lastDay = false
    var lastWeekday = false
    /// Bits 0...6, 0 is Sunday.
    var weekdays: UInt8 = 0
    /// Bits 0...6: the last such day of the month.
    var lastOfWeekdays: UInt8 = 0
    /// Bit 7 · (n - 1) + weekday: the nth such day of the month.
    var nthWeekdays: UInt64 = 0
    /// Whether a day of either kind is enough, rather than one of both.
    var matchesEither = false

    static let everyDay: UInt32 = ~1
    static let everyWeekday: UInt8 = 0b111_1111
    /// Lengths a month can have, by number of the month.
    static let lengths: [ClosedRange<Int>] = [
        31...31, 28...29, 31...31, 30...30, 31...31, 30...30, 31...31, 31...31, 30...30, 31...31, 30...30, 31...31,
    ]

    /// The days that match in a month of `length` days that begins on weekday `first`, bits 1...31.
    func matches(length: Int, first: Int) -> UInt32 {
        let ofMonth = daysOfMonth(length: length, first: first)
        let ofWeek = daysOfWeek(length: length, first: first)
        let all = Self.everyDay & (UInt32.max >> UInt32(31 - length))
        return (matchesEither ? ofMonth | ofWeek : ofMonth & ofWeek) & all
    }

    /// Whether it is such a day of the month, and such a day of the week.
    func fits(_ day: DayOfMonth) -> (ofMonth: Bool, ofWeek: Bool) {
        (
            daysOfMonth(length: day.length, first: day.first).contains(bit: day.number),
            daysOfWeek(length: day.length, first: day.first).contains(bit: day.number)
        )
    }

    /// Whether any month of any year has a matching day.
    ///
    /// Over 400 years every month begins on every weekday, February in both its lengths, so this is exact.
    var canMatch: Bool {
        (1...12).contains { month in
            months.contains(bit: month)
                && Self.lengths[month - 1].contains { length in
                    (0...6).contains { matches(length: length, first: $0) != 0 }
                }
        }
    }

    private func daysOfMonth(length: Int, first: Int) -> UInt32 {
        var result = days
        if lastDay { result |= 1 << UInt32(length) }
        if lastWeekday {
            let weekday = (first + length - 1) % 7
            result |= 1 << UInt32(length - (weekday == 0 ? 2 : weekday == 6 ? 1 : 0))
        }
        var rest = nearestWeekdays
        while let day = rest.bit(from: 1), day <= length {
            rest &= rest - 1
            result |= 1 << UInt32(Self.nearestWeekday(to: day, length: length, first: first))
        }
        return result
    }

    /// The day from Monday to Friday nearest `day`: at a month's ends the one on the inside, two days away.
    private static func nearestWeekday(to day: Int, length: Int, first: Int) -> Int {
        switch (first + day - 1) % 7 {
        case 6: day == 1 ? 3 : day - 1
        case 0: day == length ? day - 2 : day + 1
        default: day
        }
    }

    private func daysOfWeek(length: Int, first: Int) -> UInt32 {
        // Seven bits turned so that bit 0 is the month's first day, repeated over five weeks.
        let weekly = UInt64(turned(UInt64(weekdays), by: first)) &* 0b1_0000001_0000001_0000001_0000001
        var result = weekly << 1
        if lastOfWeekdays != 0 {
            let last = turned(UInt64(lastOfWeekdays), by: (first + length) % 7)
            result |= last << UInt64(length - 6)
        }
        if nthWeekdays != 0 {
            for week in 0..<5 {
                let bits = nthWeekdays >> UInt64(7 * week) & 0b111_1111
                result |= turned(bits, by: first) << UInt64(7 * week + 1)
            }
        }
        return UInt32(truncatingIfNeeded: result)
    }

    private func turned(_ week: UInt64, by first: Int) -> UInt64 {
        (week >> UInt64(first) | week << UInt64(7 - first)) & 0b111_1111
    }
}
