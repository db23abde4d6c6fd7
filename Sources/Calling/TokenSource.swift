package import Files
internal import HTTPClient
internal import Locking

/// Where the token stands, and what it was when the settings were read.
package struct TokenOrigin: Sendable, Equatable {
    package let token: Secret
    /// Nil: the token is a variable's and stays.
    package let file: TokenFile?

    package init(_ token: Secret, file: TokenFile? = nil) { (self.token, self.file) = (token, file) }
}

/// The token of each moment: a variable's, or that of a file that is read again before each attempt.
///
/// A file is read each time, not only when its time or inode has changed: two writes within one tick of the kernel's
/// clock leave the same time, and the cost of a small file is nothing beside that of a request.
package final class TokenSource: Credential {
    private struct State {
        var last: Secret
        /// Told once, until the file is good again.
        var hasWarned = false
        /// Told once more, since an operator asks.
        var tellsAgain = false
    }

    /// Nil: the token is a variable's and stays.
    package let file: TokenFile?
    /// The token is this user's password; nil: it is a bearer's.
    private let user: String?
    private let state: Mutex<State>
    private let learn: @Sendable (Secret) -> Void
    private let tell: @Sendable (CallingEvent) -> Void

    /// `learn` is told of each token before anyone else has it, so that it can be masked.
    package init(
        _ origin: TokenOrigin,
        user: String? = nil,
        learn: @escaping @Sendable (Secret) -> Void,
        tell: @escaping @Sendable (CallingEvent) -> Void
    ) {
        file = origin.file
        (self.user, self.learn, self.tell) = (user, learn, tell)
        state = Mutex(State(last: origin.token))
        learnAll(of: origin.token)
    }

    private func learnAll(of token: Secret) {
        learn(token)
        if user != nil { learn(authorization(token).value) }
    }

    /// RFC 7617 for a password.
    private func authorization(_ token: Secret) -> Authorization {
        guard let user else { return Authorization(token) }
        return Authorization(Secret(Base64.encode("\(user):\(token.reveal)".utf8)), scheme: .basic)
    }

    /// The token of this moment; with a file that is bad, the last good one, and one warning.
    package func current() -> Secret {
        guard let file else { return state.withLock { $0.last } }
        let event: CallingEvent?
        let token: Secret
        // Read under the lock, so that two readers cannot bring an old token back.
        (token, event) = state.withLock { state in
            do throws(TokenFile.Fault) {
                let token = try file.read()
                if token != state.last { learnAll(of: token) }
                let event: CallingEvent? =
                    token != state.last
                    ? .tokenHasChanged(file, isMended: state.hasWarned)
                    : state.hasWarned ? .tokenFileIsGood(file) : nil
                state = State(last: token)
                return (token, event)
            } catch {
                let event: CallingEvent? = state.hasWarned && !state.tellsAgain ? nil : .tokenFileIsBad(file, error)
                (state.hasWarned, state.tellsAgain) = (true, false)
                return (state.last, event)
            }
        }
        if let event { tell(event) }
        return token
    }

    /// The same when an operator asks for it: a file that is still bad is told of again.
    package func reopen() {
        state.withLock { $0.tellsAgain = true }
        _ = current()
    }

    // MARK: - Credential

    package func authorization(waits: Bool) -> Result<Authorization, NoToken> { .success(authorization(current())) }

    package func answered(_ status: Int, to sent: Authorization, mayReplace: Bool) -> Authorization? {
        guard mayReplace, status == 401 || status == 403 else { return nil }
        let newer = authorization(current())
        return newer == sent ? nil : newer
    }
}
