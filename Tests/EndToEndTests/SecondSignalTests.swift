import Foundation
import Locking
import TestSupport
import Testing

/// The second signal means now, whatever the process hangs in.
@Suite("End to end: a second signal")
struct SecondSignalTests {
    /// What takes its time at the stop.
    enum Hang: CaseIterable { case nothing, call, flood, log, reports, disk, all }

    @Test("the process ends at once, with 0", arguments: Hang.allCases)
    func ends(_ hang: Hang) async throws {
        func hangs(_ other: Hang) -> Bool { hang == other || hang == .all }
        let (app, folder) = (try await App(), try TemporaryFolder())
        let silent = try SilentListener()
        let isCalled = Mutex(false)
        let flood = try RawListener { connection in
            isCalled.withLock { $0 = true }
            connection.send(Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n".utf8))
            let bytes = [UInt8](repeating: 0, count: 65_536)
            while connection.send(bytes) {}
        }
        if hangs(.call) { try app.set(faults: #"{"*": {"hang": true}}"#) }
        if hangs(.reports) { try app.set(faults: #"{"*": {"reset": true}}"#) }
        var environment = Sidecar.jobs(["PING": "every 1h POST /t/a"])
        environment["API_URL"] = hang == .flood ? flood.url : app.url
        environment["SCHEDULER_STARTUP_GRACE_SECONDS"] = "0"
        environment["SCHEDULER_STATE_DIR"] = folder.path("state")
        environment["POSTHOG_API_KEY"] = "phc_key"
        environment["POSTHOG_HOST"] = hangs(.reports) ? "http://127.0.0.1:\(silent.port)" : app.url
        // Nobody reads it, and it is full.
        let log = Pipe()
        if hangs(.log) { try fill(log) }
        // From some call on the disk takes a minute.
        let trace = ["strace", "-D", "-f", "-o", "/dev/null", "-e", "trace=fdatasync", "-e"]
        let scheduler = try Binary(
            "scheduler",
            through: hangs(.disk) ? trace + ["inject=fdatasync:delay_enter=60000000:when=2+"] : [],
            environment: environment,
            errors: hangs(.log) ? log.fileHandleForWriting : nil
        )
        if hang == .flood {
            _ = try await eventually("a call") { isCalled.withLock { $0 } ? true : nil }
        } else {
            _ = try await app.calls(1)
        }
        // It is in the middle of its run, or done with it.
        try await Task.sleep(for: .milliseconds(500))
        scheduler.signal(SIGTERM)
        try await Task.sleep(for: .milliseconds(200))
        let begin = ContinuousClock.now
        scheduler.signal(SIGINT)
        if hangs(.disk) {
            // Its end is seen only when strace's wait is over.
            if hang == .disk { try await scheduler.line(containing: "INFO  Scheduler stopped.") }
            scheduler.signal(SIGKILL)
        } else {
            #expect(try await scheduler.end() == .clean)
        }
        // Each of them alone takes a second or more of a stop that has time.
        #expect(ContinuousClock.now - begin < .milliseconds(1_900))
        if [.call, .flood, .disk, .reports].contains(hang) {
            #expect(scheduler.errorLines.filter { $0.contains(" outcome=") }.count == 1, "\(scheduler.errors)")
            let words = scheduler.errorLines.filter { $0.hasSuffix("INFO  Scheduler stopped.") }
            #expect(words.count == 1, "\(scheduler.errors)")
        }
    }

    private func fill(_ pipe: Pipe) throws {
        let writer = pipe.fileHandleForWriting.fileDescriptor
        let own = unsafe open("/proc/self/fd/\(writer)", O_WRONLY | O_NONBLOCK)
        defer { close(own) }
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 4_096)
        while unsafe write(own, line, line.count) > 0 {}
    }
}
