internal import CLinux

/// Eight letters and digits in a row of each secret, to be found in a text in one pass.
struct SecretParts {
    static let length = 8

    /// The secrets, zero bytes between them.
    private let secrets: [UInt8]
    /// A bit is set for each part; most texts need no closer look.
    private var marks: [UInt64] = []
    private var shift: UInt64 = 0

    init(_ secrets: [[UInt8]]) {
        let all = Array(secrets.joined(separator: [0]))
        self.secrets = all
        guard !all.isEmpty else { return }
        // Few of the bits are set: with one token of the usual length they take half a kilobyte.
        let width = max(9, 64 - (16 * all.count).leadingZeroBitCount)
        shift = UInt64(64 - width)
        marks = [UInt64](repeating: 0, count: 1 << (width - 6))
        unsafe all.withUnsafeBytes { all in
            unsafe Self.forEachRun(in: all) { _, part in
                let bit = bit(part)
                marks[bit >> 6] |= 1 << UInt64(bit & 63)
            }
        }
    }

    /// Where parts stand; ranges overlap.
    func find(in text: UnsafeRawBufferPointer, _ found: inout [Range<Int>]) {
        guard !marks.isEmpty else { return }
        unsafe Self.forEachRun(in: text) { start, part in
            let bit = bit(part)
            guard marks[bit >> 6] >> UInt64(bit & 63) & 1 == 1, isPart(part) else { return }
            found.append(start..<start + Self.length)
        }
    }

    private func bit(_ part: UInt64) -> Int { Int((part &* 0x9E37_79B9_7F4A_7C15) >> shift) }

    private func isPart(_ part: UInt64) -> Bool {
        unsafe withUnsafeBytes(of: part) { part in
            unsafe secrets.withUnsafeBytes { all in
                guard let base = all.baseAddress, let first = part.baseAddress else { return false }
                return unsafe memmem(base, all.count, first, part.count) != nil
            }
        }
    }

    /// Each eight letters and digits in a row, and where they begin.
    ///
    /// Eight bytes are looked at from their end: most have something else among them, and the next eight begin behind it.
    private static func forEachRun(in text: UnsafeRawBufferPointer, _ body: (Int, UInt64) -> Void) {
        // The first `known` of the eight have been looked at.
        var (start, known) = (0, 0)
        while start + length <= text.count {
            var index = start + length - 1
            while index >= start + known, unsafe text[index].isLetterOrDigit { index -= 1 }
            if index < start + known {
                unsafe body(start, text.loadUnaligned(fromByteOffset: start, as: UInt64.self))
                (start, known) = (start + 1, length - 1)
            } else {
                (start, known) = (index + 1, start + length - 1 - index)
            }
        }
    }
}

extension UInt8 {
    /// Whether it is an ASCII letter or digit.
    var isLetterOrDigit: Bool { (0x30...0x39).contains(self) || (0x61...0x7A).contains(self | 0x20) }
}
