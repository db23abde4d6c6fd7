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
                authorized: { [token = credentials.token] send throws(StoreFailure) in
                    guard let token else { return try send(Self.headers(nil)) }
                    let sent: Authorization
                    switch token.authorization(waits: true) {
                    case .success(let authorization): sent = authorization
                    case .failure(let none): throw StoreFailure("there is no token: \(none.reason)")
                    }
                    let response = try send(Self.headers(sent))
                    guard let next = token.answered(response.status, to: sent, mayReplace: true) else {
                        return response
                    }
                    return try send(Self.headers(next))
                },
                tls: settings.transport.target,
                proxy: settings.transport.proxy,
                socket: settings.transport.socket,
                now: now,
                cancellation: cancellation
            )
        }
    }

    private static func headers(_ authorization: Authorization?) -> HeaderLines {
        var headers: HeaderLines = ["User-Agent": Version.userAgent]
        if let authorization {
            headers.add("Authorization", "\(authorization.scheme.rawValue) \(authorization.value.reveal)")
        }
        return headers
    }
}
