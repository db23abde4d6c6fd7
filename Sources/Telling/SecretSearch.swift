internal import CLinux

/// Finds secrets in a text, however it spells them.
///
/// - Whole, as they are.
/// - In part: eight letters and digits of theirs that follow one another, whatever stands between them, in each reading
///   of the text; a cut leaves them standing.
final class SecretSearch: Sendable {
    /// Shorter secrets are found as they are alone: their parts are everywhere.
    static let shortest = 8

    private let whole: [[UInt8]]
    private let parts: SecretParts
    /// The letters and digits of each, where only whole ones count.
    private let wholeLetters: [[UInt8]]?

    /// `wholeOnly` is for texts of our own, whose words may be parts of a secret by chance.
    init(_ secrets: [String], wholeOnly: Bool) {
        whole = Set(secrets).map { Array($0.utf8) }.filter { $0.count >= (wholeOnly ? Self.shortest : 1) }
        let long = whole.filter { $0.count >= Self.shortest }
        parts = SecretParts(long)
        wholeLetters = wholeOnly ? long.map(SecretParts.letters).filter { $0.count >= 6 } : nil
    }

    /// The text with `***` in the place of each; by bytes, so that a mark that combines with a secret's last letter does
    /// not hide it.
    func mask(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let found = find(in: bytes)
        guard !found.isEmpty else { return text }
        var (result, end) = ([UInt8](), 0)
        for range in found.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > end || end == 0 { result += bytes[end..<range.lowerBound] + Array("***".utf8) }
            end = max(end, range.upperBound)
        }
        return String(decoding: result + bytes[end...], as: UTF8.self)
    }

    /// Where they stand, in no order; ranges may overlap.
    func find(in text: [UInt8]) -> [Range<Int>] {
        var found = whole.flatMap { Self.places(of: $0, in: text) }
        guard !parts.isEmpty else { return found }
        let hasEscapes = text.contains(where: Unescaping.isMark)
        if let wholeLetters { return found + (hasEscapes ? escaped(text, wholeLetters) : []) }
        var readings = SecretReadings(parts)
        for (index, byte) in text.enumerated() { readings.take(byte, index..<index + 1) }
        readings.end(text.count)
        found += readings.found
        guard hasEscapes else { return found }
        readings = SecretReadings(parts)
        Unescaping(text).read { readings.take($0, $1) }
        readings.end(text.count)
        return found + readings.found
    }

    /// Where whole ones stand with escapes in the place of some characters.
    private func escaped(_ text: [UInt8], _ wholeLetters: [[UInt8]]) -> [Range<Int>] {
        var window = LetterWindow()
        Unescaping(text).read { window.take($0, $1, parts) }
        return window.found.filter { range in
            var letters: [UInt8] = []
            Unescaping(Array(text[range])).read { byte, _ in letters.append(byte) }
            letters = SecretParts.letters(letters)
            return wholeLetters.contains { !Self.places(of: $0, in: letters).isEmpty }
        }
    }

    private static func places(of secret: [UInt8], in text: [UInt8]) -> [Range<Int>] {
        unsafe text.withUnsafeBytes { text in
            var (found, from): ([Range<Int>], Int) = ([], 0)
            while let base = text.baseAddress,
                let place = unsafe memmem(base + from, text.count - from, secret, secret.count)
            {
                let start = unsafe UnsafeRawPointer(place) - base
                from = start + secret.count
                found.append(start..<from)
            }
            return found
        }
    }
}
