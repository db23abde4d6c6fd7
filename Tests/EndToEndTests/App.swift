import Foundation
import HTTPClient
import Locking
import TestClient
import Testing

/// target-app, running on a free port, with its control interface.
final class App: Sendable {
    /// One request as the app saw it.
    struct Call: Decodable {
        let method: String
        let path: String
        let headers: [String: String]
        let body: String
        let start: String
        let end: String?
        let status: Int?

        var job: String { headers["x-scheduler-job"] ?? "" }
        var slot: String { headers["x-scheduler-slot"] ?? "" }
    }

    /// Long enough for the app; found nowhere but in a request.
    static let token = "canary-5d41402abc4b2a76b9719d911017c592"

    let binary: Binary
    let url: String
    private let sidecars = Mutex<[Binary]>([])

    init(workMilliseconds: Int = 0, environment: [String: String] = [:]) async throws {
        let own = [
            "TARGET_APP_LISTEN": "127.0.0.1:0", "SCHEDULER_API_TOKEN": Self.token,
            "TARGET_APP_WORK_MS": "\(workMilliseconds)",
        ]
        let binary = try Binary("target-app", environment: own.merging(environment) { $1 })
        self.binary = binary
        url = try await eventually("target-app's address") {
            binary.output.split(separator: "\n").first { $0.hasPrefix("listening on ") }.map {
                String($0.dropFirst(13))
            }
        }
    }

    /// Notes a sidecar that calls the app; the answer tells whether it is, and stays, the only one.
    func join(_ sidecar: Binary) -> @Sendable () -> Bool {
        let (wasAlone, number) = sidecars.withLock { others in
            let wasAlone = !others.contains { $0.isRunning }
            others.append(sidecar)
            return (wasAlone, others.count)
        }
        return { [unowned self] in wasAlone && sidecars.withLock { $0.count } == number }
    }

    func calls() throws -> [Call] {
        // Not by our client: that keeps 64 KiB of an answer.
        let client = try TestClient(port: UInt16(url.split(separator: ":").last ?? "") ?? 0)
        _ = client.send("GET /_control/calls HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return try JSONDecoder().decode([Call].self, from: Data(client.read().body.utf8))
    }

    /// Waits until so many calls have arrived, and answers all of them.
    func calls(_ count: Int, _ location: SourceLocation = #_sourceLocation) async throws -> [Call] {
        try await eventually("\(count) calls", location) {
            let calls = try self.calls()
            return calls.count >= count ? calls : nil
        }
    }

    /// Sets what endpoints do next, as JSON.
    func set(faults: String) throws {
        let response = try send("PUT", "/_control/faults", body: faults)
        try #require((200...299).contains(response.status), "\(String(decoding: response.body, as: UTF8.self))")
    }

    private func send(_ method: String, _ path: String, body: String? = nil) throws -> Response {
        let request = Request(method, url + path, body: body.map { Array($0.utf8) })
        return try Client().send(request, until: Cancellation())
    }
}
