internal import CLinux
internal import Glibc
internal import Locking
internal import Synchronization
internal import Threads

/// Waits for the signal after the one that began the stop; from then on the process has less than a second.
///
/// On a thread of its own, since the loop may hang in whatever a stop has to do: on a disk, on who reads the log.
final class SecondSignal: Sendable {
    private let number = Atomic<Int32>(0)
    /// The loop has said its last word.
    let isSaid = Flag()

    /// Nil as long as none has come.
    var signal: Int32? {
        let number = number.load(ordering: .sequentiallyConsistent)
        return number == 0 ? nil : number
    }

    /// Begins to wait, in the place of whoever heard signals before; `known` has come already.
    ///
    /// `ring` is called when it has come, `lastWord` where the loop has not come that far, and then `end`. False if the
    /// system has no thread for it.
    func begin(
        known: Int32?,
        ring: @escaping @Sendable () -> Void,
        end: @escaping @Sendable () -> Void = { _exit(0) },
        lastWord: @escaping @Sendable () -> Void
    ) -> Bool {
        let thread = SystemThread.start { [self] in
            number.store(known ?? Self.next(), ordering: .sequentiallyConsistent)
            ring()
            usleep(700_000)
            // The log itself may be what hangs.
            if !isSaid.isSet, case .success(let thread) = SystemThread.start(lastWord) { pthread_detach(thread) }
            usleep(100_000)
            end()
        }
        guard case .success(let thread) = thread else { return false }
        pthread_detach(thread)
        return true
    }

    /// The next signal that asks for the end (sigwait(3)); all threads block them.
    private static func next() -> Int32 {
        var (set, number) = (sigset_t(), Int32(0))
        unsafe sigemptyset(&set)
        for signal in [SIGTERM, SIGINT] { unsafe sigaddset(&set, signal) }
        _ = unsafe sigwait(&set, &number)
        return number
    }
}
