import Foundation
import TestSupport
import Testing

/// In a chroot or a sandbox there may be no /proc; a sanitizer can't do without it.
@Suite("End to end: where there is no /proc", .enabled(if: !Footprint.isSanitized))
struct WithoutProcTests {
    /// Starts a program in a mount namespace whose /proc is an empty folder.
    private static let entrance = [
        "unshare", "--mount", "--propagation", "private",
        "sh", "-c", #"mount -t tmpfs none /proc && [ ! -e /proc/self ] && exec "$0" "$@""#,
    ]

    private func binary(_ name: String, _ arguments: [String], _ environment: [String: String]) throws -> Binary {
        try Binary(name, arguments, through: Self.entrance, environment: environment)
    }

    @Test(
        "each command is the one that was asked for, and calls nobody",
        arguments: [
            (["--version"], 0, "scheduler-sidecar 0"), (["--help"], 0, "usage: scheduler"),
            (["check"], 0, "marketplaces"),
            (["--nonsense"], 64, #"option "--nonsense" is not known here"#),
            (["chekc"], 64, #"command "chekc" is not known; did you mean check?"#),
            (["healthcheck"], 1, "no scheduler answers: Connection refused"),
        ] as [([String], Int32, String)]
    )
    func commands(_ arguments: [String], status: Int32, text: String) async throws {
        let app = try await App()
        let environment = [
            "API_URL": app.url, "SCHEDULER_API_TOKEN": App.token, "SCHEDULER_STARTUP_GRACE_SECONDS": "0",
        ]
        let scheduler = try binary("scheduler", arguments, environment)
        #expect(try await scheduler.end() == Binary.End(status: status, wasSignalled: false), "\(scheduler.errors)")
        #expect((scheduler.output + scheduler.errors).contains(text))
        #expect(try app.calls().isEmpty)
    }

    @Test("the clock runs, is found by its health check, and ends as ever")
    func clock() async throws {
        let app = try await App()
        let jobs = Sidecar.jobs(["PING": "every 1s POST /api/sync/trigger"])
        let scheduler = try Sidecar.start(beside: app.url, jobs, through: Self.entrance)
        _ = try await app.calls(2)
        let own = ["API_URL": app.url, "SCHEDULER_LISTEN": "127.0.0.1:0"]
        let question = try binary("scheduler", ["healthcheck"], own)
        #expect(try await question.end() == .clean, "\(question.errors)")
        #expect(try await scheduler.stop() == .clean)
        try Sidecar.check(scheduler, beside: app)
    }

    @Test(
        "target-app too does what it is asked for",
        arguments: [(["--version"], 0, "target-app 0"), (["--nonsense"], 64, #"argument "--nonsense" is not known"#)]
            as [([String], Int32, String)]
    )
    func targetApp(_ arguments: [String], status: Int32, text: String) async throws {
        let app = try binary("target-app", arguments, ["TARGET_APP_LISTEN": "127.0.0.1:0"])
        #expect(try await app.end() == Binary.End(status: status, wasSignalled: false), "\(app.errors)")
        #expect((app.output + app.errors).contains(text))
    }
}
