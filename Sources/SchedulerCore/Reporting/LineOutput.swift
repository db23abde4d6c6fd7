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
    }

    private let descriptor: Int32
    private let limit: Int
    private let waits: Bool
    private let state = Mutex(State())

    /// `limit` is the number of bytes that may wait; with `waits` none do, and a write ends when all is written.
    package init(descriptor: Int32, limit: Int = 1 << 20, waits: Bool = false) {
        self.descriptor = descriptor
        self.limit = waits ? .max : limit
        self.waits = waits
    }

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

    /// Writes what waits, as far as there is room; true if nothing waits any more.
    @discardableResult
    package func flush() -> Bool {
        state.withLock { state in
            flush(&state)
            return state.waiting.isEmpty
        }
    }

    private func flush(_ state: inout State) {
        send(&state.waiting)
        guard state.waiting.isEmpty, state.dropped > 0 else { return }
        state.waiting = Array("\(state.dropped) log lines were dropped: nobody read the log\n".utf8)
        state.dropped = 0
        send(&state.waiting)
    }

    private func send(_ bytes: inout [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            // pipe(7): a pipe that polls as writable takes PIPE_BUF bytes without blocking, more could block.
            let count = min(bytes.count - sent, Int(PIPE_BUF))
            guard hasRoom else { break }
            let written = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress.map { unsafe $0 + sent }, count)
            }
            if written < 0, errno == EINTR || errno == EAGAIN { continue }
            // A closed pipe or a full disk: the line is lost, the clock goes on.
            sent = written < 0 ? bytes.count : sent + written
        }
        bytes.removeFirst(sent)
    }

    private var hasRoom: Bool {
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        // POLLERR counts as room: the write then fails at once and the line is dropped.
        return unsafe Glibc.poll(&poll, 1, waits ? -1 : 0) != 0
    }
}
