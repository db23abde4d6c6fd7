package import Files

/// What says who calls: what requests carry as `Authorization`, and what becomes of it when the app denies it.
package protocol Credential: Sendable {
    /// What a request carries now; `waits`: until it is known whether there is anything.
    func authorization(waits: Bool) -> Result<Authorization, NoToken>

    /// The app has answered what was sent; where it denied it, and there may be a replacement: what goes out at once in
    /// its place.
    ///
    /// Blocks while that is fetched.
    func answered(_ status: Int, to sent: Authorization, mayReplace: Bool) -> Authorization?

    /// An operator asks for its files to be read again.
    func reopen()

    /// Begins to do what has to be done on another thread, unless that is done; false if the system has none.
    ///
    /// `stop` ends that, and lets go whoever waits for it.
    func start(_ listener: TokenListener) -> Bool
    func stop()
}

extension Credential {
    package func start(_ listener: TokenListener) -> Bool { true }
    package func stop() {}
}

/// What a request says of who sends it (RFC 9110 §11.6.2).
package struct Authorization: Sendable, Equatable {
    package enum Scheme: String, Sendable {
        case bearer = "Bearer"
        case basic = "Basic"
    }

    package var scheme: Scheme
    package var value: Secret
    /// Which of all tokens that were fetched it is; two of them may be the same text.
    package var number: Int

    package init(_ value: Secret, scheme: Scheme = .bearer, number: Int = 0) {
        (self.value, self.scheme, self.number) = (value, scheme, number)
    }
}

/// There is nothing that says who calls, so that no call is made.
package struct NoToken: Error, Equatable {
    /// Secrets are masked.
    package let reason: String
}

/// What became of a request for a token.
package enum TokenResult: String, Sendable, CaseIterable {
    case ok
    /// It was answered, and not with a token that is of use.
    case refused
    /// It was not answered.
    case unreachable
}
