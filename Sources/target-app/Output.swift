import Glibc

/// Whole lines on a standard stream, past any buffer.
enum Output {
    case standard, error

    /// Errors are ignored: who closed the stream does not want the line.
    func write(_ line: String) {
        var rest = Array((line + "\n").utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno != EINTR { return }
            rest = rest.dropFirst(max(0, count))
        }
    }

    /// Drops the line when the stream is a pipe that nobody empties: a log must not stop the app.
    ///
    /// pipe(7): a pipe is writable when 4096 bytes fit, which no line exceeds here.
    func writeIfRead(_ line: String) {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        if unsafe poll(&entry, 1, 0) == 1 { write(line) }
    }

    private var descriptor: Int32 {
        switch self {
        case .standard: STDOUT_FILENO
        case .error: STDERR_FILENO
        }
    }
}
