internal import CCurl
internal import Glibc

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
        } else if let date = Self.date(text) {
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

    /// The three forms of RFC 9110 §5.6.7, as strftime(3) writes them.
    private static let forms = ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"]

    /// libcurl reads much more than those forms, and 31 February as 3 March: so the date is written again, and has to
    /// come out as it went in. (A leap second does not, nor does a wrong day of the week.)
    private static func date(_ text: String) -> Int64? {
        let seconds = unsafe text.withCString { unsafe curl_getdate($0, nil) }
        guard forms.contains(where: { Self.text(seconds, $0) == text }) else { return nil }
        return Int64(seconds)
    }

    private static func text(_ seconds: time_t, _ form: String) -> String? {
        var (moment, parts) = unsafe (seconds, tm())
        guard unsafe gmtime_r(&moment, &parts) != nil else { return nil }
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            let length = unsafe strftime(buffer.baseAddress, buffer.count, form, &parts)
            return unsafe String(decoding: UnsafeRawBufferPointer(buffer).prefix(length), as: UTF8.self)
        }
    }
}
