internal import CLinux
internal import Glibc

/// A counting semaphore (sem_overview(7)); `Mutex` has no way to wait.
///
/// Unchecked: the pointer is only passed to calls that may be made from any thread, and freed with its owner.
@safe package final class Semaphore: @unchecked Sendable {
    private let raw: UnsafeMutablePointer<sem_t>

    package init() {
        unsafe raw = .allocate(capacity: 1)
        unsafe raw.initialize(to: sem_t())
        unsafe sem_init(raw, 0, 0)
    }

    deinit {
        unsafe sem_destroy(raw)
        unsafe raw.deallocate()
    }

    package func post() { unsafe sem_post(raw) }

    /// Whether there was a post to be taken, without a wait.
    package func isTaken() -> Bool { unsafe sem_trywait(raw) == 0 }

    /// False if the time ran out, by a clock that nobody sets; nil is for ever.
    package func wait(atMost longest: Duration?) -> Bool {
        guard let longest else {
            while unsafe sem_wait(raw) != 0, errno == EINTR {}
            return true
        }
        var end = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &end)
        let (seconds, attoseconds) = longest.components
        end.tv_sec += Int(seconds)
        end.tv_nsec += Int(attoseconds / 1_000_000_000)
        if end.tv_nsec >= 1_000_000_000 {
            end.tv_sec += 1
            end.tv_nsec -= 1_000_000_000
        }
        while unsafe sem_clockwait(raw, CLOCK_MONOTONIC, &end) != 0 { if errno != EINTR { return false } }
        return true
    }
}
