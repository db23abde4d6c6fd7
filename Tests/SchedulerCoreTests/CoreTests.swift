import Calling
import Clockwork
import Foundation
import HTTPClient
import HTTPServer
import Locking
import Schedule
import TestSupport
import Testing

@testable import SchedulerCore

@Suite("Core: decisions under the lock, effects outside")
struct CoreTests {
    @Test("facts come to the ledger as they were decided, with the job's state after them, and are told once, in order")
    func order() throws {
        let rig = try CoreRig()
        let attempt = try #require(rig.look().first)
        #expect(rig.connected(attempt))
        #expect(rig.core.takeUntold().map(\.words) == ["configured a", "began a 1"])
        _ = rig.ended(attempt, .answer(200))
        #expect(rig.core.takeUntold().map(\.words) == ["attempt ended a ok", "ended a ok"])
        #expect(rig.core.takeUntold().isEmpty)
        #expect(rig.ledger.kept.map(\.fact.words) == ["configured a", "began a 1", "ended a ok"])
        let states = rig.ledger.kept.compactMap(\.state)
        #expect(states.map { $0.inFlight != nil } == [false, true, false])
        #expect(states.map(\.runs.count) == [0, 0, 1])
    }

    @Test("the order is one, however many threads tell at once")
    func oneOrder() throws {
        let rig = try CoreRig((0..<64).map { "job-\($0)" })
        let attempts = rig.look()
        #expect(attempts.count == 64)
        DispatchQueue.concurrentPerform(iterations: attempts.count) { number in
            _ = rig.connected(attempts[number])
            _ = rig.ended(attempts[number], .answer(200))
        }
        let told = rig.core.takeUntold().filter { $0.keptJob != nil }.map(\.words)
        #expect(told.count == 3 * 64)
        #expect(told == rig.ledger.kept.map(\.fact.words))
    }

    @Test(
        "a request goes out when its begin is kept, and not before; nobody else waits for that",
        .timeLimit(.minutes(1))
    )
    func keepFirst() throws {
        let (waiting, kept) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let ledger = RecordingLedger {
            waiting.signal()
            kept.wait()
            return true
        }
        let rig = try CoreRig(ledger: ledger)
        let target = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let attempt = try #require(rig.look().first)
        let runner = try rig.runner(target.url)
        let (done, ends) = (DispatchSemaphore(value: 0), Told<AttemptEnd>())
        Thread.detachNewThread {
            ends.add(runner.make(attempt, with: Client()) { rig.connected(attempt) })
            done.signal()
        }
        waiting.wait()
        #expect(target.seen.isEmpty)
        #expect(ledger.kept.map(\.fact.words) == ["configured a", "began a 1"])
        // The lock is free meanwhile.
        #expect(rig.core.openRequests == 1)
        kept.signal()
        done.wait()
        #expect(ends.all.map(\.outcome) == [.ok])
        #expect(target.seen.count == 1)
        #expect(ledger.waitedFor == [2])
    }

    @Test(
        "what could not be kept stops a request only where the ledger says so",
        arguments: [(true, true, true), (true, false, false), (false, true, true), (false, false, true)]
    )
    func mustKeep(_ mustKeep: Bool, isKept: Bool, mayGo: Bool) throws {
        let rig = try CoreRig(ledger: RecordingLedger(mustKeep: mustKeep) { isKept })
        let attempt = try #require(rig.look().first)
        #expect(rig.connected(attempt) == mayGo)
    }

