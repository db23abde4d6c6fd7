/// The last eight letters and digits of one reading of a text, with where they stand, and what of a secret's was found.
struct LetterWindow {
    private(set) var found: [Range<Int>] = []
    private var letters: UInt64 = 0
    private var starts = InlineArray<8, Int>(repeating: 0)
    /// How many there were, since other things in between became too many, and since the last blank.
    private var (total, count, blank) = (0, 0, 0)
    private var others = 0
    /// How many of the last letters follow one another in secrets, and where the first of them stands.
    private var (matched, matchedFrom) = (0, 0)

    /// So many are no chance, whatever stands between them in the secret: `token-for-a` may be words of a text.
    private static let mostMatched = 16

    /// So many other characters in a row are no longer what stands in the place of a secret's.
    private static let mostOthers = 12

    @inline(__always)
    mutating func take(_ byte: UInt8, _ range: Range<Int>, _ parts: borrowing SecretParts) {
        guard byte.isLetterOrDigit else {
            others += 1
            // The padding of base64, spelled by more than itself.
            if byte == UInt8(ascii: "="), range.count > 1, let last = found.last, last.upperBound == range.lowerBound {
                found[found.count - 1] = last.lowerBound..<range.upperBound
            }
            if others > Self.mostOthers { count = 0 }
            if byte == 0x20 || (0x09...0x0D).contains(byte) { blank = 0 }
            return
        }
        letters = letters << 8 | UInt64(byte | 0x20)
        starts[total & 7] = range.lowerBound
        (total, count, blank, others) = (total + 1, count + 1, blank + 1, 0)
        guard let match = parts.match(letters, count: count, blank: blank) else {
            matched = 0
            return
        }
        let start = starts[(total - match.letters) & 7]
        if match.letters < SecretParts.length {
            add(start..<range.upperBound)
            return
        }
        (matched, matchedFrom) = matched == 0 ? (match.letters, start) : (matched + 1, matchedFrom)
        if matched >= min(match.whole ?? .max, Self.mostMatched) {
            add(matchedFrom..<range.upperBound)
        } else if match.isRow {
            add(start..<range.upperBound)
        }
    }

    private mutating func add(_ range: Range<Int>) {
        var range = range
        while let last = found.last, range.lowerBound <= last.upperBound {
            range = min(range.lowerBound, last.lowerBound)..<range.upperBound
            found.removeLast()
        }
        found.append(range)
    }
}
