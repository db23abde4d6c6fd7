internal import Clockwork
internal import Schedule

/// Writes the record file: a record is a line `<crc32> <length> <kind> key=value …`.
///
/// The sum covers all after its own blank but the line's end; the length counts what follows its own blank.
package struct RecordWriter {
    package private(set) var bytes: [UInt8] = []

    /// `<8 hex digits> <6 digits> `.
    static let headLength = 16
    /// No record is longer, head and line end not counted.
    static let longest = 262_144
    /// A text is cut here, so that a record never gets too long, even if each byte is escaped.
    private static let longestText = 16_384

    package init() {}

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// A record with the fields that the body writes.
    mutating func record(_ kind: StaticString, _ body: (inout RecordWriter) -> Void) {
        framed { writer in
            writer.append(kind)
            body(&writer)
        }
    }

    /// A record of a payload that is ready; cut where it is too long.
    mutating func record(_ payload: [UInt8]) { framed { $0.bytes += payload.prefix(Self.longest) } }

    private mutating func framed(_ body: (inout RecordWriter) -> Void) {
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: Self.headLength))
        body(&self)
        number(bytes.count - start - Self.headLength, at: start + 9, width: 6)
        hex(UInt64(CRC32.sum(bytes.span, start + 9..<bytes.count)), at: start, width: 8)
        bytes.append(UInt8(ascii: "\n"))
    }

    mutating func field(_ key: StaticString, _ value: Int) {
        begin(key)
        digits(value)
    }

    /// As 16 hex digits.
    mutating func field(_ key: StaticString, hash value: UInt64) {
        begin(key)
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 16))
        hex(value, at: start, width: 16)
    }

    mutating func field(_ key: StaticString, _ value: RunID?) {
        begin(key)
        guard let value else { return bytes.append(UInt8(ascii: "-")) }
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 32))
        hex(value.high, at: start, width: 16)
        hex(value.low, at: start + 16, width: 16)
    }

    mutating func field(_ key: StaticString, _ value: Moment?) {
        begin(key)
        guard let value else { return bytes.append(UInt8(ascii: "-")) }
        moment(value)
    }

    /// Bare if that is clear, else between double quotes.
    mutating func field(_ key: StaticString, _ value: String) {
        begin(key)
        let text = value.utf8.prefix(Self.longestText)
        let isBare = { (byte: UInt8) in (0x21...0x7E).contains(byte) && byte != 0x22 && byte != 0x5C }
        if !text.isEmpty, value != "-", text.allSatisfy(isBare) { return bytes.append(contentsOf: text) }
        bytes.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case 0x22, 0x5C: bytes += [0x5C, byte]
            case 0x20...0x7E, 0x80...0xFF: bytes.append(byte)
            default:
                bytes += [0x5C, UInt8(ascii: "x"), Self.hexDigit(UInt64(byte >> 4)), Self.hexDigit(UInt64(byte))]
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func begin(_ key: StaticString) {
        bytes.append(UInt8(ascii: " "))
        append(key)
        bytes.append(UInt8(ascii: "="))
    }

    private mutating func append(_ text: StaticString) {
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func digits(_ value: Int) {
        var rest = max(0, value)
        let start = bytes.count
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    /// RFC 3339 in UTC, the fraction only as long as it has to be; what no such text can say becomes the nearest.
    private mutating func moment(_ moment: Moment) {
        let seconds = min(max(moment.seconds, Moment.searchable.lowerBound), Moment.searchable.upperBound)
        let time = CivilTime(secondsSinceEpoch: seconds)
        let (year, month, day) = time.day.components
        let start = bytes.count
        bytes.append(contentsOf: Self.pattern)
        number(Int(year), at: start, width: 4)
        number(month, at: start + 5, width: 2)
        number(day, at: start + 8, width: 2)
        number(time.secondOfDay / 3600, at: start + 11, width: 2)
        number(time.secondOfDay / 60 % 60, at: start + 14, width: 2)
        number(time.secondOfDay % 60, at: start + 17, width: 2)
        if moment.nanoseconds != 0 {
            bytes.append(UInt8(ascii: "."))
            var rest = moment.nanoseconds
            var unit: Int32 = 100_000_000
            while rest > 0 {
                bytes.append(UInt8(ascii: "0") + UInt8(rest / unit))
                rest %= unit
                unit /= 10
            }
        }
        bytes.append(UInt8(ascii: "Z"))
    }

    private static let pattern = Array("0000-00-00T00:00:00".utf8)

    private mutating func number(_ value: Int, at index: Int, width: Int) {
        var rest = value
        for place in stride(from: index + width - 1, through: index, by: -1) {
            bytes[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }

    private mutating func hex(_ value: UInt64, at index: Int, width: Int) {
        for place in 0..<width {
            bytes[index + place] = Self.hexDigit(value >> UInt64(4 * (width - 1 - place)))
        }
    }

    /// Of the lowest four bits.
    private static func hexDigit(_ value: UInt64) -> UInt8 {
        let digit = UInt8(value & 0xF)
        return digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }
}
