import Foundation
import TestSupport
import Testing

@Suite("End to end: check --store")
struct StoreTests {
    private static let path = "app:/internal/scheduler-state"

    private func check(_ environment: [String: String]) async throws -> (Binary.End, [Substring], String) {
        let check = try Binary("scheduler", ["check", "--store"], environment: environment)
        let end = try await check.end()
        return (end, check.output.split(separator: "\n").filter { $0.hasPrefix("store ") }, check.errors)
    }

    private func ofApp(_ app: App) -> [String: String] {
        ["API_URL": app.url, "SCHEDULER_API_TOKEN": App.token, "SCHEDULER_STORE": Self.path]
    }

    private static let failed = Binary.End(status: 1, wasSignalled: false)

    private static func fit(_ name: String) -> [String] {
        [
            "store \(name): a record is made", "store \(name): it is not made twice",
            "store \(name): it is read as it was written", "store \(name): it is swapped",
            "store \(name): it is not swapped with a stale version",
            "store \(name): of 8 swaps at once one is taken", "store \(name): it is removed",
        ]
    }

    @Test("target-app is a store that is fit, and nothing is left in it", .timeLimit(.minutes(2)))
    func app() async throws {
        let folder = try TemporaryFolder()
        let app = try await App(environment: ["TARGET_APP_STATE_FILE": folder.path("records")])
        let (end, lines, errors) = try await check(ofApp(app))
        #expect(end == .clean, "\(errors)")
        #expect(lines.prefix(7).map(String.init) == Self.fit("app"))
        #expect(lines.last == "store app is fit: of two swaps one loses")
        #expect(folder.text("records") == "{}\n")
    }

    @Test("an app that takes stale tags is not fit, and each fault is told", .timeLimit(.minutes(2)))
    func stale() async throws {
        let app = try await App()
        try app.set(faults: #"{"/internal/scheduler-state": {"accept_stale": true}}"#)
        let (end, lines, _) = try await check(ofApp(app))
        #expect(end == Self.failed)
        let wrong = lines.filter { $0.contains("wrong") }
        #expect(
            wrong == [
                "store app: wrong: it can be made twice", "store app: wrong: it is read as something else",
                "store app: wrong: a stale version is taken: two replicas would run one slot",
                "store app: wrong: of 8 swaps at once 8 are taken: two replicas would run one slot",
                "store app: wrong: it is removed by a stale version",
            ]
        )
        #expect(lines.last == "store app is not fit: 5 faults")
    }

    @Test("what cannot be asked is told, without the token", .timeLimit(.minutes(2)))
    func refused() async throws {
        let app = try await App()
        var environment = ofApp(app)
        environment["SCHEDULER_API_TOKEN"] = "another-0123456789abcdef0123456789abcdef"
        let (end, lines, errors) = try await check(environment)
        #expect(end == Self.failed)
        #expect(lines.first?.hasPrefix("store app: wrong: stopped: PUT probe-") == true, "\(lines)")
        #expect(lines.first?.hasSuffix(#": HTTP 401: {\"detail\":\"a bearer token is needed\"}"#) == true, "\(lines)")
        #expect(!errors.contains("0123456789abcdef"))
        let late = try await App()
        try late.set(faults: #"{"/internal/scheduler-state": {"late_ms": 5000}}"#)
        let (lateEnd, lateLines, _) = try await check(ofApp(late))
        #expect(lateEnd == Self.failed)
        #expect(lateLines.first?.contains("timed out after 2000 milliseconds") == true, "\(lateLines)")
    }

    @Test("an answer that is lost costs no swap", .timeLimit(.minutes(2)))
    func lost() async throws {
        let app = try await App()
        try app.set(faults: #"{"/internal/scheduler-state": [{"delay_ms": 1}, {"lose_answer": true, "times": 1}]}"#)
        let (end, lines, errors) = try await check(ofApp(app))
        #expect(end == .clean, "\(lines) \(errors)")
    }

    @Test("without a store there is nothing to try")
    func nothing() async throws {
        let (end, _, errors) = try await check(["API_URL": "http://localhost:1"])
        #expect(end == Self.failed)
        #expect(errors.contains("scheduler: there is no store to try; set SCHEDULER_STORE\n"))
    }

    @Test("no sidecar runs with a store yet, and check says so as well")
    func notRun() async throws {
        let app = try await App()
        for arguments in [[], ["check"]] {
            let scheduler = try Binary("scheduler", arguments, environment: ofApp(app))
            #expect(try await scheduler.end() == Binary.End(status: 78, wasSignalled: false))
            #expect(scheduler.errors.contains("SCHEDULER_STORE: no sidecar runs with a store in this release; "))
        }
        #expect(try app.calls().isEmpty)
    }

    @Test("etcd, with a user", .timeLimit(.minutes(2)))
    func etcd() async throws {
        let etcd = try await Etcd()
        etcd.enableAuthentication(password: "hunter2hunter2")
        let folder = try TemporaryFolder()
        let environment = [
            "SCHEDULER_STORE": "etcd:\(etcd.endpoints[0])/a/b", "SCHEDULER_STORE_USER": "root",
            "SCHEDULER_STORE_PASSWORD_FILE": try folder.write("password", "hunter2hunter2\n"),
        ]
        let (end, lines, errors) = try await check(environment)
        #expect(end == .clean, "\(lines) \(errors)")
        #expect(lines.prefix(7).map(String.init) == Self.fit("etcd"))
        #expect(lines.dropFirst(7).first == "store etcd: its clock shows the same second")
        #expect(lines.dropFirst(8).first == "store etcd: its database has 0 MiB of 2048 MiB, etcd's default")
        #expect(lines.last == "store etcd is fit: of two swaps one loses")
    }
}
