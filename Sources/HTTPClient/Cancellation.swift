internal import CCurl
internal import Locking

/// Gives up transfers from another thread, at once.
package final class Cancellation: Sendable {
    /// A multi handle that a thread waits on.
    ///
    /// Unchecked: the pointer is only passed to `curl_multi_wakeup`, the one libcurl function that may be called from
    /// any thread, and only between `add` and `remove`, while the handle lives.
    @safe struct Waiter: @unchecked Sendable {
        let multi: UnsafeMutableRawPointer

        var address: UInt { unsafe UInt(bitPattern: multi) }

        func wake() { _ = unsafe curl_multi_wakeup(multi) }
    }

    private let flag = Flag()
    private let waiters = Mutex<[UInt: Waiter]>([:])

    package init() {}

    package var isCancelled: Bool { flag.isSet }

    /// Ends every transfer under this cancellation, and every later one before it begins.
    package func cancel() {
        waiters.withLock { waiters in
            // A waiter that comes after this lock sees the flag; the others are woken.
            flag.set()
            // Under the lock, so that no handle is freed meanwhile; a wakeup does not block.
            for waiter in waiters.values { waiter.wake() }
        }
    }

    func add(_ waiter: Waiter) { waiters.withLock { $0[waiter.address] = waiter } }

    func remove(_ waiter: Waiter) { waiters.withLock { $0[waiter.address] = nil } }
}
