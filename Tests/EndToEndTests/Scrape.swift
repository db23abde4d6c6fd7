import Foundation
import TestClient
import Testing

/// `/metrics` of a running sidecar.
struct Scrape {
    let text: String

    /// Nil if it says no port: its log level hides the line, or it serves none.
    init?(_ scheduler: Binary) throws {
        guard let port = scheduler.statusPort else { return nil }
        let client = try TestClient(port: port)
        client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let answer = client.read()
        try #require(answer.status == 200, "\(answer.statusLine)")
        text = answer.body
    }

    /// The sum of all series of a name whose labels hold none of these.
    func sum(_ name: String, without words: [String] = []) -> Int {
        lines(name).filter { line in !words.contains { line.contains("\"\($0)\"") } }
            .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
            .reduce(0, +)
    }

    func lines(_ name: String) -> [Substring] {
        text.split(separator: "\n").filter { $0.hasPrefix(name + "{") || $0.hasPrefix(name + " ") }
    }

    /// Requests that ended, and that the app can have seen.
    var delivered: Int { sum("scheduler_attempts_total", without: ["unreachable", "tls"]) }

    /// What the sidecar counts agrees with what the app saw.
    ///
    /// Also while calls are in flight: what has ended had arrived, and what has arrived has ended or is in flight.
    /// `before` is what the app had seen from another sidecar.
    static func check(_ scheduler: Binary, beside app: App, before: Int) throws {
        guard let first = try Scrape(scheduler) else { return }
        let calls = try app.calls().count { !$0.job.isEmpty } - before
        guard let second = try Scrape(scheduler) else { return }
        #expect(first.delivered <= calls, "the metrics count requests that the app did not see")
        // A job that a reload took out has no series any more.
        if scheduler.errors.contains("Reloaded: ") { return }
        let inFlight = second.sum("scheduler_runs_in_flight")
        #expect(calls <= second.delivered + inFlight, "the metrics miss requests that the app saw")
        let ends = second.sum("scheduler_runs_total", without: ["interrupted"])
        #expect(ends == second.sum("scheduler_run_duration_seconds_count"), "each run has a duration and an outcome")
        #expect(ends <= second.delivered)
    }
}

extension Binary {
    /// Where its status listener listens, once it has said so.
    var statusPort: UInt16? {
        let line = errorLines.first { $0.contains("listening on http://") }
        return line.flatMap { $0.split(separator: ":").last }
            .flatMap { UInt16($0.prefix { $0.isNumber }) }
    }

    /// Asks the status listener.
    func ask(_ target: String, method: String = "GET") async throws -> TestClient.Answer {
        let port = try await eventually("the status listener") { self.statusPort }
        return try TestClient.exchange("\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n", port: port)
    }
}
