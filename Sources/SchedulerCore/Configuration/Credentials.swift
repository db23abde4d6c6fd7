internal import Calling
internal import HTTPClient
internal import Telling

/// What requests carry, and what no log shows; made once from the settings, and alive while the program runs.
struct Credentials: Sendable {
    let secrets: SecretBook
    /// Nil: requests carry none.
    let token: (any Credential)?
    /// Of apps beside the main one, by name.
    let others: [String: any Credential]
    let headerFiles: HeaderFiles

    /// `secrets` learns each new token; `log` tells what becomes of it, and of its file.
    ///
    /// What fetches tokens has the authorities of the machine, and nothing of the app's: neither its certificate nor its
    /// proxy.
    init(
        _ settings: Settings,
        _ secrets: SecretBook,
        _ log: Log,
        cancellation: Cancellation = Cancellation(),
        time: TimeSource = .system
    ) {
        self.secrets = secrets
        secrets.replaceValues(settings.headerSecrets)
        headerFiles = HeaderFiles(learn: { secrets.addToken($0, from: $1.path) }, tell: { log.tell($0) })
        headerFiles.add(settings.headerFiles)
        others = settings.targets.compactMapValues { app in
            app.token.map { TokenSource($0, user: nil, learn: { secrets.addToken($0) }, tell: { log.tell($0) }) }
        }
        if let provider = settings.tokenProvider {
            token = TokenFetcher(
                provider,
                tls: settings.transport.elsewhere,
                cancellation: cancellation,
                time: time.reading,
                mask: Redactor(secrets).mask,
                learn: { secrets.addToken($0) },
                tell: { log.tell($0) }
            )
        } else {
            token = settings.token.map {
                TokenSource($0, user: settings.apiUser, learn: { secrets.addToken($0) }, tell: { log.tell($0) })
            }
        }
    }
}

extension Credentials {
    /// The apps beside the main one, each with what lets in there.
    func apps(_ settings: Settings) -> [String: Runner.App] {
        Dictionary(
            uniqueKeysWithValues: settings.targets.map { name, app in
                (name, Runner.App(settings.app(app), token: others[name]))
            }
        )
    }

    /// The files of the other apps' tokens are read anew.
    func reopenOthers() { for other in others.values { other.reopen() } }
}
