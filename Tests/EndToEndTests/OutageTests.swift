import Foundation
import Locking
import TestClient
import TestSupport
import Testing

/// An app by hand, whose port can be closed while a call is open.
private final class Door: Sendable {
    private struct State {
        var listener: RawListener?
        var paths: [String] = []
        var isHeld = true
    }

    private final class Book: Sendable { let state = Mutex(State()) }

    private let book = Book()
    let port: UInt16

    init() throws {
        port = try ListeningSocket.quietPort()
        try open()
    }

    var url: String { "http://127.0.0.1:\(port)" }
    /// What was asked for, in order.
    var paths: [String] { book.state.withLock { $0.paths } }

    /// Answers each call at once, but those to /held.
    func open() throws {
        let book = book
        let listener = try RawListener(port: port) { connection in
            let head = String(decoding: connection.read(), as: UTF8.self)
            let path = head.split(separator: " ").dropFirst().first.map(String.init) ?? ""
            book.state.withLock { $0.paths.append(path) }
            while path == "/held", book.state.withLock({ $0.isHeld }) { usleep(2_000) }
            connection.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8))
        }
        book.state.withLock { $0.listener = listener }
    }

    func close() { book.state.withLock { $0.listener = nil } }

    func letGo() { book.state.withLock { $0.isHeld = false } }
}

/// A port that takes no connection, and refuses none either: its queue is full (listen(2)).
private final class BlackHole {
    private let listener: Int32
    private var clients: [Int32] = []
    let port: UInt16

    init() throws {
        let socket = try ListeningSocket()
        port = socket.port
        listener = dup(socket.descriptor)
        listen(listener, 0)
        for _ in 0..<8 {
            let client = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            _ = unsafe withUnsafePointer(to: &address) { address in
                unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            clients.append(client)
        }
    }

    deinit { for descriptor in clients + [listener] { close(descriptor) } }
}

@Suite("End to end: outages of the app")
struct OutageTests {
    @Test("an older call that ends in an outage says nothing of the app: it is down once, and up once")
    func olderCall() async throws {
        let door = try Door()
        let jobs = ["HELD": "every 1h POST /held", "OFTEN": "every 2s POST /often"]
        let scheduler = try Sidecar.start(
            beside: door.url,
            Sidecar.jobs(jobs).merging(["LOG_LEVEL": "DEBUG", "SCHEDULER_TICK_SECONDS": "1"]) { $1 }
        )
        _ = try await eventually("both calls") { Set(door.paths) == ["/held", "/often"] ? true : nil }
        door.close()
        try await scheduler.line(containing: " is down: ")
        door.letGo()
        try await scheduler.line(containing: "Job /held: 200 ")
        let before = scheduler.errors.count
        _ = try await eventually("a probe after that") {
            scheduler.errors.dropFirst(before).contains("Target is still down: ") ? true : nil
        }
        #expect(try await scheduler.ask("/metrics").body.contains("\nscheduler_target_up{target=\"app\"} 0\n"))
        #expect(try await scheduler.ask("/readyz").status == 503)
        #expect(!scheduler.errors.contains(" is up again "))
        try door.open()
        try await scheduler.line(containing: " is up again ")
        #expect(try await scheduler.stop() == .clean)
        #expect(scheduler.errorLines.count { $0.contains(" is down: ") } == 1)
        #expect(scheduler.errorLines.count { $0.contains(" is up again ") } == 1)
    }

    @Test("with warnings alone in the log, the end of an outage is there as well")
    func warningsAlone() async throws {
        let door = try Door()
        door.close()
        let jobs = Sidecar.jobs(["OFTEN": "every 1s POST /often"])
        let scheduler = try Sidecar.start(beside: door.url, jobs.merging(["LOG_LEVEL": "WARNING"]) { $1 })
        try await scheduler.line(containing: " is down: ")
        try door.open()
        try await scheduler.line(containing: "INFO  Target \(door.url) is up again ")
        #expect(!scheduler.errors.contains("Running job: "))
        #expect(try await scheduler.stop() == .clean)
    }

