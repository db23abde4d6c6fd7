import Glibc

/// What the loop waits for: descriptors and what is wanted of each, refilled each turn.
struct PollSet {
    struct Events: OptionSet {
        let rawValue: Int16
        static let readable = Events(rawValue: Int16(POLLIN))
        static let writable = Events(rawValue: Int16(POLLOUT))
        /// POLLRDHUP, which Glibc's Swift module leaves out: the other side sends no more.
        static let peerFinished = Events(rawValue: 0x2000)
        /// An error or a reset; reported unasked.
        static let broken = Events(rawValue: Int16(POLLERR) | Int16(POLLHUP) | Int16(POLLNVAL))
    }

    private var entries: [pollfd] = []

    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
    }

    mutating func add(_ descriptor: Int32, _ wanted: Events) {
        entries.append(pollfd(fd: descriptor, events: wanted.rawValue, revents: 0))
    }

    /// Blocks until something is ready or the time is up; nil waits without end.
    mutating func wait(atMost timeout: Duration?) {
        var milliseconds: Int32 = -1
        if let timeout {
            // Rounded up: a wait that ends just before its deadline would turn the loop idly.
            let (seconds, attoseconds) = max(timeout, .zero).components
            milliseconds =
                Int32(min(seconds, 3_600)) * 1_000 + Int32((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
        }
        // After EINTR all `revents` are still 0, so the turn just finds nothing ready.
        _ = unsafe poll(&entries, nfds_t(entries.count), milliseconds)
    }

    /// What is ready at the place of `add`'s call, counted from 0.
    subscript(place: Int) -> Events { Events(rawValue: entries[place].revents) }
}
