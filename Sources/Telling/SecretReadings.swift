/// What the bytes of a text may say: themselves, or the bytes that they spell as hex, decimal numbers or base64.
struct SecretReadings {
    private let parts: SecretParts
    private var plain = LetterWindow()
    /// Pairs of digits that begin at an even place of their run, and at an odd one.
    private var hex = InlineArray<2, LetterWindow>(repeating: LetterWindow())
    private var digit: (value: UInt8, start: Int, end: Int, place: Int) = (0, 0, -1, 0)
    private var pair: (value: UInt8, range: Range<Int>) = (0, 0..<0)
    private var decimal = LetterWindow()
    private var number: (value: Int, range: Range<Int>)?
    /// As a group of four may begin at each character.
    private var base64 = InlineArray<4, LetterWindow>(repeating: LetterWindow())
    private var sextet: (value: UInt8, start: Int, place: Int) = (0, 0, 0)

    init(_ parts: SecretParts) { self.parts = parts }

    /// Where a secret's parts are, in no order.
    var found: [Range<Int>] {
        plain.found + decimal.found + hex[0].found + hex[1].found + base64[0].found + base64[1].found + base64[2].found
            + base64[3].found
    }

    /// `range` is where in the text the byte comes from.
    mutating func take(_ byte: UInt8, _ range: Range<Int>) {
        plain.take(byte, range, parts)
        takeHex(byte, range)
        takeDecimal(byte, range)
        takeBase64(byte, range)
    }

    /// Ends the last number and the last pair.
    mutating func end(_ count: Int) {
        takeDecimal(0, count..<count)
        endHex()
    }

    /// Two digits side by side, whatever between two pairs.
    private mutating func takeHex(_ byte: UInt8, _ range: Range<Int>) {
        guard let value = byte.hexValue else { return }
        if digit.end == range.lowerBound {
            pair = (digit.value << 4 | value, digit.start..<range.upperBound)
            hex[digit.place & 1].take(pair.value, pair.range, parts)
            digit.place += 1
        } else {
            endHex()
            digit.place = 0
        }
        (digit.value, digit.start, digit.end) = (value, range.lowerBound, range.upperBound)
    }

    /// A pair that stands alone goes on with what either place has had: the one before it may be cut.
    private mutating func endHex() {
        if digit.place == 1 { hex[1].take(pair.value, pair.range, parts) }
    }

    /// `[99, 97]`.
    private mutating func takeDecimal(_ byte: UInt8, _ range: Range<Int>) {
        if (0x30...0x39).contains(byte) {
            let value = min(1_000, (number?.value ?? 0) * 10 + Int(byte - 0x30))
            number = (value, (number?.range.lowerBound ?? range.lowerBound)..<range.upperBound)
        } else if let (value, range) = number {
            decimal.take(UInt8(exactly: value) ?? 0xFF, range, parts)
            number = nil
        }
    }

    /// RFC 4648 §4 and §5; what is not of its alphabet, such as line ends, is passed over.
    private mutating func takeBase64(_ byte: UInt8, _ range: Range<Int>) {
        guard let value = byte.sextet else { return }
        let (last, whole) = (sextet, sextet.start..<range.upperBound)
        sextet = (value, range.lowerBound, last.place + 1)
        guard last.place > 0 else { return }
        base64[last.place & 3].take(last.value << 2 | value >> 4, whole, parts)
        base64[(last.place - 1) & 3].take(last.value << 4 | value >> 2, whole, parts)
        base64[(last.place - 2) & 3].take(last.value << 6 | value, whole, parts)
    }
}

extension UInt8 {
    var hexValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x37
        case 0x61...0x66: self - 0x57
        default: nil
        }
    }

    fileprivate var sextet: UInt8? {
        switch self {
        case 0x41...0x5A: self - 0x41
        case 0x61...0x7A: self - 0x47
        case 0x30...0x39: self + 4
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
