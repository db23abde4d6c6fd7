/// Where a server listens, port 0 meaning any free port: `127.0.0.1:9090`, `[::1]:9090` or `name:9090`.
package struct ListenAddress: Sendable, Equatable {
    /// An IPv4 address, an IPv6 address without brackets, or a name.
    package let host: String
    package let port: UInt16

    package init(parsing text: String) throws(ListenError) {
        guard let colon = text.lastIndex(of: ":") else { throw .noPort(text: text) }
        let host = text[..<colon]
        let port = text[text.index(after: colon)...]
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.dropFirst().contains(where: { $0.hasPrefix("//") }) {
            throw .malformedHost(text: text, host: String(host))
        }
        if host.contains(":") && !host.hasPrefix("[") { throw .bareIPv6(text: text) }
        // "[::1]" alone: the colon found is one of the address.
        if host.hasPrefix("[") && !host.hasSuffix("]") && text.hasSuffix("]") { throw .noPort(text: text) }
        guard let number = Self.port(port) else { throw .malformedPort(text: text, port: String(port)) }
        if host.isEmpty { throw .noHost(text: text, port: String(port)) }
        guard let plain = Self.host(host) else { throw .malformedHost(text: text, host: String(host)) }
        self.init(host: plain, port: number)
    }

    /// Takes both as they are; `parsing` is the door for text from outside.
    package init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// `http://` with host and port.
    package var url: String { "http://\(self)" }

    private static func port(_ text: Substring) -> UInt16? {
        // UInt16("+80") is a number too.
        text.utf8.allSatisfy(isDigit) ? UInt16(text) : nil
    }

    private static func host(_ text: Substring) -> String? {
        if text.hasPrefix("[") {
            let inner = String(text.dropFirst().dropLast())
            return text.hasSuffix("]") && Socket.isIPv6(inner) ? inner : nil
        }
        // A last label of digits is an address, never a name, so 256.1.1.1 and 1.2.3 are refused here.
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        if labels.last?.utf8.allSatisfy(isDigit) == true {
            return Socket.isIPv4(String(text)) ? String(text) : nil
        }
        return text.utf8.count <= 253 && labels.allSatisfy(isLabel) ? String(text) : nil
    }

    /// RFC 1123 section 2.1, and the underscore, which compose service names may have.
    private static func isLabel(_ text: Substring) -> Bool {
        let isSpelledRight = text.utf8.allSatisfy {
            isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) || $0 == UInt8(ascii: "-")
                || $0 == UInt8(ascii: "_")
        }
        return (1...63).contains(text.utf8.count) && isSpelledRight && text.first != "-" && text.last != "-"
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension ListenAddress: CustomStringConvertible {
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
