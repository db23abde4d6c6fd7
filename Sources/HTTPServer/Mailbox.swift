internal import Locking

/// What other threads want of the loop; the one way into it.
final class Mailbox: Sendable {
    enum Wish: Sendable {
        case write([UInt8])
        /// The answer goes on without an end; what is written when nothing has been for a while.
        case stream(head: [UInt8], sign: [UInt8])
        /// The last bytes; in one with the end, so that a client that has them all is not taken for one that left.
        case end([UInt8])
        case reset
    }

    private struct State: Sendable {
        var wishes: [(connection: Int, wish: Wish)] = []
        var isStarted = false
        var isStopping = false
    }

    let waker: Waker
    private let state = Mutex(State())

    init() throws(ListenError) {
        waker = try Waker()
    }

    func post(_ wish: Wish, to connection: Int) {
        let isFirst = state.withLock { state in
            guard !state.isStopping else { return false }
            state.wishes.append((connection, wish))
            return state.wishes.count == 1
        }
        if isFirst { waker.wake() }
    }

    /// Whether clients are to be served.
    var isStarted: Bool { state.withLock { $0.isStarted } }

    func start() {
        state.withLock { $0.isStarted = true }
        waker.wake()
    }

    func stop() {
        state.withLock { $0.isStopping = true }
        waker.wake()
    }

    /// Hands out what has gathered, in order; nil once the server stops, and all that came before has been taken.
    func take() -> [(connection: Int, wish: Wish)]? {
        state.withLock { state in
            guard !state.isStopping || !state.wishes.isEmpty else { return nil }
            // The wake of the stop may have been cleared with that of the wishes, and nobody wakes the loop again.
            if state.isStopping { waker.wake() }
            defer { state.wishes = [] }
            return state.wishes
        }
    }
}
