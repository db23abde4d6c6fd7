package import HTTPClient

/// Where the records of several sidecars are: `etcd:http://e1:2379,http://e2:2379/prefix`, or `app:/path`.
package enum StoreAddress: Sendable, Equatable {
    /// The prefix begins with a slash and ends without one.
    case etcd([BaseURL], prefix: String)
    /// Below the app's own URL; begins with a slash and ends without one.
    case app(path: String)

    /// Where nothing is written after the last endpoint.
    package static let standardPrefix = "/scheduler"

    package init(parsing text: String) throws(Fault) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        switch (parts.first?.lowercased(), parts.dropFirst().first) {
        case ("etcd"?, let rest?): self = try Self.etcd(rest)
        case ("app"?, let rest?): self = .app(path: try Self.path(rest))
        case ("http"?, _?), ("https"?, _?): throw .noEngine
        default: throw .unknownEngine
        }
    }

    private static func etcd(_ text: Substring) throws(Fault) -> StoreAddress {
        guard !text.contains("@") else { throw .userInfo }
        var endpoints: [BaseURL] = []
        var prefix = standardPrefix
        let written = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        for (index, text) in written.enumerated() {
            let authority = text.drop { $0 != "/" }.dropFirst(2).drop { $0 != "/" }
            let endpoint = String(text.dropLast(authority.count))
            if !authority.isEmpty, authority != "/" {
                guard index == written.count - 1 else { throw .prefixInside(endpoint) }
                guard let path = plain(authority) else { throw .prefix }
                prefix = path
            }
            endpoints.append(try url(endpoint))
        }
        return .etcd(endpoints, prefix: prefix)
    }

    private static func url(_ text: String) throws(Fault) -> BaseURL {
        let url: BaseURL
        do throws(URLError) {
            url = try BaseURL(parsing: text)
        } catch {
            switch error {
            case .scheme, .noHost, .query, .fragment: throw .endpoint(text)
            default: throw .url(text, error)
            }
        }
        let name = text.drop { $0 != "/" }.dropFirst(2)
        // An address in brackets has colons of its own.
        guard name.drop(while: { $0 != "]" }).contains(":") || !name.contains("]") && name.contains(":") else {
            throw .noPort(text)
        }
        return url
    }

    private static func path(_ text: Substring) throws(Fault) -> String {
        guard text != "/", let path = plain(text) else { throw .path }
        return path
    }

    /// Segments of letters, digits and marks that mean nothing elsewhere, without a slash at the end.
    private static func plain(_ text: Substring) -> String? {
        let path = text.hasSuffix("/") ? text.dropLast() : text
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        let isPlain = segments.allSatisfy { segment in
            !segment.isEmpty && segment != "." && segment != ".."
                && segment.utf8.allSatisfy {
                    (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) || "-._~".utf8.contains($0)
                }
        }
        return path.hasPrefix("/") && isPlain && path.utf8.count <= 200 ? String(path) : nil
    }
}

extension StoreAddress {
    /// Why a text is none.
    package enum Fault: Error, Equatable {
        case unknownEngine
        /// A URL without the word before it.
        case noEngine
        case userInfo
        case endpoint(String)
        case url(String, URLError)
        case noPort(String)
        case prefixInside(String)
        case prefix
        case path
    }
}

extension StoreAddress.Fault: CustomStringConvertible {
    /// What is wrong and what to write, to follow the variable's name; an endpoint is no secret.
    package var description: String {
        let etcd = "write for example etcd:http://etcd-1:2379,http://etcd-2:2379\(StoreAddress.standardPrefix)"
        return switch self {
        case .unknownEngine: "begins with no engine that is known; \(etcd), or app:/internal/scheduler-state"
        case .noEngine: "begins with a URL; \(etcd)"
        case .userInfo:
            "holds a user name or password; take it out, they go into SCHEDULER_STORE_USER and "
                + "SCHEDULER_STORE_PASSWORD_FILE"
        case .endpoint(let text): "has the endpoint \"\(Self.cut(text))\", which is no http:// or https:// URL; \(etcd)"
        case .url(let text, .malformed(let reason)):
            "has the endpoint \"\(Self.cut(text))\", which is no URL (\(reason))"
        case .url(let text, let error): "has the endpoint \"\(Self.cut(text))\", which \(error)"
        case .noPort(let text): "has the endpoint \"\(Self.cut(text))\" without a port; etcd's is 2379"
        case .prefixInside(let text):
            "has a path after the endpoint \"\(Self.cut(text))\"; write the prefix once, after the last endpoint"
        case .prefix:
            "ends with a prefix that is no path of letters, digits and - . _ ~; \(etcd)"
        case .path:
            "has a path that does not begin with / or holds more than letters, digits and - . _ ~; write for example "
                + "app:/internal/scheduler-state"
        }
    }

    private static func cut(_ text: String) -> String { text.count > 60 ? "\(text.prefix(60))…" : text }
}
