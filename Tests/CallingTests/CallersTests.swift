import Clockwork
import Foundation
import HTTPServer
import Locking
import TestSupport
import Testing

@testable import Calling

@Suite("Callers")
struct CallersTests {
    private struct End: Sendable {
        let number: Int
        let end: AttemptEnd
        let thread: UInt
    }

    private let rig: CallingRig
    private let ends = Told<End>()

    init() throws { rig = try CallingRig() }

    @Test("what an end answers is made by the same thread, at once", .timeLimit(.minutes(1)))
    func sameThread() throws {
        let target = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let callers = try callers(target.url, threads: 4)
        let done = DispatchSemaphore(value: 0)
        let listener = listener { end in
            if end.number == 3 { done.signal() }
            return end.number < 3 ? rig.attempt(number: end.number + 1) : nil
        }
        #expect(callers.start(rig.attempt(), listener) == nil)
        done.wait()
        callers.join()
        #expect(target.seen.map { $0.header("X-Scheduler-Attempt") } == ["1", "2", "3"])
        #expect(ends.all.map(\.end.outcome) == [.ok, .ok, .ok])
        #expect(Set(ends.all.map(\.thread)).count == 1)
    }

    @Test("after a stop what is in flight has its end, and what waits for a thread is dropped", .timeLimit(.minutes(1)))
    func stop() throws {
        let (asked, answered) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let target = try TestServer { _, reply in
            asked.signal()
            answered.wait()
            reply.send(.text(200, "ok"))
        }
        let callers = try callers(target.url, threads: 1)
        let listener = listener { _ in nil }
        for number in 1...3 { #expect(callers.start(rig.attempt(number: number), listener) == nil) }
        asked.wait()
        callers.stop()
        #expect(!callers.areIdle(within: .zero))
        #expect(callers.start(rig.attempt(number: 4), listener) == nil)
        answered.signal()
        #expect(callers.areIdle(within: .seconds(60)))
        callers.join()
        #expect(ends.all.map(\.number) == [1])
        #expect(target.seen.count == 1)
    }

    // MARK: - Fixtures

    private func callers(_ url: String, threads: Int) throws -> Callers {
        Callers(try rig.runner(url), threads: threads) { Reading(now: CallingRig.slot, uptime: .zero) }
    }

    private func listener(_ next: @escaping @Sendable (End) -> Attempt?) -> Callers.Listener {
        Callers.Listener(
            connected: { _, _ in true },
            ended: { [ends] attempt, _, end in
                let end = End(number: attempt.number, end: end, thread: UInt(pthread_self()))
                ends.add(end)
                return next(end)
            }
        )
    }
}
