/// Who may call the admin endpoints: whoever knows the token, or in LOCAL_DEV_MODE everyone.
struct Authorization: Sendable {
    /// A shorter token is taken for none, so that a placeholder opens nothing.
    static let shortestToken = 32

    private let token: [UInt8]?
    private let letsAllIn: Bool

    init(token: String, letsAllIn: Bool) {
        self.token = token.count >= Self.shortestToken ? Array(token.utf8) : nil
        self.letsAllIn = letsAllIn
    }

    /// Judges the value of an `Authorization` header (RFC 6750 section 2.1; the scheme in any case).
    func allows(_ header: String?) -> Bool {
        if letsAllIn { return true }
        guard let token, let header else { return false }
        let scheme = header.prefix { $0 != " " }
        guard scheme.lowercased() == "bearer" else { return false }
        return Self.areEqual(Array(header.dropFirst(scheme.count + 1).utf8), token)
    }

    /// Compares without telling by its time how much of the guess was right; the length is no secret.
    private static func areEqual(_ guess: [UInt8], _ token: [UInt8]) -> Bool {
        guard guess.count == token.count else { return false }
        var difference: UInt8 = 0
        for (left, right) in zip(guess, token) { difference |= left ^ right }
        return difference == 0
    }
}
