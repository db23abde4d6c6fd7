import Foundation
import HTTPServer
import Locking
import TestSupport
import Testing

@Suite("End to end: the network")
struct NetworkTests {
    private static let ok: @Sendable (Request, Reply) -> Void = { _, reply in reply.send(.text(200, "ok")) }

    private static func start(
        in namespace: Namespace,
        beside url: String,
        _ jobs: [String: String],
        _ environment: [String: String] = [:]
    ) throws -> Binary {
        let all = Sidecar.jobs(jobs).merging(environment) { $1 }
        return try Sidecar.start(beside: url, all, through: namespace.entrance)
    }

    /// The lines that end a run.
    private static func ends(_ scheduler: Binary) -> [Substring] {
        scheduler.errorLines.filter { $0.contains(" outcome=") && $0.contains(" attempts=") }
    }

    // MARK: - Names

    @Test("the app moves to another address: the next attempt finds it there", arguments: [true, false])
    func newAddress(oldStays: Bool) async throws {
        let namespace = try Namespace(["/etc/hosts": "127.0.0.2 app\n"])
        let old = try namespace.within { try TestServer(on: "127.0.0.2:8000", Self.ok) }
        let new = try namespace.within { try TestServer(on: "127.0.0.3:8000", Self.ok) }
        let scheduler = try Self.start(
            in: namespace,
            beside: "http://app:8000",
            ["PING": "every 1s POST /api/sync/trigger timeout=5"]
        )
        _ = try await eventually("calls to the old address") { old.seen.count >= 2 ? true : nil }
        try namespace.overwrite("/etc/hosts", "127.0.0.3 app\n")
        if !oldStays { old.stop() }
        let before = old.seen.count
        _ = try await eventually("calls to the new address") { new.seen.count >= 2 ? true : nil }
        #expect(try await scheduler.stop() == .clean)
        // One more may have been on its way.
        #expect(old.seen.count <= before + 1)
        #expect(new.seen.first?.header("Authorization") == "Bearer \(App.token)")
        #expect(Self.ends(scheduler).allSatisfy { $0.contains(" outcome=ok ") })
        #expect(!scheduler.errors.contains("is down"))
    }

    @Test("a name server that never answers: the attempt ends by its timeout, as unreachable, and the run waits")
    func silentResolver() async throws {
        let namespace = try Namespace(Self.deafNames)
        let resolver = try namespace.within { try SilentResolver("127.0.0.53") }
        let scheduler = try Self.start(
            in: namespace,
            beside: "http://app.test:8000",
            ["PING": "every 1h POST /api/sync/trigger timeout=2"],
            ["LOG_LEVEL": "DEBUG"]
        )
        _ = try await eventually("a question") { resolver.wasAsked ? true : nil }
        let line = try await scheduler.line(containing: "Target http://app.test:8000 is down: ")
        // Two seconds, where resolv.conf(5) alone would give sixty.
        #expect(try Sidecar.seconds(scheduler, from: "Next slot: ", to: " is down: ") < 8)
        #expect(line.contains("Resolving timed out"), "\(line)")
        #expect(Self.ends(scheduler).isEmpty)
        #expect(try await scheduler.stop() == .clean)
    }

    @Test("a signal while the resolver hangs: nothing was sent, so nothing is waited for, and the run stays due")
    func signalInResolver() async throws {
        let namespace = try Namespace(Self.deafNames)
        let resolver = try namespace.within { try SilentResolver("127.0.0.53") }
        let folder = try TemporaryFolder()
        let scheduler = try Self.start(
            in: namespace,
            beside: "http://app.test:8000",
            ["PING": "every 1h POST /api/sync/trigger timeout=1h"],
            ["SCHEDULER_STOP_TIMEOUT_SECONDS": "600", "SCHEDULER_STATE_DIR": folder.path("state")]
        )
        resolver.whenAsked { scheduler.signal(SIGTERM) }
        try await scheduler.line(containing: "Scheduler stopping; waiting for in-flight jobs. in_flight=0")
        #expect(try await scheduler.end() == .clean)
        #expect(try Sidecar.secondsToStop(scheduler) < 2)
        #expect(!scheduler.errors.contains("Resolving timed out"))
        #expect(!scheduler.errors.contains("Running job: "))
        let records = folder.text("state/state.log")
        #expect(records.contains(" configured job=ping ") && !records.contains(" begin job=ping "))
    }

    private static let deafNames = [
        "/etc/resolv.conf": "nameserver 127.0.0.53\noptions timeout:30 attempts:2\n", "/etc/hosts": "",
        "/etc/nsswitch.conf": "hosts: files dns\n",
    ]

    // MARK: - Weather

