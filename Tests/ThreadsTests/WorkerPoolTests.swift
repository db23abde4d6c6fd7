import Foundation
import Locking
import TestSupport
import Testing

@testable import Threads

@Suite("WorkerPool")
struct WorkerPoolTests {
    @Test("does all that is handed over, never more at once than it has threads")
    func width() async throws {
        struct State { var open = 0, most = 0, done = 0 }
        let state = Mutex(State())
        let gate = DispatchSemaphore(value: 0)
        let pool = WorkerPool<Void>(width: 3)
        for _ in 0..<50 {
            let refusal = pool.submit {
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
            #expect(refusal == nil)
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
        "what is handed over in one go is all done, by as many threads as are wanted; one keeps its order",
        arguments: [1, 7, 300]
    )
    func atOnce(width: Int) async throws {
        let seen = Mutex<[Int]>([])
        let pool = WorkerPool<Void>(width: width)
        for number in 0..<200 { pool.submit { seen.withLock { $0.append(number) } } }
        #expect(pool.threads <= min(width, 200))
        try await awaitTrue { pool.load == 0 }
        pool.stop()
        pool.join()
        let all = seen.withLock { $0 }
        #expect(all.sorted() == Array(0..<200))
        if width == 1 { #expect(all == Array(0..<200)) }
    }

    @Test("after a stop what waits is dropped, what runs may end")
    func stop() {
        let done = Mutex<[String]>([])
        let (began, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let pool = WorkerPool<Void>(width: 1)
        pool.submit {
            began.signal()
            gate.wait()
            done.withLock { $0.append("first") }
        }
        pool.submit { done.withLock { $0.append("second") } }
        began.wait()
        pool.stop()
        #expect(pool.submit { done.withLock { $0.append("late") } } == nil)
        gate.signal()
        pool.join()
        #expect(done.withLock { $0 } == ["first"])
        #expect(pool.load == 0)
    }

    /// Knows which thread made it.
    private final class Tool: Sendable {
        let thread = pthread_self()
    }

    @Test("a thread makes its tool itself, when it has work, and does all of its work with it")
    func tools() async throws {
        let made = Mutex(0)
        let seen = Mutex<[pthread_t: Set<ObjectIdentifier>]>([:])
        let pool = WorkerPool(width: 3) {
            made.withLock { $0 += 1 }
            return Tool()
        }
        #expect(pool.start() == nil)
        #expect(made.withLock { $0 } == 0)
        for _ in 0..<300 {
            pool.submit { tool in
                #expect(pthread_equal(tool.thread, pthread_self()) != 0)
                _ = seen.withLock { $0[tool.thread, default: []].insert(ObjectIdentifier(tool)) }
            }
        }
        try await awaitTrue { pool.load == 0 }
        let tools = seen.withLock { $0 }
        #expect(tools.values.allSatisfy { $0.count == 1 })
        #expect((1...3).contains(tools.count) && made.withLock { $0 } == tools.count)
        pool.stop()
        pool.join()
    }

    @Test("after each piece of work it is told so, when that no longer counts")
    func afterWork() async throws {
        let loads = Mutex<[Int]>([])
        let pools = Mutex<[WorkerPool<Void>]>([])
        let gate = DispatchSemaphore(value: 0)
        let pool = WorkerPool<Void>(
            width: 1,
            afterWork: {
                let load = pools.withLock { $0.first }?.load
                loads.withLock { $0.append(load ?? -1) }
            },
            tool: {}
        )
        pools.withLock { $0 = [pool] }
        for _ in 0..<5 { pool.submit { gate.wait() } }
        for _ in 0..<5 { gate.signal() }
        try await awaitTrue { loads.withLock { $0.count } == 5 }
        #expect(loads.withLock { $0 } == [4, 3, 2, 1, 0])
        pool.stop()
        pool.join()
        pools.withLock { $0 = [] }
    }

    @Test("it is made wider, and never narrower")
    func widen() async throws {
        let open = Mutex(0)
        let gate = DispatchSemaphore(value: 0)
        let pool = WorkerPool<Void>(width: 1)
        // Before there is any thread: those that are there would stay.
        for width in [3, 2] { pool.widen(to: width) }
        for _ in 0..<3 {
            pool.submit {
                open.withLock { $0 += 1 }
                gate.wait()
            }
        }
        try await awaitTrue { open.withLock { $0 } == 3 }
        for _ in 0..<3 { gate.signal() }
        pool.stop()
        pool.join()
    }
}

@Suite("WorkerPool, idle")
struct IdleWorkerPoolTests {
    @Test("idle threads end, the last one stays; work that comes later is done")
    func idle() async throws {
        let open = Mutex(0)
        let gate = DispatchSemaphore(value: 0)
        let pool = WorkerPool<Void>(width: 4, patience: .milliseconds(10))
        for _ in 0..<3 {
            for _ in 0..<4 {
                pool.submit {
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
            let pool = WorkerPool<Void>(width: 8, patience: .milliseconds(1))
            for _ in 0..<8 { pool.submit {} }
            try await awaitTrue { pool.threads == 1 }
            pool.stop()
            pool.join()
        }
    }

    @Test("the last thread, which waits for good, still works, and those that come later end")
    func again() async throws {
        let done = Mutex(0)
        let pool = WorkerPool<Void>(width: 2, patience: .milliseconds(1))
        for round in 1...20 {
            for _ in 0..<2 { pool.submit { done.withLock { $0 += 1 } } }
            try await awaitTrue { done.withLock { $0 } == 2 * round && pool.threads == 1 }
        }
        pool.stop()
        pool.join()
    }

    @Test("a thread that was idle gives its tool back")
    func toolIsGivenBack() async throws {
        final class Tool: Sendable {
            let ended: @Sendable () -> Void
            init(_ ended: @escaping @Sendable () -> Void) { self.ended = ended }
            deinit { ended() }
        }
        let ended = Mutex(0)
        let pool = WorkerPool(width: 1, patience: .milliseconds(1)) { Tool { ended.withLock { $0 += 1 } } }
        for round in 1...3 {
            pool.submit { _ in }
            try await awaitTrue { ended.withLock { $0 } == round }
            #expect(pool.threads == 1)
        }
        pool.stop()
        pool.join()
    }
}

@Suite("WorkerPool, where the system gives no thread")
struct RefusedWorkerPoolTests {
    init() throws { try Need.root() }

    @Test("what wants a thread is answered with the error, and not done")
    func refused() async throws {
        let done = Mutex<[String]>([])
        let pool = WorkerPool<Void>(width: 2)
        let refusals = try Shortage.ofThreads {
            [pool.start(), pool.submit { done.withLock { $0.append("refused") } }]
        }
        #expect(refusals == [EAGAIN, EAGAIN])
        #expect((pool.threads, pool.load) == (0, 0))
        #expect(pool.submit { done.withLock { $0.append("done") } } == nil)
        try await awaitTrue { pool.load == 0 }
        pool.stop()
        pool.join()
        #expect(done.withLock { $0 } == ["done"])
    }

    @Test("a thread that is there and idle takes work all the same; what would have to wait for it is refused")
    func idle() async throws {
        let gate = DispatchSemaphore(value: 0)
        let pool = WorkerPool<Void>(width: 2)
        #expect(pool.start() == nil)
        let refusals = try Shortage.ofThreads { (0..<2).map { _ in pool.submit { gate.wait() } } }
        #expect(refusals == [nil, EAGAIN])
        #expect(pool.load == 1)
        gate.signal()
        try await awaitTrue { pool.load == 0 }
        pool.stop()
        pool.join()
    }
}

@Suite("Semaphore")
struct SemaphoreTests {
    @Test("a post is taken once, before or after a wait for it began; a wait with a limit ends with it")
    func wait() {
        let semaphore = Semaphore()
        #expect(!semaphore.isTaken())
        for _ in 0..<3 { semaphore.post() }
        #expect(semaphore.isTaken())
        #expect(semaphore.wait(atMost: nil))
        #expect(semaphore.wait(atMost: .zero))
        for limit in [Duration.zero, .milliseconds(1), .milliseconds(999)] {
            let start = ContinuousClock.now
            #expect(!semaphore.wait(atMost: limit))
            #expect((limit...(limit + .seconds(20))).contains(ContinuousClock.now - start))
        }
        Thread.detachNewThread { semaphore.post() }
        #expect(semaphore.wait(atMost: .seconds(60)))
    }
}
