/// Characters that a text spells by others: `%2F`, `&#47;`, `\u002f`, `\x2f`, `\057`, also where that is spelled so once
/// more: `%252F`, `&amp;#47;`, `\\u002f`.
struct Unescaping {
    private let text: [UInt8]

    init(_ text: [UInt8]) { self.text = text }

    /// Whether a byte may begin one.
    static func isMark(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "%") || byte == UInt8(ascii: "&") || byte == UInt8(ascii: "\\")
    }

    /// Each character, in ASCII, with where it stands; what is beyond ASCII is 0xFF.
    func read(_ body: (UInt8, Range<Int>) -> Void) {
        var index = 0
        while index < text.count {
            let byte = text[index]
            let (value, end) = Self.isMark(byte) ? escape(byte, index + 1) ?? (byte, index + 1) : (byte, index + 1)
            body(value, index..<end)
            index = end
        }
    }

    /// What the mark before this place begins, and where that ends; nil if nothing.
    private func escape(_ mark: UInt8, _ start: Int) -> (UInt8, Int)? {
        var index = start
        switch mark {
        case UInt8(ascii: "%"):
            while has("25", index) && number(16, index + 2, 2...2) != nil { index += 2 }
            return number(16, index, 2...2)
        case UInt8(ascii: "&"):
            while has("amp;", index) { index += 4 }
            return reference(index) ?? (index > start ? (mark, index) : nil)
        default:
            while has("\\", index) { index += 1 }
            if has("u{", index), let (value, end) = number(16, index + 2, 1...8), has("}", end) {
                return (value, end + 1)
            }
            let value =
                has("u", index)
                ? number(16, index + 1, 4...4)
                : has("x", index) ? number(16, index + 1, 2...2) : number(8, index, 2...3)
            // One before a letter says something else, and one before another character that character.
            return value ?? (0xFF, index)
        }
    }

    /// What stands behind an ampersand: `#47;`, `#x2f;`, or a name, which is one character that is no letter.
    private func reference(_ start: Int) -> (UInt8, Int)? {
        guard has("#", start) else { return name(start) }
        let isHex = has("x", start + 1) || has("X", start + 1)
        let number = isHex ? number(16, start + 2, 1...32) : number(10, start + 1, 1...32)
        return number.map { value, end in (value, has(";", end) ? end + 1 : end) }
    }

    private func name(_ start: Int) -> (UInt8, Int)? {
        var end = start
        while end < min(text.count, start + 8), text[end].isLetterOrDigit { end += 1 }
        return end > start && has(";", end) ? (0xFF, end + 1) : nil
    }

    private func number(_ radix: Int, _ start: Int, _ counts: ClosedRange<Int>) -> (UInt8, Int)? {
        var (value, end) = (0, start)
        while end < min(text.count, start + counts.upperBound), let digit = text[end].hexValue,
            digit < radix
        {
            value = min(1 << 20, value * radix + Int(digit))
            end += 1
        }
        return end - start >= counts.lowerBound ? (value < 0x80 ? UInt8(value) : 0xFF, end) : nil
    }

    private func has(_ wanted: String, _ start: Int) -> Bool {
        text[min(start, text.count)...].starts(with: wanted.utf8)
    }
}