    @Test(
        "a run of which nothing was sent is due after the restart, stopped or killed while it connects",
        arguments: [true, false]
    )
    func whileItConnects(isKilled: Bool) async throws {
        let (hole, folder, app) = (try BlackHole(), try TemporaryFolder(), try await App())
        let environment = Sidecar.jobs(["DUE": "daily 03:00 POST /api/sync/trigger timeout=60 first=now"])
            .merging(["SCHEDULER_STATE_DIR": folder.path("state")]) { $1 }
        let first = try Sidecar.start(beside: "http://127.0.0.1:\(hole.port)", environment)
        // Its attempt is under way, and can't get further than to connect.
        _ = try await eventually("its attempt") {
            try await first.ask("/status").body.contains(#""activity":"running""#) ? true : nil
        }
        first.signal(isKilled ? SIGKILL : SIGTERM)
        _ = try await first.end()
        if !isKilled { #expect(try Sidecar.secondsToStop(first) < 2) }
        let second = try Sidecar.start(beside: app, environment)
        #expect(try await app.calls(1).map(\.job) == ["due"])
        try await second.line(containing: " outcome=ok ", and: " job=due ")
        #expect(!second.errors.contains("interrupted"))
        #expect(try await second.stop() == .clean)
    }

    @Test("the first run of a job that is taken out and put back while the app is down comes all the same")
    func firstRunAndReloads() async throws {
        let (folder, door) = (try TemporaryFolder(), try Door())
        door.close()
        let jobs = try folder.write("jobs", "often: every 1h POST /often\nother: every 1h POST /other\n")
        let environment = [
            "SCHEDULER_BUILTIN_JOBS": "false", "SCHEDULER_JOBS_FILE": jobs, "SCHEDULER_TICK_SECONDS": "1",
        ]
        let scheduler = try Sidecar.start(beside: door.url, environment)
        try await scheduler.line(containing: " is down: ")
        for (count, text) in [
            "other: every 1h POST /other\n", "often: every 1h POST /often\nother: every 1h POST /other\n",
        ]
        .enumerated() {
            _ = try folder.write("jobs", text)
            scheduler.signal(SIGHUP)
            _ = try await eventually("a reload") {
                scheduler.errorLines.count { $0.contains(" Reloaded: ") } == count + 1 ? true : nil
            }
        }
        try door.open()
        _ = try await eventually("both runs") { Set(door.paths) == ["/often", "/other"] ? true : nil }
        #expect(try await scheduler.stop() == .clean)
    }

    // MARK: - Limits of our own

    @Test("25 jobs at once by host name where there is room for few threads: the app is never down, all runs come")
    func fewProcesses() async throws {
        let app = try await App(workMilliseconds: 50)
        let jobs = (0..<25).reduce(into: [String: String]()) { $0["J\($1)"] = "every 1h POST /api/sync/trigger" }
        // By a name that a thread has to look up.
        let scheduler = try Sidecar.start(
            beside: app.url.replacing("127.0.0.1", with: "localhost"),
            Sidecar.jobs(jobs).merging(["SCHEDULER_TICK_SECONDS": "1"]) { $1 },
            through: try ProcessTests.user(processes: 12)
        )
        _ = try await app.calls(25)
        #expect(try await scheduler.stop() == .clean)
        #expect(!scheduler.errors.contains(" is down: "))
        #expect(scheduler.errorLines.count { $0.contains("The system refused ") } == 1)
        #expect(try app.calls().count == 25)
        try Sidecar.check(scheduler, beside: app)
    }

    @Test(
        "the soft limit on open files is raised; where that is not enough, runs wait for one another, in order",
        arguments: [
            ("30:4096", true, "127.0.0.1"), ("24:24", false, "127.0.0.1"), ("64:64", false, "127.0.0.1"),
            ("64:64", false, "localhost"),
        ]
    )
    func fewFiles(_ limit: String, _ isEnough: Bool, _ host: String) async throws {
        let app = try await App(workMilliseconds: 20)
        let jobs = (100..<180).reduce(into: [String: String]()) { $0["J\($1)"] = "daily 03:00 POST /api/sync/trigger" }
        let more = ["SCHEDULER_TICK_SECONDS": "1", "SCHEDULER_JOB_DEFAULTS": "first=now"]
        let scheduler = try Sidecar.start(
            beside: app.url.replacing("127.0.0.1", with: host),
            Sidecar.jobs(jobs).merging(more) { $1 },
            through: ["prlimit", "--nofile=\(limit)"]
        )
        let calls = try await app.calls(80)
        #expect(try await scheduler.stop() == .clean)
        #expect(!scheduler.errors.contains(" is down: "))
        // None was begun in vain, which would have cost a second.
        #expect(!scheduler.errors.contains("The system refused "))
        #expect(scheduler.errors.contains(" at once, of the 80 that SCHEDULER_MAX_CONCURRENCY allows") == !isEnough)
        // With room for a single one the app sees the order itself.
        if scheduler.errors.contains(" has room for 1 call at once") {
            #expect(calls.map(\.job) == calls.map(\.job).sorted())
        } else {
            #expect(limit != "24:24")
        }
    }
}
