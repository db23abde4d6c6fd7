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

    /// The password, without the one newline that editors leave at the end.
    package func read() throws(Fault) -> Secret {
        var bytes: [UInt8]
        do throws(SmallFile.Fault) {
            bytes = try SmallFile.read(path, limit: 4_096)
        } catch {
            throw .unreadable(error)
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
