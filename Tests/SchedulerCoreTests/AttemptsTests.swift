import HTTPClient
import HTTPServer
import Locking
import Schedule
import TestSupport
import Testing

@testable import SchedulerCore

@Suite("Attempts: what is recorded when")
struct AttemptsTests {
    @Test(
        "an end is on record before its job is free: a kill leaves no run without one",
        arguments: [
            ("every 1h POST /x", 200), ("every 1h POST /x", 500), ("every 1h POST /x retries=3", 404),
            // The next attempt would come after the next slot.
            ("every 1s POST /x retries=3", 500),
        ]
    )
    func endFirst(_ line: String, status: Int) throws {
        let app = try TestServer { _, reply in reply.send(.text(status, "x")) }
        let rig = try AttemptsRig(app.url, line)
        rig.store.atEnd { #expect(rig.due(in: .seconds(7_200)).isEmpty, "it is free while its end is recorded") }
        let attempt = try #require(rig.due().first)
        rig.attempts.perform(attempt, with: Client())
        let run = try #require(rig.store.book["a"]?.runs.first)
        #expect(rig.store.book["a"]?.runs.count == 1)
        #expect(rig.store.book["a"]?.inFlight == nil)
        #expect(rig.log.lines.filter { $0.contains(" attempts=1 outcome=\(run.outcome.rawValue) ") }.count == 1)
        #expect(rig.due(in: .seconds(7_200)).count == 1)
    }

    @Test("a run whose next attempt finds no app while the sidecar stops ends as its attempt before did")
    func goneInTheStop() throws {
        let app = try TestServer { _, reply in reply.send(.text(500, "x")) }
        let rig = try AttemptsRig(app.url, "every 1d POST /x retries=1")
        rig.attempts.perform(try #require(rig.due().first), with: Client())
        #expect(rig.log.lines.contains { $0.contains(" Retrying job: a in ") })
        let second = try #require(rig.due(in: .seconds(60)).first)
        app.stop()
        #expect(rig.clockwork.withLock { $0.stop() }.isEmpty)
        rig.attempts.perform(second, with: Client())
        #expect(rig.store.book["a"]?.runs.map(\.outcome) == [.failed])
        #expect(rig.store.book["a"]?.inFlight == nil)
        #expect(rig.log.lines.filter { $0.contains(" attempts=1 outcome=failed status=500 ") }.count == 1)
    }
}

/// Attempts of one job `a`, over a store that tells when an end is recorded.
private final class AttemptsRig: Sendable {
    let clockwork: Scheduler.Shared
    let store = Store()
    let log = LogBook()
    let attempts: Attempts
    /// Its bell is in use.
    private let alarm: Unchecked<Alarm>

    /// An alarm belongs to one thread, and only its bell is used here.
    private struct Unchecked<Value>: @unchecked Sendable { let value: Value }

    final class Store: StateStore {
        private let inner = MemoryStore()
        private let observer = Mutex(Observer())

        private struct Observer { var tell: @Sendable () -> Void = {} }

        func atEnd(_ body: @escaping @Sendable () -> Void) { observer.withLock { $0.tell = body } }

        var book: StateBook { inner.book }
        var isWritable: Bool { true }
        func acquire() -> Bool { true }
        func load() -> StateBook { inner.book }
        func claim(_ job: String, slot: Moment) -> Bool { true }
        func begin(_ job: String, _ run: RunBegin) -> Bool { inner.begin(job, run) }
        func withdraw(_ job: String, _ id: RunID) { inner.withdraw(job, id) }
        func end(_ job: String, _ run: RunRecord) {
            observer.withLock { $0 }.tell()
            inner.end(job, run)
        }
        func record(_ records: [StateRecord]) { inner.record(records) }
        func tend() {}
        func close() {}
    }

    init(_ url: String, _ line: String) throws {
        let settings = try Settings(
            environment: ["API_URL": url, "SCHEDULER_BUILTIN_JOBS": "false", "SCHEDULER_JOB_A": line]
        )
        let (time, alarm) = (TimeSource.system, try Alarm())
        clockwork = Scheduler.Shared(Scheduler.clockwork(settings, settings.jobs, .epoch))
        self.alarm = Unchecked(value: alarm)
        let log = log.log()
        attempts = Attempts(
            clockwork: clockwork,
            store: store,
            isDraining: Flag(),
            runner: Runner(
                settings,
                token: nil,
                log: log,
                time: time,
                reports: nil,
                cancellation: Cancellation(),
                random: RandomNumbers().next
            ),
            reports: nil,
            log: log,
            time: time,
            random: RandomNumbers().next,
            bell: alarm.bell,
            target: url
        )
        clockwork.withLock { $0.begin(at: time.now(), uptime: time.uptime(), assumed: [:]) }
    }

    /// What is due now, or so long from now.
    func due(in wait: Duration = .zero) -> [Clockwork.Attempt] {
        let time = TimeSource.system
        let orders = clockwork.withLock { $0.look(at: time.now() + wait, uptime: time.uptime() + wait) }
        return orders.compactMap { if case .attempt(let attempt) = $0 { attempt } else { nil } }
    }
}
