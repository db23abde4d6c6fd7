internal import Locking

/// How the handing over of an answer ended.
package enum Ending: Sendable, Equatable {
    /// The kernel has taken all of it.
    case answered
    /// The server closed or reset the connection on the handler's wish.
    case reset
    /// The client closed or reset the connection before it had the whole answer.
    case clientGone
    /// The client did not read the answer in time, or gave way to a new client.
    case timedOut
    case stopped
}

/// What `Reply` and the loop both know about one answer.
final class Exchange: Sendable {
    private struct State: Sendable {
        var isEnded = false
        var waitingBytes = 0
        var ending: Ending?
        var observers: [@Sendable (Ending) -> Void] = []
    }

    private let state = Mutex(State())

    var ending: Ending? { state.withLock { $0.ending } }
    var waitingBytes: Int { state.withLock { $0.waitingBytes } }

    /// Claims room for bytes to be written; false once the answer is ended or over.
    func begin(_ count: Int, last: Bool) -> Bool {
        state.withLock { state in
            guard !state.isEnded, state.ending == nil else { return false }
            state.isEnded = last
            state.waitingBytes += count
            return true
        }
    }

    func handedOver(_ count: Int) {
        state.withLock { $0.waitingBytes -= count }
    }

    /// The first ending counts.
    func finish(_ ending: Ending) {
        let observers = state.withLock { state in
            guard state.ending == nil else { return [@Sendable (Ending) -> Void]() }
            state.ending = ending
            state.waitingBytes = 0
            defer { state.observers = [] }
            return state.observers
        }
        for observer in observers { observer(ending) }
    }

    func whenOver(_ observer: @escaping @Sendable (Ending) -> Void) {
        let ending = state.withLock { state in
            if state.ending == nil { state.observers.append(observer) }
            return state.ending
        }
        if let ending { observer(ending) }
    }
}