    @Test("the network parts in the middle of a call, and heals: a timeout, then the next slot; nothing was stored up")
    func parting() async throws {
        let namespace = try Namespace()
        let held = Mutex<[Reply]>([])
        let heldSlots = Mutex<[String]>([])
        let isSlow = Mutex(false)
        let app = try namespace.within {
            try TestServer(on: "127.0.0.2:8000") { request, reply in
                guard isSlow.withLock({ $0 }) else { return reply.send(.text(200, "ok")) }
                heldSlots.withLock { $0.append(request.header("X-Scheduler-Slot") ?? "none") }
                held.withLock { $0.append(reply) }
            }
        }
        let scheduler = try Self.start(
            in: namespace,
            beside: "http://127.0.0.2:8000",
            ["PING": "every 1s POST /api/sync/trigger timeout=3 abandon-hold=0"]
        )
        _ = try await eventually("calls") { app.seen.count >= 2 ? true : nil }
        isSlow.withLock { $0 = true }
        _ = try await eventually("a call in flight") { held.withLock { $0.first != nil } ? true : nil }
        try namespace.part()
        // The app ends its work, and its answer is lost.
        isSlow.withLock { $0 = false }
        for reply in held.withLock({ $0 }) { reply.send(.text(200, "too late")) }
        let end = try await scheduler.line(containing: " outcome=timeout ")
        let milliseconds = try #require(Sidecar.number("ms", of: end))
        #expect((2_900..<7_000).contains(milliseconds), "\(end)")
        // What comes now finds no way at all.
        try await scheduler.line(containing: "Target http://127.0.0.2:8000 is down: ")
        try await Task.sleep(for: .seconds(6))
        let before = app.seen.count
        let healed = Date()
        try namespace.heal()
        try await scheduler.line(containing: "Target http://127.0.0.2:8000 is up again after ")
        _ = try await eventually("calls after it") { app.seen.count >= before + 4 ? true : nil }
        let took = Date().timeIntervalSince(healed)
        #expect(try await scheduler.stop() == .clean)
        // Calls that the app has seen and held, more than one only where the test took long to part the network; and one
        // that was on its way.
        let bad = Self.ends(scheduler).filter { !$0.contains(" outcome=ok ") }
        #expect(bad.allSatisfy { $0.contains(" outcome=timeout ") }, "\(scheduler.errors)")
        let known = heldSlots.withLock { $0 }
        let others = bad.filter { line in !known.contains { line.contains(" slot=\($0) ") } }
        #expect(others.count <= 1, "\(known) \(scheduler.errors)")
        // One run for all slots that were missed, then one a second.
        let slots = try app.seen.map { try time($0.header("X-Scheduler-Slot") ?? "") }
        for (slot, next) in zip(slots, slots.dropFirst()) { #expect(next.timeIntervalSince(slot) >= 0.9) }
        // An attempt that was on its way when it healed may have got through; it was no older than its timeout.
        #expect(slots.dropFirst(before).allSatisfy { $0.timeIntervalSince(healed) > -6 }, "\(slots) \(healed)")
        #expect(Double(slots.count - before) <= took + 3)
        #expect(scheduler.errorLines.filter { $0.contains(" is down: ") }.count == 1)
    }

    @Test("a slow or lossy network: the run succeeds, and says how long it took", arguments: ["8 kbit/s", "30 % loss"])
    func weather(_ name: String) async throws {
        let namespace = try Namespace()
        let body = [UInt8](repeating: UInt8(ascii: "."), count: 6_000)
        let app = try namespace.within {
            try TestServer(on: "127.0.0.2:8000") { _, reply in reply.send(Response(status: 200, body: body)) }
        }
        try name == "8 kbit/s" ? namespace.slow(to: "8kbit") : namespace.loseSome()
        let jobs = ["A", "B", "C"].reduce(into: [:]) { $0[$1] = "every 1h POST /api/sync/trigger timeout=2m retries=3" }
        // One after the other: they would share the way.
        let scheduler = try Self.start(
            in: namespace,
            beside: "http://127.0.0.2:8000",
            name == "8 kbit/s" ? ["A": jobs["A"] ?? ""] : jobs,
            ["SCHEDULER_MAX_CONCURRENCY": "1"]
        )
        let count = name == "8 kbit/s" ? 1 : 3
        let ends = try await eventually("the ends", within: .seconds(300)) {
            let ends = Self.ends(scheduler)
            return ends.count == count ? ends : nil
        }
        for line in ends {
            // Now and then a connection whose first packets were lost is reset by the system: then once more.
            #expect(line.contains(" outcome=ok status=200 "), "\(line)")
            #expect(line.contains(" bytes=6000"), "\(line)")
        }
        // At a thousand bytes a second, but for what passes at once.
        if name == "8 kbit/s" { #expect((Sidecar.number("ms", of: ends[0]) ?? 0) >= 4_000, "\(ends[0])") }
        #expect(Set(app.seen.map { $0.header("X-Scheduler-Job") }).count == count)
        #expect(try await scheduler.stop() == .clean)
    }
}
