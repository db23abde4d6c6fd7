/// Takes secrets out of texts from outside, such as an answer that echoes the token.
package struct Redactor: Sendable {
    private let book: SecretBook

    package init(_ book: SecretBook) { self.book = book }

    /// The text without secrets, however it spells them, and without parts of them.
    package func mask(_ text: String) -> String { book.search.mask(text) }

    /// The same for a text of our own, such as a path from the configuration that holds the token: whole secrets alone,
    /// and not the shortest, since a password "a" would leave no line readable.
    package func maskOwn(_ text: String) -> String { book.ownSearch.mask(text) }

    /// Whether `maskOwn` would have something to do in a text or in a part of it.
    func holdsOwn(_ bytes: [UInt8]) -> Bool { !book.ownSearch.find(in: bytes).isEmpty }
}
