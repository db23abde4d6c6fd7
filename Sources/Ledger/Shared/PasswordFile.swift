package import Files

/// A file that holds a password and nothing else, such as a Docker or Kubernetes secret.
package struct PasswordFile: Sendable, Equatable {
    package let path: String

    package init(_ path: String) { self.path = path }

    package enum Fault: Error, Equatable {
        case unreadable(SmallFile.Fault)
        case empty
        case notOneLine
    }

    package static let limit = 4_096

    /// The password of this moment.
    package func read() throws(Fault) -> Secret {
        try Self.password(in: Result { () throws(SmallFile.Fault) in try SmallFile.read(path, limit: Self.limit) })
    }

    /// The password, without the one newline that editors leave at the end.
    package static func password(in content: Result<[UInt8], SmallFile.Fault>) throws(Fault) -> Secret {
        var bytes: [UInt8]
        switch content {
        case .success(let all): bytes = all
        case .failure(let fault): throw .unreadable(fault)
        }
        if bytes.last == 0x0A {
            bytes.removeLast()
            if bytes.last == 0x0D { bytes.removeLast() }
        }
        guard !bytes.isEmpty else { throw .empty }
        guard !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }), let text = String(validating: bytes, as: UTF8.self)
        else { throw .notOneLine }
        return Secret(text)
    }
}

extension PasswordFile.Fault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadable(let fault): fault.description
        case .empty: "holds no password: the file is empty"
        case .notOneLine: "is not one line of UTF-8 without control characters"
        }
    }
}
