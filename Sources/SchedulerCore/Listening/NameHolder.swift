internal import HTTPServer
internal import Telling

/// Who has the local name that health checks ask, where this sidecar can't have it.
enum NameHolder: Equatable {
    case scheduler(Peer)
    /// Another user's process, or one that does not answer as a scheduler.
    case stranger(Peer)
    case nobody

    static func of(_ name: LocalName) -> NameHolder {
        let patience = Duration.milliseconds(500)
        guard let peer = BlockingClient.peer(at: name, within: patience) else { return .nobody }
        let answer = try? BlockingClient.get("/healthz", at: .local(name), within: patience)
        return answer?.server == StatusRoutes.server ? .scheduler(peer) : .stranger(peer)
    }

    static let advice =
        "end that process, or write another \(Variable.seed.name) for this scheduler, which gives it another name"
}
