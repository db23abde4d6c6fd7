import CLinux
import Glibc

/// Wakes the loop out of its wait, from any thread (eventfd).
final class Waker: Sendable {
    let descriptor: Int32

    init() throws(ListenError) {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
        guard descriptor >= 0 else { throw .noThread(reason: errorText()) }
    }

    deinit { close(descriptor) }

    func wake() {
        // Cannot fail but by EAGAIN at 2^64 - 2 unread wakes, which would wake as well.
        _ = eventfd_write(descriptor, 1)
    }

    func clear() {
        var count: eventfd_t = 0
        _ = unsafe eventfd_read(descriptor, &count)
    }
}
