/// Whether a text is JSON (RFC 8259); its values are never needed.
///
/// Not `JSONDecoder`: Foundation would be linked into the static binary for this one question.
enum JSONText {
    static func isValid(_ text: String) -> Bool {
        var reader = Reader(bytes: Array(text.utf8))
        reader.skipBlanks()
        guard reader.readValue(depth: 0) else { return false }
        reader.skipBlanks()
        return reader.isAtEnd
    }

    private struct Reader {
        let bytes: [UInt8]
        var index = 0

        /// Deeper nesting than this is taken for text, so that no input exhausts the stack.
        static let deepest = 200

        init(bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { index == bytes.count }
        private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

        mutating func skipBlanks() {
            while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { index += 1 }
        }

        mutating func readValue(depth: Int) -> Bool {
            guard depth < Self.deepest, let byte = next else { return false }
            switch byte {
            case UInt8(ascii: "{"): return readList(until: "}", depth: depth, isObject: true)
            case UInt8(ascii: "["): return readList(until: "]", depth: depth, isObject: false)
            case UInt8(ascii: "\""): return readString()
            case UInt8(ascii: "t"): return take("true")
            case UInt8(ascii: "f"): return take("false")
            case UInt8(ascii: "n"): return take("null")
            default: return readNumber()
            }
        }

        private mutating func readList(until end: Unicode.Scalar, depth: Int, isObject: Bool) -> Bool {
            index += 1
            skipBlanks()
            if take(end) { return true }
            while true {
                if isObject {
                    guard readString() else { return false }
                    skipBlanks()
                    guard take(":") else { return false }
                    skipBlanks()
                }
                guard readValue(depth: depth + 1) else { return false }
                skipBlanks()
                if take(end) { return true }
                guard take(",") else { return false }
                skipBlanks()
            }
        }

        private mutating func readString() -> Bool {
            guard take("\"") else { return false }
            while let byte = next {
                index += 1
                switch byte {
                case UInt8(ascii: "\""): return true
                case UInt8(ascii: "\\"): guard readEscape() else { return false }
                case 0..<0x20: return false
                default: continue
                }
            }
            return false
        }

        private mutating func readEscape() -> Bool {
            guard let byte = next else { return false }
            index += 1
            if byte == UInt8(ascii: "u") {
                let digits = bytes[index...].prefix(4)
                index += digits.count
                return digits.count == 4 && digits.allSatisfy { Unicode.Scalar($0).properties.isASCIIHexDigit }
            }
            return #""\/bfnrt"#.utf8.contains(byte)
        }

        private mutating func readNumber() -> Bool {
            _ = take("-")
            if !take("0") {
                guard readDigits() else { return false }
            }
            if take("."), !readDigits() { return false }
            if take("e") || take("E") {
                _ = take("+") || take("-")
                return readDigits()
            }
            return true
        }

        private mutating func readDigits() -> Bool {
            let start = index
            while let byte = next, (0x30...0x39).contains(byte) { index += 1 }
            return index > start
        }

        private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
            guard next == UInt8(ascii: scalar) else { return false }
            index += 1
            return true
        }

        private mutating func take(_ word: String) -> Bool {
            guard bytes[index...].starts(with: word.utf8) else { return false }
            index += word.utf8.count
            return true
        }
    }
}
