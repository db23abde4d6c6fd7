/// The address of a proxy that is used on purpose; it may hold a password, so it does not print itself.
package struct ProxyURL: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package enum Scheme: String, Sendable, CaseIterable {
        case http, https
        /// SOCKS 5; this machine resolves the target's name.
        case socks5
        /// SOCKS 5; the proxy resolves the target's name.
        case socks5h
    }

    package let scheme: Scheme
    /// As it was written; for libcurl alone.
    let text: String
    /// What must not be shown: the password as written and decoded, and the form in which a header carries it.
    package let secrets: [String]
    /// Without user and password.
    package let description: String

    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// Whether https goes through it by CONNECT.
    var tunnels: Bool { scheme == .http || scheme == .https }

    package init(parsing written: String) throws(Fault) {
        guard written.utf8.count <= BaseURL.longest else { throw .tooLong }
        guard written.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .notVisibleASCII }
        let lowered = written.lowercased()
        guard let scheme = Scheme.allCases.first(where: { lowered.hasPrefix("\($0.rawValue)://") }) else {
            throw .scheme
        }
        let rest = written.dropFirst(scheme.rawValue.count + 3)
        let authority = rest.prefix { !"/?#".contains($0) }
        guard ["", "/"].contains(rest.dropFirst(authority.count)) else { throw .path }
        let parts = URLHandle()
        guard parts.parse("\(scheme.rawValue)://\(authority)/") == nil, let host = parts.host, !host.isEmpty else {
            throw .malformed
        }
        // libcurl would take 1080, and 443 for https: not what most expect of an http proxy.
        guard let port = parts.port else { throw .noPort }
        guard (1...65_535).contains(Int(port) ?? 0) else { throw .malformed }
        self.scheme = scheme
        text = "\(scheme.rawValue)://\(authority)"
        let userInfo = authority.lastIndex(of: "@").map { authority[..<$0] } ?? ""
        let password = parts.password ?? ""
        let header = Base64.encode("\(parts.user ?? ""):\(password)".utf8)
        secrets =
            password.isEmpty
            ? [] : [password, String(userInfo.drop { $0 != ":" }.dropFirst()), header].filter { !$0.isEmpty }
        description = "\(scheme.rawValue)://\(userInfo.isEmpty ? "" : "…@")\(host):\(port)"
    }
}

extension ProxyURL {
    /// Why a text is no proxy.
    package enum Fault: Error, Equatable {
        case tooLong, notVisibleASCII, scheme, path, noPort, malformed
    }
}

extension ProxyURL.Fault: CustomStringConvertible {
    /// What is wrong and what to write, to follow the variable's name; never quotes the text, which may be a secret.
    package var description: String {
        let example = "write for example http://proxy:3128"
        return switch self {
        case .tooLong: "is over \(BaseURL.longest) bytes long; \(example)"
        case .notVisibleASCII:
            "holds a blank, a control character or a non-ASCII character; percent-encode it"
        case .scheme: "does not begin with http://, https://, socks5:// or socks5h://; \(example)"
        case .path: "holds a path, a query or a fragment after the port; \(example)"
        case .noPort: "names no port; \(example)"
        case .malformed: "is not the URL of a proxy; \(example)"
        }
    }
}
