internal import CLinux

/// Takes secrets out of texts from outside, such as an answer that echoes the token.
package struct Redactor: Sendable {
    private let book: SecretBook

    package init(_ book: SecretBook) { self.book = book }

    /// Works on bytes: a mark that combines with the token's last letter must not hide it.
    package func mask(_ text: String) -> String {
        replace(book.needles, in: text)
    }

    /// The same for a text of our own, such as a path from the configuration that holds the token.
    ///
    /// Not the shortest secrets: a password "a" would leave no line readable.
    package func maskOwn(_ text: String) -> String {
        replace(book.longNeedles, in: text)
    }

    static let shortestInOwn = 8

    /// Whether `maskOwn` would have something to do in a text or in a part of it.
    func holdsLongSecret(_ bytes: [UInt8]) -> Bool {
        unsafe bytes.withUnsafeBytes { text in book.longNeedles.contains { unsafe Self.holds(text, $0) } }
    }

    private func replace(_ secrets: [[UInt8]], in text: String) -> String {
        guard secrets.contains(where: { Self.holds(text, $0) }) else { return text }
        var bytes = Array(text.utf8)
        for secret in secrets { bytes = Self.replace(secret, in: bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Looks without a copy: nearly no text holds a secret.
    private static func holds(_ text: String, _ secret: [UInt8]) -> Bool {
        var text = text
        return text.withUTF8 { bytes in unsafe holds(UnsafeRawBufferPointer(bytes), secret) }
    }

    private static func holds(_ text: UnsafeRawBufferPointer, _ secret: [UInt8]) -> Bool {
        unsafe secret.withUnsafeBytes { secret in
            guard let start = text.baseAddress, let wanted = secret.baseAddress else { return false }
            return unsafe memmem(start, text.count, wanted, secret.count) != nil
        }
    }

    private static func replace(_ secret: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        guard bytes.count >= secret.count else { return bytes }
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == secret[0], bytes[index...].starts(with: secret) {
                result += Array("***".utf8)
                index += secret.count
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }
}
