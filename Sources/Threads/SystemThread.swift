package import Glibc

/// Starts threads of the system (pthreads(7)); the one file that does.
///
/// They take no signal, so that signals reach the thread that waits for them.
package enum SystemThread {
    /// The system has no thread to give, mostly for a limit on processes.
    package struct Refusal: Error { package let number: Int32 }

    /// libcurl with OpenSSL needs some 60 KiB; address space is reserved, memory is not.
    private static let stackSize = 512 * 1024

    /// A body on its way to its thread.
    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Has a thread of its own do the body; to be joined or detached by whoever started it.
    package static func start(_ body: @escaping @Sendable () -> Void) -> Result<pthread_t, Refusal> {
        var thread: pthread_t = 0
        let context = unsafe Unmanaged.passRetained(Box(body))
        let code = unsafe withUnsafeTemporaryAllocation(of: pthread_attr_t.self, capacity: 1) { memory -> Int32 in
            guard let attributes = memory.baseAddress else { return ENOMEM }
            unsafe pthread_attr_init(attributes)
            defer { unsafe pthread_attr_destroy(attributes) }
            unsafe pthread_attr_setstacksize(attributes, stackSize)
            var (all, before) = (sigset_t(), sigset_t())
            unsafe sigfillset(&all)
            unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
            defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
            return unsafe pthread_create(
                &thread,
                attributes,
                { context in
                    guard let context = unsafe context else { return nil }
                    unsafe Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body()
                    return nil
                },
                context.toOpaque()
            )
        }
        guard code == 0 else {
            unsafe context.release()
            return .failure(Refusal(number: code))
        }
        return .success(thread)
    }
}
