internal import CLinux

/// Eight letters and digits of each secret that follow one another, whatever stands between them and in any case.
struct SecretParts {
    static let length = 8

    /// The secrets' letters and digits, zero bytes between the secrets.
    private let all: [UInt8]
    /// Of those alone that hold a blank and are no plain words: in a text with blanks, too, their parts are theirs.
    private let withBlanks: [UInt8]
    /// Those with fewer letters and digits, to be found whole.
    private let short: [(count: Int, letters: UInt64)]
    /// A bit is set for each part; most texts need no closer look.
    private var marks: [UInt64] = []
    private var shift: UInt64 = 0

    init(_ secrets: [[UInt8]]) {
        let letters = secrets.map(Self.letters)
        let isBlanks = secrets.map { $0.contains { $0 <= 0x20 } && !$0.allSatisfy { $0 <= 0x20 || $0.isLetterOrDigit } }
        let all = Array(letters.joined(separator: [0]))
        self.all = all
        withBlanks = Array(zip(letters, isBlanks).filter(\.1).map(\.0).joined(separator: [0]))
        short = zip(letters, secrets).filter { (6..<Self.length).contains($0.count) && $0.count < $1.count }
            .map { letters, _ in (letters.count, letters.reduce(0) { $0 << 8 | UInt64($1) }) }
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

    /// How many of the last letters of `part` are a secret's; nil for none.
    ///
    /// `count` is how many there are, and `blank` how many of them stand behind the last blank.
    @inline(__always)
    func match(_ part: UInt64, count: Int, blank: Int) -> Int? {
        for (length, letters) in short where count >= length && blank >= length {
            if part & (1 << UInt64(8 * length) - 1) == letters { return length }
        }
        let bit = bit(part)
        guard count >= Self.length, marks[bit >> 6] >> UInt64(bit & 63) & 1 == 1 else { return nil }
        return Self.holds(blank >= Self.length ? all : withBlanks, part) ? Self.length : nil
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
