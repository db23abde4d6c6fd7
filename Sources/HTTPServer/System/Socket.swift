import CLinux
import Glibc

/// The one owner of a TCP socket: non-blocking, closed on exec, closed with its last use.
struct Socket: ~Copyable, Sendable {
    enum Accepted: ~Copyable {
        case client(Socket)
        case none
        /// No descriptor or no memory is left; trying again at once would spin.
        case exhausted
    }

    enum Received { case bytes(Int), end, nothingYet, lost }
    enum Sent { case bytes(Int), nothingYet, lost }

    let descriptor: Int32

    private init(owning descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Takes over a descriptor, and makes it one that neither waits nor outlives an exec.
    init(prepared descriptor: Int32) {
        self.init(owning: descriptor)
        prepare()
    }

    deinit { close(descriptor) }

    /// Binds and listens.
    ///
    /// A name is resolved here, which may take as long as the resolver likes.
    static func listening(on address: ListenAddress) throws(ListenError) -> Socket {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let failure = unsafe getaddrinfo(address.host, String(address.port), &hints, &list)
        guard failure == 0, let first = unsafe list else {
            throw .unknownHost(address: address, reason: unsafe String(cString: gai_strerror(failure)))
        }
        defer { unsafe freeaddrinfo(list) }
        // "localhost" often has ::1 first, while clients and health checks say 127.0.0.1.
        let chosen = unsafe sequence(first: first, next: { unsafe $0.pointee.ai_next })
            .first { unsafe $0.pointee.ai_family == AF_INET }
        let info = unsafe (chosen ?? first).pointee
        let descriptor = unsafe socket(info.ai_family, info.ai_socktype, info.ai_protocol)
        guard descriptor >= 0 else { throw .notBound(address: address, reason: errorText()) }
        let listener = Socket(owning: descriptor)
        listener.prepare()
        listener.set(SOL_SOCKET, SO_REUSEADDR, 1)
        if unsafe info.ai_family == AF_INET6 {
            listener.set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, address.host == "::1" ? 1 : 0)
        }
        guard unsafe bind(descriptor, info.ai_addr, info.ai_addrlen) == 0, listen(descriptor, 1_024) == 0 else {
            throw .notBound(address: address, reason: errorText())
        }
        return listener
    }

    /// Whether ::1 can be bound: a container may have no IPv6.
    static var hasIPv6Loopback: Bool { (try? listening(on: ListenAddress(host: "::1", port: 0))) != nil }

    func accept() -> Accepted {
        while true {
            let client = Glibc.accept(descriptor, nil, nil)
            if client >= 0 {
                let socket = Socket(owning: client)
                socket.prepare()
                socket.set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
                return .client(socket)
            }
            switch errno {
            // accept(2): errors of a connection that ended in the queue come out here as well.
            case EINTR, ECONNABORTED, EPROTO, ENETDOWN, EHOSTDOWN, EHOSTUNREACH, ENETUNREACH, ENONET: continue
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
            default: return .none
            }
        }
    }

    func receive(into buffer: inout [UInt8]) -> Received {
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            if errno != EINTR { return errno == EAGAIN ? .nothingYet : .lost }
        }
    }

    /// Hands over what the kernel takes; never raises SIGPIPE.
    func send(_ bytes: ArraySlice<UInt8>) -> Sent {
        while true {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 { return .bytes(count) }
            if errno != EINTR { return errno == EAGAIN ? .nothingYet : .lost }
        }
    }

    /// Sends FIN; the other direction stays open.
    func finishSending() {
        _ = shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Has the kernel keep only some kilobytes of what the other side has not taken.
    func keepLittle() { set(SOL_SOCKET, SO_SNDBUF, 16_384) }

    /// Makes the coming close send RST.
    func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// The address it is bound to, with the real port.
    var localAddress: ListenAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
        let failure = unsafe withUnsafeMutablePointer(to: &storage) { storage in
            unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard unsafe getsockname(descriptor, address, &length) == 0 else { return EAI_SYSTEM }
                return unsafe getnameinfo(
                    address,
                    length,
                    &host,
                    socklen_t(host.count),
                    &port,
                    socklen_t(port.count),
                    NI_NUMERICHOST | NI_NUMERICSERV
                )
            }
        }
        guard failure == 0, let number = UInt16(Self.text(port)) else { return nil }
        return ListenAddress(host: Self.text(host), port: number)
    }

    static func isIPv4(_ text: String) -> Bool {
        var address = in_addr()
        return unsafe inet_pton(AF_INET, text, &address) == 1
    }

    static func isIPv6(_ text: String) -> Bool {
        var address = in6_addr()
        return unsafe inet_pton(AF_INET6, text, &address) == 1
    }

    private func prepare() {
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    private func set(_ level: Int32, _ name: Int32, _ value: Int32) {
        var value = value
        _ = unsafe setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// The system's words for the last error of this thread, such as "Address already in use".
func errorText(_ code: Int32 = errno) -> String {
    unsafe String(cString: strerror(code))
}
