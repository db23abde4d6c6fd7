import CLinux
import Glibc

extension Socket {
    /// A connection that stands, or none by the deadline.
    static func connected(
        to endpoint: BlockingClient.Endpoint,
        until deadline: ContinuousClock.Instant
    ) throws(ClientError) -> Socket {
        switch endpoint {
        case .local(let name):
            guard let socket = try? Socket.local(name) else { throw .failed(errorText()) }
            guard socket.connects(to: name, until: deadline) else {
                switch errno {
                case EAGAIN: throw .crowded("its queue of connections stays full")
                case ECONNREFUSED: throw .nobody(errorText())
                default: throw .failed(errorText())
                }
            }
            return socket
        case .address(let address): return try connected(to: address, until: deadline)
        }
    }

    private static func connected(
        to address: ListenAddress,
        until deadline: ContinuousClock.Instant
    ) throws(ClientError) -> Socket {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_NUMERICSERV
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let failure = unsafe getaddrinfo(address.host, String(address.port), &hints, &list)
        guard failure == 0, let first = unsafe list else {
            throw .failed(unsafe String(cString: gai_strerror(failure)))
        }
        defer { unsafe freeaddrinfo(list) }
        // The server prefers IPv4 where a name has both, and so does this.
        let chosen = unsafe sequence(first: first, next: { unsafe $0.pointee.ai_next })
            .first { unsafe $0.pointee.ai_family == AF_INET }
        let info = unsafe (chosen ?? first).pointee
        let descriptor = unsafe Glibc.socket(info.ai_family, info.ai_socktype, info.ai_protocol)
        guard descriptor >= 0 else { throw .failed(errorText()) }
        let socket = Socket(prepared: descriptor)
        if unsafe connect(descriptor, info.ai_addr, info.ai_addrlen) == 0 { return socket }
        guard errno == EINPROGRESS else { throw .failed(errorText()) }
        try socket.await(.writable, until: deadline)
        var (code, size) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0, code == 0 else {
            throw .failed(errorText(code))
        }
        return socket
    }

    /// Blocks until the socket is ready for one of these.
    borrowing func await(
        _ events: PollSet.Events,
        until deadline: ContinuousClock.Instant
    ) throws(ClientError) {
        while true {
            let rest = deadline - ContinuousClock.now
            guard rest > .zero else { throw .tooSlow }
            var polls = PollSet()
            polls.add(descriptor, events)
            polls.wait(atMost: rest)
            if !polls[0].isEmpty { return }
        }
    }
}
