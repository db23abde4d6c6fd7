import CLinux
import Glibc

extension Socket {
    /// Binds an abstract name and listens.
    static func listening(on name: LocalName) throws(ListenError) -> Socket {
        let listener = try Socket.local(name)
        let isBound = unsafe withAddress(of: name) { unsafe bind(listener.descriptor, $0, $1) } == 0
        // As many as may wait: whoever finds the queue full is turned away or has to wait outside of it.
        guard isBound, listen(listener.descriptor, 1_024) == 0 else {
            throw .notBoundLocally(name: name, reason: errorText())
        }
        return listener
    }

    /// Whether the process at the other end has our user id.
    ///
    /// Else anyone who shares the network namespace could ask, or answer in our place (unix(7), SO_PEERCRED).
    var isPeerTrusted: Bool { peer?.isOurs ?? false }

    /// The process at the other end: the one that connected, or that listened.
    var peer: Peer? {
        // struct ucred, which Glibc's Swift module leaves out: process, user, group.
        var credentials: [UInt32] = [0, 0, 0]
        var length = socklen_t(MemoryLayout<UInt32>.size * credentials.count)
        let answer = unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length)
        return answer == 0 ? Peer(process: credentials[0], user: credentials[1]) : nil
    }

    /// A socket that is not connected yet.
    static func local(_ name: LocalName) throws(ListenError) -> Socket {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw .notBoundLocally(name: name, reason: errorText()) }
        return Socket(prepared: descriptor)
    }

    /// Connects, and waits its turn where the queue is full, in the order of those who do; false if it can't, or the
    /// deadline passes first.
    borrowing func connects(to name: LocalName, until deadline: ContinuousClock.Instant) -> Bool {
        // unix(7): one that does not wait is sent away, and those who push in come first again and again.
        let flags = fcntl(descriptor, F_GETFL)
        _ = fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK)
        defer { _ = fcntl(descriptor, F_SETFL, flags) }
        while true {
            let rest = deadline - ContinuousClock.now
            guard rest > .zero else {
                errno = EAGAIN
                return false
            }
            let (seconds, attoseconds) = rest.components
            // Zero would be for ever.
            var limit = timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000) + 1)
            if limit.tv_usec > 999_999 { limit.tv_usec = 999_999 }
            let size = socklen_t(MemoryLayout<timeval>.size)
            _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
            if unsafe Self.withAddress(of: name, { unsafe connect(descriptor, $0, $1) }) == 0 { return true }
            guard errno == EINTR else { return false }
        }
    }

    /// The address with the length that counts the name and no zero bytes behind it.
    static func withAddress<Result>(
        of name: LocalName,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(name.description.utf8)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { path in
            for (place, byte) in bytes.enumerated() { unsafe path[place + 1] = byte }
        }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + 1 + bytes.count)
        return unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
        }
    }
}
