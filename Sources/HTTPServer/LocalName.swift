/// The name of a socket that is no file: unique within a network namespace.
package struct LocalName: Sendable, Equatable, CustomStringConvertible {
    /// Without the zero byte that marks it as abstract.
    package let description: String

    /// sockaddr_un has 108 bytes, and one of them is the mark.
    static let longest = 107

    /// Nil if it is empty or too long.
    package init?(_ text: String) {
        guard (1...Self.longest).contains(text.utf8.count) else { return nil }
        description = text
    }
}
