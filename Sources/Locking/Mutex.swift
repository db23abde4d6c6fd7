package import Glibc

/// A value that only one thread at a time can touch; the same shape as `Synchronization.Mutex`.
///
/// Not that one: where two threads meet it goes to the kernel by a way that the thread sanitizer cannot see
/// (FUTEX_LOCK_PI), and so every contended lock is reported as a race. pthread_mutex_lock(3) is seen.
///
/// Unchecked: the value is only reached through `withLock`, the lock only through calls that any thread may make.
@safe package struct Mutex<Value>: ~Copyable, @unchecked Sendable {
    @usableFromInline let lock: UnsafeMutablePointer<pthread_mutex_t>
    @usableFromInline let value: UnsafeMutablePointer<Value>

    package init(_ initial: sending Value) {
        unsafe lock = .allocate(capacity: 1)
        unsafe value = .allocate(capacity: 1)
        var attributes = pthread_mutexattr_t()
        unsafe pthread_mutexattr_init(&attributes)
        // Looks a while before it sleeps: what is done under a lock here takes less than to sleep.
        unsafe pthread_mutexattr_settype(&attributes, CInt(PTHREAD_MUTEX_ADAPTIVE_NP))
        unsafe pthread_mutex_init(lock, &attributes)
        unsafe value.initialize(to: initial)
    }

    deinit {
        unsafe pthread_mutex_destroy(lock)
        unsafe value.deinitialize(count: 1)
        unsafe value.deallocate()
        unsafe lock.deallocate()
    }

    /// Runs the body while no other thread does; not to be nested for one mutex.
    @inlinable
    package borrowing func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        return try unsafe body(&value.pointee)
    }
}
