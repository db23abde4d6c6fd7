import Foundation
import Locking
import SchedulerCore
import Testing

@Suite("WorkerPool")
struct WorkerPoolTests {
    @Test("does all that is handed over, never more at once than it has threads")
    func width() async throws {
        struct State { var open = 0, most = 0, done = 0 }
        let state = Mutex(State())
        let gate = DispatchSemaphore(value: 0)
        let pool = WorkerPool(width: 3)
        for _ in 0..<50 {
            pool.submit { _ in
                state.withLock {
                    $0.open += 1
                    $0.most = max($0.most, $0.open)
                }
                gate.wait()
                state.withLock {
                    $0.open -= 1
                    $0.done += 1
                }
            }
        }
        #expect(pool.load == 50)
        try await awaitTrue { state.withLock { $0.open } == 3 }
        for _ in 0..<50 { gate.signal() }
        try await awaitTrue { pool.load == 0 }
        pool.stop()
        pool.join()
        let end = state.withLock { $0 }
        #expect(end.done == 50)
        #expect(end.most == 3)
    }

    @Test(
        "what is handed over at once is all done, in its order, by as many threads as are wanted",
        arguments: [1, 7, 300]
    )
    func atOnce(width: Int) async throws {
        let seen = Mutex<[Int]>([])
        let pool = WorkerPool(width: width)
        let refusal = pool.submit((0..<200).map { number in { _ in seen.withLock { $0.append(number) } } })
        #expect(refusal == nil)
        #expect(pool.threads <= min(width, 200))
        try await awaitTrue { pool.load == 0 }
        pool.stop()
        pool.join()
        let all = seen.withLock { $0 }
        #expect(all.sorted() == Array(0..<200))
        if width == 1 { #expect(all == Array(0..<200)) }
    }

    @Test("one thread works in the order of submission")
    func order() async throws {
        let seen = Mutex<[Int]>([])
        let pool = WorkerPool(width: 1)
        for number in 0..<200 { pool.submit { _ in seen.withLock { $0.append(number) } } }
        try await awaitTrue { pool.load == 0 }
        pool.stop()
        pool.join()
        #expect(seen.withLock { $0 } == Array(0..<200))
    }

    @Test("after a stop what waits is dropped, what runs may end")
    func stop() {
        let done = Mutex<[String]>([])
        let (began, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let pool = WorkerPool(width: 1)
        pool.submit { _ in
            began.signal()
            gate.wait()
            done.withLock { $0.append("first") }
        }
        pool.submit { _ in done.withLock { $0.append("second") } }
        began.wait()
        pool.stop()
        pool.submit { _ in done.withLock { $0.append("late") } }
        gate.signal()
        pool.join()
        #expect(done.withLock { $0 } == ["first"])
        #expect(pool.load == 0)
    }
}

@Suite("WorkerPool, idle")
struct IdleWorkerPoolTests {
    @Test("idle threads end, the last one stays; work that comes later is done")
    func idle() async throws {
        let open = Mutex(0)
        let gate = DispatchSemaphore(value: 0)
        let pool = WorkerPool(width: 4, patience: .milliseconds(10))
        for _ in 0..<3 {
            for _ in 0..<4 {
                pool.submit { _ in
                    open.withLock { $0 += 1 }
                    gate.wait()
                }
            }
            try await awaitTrue { open.withLock { $0 } == 4 }
            #expect(pool.threads == 4)
            for _ in 0..<4 { gate.signal() }
            try await awaitTrue { pool.threads == 1 }
            #expect(pool.load == 0)
            open.withLock { $0 = 0 }
        }
        pool.stop()
        pool.join()
        #expect(pool.threads == 0)
    }

    @Test("a thread that came too late for the work it was started for ends as well")
    func late() async throws {
        for _ in 0..<200 {
            let pool = WorkerPool(width: 8, patience: .milliseconds(1))
            pool.submit((0..<8).map { _ in { _ in } })
            try await awaitTrue { pool.threads == 1 }
            pool.stop()
            pool.join()
        }
    }

    @Test("the last thread, which waits for good, still works, and those that come later end")
    func again() async throws {
        let done = Mutex(0)
        let pool = WorkerPool(width: 2, patience: .milliseconds(1))
        for round in 1...20 {
            pool.submit([{ _ in done.withLock { $0 += 1 } }, { _ in done.withLock { $0 += 1 } }])
            try await awaitTrue { done.withLock { $0 } == 2 * round && pool.threads == 1 }
        }
        pool.stop()
        pool.join()
    }
}
