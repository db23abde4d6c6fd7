import Foundation
import TestSupport
import Testing

@Suite("End to end: a state directory that is in trouble")
struct StateTroubleTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var directory: String { folder.path("state") }

    private func jobs(_ line: String = "every 1s POST /api/sync/trigger") -> [String: String] {
        ["SCHEDULER_BUILTIN_JOBS": "false", "SCHEDULER_STATE_DIR": directory, "SCHEDULER_JOB_A": line]
    }

    /// As the user of the image, who is not root.
    private static let asUser = ["setpriv", "--reuid=10001", "--regid=10001", "--clear-groups"]

    /// The program where every user may run it.
    private func publicFolder() throws -> URL {
        let source = Binary.folder.appending(path: "scheduler")
        // By a process of its own: a program that another test starts would have our descriptor of the copy for a moment,
        // and what somebody may still write to cannot be run (execve(2), ETXTBSY).
        try Tool.run("cp", [source.path, folder.path("scheduler")], in: folder.url)
        return folder.url
    }

    @Test("a directory of somebody else: one warning with path, owner and user; the clock goes on in memory")
    func notOurs() async throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let (app, place) = (try await App(), try publicFolder())
        let scheduler = try Sidecar.start(beside: app.url, jobs(), in: place, through: Self.asUser)
        _ = try await app.calls(3)
        #expect(try await scheduler.stop() == .clean)
        let warnings = scheduler.errorLines.filter { $0.contains("SCHEDULER_STATE_DIR") }
        #expect(warnings.count == 1)
        for part in [
            "SCHEDULER_STATE_DIR: \(directory)/", "state.log cannot be written: create: Permission denied",
            "belongs to 0:0, mode 0755",
            "runs as user 10001", "The clock goes on in memory",
        ] {
            #expect(warnings.first?.contains(part) == true, "\(warnings): \(part)")
        }
        try Sidecar.check(scheduler, beside: app)

        let check = try Binary("scheduler", ["check"], in: place, through: Self.asUser, environment: jobs())
        #expect(try await check.end() == .clean)
        #expect(
            check.errors.contains(
                """
                warning: SCHEDULER_STATE_DIR="\(directory)" cannot be written by user 10001: it belongs to 0:0, mode 0755; \
                state would be kept in memory and end with the process
                """
            ),
            "\(check.errors)"
        )
        var below = jobs()
        below["SCHEDULER_STATE_DIR"] = directory + "/more/below"
        let other = try Binary("scheduler", ["check"], in: place, through: Self.asUser, environment: below)
        #expect(try await other.end() == .clean)
        #expect(
            other.errors.contains(
                """
                warning: SCHEDULER_STATE_DIR="\(directory)/more/below" cannot be made in \(directory) by user 10001: it \
                belongs to 0:0, mode 0755; state would be kept in memory and end with the process
                """
            ),
            "\(other.errors)"
        )
    }

    @Test("a secret that only somebody else may read is a fault with its owner and our user")
    func secretNotOurs() async throws {
        let token = try folder.write("token", "0123456789abcdef0123456789abcdef")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: token)
        let environment = ["SCHEDULER_API_TOKEN_FILE": token]
        let check = try Binary(
            "scheduler",
            ["check"],
            in: publicFolder(),
            through: Self.asUser,
            environment: environment
        )
        #expect(try await check.end().status == 78)
        #expect(
            check.errors.contains("cannot be read by user 10001: Permission denied; it belongs to 0:0, mode 0600"),
            "\(check.errors)"
        )
    }

    @Test("a directory that vanishes is made again, with all that is known")
    func vanishes() async throws {
        let app = try await App()
        let first = try Sidecar.start(beside: app, jobs())
        _ = try await app.calls(2)
        try FileManager.default.removeItem(atPath: directory)
        try await first.line(containing: "SCHEDULER_STATE_DIR: \(directory)/", and: "is written again")
        #expect(try await first.stop() == .clean)
        let count = try app.calls().count
        let second = try Sidecar.start(beside: app, jobs("every 1h POST /api/sync/trigger"))
        try await second.line(containing: "Next slot: a (every 1h)")
        #expect(try await second.stop() == .clean)
        // Another schedule: nothing was missed, and the job is known to have run.
        #expect(try app.calls().count == count)
        try Sidecar.check(first, beside: app)
    }

    @Test("a file of a later release: nothing is announced, opened or changed; check says the same, SIGHUP nothing")
    func newer() async throws {
        let app = try await App()
        let first = try Sidecar.start(beside: app, jobs())
        _ = try await app.calls(1)
        let log = directory + "/state.log"
        let later = "85c4e632 000025 scheduler-state version=2\n"
        // Of a sidecar that runs, another file under that name is no fault: it writes what it knows once more.
        try Data(later.utf8).write(to: URL(filePath: log), options: .atomic)
        first.signal(SIGHUP)
        try await first.line(containing: "Reloaded: 1 job.")
        #expect(try await first.stop() == .clean)

        try Data(later.utf8).write(to: URL(filePath: log), options: .atomic)
        try FileManager.default.removeItem(atPath: directory + "/lock")
        let count = try app.calls().count
        let second = try Sidecar.start(beside: app.url, jobs())
        #expect(try await second.end().status == 78)
        let sentence =
            "SCHEDULER_STATE_DIR: \(log) was written by a later release (format version 2, this one knows 1); use that "
            + "release, or another directory."
        #expect(second.errorLines.count == 2, "\(second.errors)")
        #expect(second.errorLines.first?.hasSuffix(" ERROR Configuration: \(sentence)") == true, "\(second.errors)")
        #expect(second.errorLines.last?.hasSuffix(" ERROR Scheduler not started: 1 configuration fault.") == true)
        let check = try Binary("scheduler", ["check"], environment: jobs())
        #expect(try await check.end().status == 78)
        #expect(check.errors == "fault: \(sentence)\n")
        #expect(try String(contentsOfFile: log, encoding: .utf8) == later)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["state.log"])
        #expect(try app.calls().count == count)
    }
}
