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
package final class TokenSource: Sendable {
    private struct State {
        var last: Secret
        /// Told once, until the file is good again.
        var hasWarned = false
    }

    /// Nil: the token is a variable's and stays.
    package let file: TokenFile?
    private let state: Mutex<State>
    private let secrets: SecretBook

    /// `secrets` learns each new token before anyone else does.
    package init(_ origin: TokenOrigin, secrets: SecretBook) {
        file = origin.file
        self.secrets = secrets
        state = Mutex(State(last: origin.token))
        secrets.addToken(origin.token)
    }

    /// The token of this moment; with a file that is bad, the last good one, and one warning.
    package func current(_ log: Log) -> Secret {
        guard let file else { return state.withLock { $0.last } }
        let event: Event?
        let token: Secret
        // Read under the lock, so that two readers cannot bring an old token back.
        (token, event) = state.withLock { state in
            do throws(TokenFile.Fault) {
                let token = try file.read()
                secrets.addToken(token)
                let event: Event? = token != state.last ? .changed : state.hasWarned ? .good : nil
                state = State(last: token)
                return (token, event)
            } catch {
                let event: Event? = state.hasWarned ? nil : .bad(error)
                state.hasWarned = true
                return (state.last, event)
            }
        }
        switch event {
        case .changed: log.tokenHasChanged(file)
        case .good: log.tokenFileIsGood(file)
        case .bad(let fault): log.tokenFileIsBad(file, fault)
        case nil: break
        }
        return token
    }

    /// The same when an operator asks for it: a file that is still bad is told of again.
    package func reopen(_ log: Log) {
        state.withLock { $0.hasWarned = false }
        _ = current(log)
    }

    private enum Event {
        case changed, good
        case bad(TokenFile.Fault)
    }
}

extension Log {
    func tokenHasChanged(_ file: TokenFile) {
        info("The token in \(own: file.variable) has changed; requests carry the new one.")
    }

    func tokenFileIsGood(_ file: TokenFile) {
        info("\(own: file.variable) can be read again; the token is the same.")
    }

    func tokenFileIsBad(_ file: TokenFile, _ fault: TokenFile.Fault) {
        warning("\(own: file.shown) \(own: fault.description); the last token stays in use until this is mended.")
    }

    func tokenIsTriedAgain(_ job: Job, _ context: RunContext) {
        info(
            "Job \(own: job.name) was denied, and its token has been replaced meanwhile; one more attempt with the new one.",
            [LogField("job", .own(job.name)), LogField("run_id", .own(context.idText))]
        )
    }
}
