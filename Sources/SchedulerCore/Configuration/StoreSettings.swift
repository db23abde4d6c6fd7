internal import Calling
internal import Clockwork
internal import Files
package import HTTPClient
package import Ledger
internal import Schedule
internal import Telling

/// A store that several sidecars share, as the environment has it.
package struct StoreSettings: Sendable, Equatable {
    /// What becomes of runs while the store cannot be asked.
    package enum WhenDown: String, Sendable, CaseIterable {
        /// They wait, as for an app that is down.
        case wait
        /// They run unclaimed.
        case fire
    }

    package var address: StoreAddress
    package var login: EtcdLogin?
    /// Those of etcd; the app has its own.
    package var tls = TLSOptions()
    package var whenDown: WhenDown
    /// This sidecar's name for people; nil: the host's.
    package var replica: String?

    /// The store itself; `app` is where the jobs' calls go, and `learn` is told of each secret before anyone else has it.
    func make(
        for settings: Settings,
        credentials: Credentials,
        now: @escaping @Sendable () -> Moment,
        cancellation: Cancellation = Cancellation()
    ) -> any SharedStore {
        switch address {
        case .etcd(let endpoints, let prefix):
            return EtcdStore(
                endpoints,
                prefix: prefix,
                login: login,
                tls: tls,
                now: now,
                cancellation: cancellation,
                learn: { [secrets = credentials.secrets] in secrets.addToken($0) }
            )
        case .app(let path):
            return AppStore(
                settings.target,
                path: path,
                authorization: { [token = credentials.token] in
                    var headers: HeaderLines = ["User-Agent": Version.userAgent]
                    if let token = token?.current() { headers.add("Authorization", "Bearer \(token.reveal)") }
                    return headers
                },
                tls: settings.transport.target,
                proxy: settings.transport.proxy,
                now: now,
                cancellation: cancellation
            )
        }
    }
}
