/// An absolute http or https URL to which paths are appended; checked by the library that will use it.
package struct BaseURL: Sendable, Hashable {
    /// `http` or `https`.
    package let scheme: String
    /// Without brackets, port and user.
    package let host: String
    /// As it was written, without a trailing slash.
    package let text: String

    /// Whether its host is an address, and no name to be looked up.
    package var isAddress: Bool { host.contains(":") || host.utf8.allSatisfy { (0x2E...0x39).contains($0) } }

    /// RFC 9110 §4.1 asks servers for 8,000; a base longer than this is a slip.
    package static let longest = 2_048

    package init(parsing written: String) throws(URLError) {
        guard written.utf8.count <= Self.longest else { throw .tooLong(count: written.utf8.count) }
        guard written.utf8.last != UInt8(ascii: "\r") else { throw .carriageReturn }
        guard written.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .notVisibleASCII }
        let lowered = written.lowercased()
        guard let scheme = ["http", "https"].first(where: { lowered.hasPrefix("\($0)://") }) else { throw .scheme }
        guard !written.contains("?") else { throw .query }
        guard !written.contains("#") else { throw .fragment }
        let authority = written.dropFirst(scheme.count + 3).prefix { $0 != "/" }
        guard let first = authority.first, first != ":" else { throw .noHost }
        guard !authority.contains("@") else { throw .userInfo }
        guard !authority.hasSuffix(":") else { throw .emptyPort }
        let parts = URLHandle()
        if let reason = parts.parse(written) { throw .malformed(reason: reason) }
        guard let host = parts.host, !host.isEmpty else { throw .noHost }
        if let port = parts.port, !(1...65_535).contains(Int(port) ?? 0) { throw .port(text: port) }
        self.scheme = scheme
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        var text = Substring(written)
        while text.hasSuffix("/") { text.removeLast() }
        self.text = String(text)
    }
}

/// Why a text is no base URL.
package enum URLError: Error, Equatable {
    case tooLong(count: Int)
    case notVisibleASCII
    case carriageReturn
    case scheme
    case noHost
    case userInfo
    case query
    case fragment
    case emptyPort
    case port(text: String)
    case malformed(reason: String)
}

extension URLError: CustomStringConvertible {
    /// What is wrong and what to write, to follow the variable's name.
    package var description: String {
        switch self {
        case .tooLong(let count): "is \(count) bytes long; at most \(BaseURL.longest) are allowed"
        case .notVisibleASCII:
            "holds a blank, a control character or a non-ASCII character; percent-encode it (host names: punycode)"
        case .carriageReturn: "ends with a carriage return, as lines of Windows files do; take it out"
        case .scheme: "is not an absolute http:// or https:// URL; write for example http://app:8000"
        case .noHost: "names no host; write for example http://app:8000"
        case .userInfo: "holds a user name or password; take it out, the token goes into SCHEDULER_API_TOKEN"
        case .query: "holds a query (?…); take it out, a job's path may have one"
        case .fragment: "holds a fragment (#…); take it out"
        case .emptyPort: "ends its host with a colon but names no port; write a port from 1 to 65535, or no colon"
        case .port(let text): "has the port \(text); write a port from 1 to 65535"
        case .malformed(let reason): "is not a URL (\(reason)); write for example http://app:8000"
        }
    }
}
