import Foundation

/// A thread that has too little of something, while the rest of the process has enough.
package enum Shortage {
    package struct Refused: Error { package let what: String }

    // Names that Swift's module of the C library leaves out, or gives a type of its own.
    private static let cloneFiles: Int32 = 0x400
    private static let processes = __rlimit_resource_t(__RLIMIT_NPROC.rawValue)
    #if arch(x86_64)
    private static let setresuid = 117
    #else
    private static let setresuid = 147
    #endif

    /// One at a time: each puts the limit back.
    private static let turn = NSLock()

    /// Does something on a thread with a table of descriptors of its own (unshare(2)), of which only so many are free.
    package static func ofDescriptors<Value>(
        free: Int,
        _ body: @escaping () throws -> Value
    ) throws -> Value {
        try onThread {
            let leave: @convention(c) (Int32) -> Int32 = try function("unshare")
            let closeRange: @convention(c) (UInt32, UInt32, Int32) -> Int32 = try function("close_range")
            guard leave(cloneFiles) == 0, closeRange(3, .max, 0) == 0 else { throw Refused(what: "unshare") }
            var last: [Int32] = []
            while case let descriptor = dup(0), descriptor >= 0 { last.append(descriptor) }
            for descriptor in last.suffix(free) { close(descriptor) }
            return try body()
        }
    }

    /// Does something on a thread of another user, who may have no more threads (RLIMIT_NPROC, setrlimit(2)); for root.
    ///
    /// The limit is the whole process's, but root's own threads know none.
    package static func ofThreads<Value>(_ body: @escaping () throws -> Value) throws -> Value {
        try Need.root()
        turn.lock()
        defer { turn.unlock() }
        var before = rlimit()
        guard unsafe getrlimit(processes, &before) == 0 else { throw Refused(what: "getrlimit") }
        var none = rlimit(rlim_cur: 0, rlim_max: before.rlim_max)
        guard unsafe setrlimit(processes, &none) == 0 else { throw Refused(what: "setrlimit") }
        defer { _ = unsafe setrlimit(processes, &before) }
        return try onThread {
            // Past the C library, which would change the user of all threads (setresuid(2), "C library differences").
            let call: @convention(c) (Int, Int, Int, Int) -> Int = try function("syscall")
            let user = 61_000 + Int(getpid()) % 4_000
            guard call(setresuid, user, user, user) == 0 else { throw Refused(what: "setresuid") }
            return try body()
        }
    }

    private static func onThread<Value>(_ body: @escaping () throws -> Value) throws -> Value {
        nonisolated(unsafe) let body = body
        nonisolated(unsafe) var result: Result<Value, any Error>?
        let done = DispatchSemaphore(value: 0)
        // It ends with what it was changed to.
        Thread.detachNewThread {
            unsafe result = Result { unsafe try body() }
            done.signal()
        }
        done.wait()
        guard let result = unsafe result else { throw Refused(what: "no result") }
        return try result.get()
    }

    /// A function of the C library that Swift's module leaves out.
    private static func function<Function>(_ name: String) throws -> Function {
        guard let address = unsafe dlsym(nil, name) else { throw Refused(what: name) }
        return unsafe unsafeBitCast(address, to: Function.self)
    }
}
