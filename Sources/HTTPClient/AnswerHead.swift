/// Reads the lines of an answer's head as they arrive, and says what is unlawful about them (RFC 9112, RFC 9110).
///
/// libcurl takes what many servers send by mistake, and then reads a body that nobody has announced so: with a status line
/// of another protocol, a length that is none, or two, or a coding that does not exist, the end of the connection counts
/// as the end of the answer.
struct AnswerHead {
    /// What is wrong with it, in words; the first thing that is.
    private(set) var fault: String?
    /// Whether it has come to its blank line; what follows are trailers, or another head.
    private(set) var isWhole = false
    private var hasBegun = false
    private var length: [UInt8]?
    private var isChunked = false

    /// The codings of RFC 9112 §7 with their old names.
    private static let codings = ["chunked", "gzip", "x-gzip", "deflate", "compress", "x-compress", "identity"]

    /// Takes a line with its end.
    mutating func take(_ bytes: UnsafeRawBufferPointer) {
        var line = unsafe Array(bytes)
        if line.last == UInt8(ascii: "\n") { line.removeLast() }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        if line.starts(with: "HTTP/".utf8), !hasBegun || isWhole { self = AnswerHead() }
        guard !isWhole else { return }
        if !hasBegun {
            hasBegun = true
            if !Self.isStatusLine(line) { fault = "The answer's status line is none of HTTP/1.1" }
        } else if line.isEmpty {
            isWhole = true
        } else if fault == nil {
            fault = wrong(line)
        }
    }

    /// `HTTP/1.1 200 OK`; the reason may be missing, with its blank (RFC 9112 §4).
    private static func isStatusLine(_ line: [UInt8]) -> Bool {
        let status = line.dropFirst(9).prefix(3)
        return (line.starts(with: "HTTP/1.1 ".utf8) || line.starts(with: "HTTP/1.0 ".utf8)) && status.count == 3
            && status.allSatisfy(isDigit) && status.first != UInt8(ascii: "0")
            && (line.count == 12 || line[12] == UInt8(ascii: " ")) && !line.contains(where: isForbidden)
    }

    private mutating func wrong(_ line: [UInt8]) -> String? {
        // A line that goes on with the one before it has been forbidden since RFC 7230 §3.2.4.
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0, line[..<colon].allSatisfy(Self.isToken)
        else { return "The answer has a header line without a name" }
        let value = line[(colon + 1)...]
        if value.contains(where: Self.isForbidden) { return "The answer has a header with a control character" }
        switch String(decoding: line[..<colon], as: UTF8.self).lowercased() {
        case "content-length": return wrongLength(value)
        case "transfer-encoding": return wrongCoding(value)
        default: return nil
        }
    }

    /// Digits; the same ones again are no harm (RFC 9112 §6.3).
    private mutating func wrongLength(_ value: ArraySlice<UInt8>) -> String? {
        for part in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let digits = Self.trimmed(part)
            guard (1...19).contains(digits.count), digits.allSatisfy(Self.isDigit),
                Int(String(decoding: digits, as: UTF8.self)) != nil
            else { return "The answer's Content-Length is no number of bytes" }
            guard length == nil || length == digits else { return "The answer has two values of Content-Length" }
            length = digits
        }
        return nil
    }

    /// Chunks are the last coding and there once; an answer in another one ends with the connection (RFC 9112 §6.3).
    private mutating func wrongCoding(_ value: ArraySlice<UInt8>) -> String? {
        for part in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let coding = String(decoding: Self.trimmed(part), as: UTF8.self).lowercased()
            guard Self.codings.contains(coding), !isChunked else {
                return "The answer's Transfer-Encoding makes no sense"
            }
            isChunked = coding == "chunked"
        }
        return nil
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        return Array(bytes.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// What no field may hold (RFC 9110 §5.5).
    private static func isForbidden(_ byte: UInt8) -> Bool { byte == 0 || byte == 0x0D || byte == 0x0A }

    /// RFC 9110 §5.6.2.
    private static func isToken(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x5A).contains(byte & 0xDF) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
}
