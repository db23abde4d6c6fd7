internal import CCurl
internal import Glibc

/// A moment as a header writes it (RFC 9110 §5.6.7).
package enum HTTPDate {
    /// Its three forms, as strftime(3) writes them.
    private static let forms = ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"]

    /// Seconds since 1970; nil for what is none.
    ///
    /// libcurl reads much more than those forms, and 31 February as 3 March: so the date is written again, and has to
    /// come out as it went in. (A leap second does not, nor does a wrong day of the week.)
    package static func seconds(parsing text: String) -> Int64? {
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
