/// What requests carry, and what no log shows; made once from the settings, and alive while the program runs.
package struct Credentials: Sendable {
    package let secrets: SecretBook
    /// Nil: requests carry none.
    package let token: TokenSource?

    package init(token: TokenOrigin?, secrets: [Secret]) {
        let book = SecretBook(secrets)
        self.secrets = book
        self.token = token.map { TokenSource($0, secrets: book) }
    }
}
