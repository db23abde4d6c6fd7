internal import CLinux
internal import Glibc

/// What a thread that has nothing to do gives back to the system.
@safe enum ThreadMemory {
    /// The heap's free pages, and those pages of the calling thread's stack that nothing stands on.
    ///
    /// glibc keeps the stacks of threads that have ended for later ones, with 20 kB of memory in each.
    static func giveBack() {
        _ = malloc_trim(0)
        giveBackStack()
    }

    private static func giveBackStack() {
        var attributes = pthread_attr_t()
        guard unsafe pthread_getattr_np(pthread_self(), &attributes) == 0 else { return }
        defer { unsafe pthread_attr_destroy(&attributes) }
        var lowest: UnsafeMutableRawPointer?
        var size = 0
        guard unsafe pthread_attr_getstack(&attributes, &lowest, &size) == 0, let lowest = unsafe lowest else { return }
        let page = sysconf(Int32(_SC_PAGESIZE))
        var mark: UInt8 = 0
        unsafe withUnsafeMutablePointer(to: &mark) { here in
            let used = unsafe UnsafeMutableRawPointer(here) - lowest
            // Under a sanitizer a variable may stand elsewhere.
            guard (0..<size).contains(used) else { return }
            // A stack grows down. What is called from here on stands on the page of `here` and on the one below.
            let free = used / page * page - page
            // madvise(2): the next touch of such a page finds zeros, as on a new stack.
            if free > 0 { unsafe madvise(lowest, free, MADV_DONTNEED) }
        }
    }
}
