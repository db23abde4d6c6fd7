/// Finds secrets in a text, however it spells them.
///
/// - Whole.
/// - With something else in the place of what is neither letter nor digit, as JSON, URLs and HTML have it, and as hex
///   with whatever between two pairs.
/// - In part: eight letters and digits of theirs in a row, which every encoding leaves as they are and a cut leaves
///   standing; also those of their base64.
final class SecretSearch: Sendable {
    /// Shorter secrets are found whole alone: their parts are everywhere.
    static let shortest = 8

    private let whole: [[UInt8]]
    private let spelled: [SecretSpelling]
    private let parts: SecretParts

    /// `wholeOnly` is for texts of our own, whose words may be parts of a secret by chance.
    init(_ secrets: [String], wholeOnly: Bool) {
        whole = Set(secrets).map { Array($0.utf8) }.filter { $0.count >= (wholeOnly ? Self.shortest : 1) }
        let long = whole.filter { $0.count >= Self.shortest }
        let forms = wholeOnly ? long : long + long.flatMap(Self.base64)
        let hex = ["0123456789abcdef", "0123456789ABCDEF"].flatMap { digits in
            long.map { SecretSpelling($0, hexDigits: digits) }
        }
        spelled = forms.compactMap(SecretSpelling.init) + (wholeOnly ? [] : hex)
        parts = SecretParts(wholeOnly ? [] : forms)
    }

    /// The text with `***` in the place of each; by bytes, so that a mark that combines with a secret's last letter does
    /// not hide it.
    func mask(_ text: String) -> String {
        var text = text
        let found = text.withUTF8 { unsafe find(in: UnsafeRawBufferPointer($0)) }
        guard !found.isEmpty else { return text }
        let bytes = Array(text.utf8)
        var (result, end) = ([UInt8](), 0)
        for range in found.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > end || end == 0 { result += bytes[end..<range.lowerBound] + Array("***".utf8) }
            end = max(end, range.upperBound)
        }
        return String(decoding: result + bytes[end...], as: UTF8.self)
    }

    /// Where they stand, in no order; ranges may overlap.
    func find(in text: UnsafeRawBufferPointer) -> [Range<Int>] {
        var found: [Range<Int>] = []
        for secret in whole {
            unsafe secret.withUnsafeBytes { secret in
                var from = 0
                while let start = unsafe text.position(of: secret[...], from..<text.count) {
                    from = start + secret.count
                    found.append(start..<from)
                }
            }
        }
        for spelling in spelled { unsafe spelling.find(in: text, &found) }
        unsafe parts.find(in: text, &found)
        return found
    }

    /// RFC 4648 §4, as the text may begin at each of the three places of a group; whole groups alone.
    private static func base64(_ secret: [UInt8]) -> [[UInt8]] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        return (0..<3).map { first in
            stride(from: first, to: secret.count - 2, by: 3).flatMap { start in
                let bits = secret[start..<start + 3].reduce(0) { $0 << 8 | Int($1) }
                return [18, 12, 6, 0].map { alphabet[bits >> $0 & 63] }
            }
        }
    }
}
