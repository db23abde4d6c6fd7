internal import Glibc

/// A number that only grows, and that threads can wait for.
///
/// Unchecked: all is behind the lock, and lock and condition are only passed to calls that any thread may make.
@safe package final class Milestone: @unchecked Sendable {
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private var value: UInt64 = 0

    package init() {
        unsafe lock = .allocate(capacity: 1)
        unsafe changed = .allocate(capacity: 1)
        unsafe pthread_mutex_init(lock, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        // A step of the wall clock must neither end a wait nor prolong it.
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(changed, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(changed)
        unsafe pthread_mutex_destroy(lock)
        unsafe changed.deallocate()
        unsafe lock.deallocate()
    }

    /// Lets those go on who wait for this number or a lower one.
    package func reach(_ new: UInt64) {
        unsafe pthread_mutex_lock(lock)
        if new > value {
            value = new
            unsafe pthread_cond_broadcast(changed)
        }
        unsafe pthread_mutex_unlock(lock)
    }

    /// False if the number was not reached in time.
    @discardableResult
    package func wait(for wanted: UInt64, atMost limit: Duration) -> Bool {
        var end = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &end)
        let (seconds, attoseconds) = limit.components
        let nanoseconds = end.tv_nsec + Int(attoseconds / 1_000_000_000)
        end = timespec(
            tv_sec: end.tv_sec + Int(seconds) + nanoseconds / 1_000_000_000,
            tv_nsec: nanoseconds % 1_000_000_000
        )
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        while value < wanted {
            if unsafe pthread_cond_timedwait(changed, lock, &end) == ETIMEDOUT { return value >= wanted }
        }
        return true
    }
}
