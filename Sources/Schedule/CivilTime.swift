/// A reading of a wall clock: day and second of the day, without a zone.
package struct CivilTime: Hashable, Comparable, Sendable {
    package let day: CalendarDay
    /// 0 ..< 86 400.
    package let secondOfDay: Int

    package init(day: CalendarDay, secondOfDay: Int) {
        self.day = day
        self.secondOfDay = secondOfDay
    }

    /// `secondsSinceEpoch` counts seconds of this wall clock, not of UTC.
    package init(secondsSinceEpoch: Int64) {
        let (days, second) = secondsSinceEpoch.quotientAndRemainder(dividingBy: 86_400)
        // Rounds down, also before 1970, without a subtraction that could overflow at `Int64.min`.
        day = CalendarDay(daysSinceEpoch: second < 0 ? days - 1 : days)
        secondOfDay = Int(second < 0 ? second + 86_400 : second)
    }

    /// Right for the years -9999 to 99 999 at least; a day made from an extreme `Int64` is clamped.
    package var secondsSinceEpoch: Int64 {
        let (seconds, overflow) = day.daysSinceEpoch.multipliedReportingOverflow(by: 86_400)
        let (total, carry) = seconds.addingReportingOverflow(Int64(secondOfDay))
        return overflow || carry ? (day.daysSinceEpoch < 0 ? .min : .max) : total
    }

    package static func < (left: CivilTime, right: CivilTime) -> Bool {
        (left.day, left.secondOfDay) < (right.day, right.secondOfDay)
    }
}

extension CivilTime: CustomStringConvertible {
    /// `2026-11-21T03:44:55`, without a zone.
    package var description: String { text(ending: 0, digits: 0, zone: "") }

    /// The same with a fraction of so many digits, unless it has none, and a zone of one letter at most.
    ///
    /// In one piece, since each line of a log begins with one.
    func text(ending fraction: Int, digits: Int, zone: StaticString) -> String {
        let (year, month, dayOfMonth) = day.components
        guard (0...9_999).contains(year) else {
            return slowDescription + (digits == 0 ? "" : "." + padded(fraction, to: digits)) + zone.description
        }
        return unsafe String(unsafeUninitializedCapacity: 32) { buffer in
            unsafe write(year, month, dayOfMonth, fraction, digits, zone, to: buffer)
        }
    }

    /// The same, put behind what is there.
    func append(to bytes: inout [UInt8], ending fraction: Int, digits: Int, zone: StaticString) {
        let (year, month, dayOfMonth) = day.components
        guard (0...9_999).contains(year) else {
            return bytes.append(contentsOf: text(ending: fraction, digits: digits, zone: zone).utf8)
        }
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { buffer in
            let count = unsafe write(year, month, dayOfMonth, fraction, digits, zone, to: buffer)
            unsafe bytes.append(contentsOf: buffer[..<count])
        }
    }

    /// Answers how many bytes it wrote, of the 32 that there must be room for.
    private func write(
        _ year: Int64,
        _ month: Int,
        _ dayOfMonth: Int,
        _ fraction: Int,
        _ digits: Int,
        _ zone: StaticString,
        to buffer: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        func put(_ number: Int, width: Int, at start: Int) {
            var rest = UInt(truncatingIfNeeded: number)
            for place in 1...width {
                unsafe buffer[start + width - place] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
        }
        func putTwo(_ number: Int, at place: Int) {
            unsafe buffer[place] = 0x30 + UInt8(truncatingIfNeeded: number / 10)
            unsafe buffer[place + 1] = 0x30 + UInt8(truncatingIfNeeded: number % 10)
        }
        func put(_ byte: UInt8, at place: Int) { unsafe buffer[place] = byte }
        putTwo(Int(year / 100), at: 0)
        putTwo(Int(year % 100), at: 2)
        put(UInt8(ascii: "-"), at: 4)
        putTwo(month, at: 5)
        put(UInt8(ascii: "-"), at: 7)
        putTwo(dayOfMonth, at: 8)
        put(UInt8(ascii: "T"), at: 10)
        putTwo(secondOfDay / 3600, at: 11)
        put(UInt8(ascii: ":"), at: 13)
        putTwo(secondOfDay / 60 % 60, at: 14)
        put(UInt8(ascii: ":"), at: 16)
        putTwo(secondOfDay % 60, at: 17)
        var count = 19
        if digits > 0 {
            put(UInt8(ascii: "."), at: 19)
            put(fraction, width: digits, at: 20)
            count = 20 + digits
        }
        guard zone.utf8CodeUnitCount == 1 else { return count }
        put(unsafe zone.utf8Start.pointee, at: count)
        return count + 1
    }

    private var slowDescription: String {
        let (year, month, dayOfMonth) = day.components
        let date = [padded(Int(year), to: 4), padded(month, to: 2), padded(dayOfMonth, to: 2)]
        let time = [secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60]
        return date.joined(separator: "-") + "T" + time.map { padded($0, to: 2) }.joined(separator: ":")
    }
}
