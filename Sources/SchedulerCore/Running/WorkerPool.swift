internal import CLinux
internal import Glibc
package import HTTPClient
internal import Locking

/// A fixed number of threads that work off what is handed to them, in that order; the one file with threads.
///
/// A thread starts when it is needed and ends when it was idle for a while; the last one stays, so that a single job
/// never waits for a thread. Each has a `Client` of its own.
package final class WorkerPool: Sendable {
    package typealias Work = @Sendable (Client) -> Void

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
    private let state: Mutex<State>
    /// One post per piece of work, and one per thread when the pool stops.
    private let available = Semaphore()

    /// How long a thread waits for work before it and its memory are given back.
    private let patience: Duration

    /// libcurl with OpenSSL needs some 60 KiB; address space is reserved, memory is not.
    private static let stackSize = 512 * 1024

    package init(
        width: Int,
        patience: Duration = .seconds(10),
        afterWork: @escaping @Sendable () -> Void = {}
    ) {
        state = Mutex(State(width: width))
        self.patience = patience
        self.afterWork = afterWork
    }

    /// Threads that are there.
    package var threads: Int { state.withLock { $0.threads.count } }

    /// Work that waits or is being done.
    package var load: Int { state.withLock { $0.waiting.count + $0.busy } }

    /// Hands work over; after `stop` it is dropped.
    ///
    /// Answers the error number if a thread was wanted and the system refused it (a limit on processes): the work then
    /// waits for the threads that are there, or for `startRefusedThreads`.
    @discardableResult
    package func submit(_ work: @escaping Work) -> Int32? { submit([work]) }

    /// The same for work that is ready at once: some pieces at a time, since to wake a thread for each, with thousands
    /// to come, has the one who hands them over wait for those who do them.
    @discardableResult
    package func submit(_ works: [Work]) -> Int32? {
        var refusal: Int32?
        for start in stride(from: 0, to: works.count, by: Self.handful) {
            let some = works[start..<min(start + Self.handful, works.count)]
            let code = state.withLock { state -> Int32 in
                guard !state.isStopped else { return 0 }
                var code: Int32 = 0
                for work in some {
                    state.waiting.append(work)
                    if code == 0 { code = startThreadIfWanted(&state) }
                }
                return code
            }
            for _ in some { available.post() }
            if code != 0 { refusal = refusal ?? code }
        }
        return refusal
    }

    private static let handful = 64

    /// Asks again for threads that the system refused; work that waits may wait for nothing else.
    package func startRefusedThreads() {
        state.withLock { state in
            while isThreadWanted(state), startThread(&state) == 0 {}
        }
    }

    /// Whether work waits for a thread that the system refused.
    package var lacksThreads: Bool { state.withLock { isThreadWanted($0) } }

    /// Room for more at once, never for less than now.
    package func widen(to width: Int) { state.withLock { $0.width = max($0.width, width) } }

    private func startThreadIfWanted(_ state: inout State) -> Int32 {
        isThreadWanted(state) ? startThread(&state) : 0
    }

    private func isThreadWanted(_ state: borrowing State) -> Bool {
        let idle = state.threads.count - state.busy
        return state.waiting.count > idle && state.threads.count < state.width && !state.isStopped
    }

    /// Drops what waits; threads end when they have done what they do.
    package func stop() {
        let count = state.withLock { state in
            state.isStopped = true
            state.waiting = Fifo()
            return state.threads.count
        }
        for _ in 0..<count { available.post() }
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
        var thread: pthread_t = 0
        let context = unsafe Unmanaged.passRetained(self)
        let code = unsafe withUnsafeTemporaryAllocation(of: pthread_attr_t.self, capacity: 1) { memory -> Int32 in
            guard let attributes = memory.baseAddress else { return ENOMEM }
            unsafe pthread_attr_init(attributes)
            defer { unsafe pthread_attr_destroy(attributes) }
            unsafe pthread_attr_setstacksize(attributes, Self.stackSize)
            return unsafe pthread_create(
                &thread,
                attributes,
                { context in
                    guard let context = unsafe context else { return nil }
                    unsafe Unmanaged<WorkerPool>.fromOpaque(context).takeRetainedValue().work()
                    return nil
                },
                context.toOpaque()
            )
        }
        guard code == 0 else {
            unsafe context.release()
            return code
        }
        state.threads.append(thread)
        return 0
    }

    /// What a thread does from its begin to its end.
    private func work() {
        var client: Client?
        // The last one has given back what it can, and waits as long as it takes.
        var isLast = false
        while true {
            guard available.wait(atMost: isLast ? nil : patience) else {
                client = nil
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
                let ready = client ?? Client()
                client = ready
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

/// A counting semaphore (sem_overview(7)); `Mutex` has no way to wait.
///
/// Unchecked: the pointer is only passed to calls that may be made from any thread, and freed with its owner.
@safe private final class Semaphore: @unchecked Sendable {
    private let raw: UnsafeMutablePointer<sem_t>

    init() {
        unsafe raw = .allocate(capacity: 1)
        unsafe raw.initialize(to: sem_t())
        unsafe sem_init(raw, 0, 0)
    }

    deinit {
        unsafe sem_destroy(raw)
        unsafe raw.deallocate()
    }

    func post() { unsafe sem_post(raw) }

    /// Whether there was a post to be taken, without a wait.
    func isTaken() -> Bool { unsafe sem_trywait(raw) == 0 }

    /// False if the time ran out; nil is for ever.
    ///
    /// By the wall clock: one that is set makes it another time.
    func wait(atMost longest: Duration?) -> Bool {
        guard let longest else {
            while unsafe sem_wait(raw) != 0, errno == EINTR {}
            return true
        }
        var end = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &end)
        let (seconds, attoseconds) = longest.components
        end.tv_sec += Int(seconds)
        end.tv_nsec += Int(attoseconds / 1_000_000_000)
        if end.tv_nsec >= 1_000_000_000 {
            end.tv_sec += 1
            end.tv_nsec -= 1_000_000_000
        }
        while unsafe sem_timedwait(raw, &end) != 0 { if errno != EINTR { return false } }
        return true
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
