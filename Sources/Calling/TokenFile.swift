package import Files

/// A file that holds a token and nothing else, such as a Docker or Kubernetes secret.
package struct TokenFile: Sendable, Equatable {
    package let path: String
    /// The variable that names it, for messages.
    package let variable: String

    /// What it holds, for messages.
    package let content: Content

    package enum Content: String, Sendable { case token, value }

    package init(_ path: String, variable: String, content: Content = .token) {
        (self.path, self.variable, self.content) = (path, variable, content)
    }

    package static let limit = 64 * 1024

    /// Why there is no token; never quotes what the file holds.
    package enum Fault: Error, Equatable {
        case unreadable(SmallFile.Fault)
        case empty
        case reference
        case notVisibleASCII
    }

    /// The token of this moment.
    package func read() throws(Fault) -> Secret {
        try Self.token(in: Result { () throws(SmallFile.Fault) in try SmallFile.read(path, limit: Self.limit) })
    }

    /// The token: visible ASCII, without the one newline (or CR and newline) that editors leave at the end.
    package static func token(in content: Result<[UInt8], SmallFile.Fault>) throws(Fault) -> Secret {
        var bytes: ArraySlice<UInt8>
        switch content {
        case .success(let all): bytes = all[...]
        case .failure(let fault): throw .unreadable(fault)
        }
        if bytes.last == 0x0A {
            bytes.removeLast()
            if bytes.last == 0x0D { bytes.removeLast() }
        }
        guard !bytes.isEmpty else { throw .empty }
        guard !UnexpandedReference.isIn(String(decoding: bytes, as: UTF8.self)) else { throw .reference }
        guard bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .notVisibleASCII }
        return Secret(String(decoding: bytes, as: UTF8.self))
    }
}

extension TokenFile.Fault: CustomStringConvertible {
    package var description: String { description(of: .token) }

    package func description(of content: TokenFile.Content) -> String {
        switch self {
        case .unreadable(let fault): fault.description
        case .empty: "holds no \(content.rawValue): the file is empty"
        case .reference: UnexpandedReference.problem + "; write the \(content.rawValue) itself into it"
        case .notVisibleASCII:
            "holds a blank, a control character or a non-ASCII character; only visible ASCII is allowed, and one newline "
                + "at the end"
        }
    }
}
