internal import Glibc
internal import Locking

/// Threads that do what they are given, a fixed number at most, each with a tool of its own.
///
/// A thread starts when it is needed and ends when it was idle for a while; the last one stays, so that a single job
/// never waits for a thread. The tool is made by its thread, and never leaves it.
package final class WorkerPool<Tool>: Sendable {
    package typealias Work = @Sendable (Tool) -> Void

    private struct State {
        var waiting = Fifo<Work>()
        var threads: [pthread_t] = []
        /// Threads that do work; the others wait for it, or are about to.
        var busy = 0
        var isStopped = false
        var width: Int
    }

    /// Called on the worker's thread after each piece of work, when `load` no longer counts it.
    private let afterWork: @Sendable () -> Void
    private let makeTool: @Sendable () -> Tool
    private let state: Mutex<State>
    /// One post per piece of work, and one per thread when the pool stops.
    private let available = Semaphore()
    /// How long a thread waits for work before it and its memory are given back.
    private let patience: Duration

    package init(
        width: Int,
        patience: Duration = .seconds(10),
        afterWork: @escaping @Sendable () -> Void = {},
        tool: @escaping @Sendable () -> Tool
    ) {
        state = Mutex(State(width: width))
        (self.patience, self.afterWork, makeTool) = (patience, afterWork, tool)
    }

    /// Threads that are there.
    package var threads: Int { state.withLock { $0.threads.count } }

    /// Work that waits or is being done.
    package var load: Int { state.withLock { $0.waiting.count + $0.busy } }

    /// Starts the first thread; answers the error number if the system refuses it.
    package func start() -> Int32? {
        state.withLock { state in
            guard state.threads.isEmpty else { return nil }
            let code = startThread(&state)
            return code == 0 ? nil : code
        }
    }

    /// Hands work over, which waits where all threads are busy; after `stop` it is dropped.
    ///
    /// Answers the error number if a thread was wanted and the system refused it (a limit on processes): the work is not
    /// taken then.
    @discardableResult
    package func submit(_ work: @escaping Work) -> Int32? {
        let code = state.withLock { state -> Int32? in
            guard !state.isStopped else { return 0 }
            let idle = state.threads.count - state.busy
            if state.waiting.count >= idle, state.threads.count < state.width {
                let code = startThread(&state)
                guard code == 0 else { return code }
            }
            state.waiting.append(work)
            return nil
        }
        if code == nil { available.post() }
        return code == 0 ? nil : code
    }

    /// Room for more at once, never for less than now.
    package func widen(to width: Int) { state.withLock { $0.width = max($0.width, width) } }

    /// Drops what waits; threads end when they have done what they do.
    package func stop() {
        let count = state.withLock { state in
            state.isStopped = true
            state.waiting = Fifo()
            return state.threads.count
        }
        for _ in 0..<count { available.post() }
    }

    /// Whether no thread does anything any more.
    ///
    /// Waits for that so long; to be called after `stop`.
    package func isIdle(within limit: Duration) -> Bool {
        let end = ContinuousClock.now + limit
        while load > 0 {
            guard ContinuousClock.now < end else { return false }
            usleep(1_000)
        }
        return true
    }

    /// Waits for the threads to end; to be called after `stop`.
    package func join() {
        let threads = state.withLock { state in
            defer { state.threads = [] }
            return state.threads
        }
        for thread in threads { pthread_join(thread, nil) }
    }

    private func startThread(_ state: inout State) -> Int32 {
        switch SystemThread.start({ [self] in work() }) {
        case .success(let thread):
            state.threads.append(thread)
            return 0
        case .failure(let refusal): return refusal.number
        }
    }

    /// What a thread does from its begin to its end.
    private func work() {
        var tool: Tool?
        // The last one has given back what it can, and waits as long as it takes.
        var isLast = false
        while true {
            guard available.wait(atMost: isLast ? nil : patience) else {
                tool = nil
                switch leave() {
                case .left: return
                case .last: isLast = true
                case .wanted: break
                }
                continue
            }
            var (next, isStopped) = take(hasDone: false)
            while let work = next {
                isLast = false
                let ready = tool ?? makeTool()
                tool = ready
                work(ready)
                // What waits is taken in the same breath in which the end is noted.
                (next, isStopped) = take(hasDone: true, mayTake: available.isTaken())
                afterWork()
            }
            if isStopped { return }
        }
    }

    /// The next piece of work for a thread that may take one; if there is none, whether the thread is to end.
    private func take(hasDone: Bool, mayTake: Bool = true) -> (Work?, Bool) {
        state.withLock { state in
            if hasDone { state.busy -= 1 }
            guard mayTake else { return (nil, false) }
            guard let work = state.waiting.popFirst() else { return (nil, state.isStopped) }
            state.busy += 1
            return (work, false)
        }
    }

    private enum Leave { case left, last, wanted }

    /// Gives memory back to the system, and the thread as well, if it is neither the last one nor wanted.
    private func leave() -> Leave {
        let me = pthread_self()
        let leave = state.withLock { state -> Leave in
            guard state.waiting.count == 0, !state.isStopped else { return .wanted }
            guard state.threads.count > 1 else { return .last }
            state.threads.removeAll { pthread_equal($0, me) != 0 }
            return .left
        }
        if leave == .left { pthread_detach(me) }
        ThreadMemory.giveBack()
        if leave == .last { ProgramMemory.giveBack() }
        return leave
    }
}

extension WorkerPool<Void> {
    /// Threads that need no tool.
    package convenience init(width: Int, patience: Duration = .seconds(10)) {
        self.init(width: width, patience: patience) {}
    }
}

/// First in, first out; both ends in constant time.
private struct Fifo<Element> {
    private var elements: [Element?] = []
    private var head = 0

    var count: Int { elements.count - head }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        defer { head += 1 }
        let element = elements[head].take()
        if head > 64, head * 2 > elements.count {
            elements.removeFirst(head)
            head = 0
        }
        return element
    }
}
