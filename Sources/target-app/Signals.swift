import Glibc

/// SIGTERM and SIGINT, awaited instead of handled: that also works as PID 1, where a default action does nothing.
enum Signals {
    /// Keeps both for `wait`, in this thread and all it starts; to be called before there is another.
    static func hold() {
        var set = ending()
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        signal(SIGPIPE, SIG_IGN)
    }

    /// Returns once the process is to end.
    static func wait() {
        var set = ending()
        var number: Int32 = 0
        while unsafe sigwait(&set, &number) != 0 {}
    }

    private static func ending() -> sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGTERM)
        unsafe sigaddset(&set, SIGINT)
        return set
    }
}
