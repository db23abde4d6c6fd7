/// RFC 4648.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// §4.
    package static func encode(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for digit in 0...group.count { result.append(alphabet[bits >> (18 - 6 * digit) & 63]) }
            result += Array(repeating: UInt8(ascii: "="), count: 3 - group.count)
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The form for URLs (§5), without padding, as JSON Web Tokens have it; nil if it is none.
    package static func decodeURL(_ text: some StringProtocol) -> [UInt8]? {
        var (bits, count, result) = (0, 0, [UInt8]())
        for byte in text.utf8 {
            let plain =
                byte == UInt8(ascii: "-") ? UInt8(ascii: "+") : byte == UInt8(ascii: "_") ? UInt8(ascii: "/") : byte
            guard let digit = alphabet.firstIndex(of: plain) else { return nil }
            (bits, count) = (bits << 6 & 0xFFFF | digit, count + 6)
            guard count >= 8 else { continue }
            count -= 8
            result.append(UInt8(truncatingIfNeeded: bits >> count))
        }
        return result
    }
}
