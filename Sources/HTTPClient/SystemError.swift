internal import CCurl
internal import Glibc

/// What the system says of our own limits.
enum SystemError {
    /// Descriptors of the process and of the machine, memory (socket(2), connect(2)).
    static let limits = [EMFILE, ENFILE, ENOMEM, ENOBUFS]

    static func text(_ number: Int32) -> String { unsafe String(cString: strerror(number)) }

    /// Why no four descriptors are to be had; nil if they are.
    ///
    /// So many libcurl may need at once: two for a thread that resolves a name, and what that thread opens; a
    /// connection, and a file of certificates.
    static func shortageOfDescriptors() -> Int32? {
        var open: [Int32] = []
        defer { for descriptor in open { close(descriptor) } }
        for _ in 0..<4 {
            let descriptor = dup(2)
            guard descriptor >= 0 else { return limits.contains(errno) ? errno : nil }
            open.append(descriptor)
        }
        return nil
    }
}
