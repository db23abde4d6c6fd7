/// The request line and the headers while they are being read.
struct RequestHead: Sendable {
    private(set) var method = ""
    private(set) var headers: [Header] = []
    private(set) var expectsContinue = false
    private var target = ""
    private var isOldVersion = false

    func request(body: [UInt8]) -> Request {
        Request(method: method, target: target, headers: headers, body: body)
    }

    /// RFC 9112 section 3: `method SP request-target SP HTTP-version`, with exactly these blanks.
    mutating func takeRequestLine(_ line: [UInt8]) throws(Refusal) {
        let parts = line.split(separator: .space, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(\.isToken) else { throw .malformedRequestLine }
        method = String(decoding: parts[0], as: UTF8.self)
        switch String(decoding: parts[2], as: UTF8.self) {
        case "HTTP/1.1": isOldVersion = false
        case "HTTP/1.0": isOldVersion = true
        // RFC 9113 section 3.4: this line is chosen so that no HTTP/1 server takes it for a request.
        case "HTTP/2.0" where method == "PRI": throw .malformedRequestLine
        case let version where version.hasPrefix("HTTP/") && version.utf8.count == 8: throw .unsupportedVersion
        default: throw .malformedRequestLine
        }
        target = String(decoding: parts[1], as: UTF8.self)
        guard isTarget(parts[1]) else { throw .malformedTarget }
    }

    /// RFC 9112 section 3.2: origin-form, absolute-form, `*` or, for CONNECT alone, host and port.
    private func isTarget(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard !bytes.isEmpty, !bytes.contains(UInt8(ascii: "#")) else { return false }
        if method == "CONNECT" { return bytes.allSatisfy(\.isHostOrPort) }
        return target.hasPrefix("/") || target == "*" || target.lowercased().hasPrefix("http://")
            || target.lowercased().hasPrefix("https://")
    }

    /// RFC 9112 section 5: `name ":" OWS value OWS`, no blank before the colon, no folding.
    mutating func takeHeaderLine(_ line: [UInt8]) throws(Refusal) {
        if line.first?.isBlank == true { throw .foldedHeader }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0, line[..<colon].allSatisfy(\.isToken) else {
            throw .malformedHeader
        }
        let value = line[(colon + 1)...].drop(while: \.isBlank)
        let end = value.lastIndex { !$0.isBlank }.map { $0 + 1 } ?? value.startIndex
        guard value.allSatisfy(\.isFieldContent) else { throw .malformedHeader }
        headers.append(
            Header(String(decoding: line[..<colon], as: UTF8.self), String(decoding: value[..<end], as: UTF8.self))
        )
    }

    /// The length of the body that follows, once all headers are there.
    ///
    /// What could be read in two ways is refused: RFC 9112 sections 3.2 (Host) and 6.3 (length).
    mutating func bodyLength() throws(Refusal) -> Int {
        let hosts = values(of: "host")
        guard hosts.count == 1 || (isOldVersion && hosts.isEmpty),
            hosts.allSatisfy({ $0.utf8.allSatisfy(\.isHostOrPort) })
        else { throw .malformedHost }

        let lengths = values(of: "content-length")
        let codings = values(of: "transfer-encoding")
        if !codings.isEmpty {
            guard lengths.isEmpty else { throw .lengthBesideCoding }
            guard !isOldVersion else { throw .codingInOldVersion }
            // RFC 9112 section 6.3: a server may ask for a length instead of reading chunks.
            throw codings.map({ $0.lowercased() }) == ["chunked"] ? .chunkedBody : .unknownCoding
        }
        let length = try length(from: lengths)
        let expectations = values(of: "expect").map { $0.lowercased() }
        guard isOldVersion || expectations.allSatisfy({ $0 == "100-continue" }) else { throw .unknownExpectation }
        expectsContinue = !isOldVersion && !expectations.isEmpty
        return length
    }

    private func length(from values: [String]) throws(Refusal) -> Int {
        guard let text = values.first else { return 0 }
        let isNumber = !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard values.count == 1, isNumber else { throw .malformedLength }
        return Int(text) ?? .max  // too large for an Int is too large for every limit
    }

    private func values(of name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name }.map(\.value)
    }
}

extension UInt8 {
    private static let tokenMarks = Set("!#$%&'*+-.^_`|~".utf8)
    private static let hostMarks = Set("-._~%!$&'()*+,;=:[]".utf8)

    private var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    /// RFC 9110 section 5.6.2, `tchar`.
    fileprivate var isToken: Bool { isLetterOrDigit || Self.tokenMarks.contains(self) }
    /// RFC 3986 section 3.2.2, the characters of `host [":" port]`.
    fileprivate var isHostOrPort: Bool { isLetterOrDigit || Self.hostMarks.contains(self) }
    /// RFC 9110 section 5.5: visible ASCII, blanks and bytes above ASCII.
    fileprivate var isFieldContent: Bool { self >= 0x20 && self != 0x7F || self == .tab }
    fileprivate var isBlank: Bool { self == .space || self == .tab }
}
