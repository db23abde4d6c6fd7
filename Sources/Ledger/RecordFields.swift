internal import Clockwork
internal import Schedule

/// Reads the fields of one record.
///
/// They are mostly asked for in the order in which they stand; any other order is found as well.
struct RecordFields {
    private let payload: Range<Int>
    /// The end of the kind, where the fields begin.
    private let first: Int
    private var position: Int

    init(_ bytes: Span<UInt8>, _ payload: Range<Int>) {
        self.payload = payload
        var index = payload.lowerBound
        while index < payload.upperBound, bytes[index] != 0x20 { index += 1 }
        first = index
        position = index
    }

    func isKind(_ kind: StaticString, _ bytes: Span<UInt8>) -> Bool {
        first - payload.lowerBound == kind.utf8CodeUnitCount && Self.matches(bytes, payload.lowerBound, kind)
    }

    /// The bytes of a value, quotes and escapes as they stand; nil if there is no such key.
    mutating func value(_ key: StaticString, _ bytes: Span<UInt8>) -> Range<Int>? {
        if let value = value(at: position, key, bytes) { return value }
        var index = first
        while index < payload.upperBound {
            if let value = value(at: index, key, bytes) { return value }
            index = end(of: index + 1, bytes)
        }
        return nil
    }

    /// If a blank, the key and `=` are at the index.
    private mutating func value(at index: Int, _ key: StaticString, _ bytes: Span<UInt8>) -> Range<Int>? {
        let equals = index + 1 + key.utf8CodeUnitCount
        guard equals < payload.upperBound, bytes[equals] == UInt8(ascii: "="),
            Self.matches(bytes, index + 1, key)
        else { return nil }
        position = end(of: equals + 1, bytes)
        return equals + 1..<position
    }

    /// The next blank outside quotes.
    private func end(of start: Int, _ bytes: Span<UInt8>) -> Int {
        var (index, isQuoted) = (start, false)
        while index < payload.upperBound {
            switch bytes[index] {
            case 0x20 where !isQuoted: return index
            case 0x22: isQuoted.toggle()
            case 0x5C where isQuoted: index += 1
            default: break
            }
            index += 1
        }
        return payload.upperBound
    }

    private static func matches(_ bytes: Span<UInt8>, _ start: Int, _ text: StaticString) -> Bool {
        for offset in 0..<text.utf8CodeUnitCount where unsafe bytes[start + offset] != text.utf8Start[offset] {
            return false
        }
        return true
    }
}

/// Values; nil is one that makes no sense. An optional within says that the value may be none, and is.
extension RecordFields {
    mutating func number(_ key: StaticString, _ bytes: Span<UInt8>) -> Int? {
        guard let range = value(key, bytes), (1...16).contains(range.count) else { return nil }
        return Self.number(bytes, range)
    }

    mutating func id(_ key: StaticString, _ bytes: Span<UInt8>) -> RunID? {
        guard let range = value(key, bytes), range.count == 32 else { return nil }
        let middle = range.lowerBound + 16
        guard let high = Self.hex(bytes, range.lowerBound..<middle),
            let low = Self.hex(bytes, middle..<range.upperBound)
        else { return nil }
        return RunID(high, low)
    }

    /// 16 hex digits.
    mutating func optionalHash(_ key: StaticString, _ bytes: Span<UInt8>) -> UInt64?? {
        guard let range = value(key, bytes) else { return .some(nil) }
        guard range.count == 16, let hash = Self.hex(bytes, range) else { return nil }
        return .some(hash)
    }

