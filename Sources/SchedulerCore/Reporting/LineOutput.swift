internal import Glibc
internal import Locking

/// Writes whole lines to a descriptor, and never waits for who reads them.
///
/// A pipe whose reader is stuck would otherwise stop the clock. Lines that find no room wait in memory up to a limit;
/// past that they are dropped, and a line tells how many once there is room again.
package final class LineOutput: Sendable {
    private struct State {
        var waiting: [UInt8] = []
        var dropped = 0
        var hasFailed = false
    }

    private let given: Int32
    /// The one that is written to; our own, where that could be opened.
    private let descriptor: Int32
    private let limit: Int
    private let waits: Bool
    private let dropNote: @Sendable (Int) -> String
    private let state = Mutex(State())

    /// `limit` is the number of bytes that may wait; with `waits` none do, and a write ends when all is written.
    ///
    /// `dropNote` is the line that tells how many lines were dropped.
    package init(
        descriptor: Int32,
        limit: Int = 1 << 20,
        waits: Bool = false,
        dropNote: @escaping @Sendable (Int) -> String = { "\(counted($0, "log line")) dropped: nobody read the log\n" }
    ) {
        given = descriptor
        self.descriptor = waits ? descriptor : Self.withoutWaiting(descriptor)
        self.dropNote = dropNote
        self.limit = waits ? .max : limit
        self.waits = waits
    }

    deinit { if descriptor != given { close(descriptor) } }

    package func write(_ line: String) {
        state.withLock { state in
            let bytes = Array(line.utf8)
            if state.waiting.count + bytes.count > limit { flush(&state) }
            if state.waiting.count + bytes.count > limit {
                state.dropped += 1
            } else {
                state.waiting += bytes
            }
            flush(&state)
        }
    }

    /// Whether a line could not be written, as on a full disk.
    package var hasFailed: Bool { state.withLock { $0.hasFailed } }

    /// Writes what waits, as far as there is room; true if nothing waits any more.
    @discardableResult
    package func flush() -> Bool {
        state.withLock { state in
            flush(&state)
            return state.waiting.isEmpty
        }
    }

    private func flush(_ state: inout State) {
        if !send(&state.waiting) { state.hasFailed = true }
        guard state.waiting.isEmpty, state.dropped > 0 else { return }
        state.waiting = Array(dropNote(state.dropped).utf8)
        state.dropped = 0
        _ = send(&state.waiting)
    }

    /// False if bytes were lost.
    private func send(_ bytes: inout [UInt8]) -> Bool {
        var sent = 0
        var isWhole = true
        while sent < bytes.count {
            // pipe(7): a pipe that polls as writable takes PIPE_BUF bytes without blocking, more could block.
            let count = min(bytes.count - sent, Int(PIPE_BUF))
            guard hasRoom else { break }
            let written = unsafe bytes.withUnsafeBytes { buffer in
                unsafe write(buffer.baseAddress.map { unsafe $0 + sent }, count)
            }
            if written < 0, errno == EINTR || errno == EAGAIN && waits { continue }
            // A terminal polls as writable with room for a few bytes only.
            if written < 0, errno == EAGAIN { break }
            // A closed pipe or a full disk: the line is lost, the clock goes on.
            if written < 0 { isWhole = false }
            sent = written < 0 ? bytes.count : sent + written
        }
        bytes.removeFirst(sent)
        return isWhole
    }

    private func write(_ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        // ENOTSOCK: anything but a socket, and so nearly always.
        let flags = Int32(MSG_NOSIGNAL) | (waits ? 0 : Int32(MSG_DONTWAIT))
        let sent = unsafe Glibc.send(descriptor, bytes, count, flags)
        return sent < 0 && errno == ENOTSOCK ? unsafe Glibc.write(descriptor, bytes, count) : sent
    }

    /// The same file, opened anew so that writing never waits; the descriptor itself where that can't be done.
    ///
    /// O_NONBLOCK on the descriptor itself would change it for whoever shares it, such as a shell.
    private static func withoutWaiting(_ descriptor: Int32) -> Int32 {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, [S_IFIFO, S_IFCHR].contains(status.st_mode & S_IFMT) else {
            return descriptor
        }
        let flags = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
        let own = unsafe open("/proc/self/fd/\(descriptor)", flags)
        return own < 0 ? descriptor : own
    }

    private var hasRoom: Bool {
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        // POLLERR counts as room: the write then fails at once and the line is dropped.
        return unsafe Glibc.poll(&poll, 1, waits ? -1 : 0) != 0
    }
}
