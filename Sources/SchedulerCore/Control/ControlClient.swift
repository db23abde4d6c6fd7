internal import Clockwork
internal import HTTPServer
internal import Schedule
internal import Telling

/// Asks the running sidecar to do something.
enum ControlClient {
    /// A sidecar that is well answers within this.
    private static let patience = Duration.seconds(1)
    /// The end of a run is waited for in pieces of this length, and between two of them it is looked whether the sidecar
    /// is still there.
    private static let piece = Duration.seconds(20)

    static func ask(
        _ request: ControlRequest,
        _ environment: [String: String]
    ) -> Result<ControlAnswer, StatusClient.NoAnswer> {
        // What a stopped sidecar finds when it goes on must not happen then: it was said here that it did not.
        let body = request.body(by: TimeSource.system.uptime() + patience)
        return locally(environment) { endpoint throws(ClientError) in
            try BlockingClient.post(request.path, body, at: endpoint, within: patience)
        }
    }

    /// Waits for the end of a run, however long that takes.
    static func end(
        of run: String,
        _ environment: [String: String]
    ) -> Result<ControlAnswer, StatusClient.NoAnswer> {
        while true {
            let answer = locally(environment) { endpoint throws(ClientError) in
                try BlockingClient.get(ControlRequest.runPrefix + run, at: endpoint, within: piece)
            }
            guard case .failure(let problem) = answer, problem.error == .tooSlow else { return answer }
            do throws(StatusClient.NoAnswer) {
                let health = try StatusClient.health(environment)
                guard health.status == 200 else {
                    let text = String(decoding: health.body, as: UTF8.self).trimmed
                    return .failure(StatusClient.NoAnswer(description: text))
                }
            } catch {
                return .failure(error)
            }
        }
    }

    private static func locally(
        _ environment: [String: String],
        _ ask: (BlockingClient.Endpoint) throws(ClientError) -> BlockingClient.Answer
    ) -> Result<ControlAnswer, StatusClient.NoAnswer> {
        do throws(StatusClient.NoAnswer) {
            if let answer = ControlAnswer(try StatusClient.askLocally(environment, ask)) { return .success(answer) }
            return .failure(StatusClient.NoAnswer(description: "what answers there is no scheduler of this release"))
        } catch {
            return .failure(error)
        }
    }
}
