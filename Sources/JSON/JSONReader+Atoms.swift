/// What has no other value in it: strings and numbers.
extension JSONReader {
    mutating func readString() throws(JSONError) -> String {
        guard take("\"") else { throw unexpected("a string") }
        var string = ""
        while true {
            // Sound by `readText`: no cut can fall inside a character, as both ends are ASCII.
            let plain = bytes[index...].prefix { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
            string += String(decoding: plain, as: UTF8.self)
            index += plain.count
            if take("\"") { return string }
            if let byte = next, byte < 0x20 { throw fault(.control(byte)) }
            let place = index
            guard take("\\") else { throw unexpected("the end of a string") }
            string.unicodeScalars.append(try readEscape(at: place))
        }
    }

    private mutating func readEscape(at place: Int) throws(JSONError) -> Unicode.Scalar {
        guard let mark = next else { throw unexpected("an escape") }
        index += 1
        switch mark {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(mark)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try readUnicode(at: place)
        default: throw JSONError(reason: .badEscape, offset: place)
        }
    }

    /// RFC 8259 §7: beyond U+FFFF a character is written as its two halves in UTF-16.
    private mutating func readUnicode(at place: Int) throws(JSONError) -> Unicode.Scalar {
        let unit = try readHex()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard UTF16.isLeadSurrogate(unit), take("\\"), take("u") else {
            throw JSONError(reason: .loneSurrogate, offset: place)
        }
        let second = try readHex()
        guard UTF16.isTrailSurrogate(second) else { throw JSONError(reason: .loneSurrogate, offset: place) }
        return UTF16.decode(UTF16.EncodedScalar([unit, second]))
    }

    private mutating func readHex() throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw unexpected("a hexadecimal digit")
            }
            unit = unit << 4 | UInt16(digit)
            index += 1
        }
        return unit
    }

    mutating func readNumber() throws(JSONError) -> JSONValue {
        let start = index
        _ = take("-")
        // §6: no zeros in front.
        if !take("0") { try readDigits() }
        var isWhole = true
        if take(".") {
            isWhole = false
            try readDigits()
        }
        if take("e") || take("E") {
            isWhole = false
            _ = take("+") || take("-")
            try readDigits()
        }
        guard index - start <= limits.numberLength else {
            throw JSONError(reason: .longNumber(limit: limits.numberLength), offset: start)
        }
        let digits = String(decoding: bytes[start..<index], as: UTF8.self)
        return isWhole ? Int(digits).map(JSONValue.integer) ?? .number(digits) : .number(digits)
    }

    private mutating func readDigits() throws(JSONError) {
        let start = index
        while let byte = next, (0x30...0x39).contains(byte) { index += 1 }
        if index == start { throw unexpected("a digit") }
    }
}
