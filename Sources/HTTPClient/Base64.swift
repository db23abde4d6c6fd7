/// RFC 4648.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// §4.
    package static func encode(_ data: some Sequence<UInt8>) -> String {
        let bytes = Array(data)
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for digit in 0...group.count { text.append(alphabet[bits >> (18 - 6 * digit) & 63]) }
            for _ in group.count..<3 { text.append(UInt8(ascii: "=")) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for what `encode` does not write.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let padding = text.utf8.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        // One text for one value: padding, alphabet and unused bits are checked by writing it again.
        guard let bytes = decodeURL(text.utf8.dropLast(padding)), encode(bytes).utf8.elementsEqual(text.utf8) else {
            return nil
        }
        return bytes
    }

    /// The form for URLs (§5), without padding, as JSON Web Tokens have it; nil if it is none.
    package static func decodeURL(_ text: some StringProtocol) -> [UInt8]? { decodeURL(text.utf8) }

    private static func decodeURL(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var (bits, count, result) = (0, 0, [UInt8]())
        for byte in text {
            guard let value = value(of: byte) else { return nil }
            (bits, count) = (bits << 6 & 0xFFFF | value, count + 6)
            guard count >= 8 else { continue }
            count -= 8
            result.append(UInt8(truncatingIfNeeded: bits >> count))
        }
        return result
    }

    /// Of a digit in either alphabet.
    private static func value(of byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte) - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte) + 4
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
