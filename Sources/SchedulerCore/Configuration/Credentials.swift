internal import Calling
internal import Telling

/// What requests carry, and what no log shows; made once from the settings, and alive while the program runs.
struct Credentials: Sendable {
    let secrets: SecretBook
    /// Nil: requests carry none.
    let token: TokenSource?

    /// `secrets` learns each new token; `log` tells what becomes of its file.
    init(_ settings: Settings, _ secrets: SecretBook, _ log: Log) {
        self.secrets = secrets
        secrets.replaceValues(settings.headerSecrets)
        token = settings.token.map { TokenSource($0, learn: { secrets.addToken($0) }, tell: { log.tell($0) }) }
    }
}
