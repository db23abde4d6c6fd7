import Foundation
import Locking
import SchedulerCore
import Testing

@Suite("WorkerPool")
struct WorkerPoolTests {
    @Test("does all that is handed over, never more at once than it has threads")
    func width() async {
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
        while state.withLock({ $0.open }) < 3 { await Task.yield() }
        for _ in 0..<50 { gate.signal() }
        while pool.load > 0 { await Task.yield() }
        pool.stop()
        pool.join()
        let end = state.withLock { $0 }
        #expect(end.done == 50)
        #expect(end.most == 3)
    }

    @Test("one thread works in the order of submission")
    func order() async {
        let seen = Mutex<[Int]>([])
        let pool = WorkerPool(width: 1)
        for number in 0..<200 { pool.submit { _ in seen.withLock { $0.append(number) } } }
        while pool.load > 0 { await Task.yield() }
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
