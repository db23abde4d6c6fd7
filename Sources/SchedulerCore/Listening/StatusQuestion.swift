internal import HTTPServer

/// Asks a running sidecar.
enum StatusQuestion {
    /// An answer that did not come.
    struct Silence: Error, Equatable, CustomStringConvertible {
        let description: String
    }

    /// What a healthy sidecar answers within.
    static let healthcheckPatience = Duration.milliseconds(800)
    /// The same for the whole list of jobs.
    static let statusPatience = Duration.seconds(10)

    static func health(_ environment: [String: String]) throws(Silence) -> Asking.Answer {
        try ask("/healthz", at: try door(environment), within: healthcheckPatience)
    }

    static func status(_ environment: [String: String], asJSON: Bool) throws(Silence) -> Asking.Answer {
        try ask(
            "/status",
            accept: asJSON ? "application/json" : "text/plain",
            at: try place(environment),
            within: statusPatience
        )
    }

    /// The listener, if there is one on a port that is known; else the local door.
    private static func place(_ environment: [String: String]) throws(Silence) -> Asking.Place {
        var reader = EnvironmentReader(environment)
        if let address = reader.listenAddress(), address.port != 0 { return .address(address.reachable) }
        return try door(environment)
    }

    private static func door(_ environment: [String: String]) throws(Silence) -> Asking.Place {
        guard let name = LocalDoor.name(environment) else { throw Silence(description: "there is no local name") }
        return .local(name)
    }

    private static func ask(
        _ path: String,
        accept: String = "*/*",
        at place: Asking.Place,
        within patience: Duration
    ) throws(Silence) -> Asking.Answer {
        do throws(AskingError) {
            return try Asking.get(path, accept: accept, at: place, within: patience)
        } catch {
            throw Silence(
                description: "no scheduler answers on \(place): \(error); one that runs with this environment would"
            )
        }
    }
}

extension ListenAddress {
    /// Where a client on this machine finds a server that listens on every address.
    fileprivate var reachable: ListenAddress {
        switch host {
        case "0.0.0.0": ListenAddress(host: "127.0.0.1", port: port)
        case "::": ListenAddress(host: "::1", port: port)
        default: self
        }
    }
}
