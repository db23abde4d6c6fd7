import Clockwork
import Foundation
import TestSupport
import Testing

@testable import Telling

/// The files of docker/ that watch the sidecar.
@Suite("Monitoring files")
struct AlertRulesTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docker/monitoring/prometheus").standardizedFileURL

    @Test("each alert rule does what its test says, and the configuration is one")
    func rules() throws {
        try Tool.run("promtool", ["check", "config", "prometheus.yml"], in: Self.folder)
        try Tool.run("promtool", ["test", "rules", "alerts.test.yml"], in: Self.folder)
    }

    @Test("each alert has a test; rules and dashboard ask only for metrics that there are")
    func names() throws {
        let rules = try text("alerts.yml")
        let tests = try text("alerts.test.yml")
        let alerts = rules.split(separator: "\n").filter { $0.contains("- alert: ") }
            .compactMap { $0.split(separator: " ").last }
        #expect(alerts.count == 9)
        for alert in alerts { #expect(tests.contains("        alertname: \(alert)\n        exp_alerts:"), "\(alert)") }
        let groups = [GroupState(group: Group(name: "llm", limit: 1), jobs: ["a"], holders: [], waiting: 0)]
        var snapshot = Fixture.snapshot([try Fixture.entry("a")], groups: groups)
        snapshot.metrics.token = TokenCounts(["ok"])
        let known = MetricsText.render(snapshot)
        for file in [rules, try text("../grafana/dashboards/scheduler.json")] {
            let words = Set(file.split { !($0.isLetter || $0.isNumber || $0 == "_") }).filter {
                $0.hasPrefix("scheduler_")
            }
            #expect(words.count >= 4)
            for word in words { #expect(known.contains("\n\(word){") || known.contains("\n\(word) "), "\(word)") }
        }
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
    }
}