    @Test("nothing begins after a signal, however long the disk took: the run is withdrawn, and due on record")
    func stopWhileWaiting() throws {
        let signal = Told<Flag>()
        let rig = try CoreRig(
            ledger: RecordingLedger {
                signal.all.first?.set()
                return true
            }
        )
        signal.add(rig.core.isStopping)
        let attempt = try #require(rig.look().first)
        #expect(!rig.connected(attempt))
        // The loop may not have come to the stop yet: nothing begins all the same.
        #expect(rig.ended(attempt, .unsent).isEmpty)
        #expect(
            rig.core.takeUntold().map(\.words) == [
                "configured a", "began a 1", "attempt ended a aborted", "withdrawn a",
            ]
        )
        let state = try #require(rig.core.clockwork.state(of: "a"))
        #expect(state.inFlight == nil)
        #expect(rig.ledger.kept.last?.state == state)
        let next = try CoreRig(states: [state])
        #expect(next.look().map(\.run.slot) == [attempt.run.slot])
    }

    @Test("an attempt whose connection stands after a signal is not even put on record")
    func stopBefore() throws {
        let rig = try CoreRig()
        let attempt = try #require(rig.look().first)
        rig.core.isStopping.set()
        #expect(!rig.connected(attempt))
        #expect(rig.ended(attempt, .unsent).isEmpty)
        #expect(rig.ledger.kept.map(\.fact.words) == ["configured a"])
        #expect(rig.core.openRequests == 0)
    }

    @Test("what an end sets free is begun by it, and made by the same thread", .timeLimit(.minutes(1)))
    func freed() throws {
        let target = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let rig = try CoreRig(["a", "b", "c"], threads: 1)
        let threads = Told<UInt>()
        let callers = Callers(try rig.runner(target.url), threads: 4) {
            threads.add(UInt(pthread_self()))
            return rig.time
        }
        let first = rig.look()
        #expect(first.map(\.job.name) == ["a"])
        rig.core.start(first, callers)
        while rig.ledger.kept.filter({ $0.fact.words.hasPrefix("ended") }).count < 3 {
            rig.awaitRing()
            // It rings for what comes after this.
            _ = rig.core.takeUntold()
        }
        // Not even started for it.
        #expect(callers.threads == 1)
        callers.join()
        #expect(target.seen.map { $0.header("X-Scheduler-Job") } == ["a", "b", "c"])
        #expect(threads.all.count == 3)
        #expect(Set(threads.all).count == 1)
    }

    @Test("the loop is woken by each end, and by a thread that the system refuses; then it is tried again")
    func rings() throws {
        let rig = try CoreRig()
        let attempt = try #require(rig.look().first)
        rig.core.refused(attempt, number: EAGAIN)
        rig.awaitRing()
        #expect(
            rig.core.takeUntold().map(\.words) == [
                "configured a", "limited a: thread(11)",
            ]
        )
        #expect(rig.look(at: 0.9).isEmpty)
        let again = try #require(rig.look(at: 1).first)
        #expect(rig.connected(again))
        rig.awaitRing()
        _ = rig.ended(again, .answer(200))
        rig.awaitRing()
    }
}

/// A core with a clock that is set by hand.
private final class CoreRig: Sendable {
    let ledger: RecordingLedger
    let core: Core
    private let clock: TestClock
    private let rung = DispatchSemaphore(value: 0)

    private final class TestClock: Sendable {
        let uptime = Mutex(Duration.zero)
        static let midnight = Moment(seconds: 1_767_225_600)

        var time: Reading {
            let passed = uptime.withLock { $0 }
            return Reading(now: Self.midnight + passed, uptime: passed)
        }
    }

    init(
        _ names: [String] = ["a"],
        ledger: RecordingLedger = RecordingLedger(),
        states: [JobState] = [],
        threads: Int = 256
    ) throws {
        let jobs = try names.map { name in
            let timetable = Timetable(try Schedule(parsing: "every 10s"))
            return Job(name: name, timetable: timetable, method: "POST", path: "/\(name)", timeoutSeconds: 20)
        }
        let (clock, rung) = (TestClock(), rung)
        (self.clock, self.ledger) = (clock, ledger)
        let rules = Clockwork.Rules(tick: .seconds(30), threads: threads)
        core = Core(
            Clockwork(jobs: jobs, rules: rules, random: SplitMix(seed: 1)),
            ledger: ledger,
            time: TimeSource(now: { clock.time.now }, uptime: { clock.time.uptime }),
            ring: { rung.signal() }
        )
        _ = core.decide { $0.load(states, graceEnd: .zero, at: clock.time) }
    }

    var time: Reading { clock.time }

    func look(at seconds: Double = 0) -> [Attempt] {
        clock.uptime.withLock { $0 = .milliseconds(Int(seconds * 1_000)) }
        let time = time
        return core.decide { $0.look(at: time) }
    }

    func connected(_ attempt: Attempt) -> Bool { core.connected(attempt, time) }
    func ended(_ attempt: Attempt, _ end: AttemptEnd) -> [Attempt] { core.ended(attempt, time, end) }

    /// Waits until the loop is woken once more.
    func awaitRing() { rung.wait() }

    func runner(_ url: String) throws -> Runner {
        Runner(
            Runner.Target(url: try BaseURL(parsing: url)),
            token: nil,
            cancellation: Cancellation(),
            random: { 1 },
            now: { [clock] in clock.time }
        )
    }
}

extension AttemptEnd {
    fileprivate static func answer(_ status: Int) -> AttemptEnd {
        var end = AttemptEnd(Outcome(status: status))
        end.status = status
        return end
    }

    fileprivate static var unsent: AttemptEnd {
        var end = AttemptEnd(.aborted)
        end.wasSent = false
        return end
    }
}

extension Fact {
    /// In a form that can be compared.
    fileprivate var words: String {
        switch self {
        case .configured(let name, _): "configured \(name)"
        case .began(let name, let begin, _): "began \(name) \(begin.attempt)"
        case .withdrawn(let name, _): "withdrawn \(name)"
        case .attemptEnded(let attempt, let end): "attempt ended \(attempt.job.name) \(end.outcome)"
        case .ended(let name, let run, _, _): "ended \(name) \(run.outcome)"
        case .limited(let job, let why): "limited \(job.name): \(why)"
        default: "\(self)"
        }
    }
}
