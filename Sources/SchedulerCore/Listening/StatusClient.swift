internal import HTTPServer
internal import Telling

/// Asks a running sidecar.
enum StatusClient {
    /// An answer that did not come.
    struct NoAnswer: Error, Equatable, CustomStringConvertible {
        let description: String
        var error: ClientError?

        /// Whether no sidecar runs there, for certain.
        var isNobody: Bool { if case .nobody? = error { true } else { false } }
    }

    /// What a healthy sidecar answers within.
    static let healthcheckPatience = Duration.milliseconds(800)
    /// The same for the whole list of jobs.
    static let statusPatience = Duration.seconds(10)

    static func health(_ environment: [String: String]) throws(NoAnswer) -> BlockingClient.Answer {
        try ask("/healthz", at: try localSocket(environment), within: healthcheckPatience)
    }

    /// `terminal`: what the table has to fit.
    static func status(
        _ environment: [String: String],
        asJSON: Bool,
        terminal: Terminal? = nil
    ) throws(NoAnswer) -> BlockingClient.Answer {
        let endpoint = try endpoint(environment)
        // One that hangs is told at once; a long list of jobs may take its time.
        _ = try ask("/healthz", at: endpoint, within: healthcheckPatience)
        let type = asJSON ? "application/json" : terminal?.accept ?? "text/plain"
        return try ask("/status", accept: type, at: endpoint, within: statusPatience)
    }

    /// What is wrong with the variables that say where a sidecar answers: with these there is none.
    static func faults(_ environment: [String: String]) -> [SettingsFault] {
        var reader = EnvironmentReader(environment)
        _ = reader.target()
        for variable in [Variable.seed, .stateDirectory, .store, .replica, .jobsFile] { _ = reader.text(variable) }
        _ = reader.listenAddress()
        return reader.faults
    }

    /// The port, if there is one and it is known; else the local socket.
    private static func endpoint(_ environment: [String: String]) throws(NoAnswer) -> BlockingClient.Endpoint {
        var reader = EnvironmentReader(environment)
        if let address = reader.listenAddress(), address.port != 0 { return .address(address.reachable) }
        return try localSocket(environment)
    }

    private static func localSocket(_ environment: [String: String]) throws(NoAnswer) -> BlockingClient.Endpoint {
        guard let name = LocalSocketName.name(environment) else {
            throw NoAnswer(description: "there is no local name")
        }
        return .local(name)
    }

    /// What to look at where nobody answers.
    private static func advice(_ error: ClientError, _ endpoint: BlockingClient.Endpoint) -> String? {
        switch (error, endpoint) {
        case (.tooSlow, _): "it hangs, or is stopped"
        case (.crowded, _): "too many ask it at once; find out who, and ask less often"
        case (.strangePeer, _): NameHolder.advice
        case (.malformed, _): nil
        case (_, .address(let address)):
            "is it running, and with \(Variable.listen.name)=\(address) as here? Its log says where it listens"
        case (_, .local):
            "is it running in this container, as this user, and with the same "
                + LocalSocketName.variables.map(\.name).joined(separator: ", ")
                + "? In another container: docker compose exec scheduler scheduler status"
        }
    }

    private static func ask(
        _ path: String,
        accept: String = "*/*",
        at endpoint: BlockingClient.Endpoint,
        within patience: Duration
    ) throws(NoAnswer) -> BlockingClient.Answer {
        try ask(endpoint) { endpoint throws(ClientError) in
            try BlockingClient.get(path, accept: accept, at: endpoint, within: patience)
        }
    }

    /// Asks the sidecar that has this environment's local name.
    static func askLocally(
        _ environment: [String: String],
        _ ask: (BlockingClient.Endpoint) throws(ClientError) -> BlockingClient.Answer
    ) throws(NoAnswer) -> BlockingClient.Answer {
        try self.ask(try localSocket(environment), ask)
    }

    private static func ask(
        _ endpoint: BlockingClient.Endpoint,
        _ ask: (BlockingClient.Endpoint) throws(ClientError) -> BlockingClient.Answer
    ) throws(NoAnswer) -> BlockingClient.Answer {
        do throws(ClientError) {
            return try ask(endpoint)
        } catch {
            // Where nobody has the state, one that waits for it may be there.
            if case .nobody = error, case .local(let name) = endpoint, let standby = LocalSocketName.standby(name),
                let answer = try? ask(.local(standby))
            {
                return answer
            }
            let advice = advice(error, endpoint).map { "; " + $0 } ?? ""
            throw NoAnswer(description: "no scheduler answers: \(error)\(advice)", error: error)
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
