internal import CLinux

/// The letters and digits of secrets, of which eight that follow one another are looked for, in any case.
struct SecretParts {
    static let length = 8

    /// What the last letters of a text are of a secret.
    struct Match {
        /// So many of them are of one, whatever stands between them there.
        var letters = SecretParts.length
        /// Whether they stand side by side in it.
        let isRow: Bool
        /// How many letters before their end it has in all, if it ends with them.
        let whole: Int?
    }

    /// All letters of each secret, zero bytes between the secrets.
    private let all: [UInt8]
    /// Of those alone that hold a blank: in a text with blanks their letters may follow one another, too.
    private let withBlanks: [UInt8]
    /// Those that stand side by side in a secret, zero bytes between them.
    private let rows: [UInt8]
    /// By the last eight letters of a secret, how many it has.
    private let ends: [UInt64: Int]
    /// Those with fewer letters, to be found whole.
    private let short: [(count: Int, letters: UInt64)]
    /// A bit is set for each eight; most texts need no closer look.
    private var marks: [UInt64] = []
    private var shift: UInt64 = 0

    init(_ secrets: [[UInt8]]) {
        func joined(_ texts: [[UInt8]]) -> [UInt8] { Array(texts.joined(separator: [0])) }
        func last(_ letters: [UInt8]) -> UInt64 { letters.suffix(Self.length).reduce(0) { $0 << 8 | UInt64($1) } }
        let letters = secrets.map(Self.letters)
        all = joined(letters)
        withBlanks = joined(secrets.filter { $0.contains { $0 <= 0x20 } }.map(Self.letters))
        rows = joined(secrets.flatMap { $0.split { !$0.isLetterOrDigit }.map(Self.letters) })
        ends = Dictionary(letters.filter { $0.count >= Self.length }.map { (last($0), $0.count) }) { min($0, $1) }
        short = zip(letters, secrets).filter { (6..<Self.length).contains($0.count) && $0.count < $1.count }
            .map { letters, _ in (letters.count, last(letters)) }
        guard !all.isEmpty else { return }
        // Few of the bits are set: with one token of the usual length they take half a kilobyte.
        let width = max(9, 64 - (16 * all.count).leadingZeroBitCount)
        shift = UInt64(64 - width)
        marks = [UInt64](repeating: 0, count: 1 << (width - 6))
        var part: UInt64 = 0
        for byte in all {
            part = part << 8 | UInt64(byte)
            let bit = bit(part)
            marks[bit >> 6] |= 1 << UInt64(bit & 63)
        }
    }

    var isEmpty: Bool { marks.isEmpty }

    /// What the last letters of a text, `part`, are.
    ///
    /// `count` is how many there are, and `blank` how many of them stand behind the last blank.
    @inline(__always)
    func match(_ part: UInt64, count: Int, blank: Int) -> Match? {
        for (length, letters) in short where count >= length && blank >= length {
            if part & (1 << UInt64(8 * length) - 1) == letters {
                return Match(letters: length, isRow: true, whole: nil)
            }
        }
        let bit = bit(part)
        guard count >= Self.length, marks[bit >> 6] >> UInt64(bit & 63) & 1 == 1 else { return nil }
        let isWithoutBlank = blank >= Self.length
        guard Self.holds(isWithoutBlank ? all : withBlanks, part) else { return nil }
        return Match(isRow: isWithoutBlank && Self.holds(rows, part), whole: ends[part])
    }

    private func bit(_ part: UInt64) -> Int { Int((part &* 0x9E37_79B9_7F4A_7C15) >> shift) }

    private static func holds(_ secrets: [UInt8], _ part: UInt64) -> Bool {
        unsafe withUnsafeBytes(of: part.bigEndian) { part in
            unsafe secrets.withUnsafeBytes { all in
                guard let base = all.baseAddress, let first = part.baseAddress else { return false }
                return unsafe memmem(base, all.count, first, part.count) != nil
            }
        }
    }

    /// Letters and digits alone, small.
    static func letters(_ text: some Sequence<UInt8>) -> [UInt8] { text.filter(\.isLetterOrDigit).map { $0 | 0x20 } }
}

extension UInt8 {
    /// Whether it is an ASCII letter or digit.
    var isLetterOrDigit: Bool { (0x30...0x39).contains(self) || (0x61...0x7A).contains(self | 0x20) }
}
