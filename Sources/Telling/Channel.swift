internal import Glibc

/// A descriptor to write to, and what has to be done so that a write does not wait.
@safe final class Channel: Sendable {
    private enum Kind {
        /// send(2) can be told not to wait.
        case socket
        /// Opened anew so that it never waits; or a file.
        case ready
        /// Shared with others whose writes shall go on as they do: it has to be asked for room first.
        case shared
    }

    private let kind: Kind
    private let given: Int32
    /// The one that is written to; our own, where that could be opened.
    private let descriptor: Int32
    private let waits: Bool

    init(_ given: Int32, waits: Bool) {
        self.given = given
        self.waits = waits
        var status = stat()
        let type = unsafe fstat(given, &status) == 0 ? status.st_mode & S_IFMT : 0
        let own = waits || ![S_IFIFO, S_IFCHR].contains(type) ? nil : Self.withoutWaiting(given)
        descriptor = own ?? given
        kind = type == S_IFSOCK ? .socket : own != nil || type == S_IFREG ? .ready : .shared
    }

    deinit { if descriptor != given { close(descriptor) } }

    /// How many bytes need not be written any more, and the error number if some of them were lost.
    func send(_ bytes: [UInt8]) -> (sent: Int, failure: Int32?) {
        var sent = 0
        var failure: Int32?
        while sent < bytes.count {
            guard kind != .shared || hasRoom else { break }
            // pipe(7): a pipe that polls as writable takes PIPE_BUF bytes without blocking, more could block.
            let count = kind == .shared ? min(bytes.count - sent, Int(PIPE_BUF)) : bytes.count - sent
            let written = unsafe bytes.withUnsafeBytes { buffer in
                unsafe write(buffer.baseAddress.map { unsafe $0 + sent }, count)
            }
            if written < 0, errno == EINTR || errno == EAGAIN && waits { continue }
            // A terminal polls as writable with room for a few bytes only.
            if written < 0, errno == EAGAIN { break }
            // A closed pipe or a full disk: the line is lost, the clock goes on.
            if written < 0 { failure = errno }
            sent = written < 0 ? bytes.count : sent + written
        }
        return (sent, failure)
    }

    private func write(_ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        guard kind == .socket else { return unsafe Glibc.write(descriptor, bytes, count) }
        return unsafe Glibc.send(descriptor, bytes, count, Int32(MSG_NOSIGNAL) | (waits ? 0 : Int32(MSG_DONTWAIT)))
    }

    /// The same file, opened anew so that writing never waits; nil where that can't be done.
    ///
    /// O_NONBLOCK on the descriptor itself would change it for whoever shares it, such as a shell.
    private static func withoutWaiting(_ descriptor: Int32) -> Int32? {
        let own = unsafe open("/proc/self/fd/\(descriptor)", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        return own < 0 ? nil : own
    }

    private var hasRoom: Bool { waitForRoom(milliseconds: waits ? -1 : 0) }

    /// False if there was none in time; -1 is for ever.
    func waitForRoom(milliseconds: Int32) -> Bool {
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        // POLLERR counts as room: the write then fails at once and the line is dropped.
        return unsafe Glibc.poll(&poll, 1, milliseconds) != 0
    }
}
