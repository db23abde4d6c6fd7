internal import CLinux

/// Letters and digits in their order, with room between some of them for what may stand there instead of another
/// character.
struct SecretSpelling {
    private var letters: [UInt8] = []
    /// How far each may stand behind the one before.
    private var gaps: [UInt8] = []

    /// What may stand for one character: `&amp;quot;`.
    private static let longest: UInt8 = 12

    /// The letters and digits of a secret; nil where they are in one piece, or few.
    init?(_ secret: [UInt8]) {
        var gap: UInt8 = 0
        for byte in secret {
            if byte.isLetterOrDigit {
                letters.append(byte)
                gaps.append(gap)
                gap = 0
            } else {
                gap = min(gap, .max - Self.longest) + Self.longest
            }
        }
        guard letters.count >= 6, gaps.dropFirst().contains(where: { $0 > 0 }) else { return nil }
    }

    /// A secret's bytes as hex, with whatever around two digits: `%2f`, `\x2f`, `&#x2f;`.
    init(_ secret: [UInt8], hexDigits: String) {
        let digits = Array(hexDigits.utf8)
        letters = secret.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        gaps = secret.flatMap { _ in [Self.longest, 0] }
    }

    func find(in text: UnsafeRawBufferPointer, _ found: inout [Range<Int>]) {
        unsafe letters.withUnsafeBytes { letters in
            let first = piece(from: 0)
            var from = 0
            while let start = unsafe text.position(of: letters[first], from..<text.count) {
                if let end = unsafe end(of: letters, in: text, start + first.count) { found.append(start..<end) }
                from = start + 1
            }
        }
    }

    /// The letters from this one on that stand side by side.
    private func piece(from start: Int) -> Range<Int> {
        start..<(gaps[(start + 1)...].firstIndex { $0 > 0 } ?? gaps.count)
    }

    /// Where they end whose first piece ended there; nil if a piece is not close behind the one before, or beyond a
    /// blank.
    private func end(of letters: UnsafeRawBufferPointer, in text: UnsafeRawBufferPointer, _ first: Int) -> Int? {
        var (end, done) = (first, piece(from: 0).upperBound)
        while done < letters.count {
            let piece = piece(from: done)
            let near = end..<min(text.count, end + Int(gaps[done]) + piece.count)
            guard let next = unsafe text.position(of: letters[piece], near) else { return nil }
            for index in end..<next where unsafe text[index] <= 0x20 { return nil }
            (end, done) = (next + piece.count, piece.upperBound)
        }
        return end
    }
}

extension UnsafeRawBufferPointer {
    /// Where other bytes stand first within a range.
    func position(of wanted: Slice<UnsafeRawBufferPointer>, _ range: Range<Int>) -> Int? {
        let wanted = unsafe UnsafeRawBufferPointer(rebasing: wanted)
        guard let base = baseAddress, let first = wanted.baseAddress else { return nil }
        let found = unsafe memmem(base + range.lowerBound, range.count, first, wanted.count)
        return unsafe found.map { unsafe UnsafeRawPointer($0) - base }
    }
}
