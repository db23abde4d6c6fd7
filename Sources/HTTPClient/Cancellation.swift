internal import CCurl
internal import Locking

/// Gives up transfers from another thread, at once.
package final class Cancellation: Sendable {
    /// A multi handle that a thread waits on.
    ///
    /// Unchecked: the pointer is only passed to `curl_multi_wakeup`, the one libcurl function that may be called from
    /// any thread, and only between `begin` and `end`, while the handle lives.
    @safe struct Waiter: @unchecked Sendable {
        let multi: UnsafeMutableRawPointer

        var address: UInt { unsafe UInt(bitPattern: multi) }

        func wake() { _ = unsafe curl_multi_wakeup(multi) }
    }

    private struct State {
        var isCancelled = false
        var waiters: [UInt: Waiter] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Ends every transfer under this cancellation, and every later one before it begins.
    package func cancel() {
        state.withLock { state in
            state.isCancelled = true
            // Under the lock, so that no handle is freed meanwhile; a wakeup does not block.
            for waiter in state.waiters.values { waiter.wake() }
        }
    }

    func begin(_ waiter: Waiter) { state.withLock { $0.waiters[waiter.address] = waiter } }

    func end(_ waiter: Waiter) { state.withLock { $0.waiters[waiter.address] = nil } }
}