    private static func hex(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64? {
        var value: UInt64 = 0
        for index in range {
            guard let digit = hexDigit(bytes[index]) else { return nil }
            value = value << 4 | UInt64(digit)
        }
        return value
    }

    mutating func moment(_ key: StaticString, _ bytes: Span<UInt8>) -> Moment? {
        guard let range = value(key, bytes) else { return nil }
        return Self.moment(bytes, range)
    }

    mutating func optionalMoment(_ key: StaticString, _ bytes: Span<UInt8>) -> Moment?? {
        guard let range = value(key, bytes), !Self.isNone(bytes, range) else { return .some(nil) }
        guard let moment = Self.moment(bytes, range) else { return nil }
        return .some(moment)
    }

    mutating func optionalID(_ key: StaticString, _ bytes: Span<UInt8>) -> RunID?? {
        guard let range = value(key, bytes), !Self.isNone(bytes, range) else { return .some(nil) }
        guard let id = id(key, bytes) else { return nil }
        return .some(id)
    }

    mutating func text(_ key: StaticString, _ bytes: Span<UInt8>) -> String? {
        guard let range = value(key, bytes), !range.isEmpty else { return nil }
        return Self.text(bytes, range)
    }

    /// The value of an enum of words.
    mutating func word<Word: RawRepresentable<String>>(_ key: StaticString, _ bytes: Span<UInt8>) -> Word? {
        text(key, bytes).flatMap { Word(rawValue: $0) }
    }

    static func text(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
        guard bytes[range.lowerBound] == 0x22 else {
            return unsafe bytes.extracting(range).withUnsafeBufferPointer {
                unsafe String(decoding: $0, as: UTF8.self)
            }
        }
        var plain: [UInt8] = []
        var index = range.lowerBound + 1
        while index < range.upperBound, bytes[index] != 0x22 {
            var byte = bytes[index]
            if byte == 0x5C, index + 1 < range.upperBound {
                index += 1
                byte = bytes[index]
                if byte == UInt8(ascii: "x"), index + 2 < range.upperBound,
                    let high = hexDigit(bytes[index + 1]), let low = hexDigit(bytes[index + 2])
                {
                    byte = high << 4 | low
                    index += 2
                }
            }
            plain.append(byte)
            index += 1
        }
        return String(decoding: plain, as: UTF8.self)
    }

    private static func isNone(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        range.count == 1 && bytes[range.lowerBound] == UInt8(ascii: "-")
    }

    static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// Expects at most 18 bytes, so that nothing overflows.
    static func number(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var total = 0
        for index in range {
            let digit = Int(bytes[index]) - 0x30
            guard (0...9).contains(digit) else { return nil }
            total = total * 10 + digit
        }
        return total
    }

    /// `2026-11-21T03:44:55.123456789Z`, the fraction of any length up to nine digits or none; a leap second is the
    /// second after it.
    private static func moment(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Moment? {
        let start = range.lowerBound
        guard (20...30).contains(range.count), bytes[range.upperBound - 1] == UInt8(ascii: "Z"),
            bytes[start + 4] == UInt8(ascii: "-"), bytes[start + 7] == UInt8(ascii: "-"),
            bytes[start + 10] == UInt8(ascii: "T"),
            bytes[start + 13] == UInt8(ascii: ":"), bytes[start + 16] == UInt8(ascii: ":"),
            let year = number(bytes, start..<start + 4), year >= 1,
            let month = number(bytes, start + 5..<start + 7), (1...12).contains(month),
            let day = number(bytes, start + 8..<start + 10), day >= 1,
            day <= CalendarDay.length(ofMonth: month, year: Int64(year)),
            let hour = number(bytes, start + 11..<start + 13), hour < 24,
            let minute = number(bytes, start + 14..<start + 16), minute < 60,
            let second = number(bytes, start + 17..<start + 19), second <= 60
        else { return nil }
        var nanoseconds = 0
        if range.count > 20 {
            let fraction = start + 20..<range.upperBound - 1
            guard bytes[start + 19] == UInt8(ascii: "."), !fraction.isEmpty, let digits = number(bytes, fraction)
            else { return nil }
            nanoseconds = (fraction.count..<9).reduce(digits) { value, _ in value * 10 }
        }
        let civil = CivilTime(
            day: CalendarDay(year: Int64(year), month: month, day: day),
            secondOfDay: hour * 3600 + minute * 60 + second
        )
        guard believed.contains(civil.secondsSinceEpoch) else { return nil }
        return Moment(seconds: civil.secondsSinceEpoch, nanoseconds: Int32(nanoseconds))
    }

    /// From 1970 to the end of 2199: no clock that is believed shows another time, however wrong it is.
    static let believed: Range<Int64> = 0..<7_258_118_400
}
