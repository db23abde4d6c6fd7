/// The header lines of a request in one piece of memory, as they go over the wire.
///
/// The caller has checked that no name or value holds a control character.
package struct HeaderLines: Sendable, Equatable {
    /// Each line ends with a zero byte, as C wants it.
    private(set) var bytes: [UInt8] = []
    private(set) var count = 0
    /// Whether one of them says what the body is.
    private(set) var hasContentType = false

    /// `capacity` is how many bytes there is room for before the memory has to grow.
    package init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    /// Adds a header; an empty value is written the way that has libcurl send it empty (CURLOPT_HTTPHEADER(3)).
    ///
    /// One of blanks alone is empty to whoever receives it (RFC 9110 §5.5), and libcurl would not send it at all.
    package mutating func add(_ name: String, _ value: String) {
        let isEmpty = value.utf8.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        begin(name, isEmpty ? ";" : ": ")
        if !isEmpty { append(value) }
        bytes.append(0)
    }

    /// The same with a value that is put together in place, and is not empty.
    package mutating func add(_ name: String, _ write: (inout [UInt8]) -> Void) {
        begin(name, ": ")
        write(&bytes)
        bytes.append(0)
    }

    private mutating func begin(_ name: String, _ separator: String) {
        let contentType = "content-type"
        if name.utf8.count == contentType.utf8.count, name.lowercased() == contentType { hasContentType = true }
        append(name)
        append(separator)
        count += 1
    }

    private mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { unsafe bytes.append(contentsOf: $0) }
    }
}

extension HeaderLines: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { add(name, value) }
    }
}
