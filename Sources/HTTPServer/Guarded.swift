import Synchronization

/// A `Mutex` whose order of turns the thread sanitizer sees too.
///
/// On Linux a contended `Mutex` is passed on by the kernel (PI futex), out of the sanitizer's sight, so that it reports
/// races where there are none. The turn is therefore handed on through an atomic as well; it costs two plain moves.
package struct Guarded<Value: Sendable>: ~Copyable, Sendable {
    private let value: Mutex<Value>
    private let turn = Atomic<Bool>(false)

    package init(_ value: Value) {
        self.value = Mutex(value)
    }

    package borrowing func withLock<Result: Sendable, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try value.withLock { value throws(Failure) in
            _ = turn.load(ordering: .acquiring)
            defer { turn.store(true, ordering: .releasing) }
            return try body(&value)
        }
    }
}
