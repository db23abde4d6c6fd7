/// What a `Retry-After` header asks for (RFC 9110 §10.2.3).
///
/// Not from `CURLINFO_RETRY_AFTER(3)`, which is 0 for "now" and for what makes no sense, and 1 for "1.5".
package enum RetryAfter: Sendable, Equatable {
    /// A wait; more than an `Int` holds is the longest.
    case seconds(Int)
    /// A moment, in seconds since 1970.
    case date(Int64)
    /// Neither, as it came.
    case unreadable(String)

    package init(parsing written: String) {
        let text = Self.trimmed(written)
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            self = .seconds(Int(text) ?? .max)
        } else if let date = HTTPDate.seconds(parsing: text) {
            self = .date(date)
        } else {
            self = .unreadable(written)
        }
    }

    private static func trimmed(_ text: String) -> String {
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var bytes = Array(text.utf8)[...].drop(while: isBlank)
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
