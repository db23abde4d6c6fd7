import Glibc

/// One joinable thread with a small stack and every signal blocked, so that signals reach the threads that want them.
struct LoopThread: Sendable {
    /// Enough for handlers that render a page or read JSON; touched pages alone cost memory.
    private static let stackBytes = 512 * 1_024

    private let thread: pthread_t

    /// Errors are `pthread_create`'s, mostly EAGAIN: too many threads.
    init(running body: @escaping @Sendable () -> Void) throws(ListenError) {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setstacksize(&attributes, Self.stackBytes)

        var all = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }

        let box = unsafe Unmanaged.passRetained(Body(run: body))
        var thread = pthread_t()
        let failure = unsafe pthread_create(
            &thread,
            &attributes,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
                return nil
            },
            box.toOpaque()
        )
        guard failure == 0 else {
            unsafe box.release()
            throw .noThread(reason: errorText(failure))
        }
        self.thread = thread
    }

    /// Waits for the thread's end; to be called once.
    func join() {
        _ = pthread_join(thread, nil)
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }
}
