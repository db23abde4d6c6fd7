internal import CCurl
internal import Glibc

extension TLSOptions {
    /// Why the files cannot be used.
    package enum Fault: Error, Equatable, Sendable {
        case authorities(reason: String)
        case certificate(reason: String)
        /// The key is damaged, or it belongs to another certificate.
        case key(reason: String)
    }

    /// Has libcurl load the files, as it will for a request, and throws what it says; nothing leaves the process.
    ///
    /// libcurl has no call for this: it reads the client's files before a handshake, and the authorities between its
    /// first message and the answer. So one is begun, over a socket of our own, and ended in place of the answer.
    package func check() throws(Fault) {
        // Without a socket or a handle there is nothing to say; the first request will.
        guard let listener = UnixListener(), let easy = try? EasyHandle() else { return }
        let code = withExtendedLifetime(listener) { try? begin(easy, with: listener) }
        switch code {
        case CURLE_SSL_CACERT_BADFILE: throw .authorities(reason: easy.reason(CURLE_SSL_CACERT_BADFILE))
        case CURLE_SSL_CERTPROBLEM:
            // One code for both files; the words differ.
            let reason = easy.reason(CURLE_SSL_CERTPROBLEM)
            let isAboutKey = !reason.hasPrefix("could not load PEM") && reason.lowercased().holds("private key")
            throw isAboutKey ? .key(reason: reason) : .certificate(reason: reason)
        default: return
        }
    }

    private func begin(_ easy: borrowing EasyHandle, with listener: UnixListener) throws(TransferError) -> CURLcode? {
        var multi = try MultiHandle()
        try easy.reset()
        try easy.set(CURLOPT_URL, "https://localhost/")
        try easy.set(CURLOPT_ABSTRACT_UNIX_SOCKET, listener.name)
        try easy.set(CURLOPT_TIMEOUT_MS, .seconds(10))
        try easy.set(self)
        try easy.end(with: listener)
        guard case .over(let code) = multi.perform(easy, until: Cancellation()) else { return nil }
        return code
    }
}

extension EasyHandle {
    /// `listener` must outlive the transfer.
    fileprivate func end(with listener: UnixListener) throws(TransferError) {
        unsafe try set(CURLOPT_SSL_CTX_DATA, Unmanaged.passUnretained(listener).toOpaque())
        // Called when the connection stands and nothing has been sent.
        let code = unsafe ccurl_setopt_ssl_ctx(raw) { _, _, context in
            guard let context = unsafe context else { return CURLE_ABORTED_BY_CALLBACK }
            unsafe Unmanaged<UnixListener>.fromOpaque(context).takeUnretainedValue().hangUp()
            return CURLE_OK
        }
        try check(code, CURLOPT_SSL_CTX_FUNCTION)
    }
}

/// Takes one connection, under a name that only this network namespace knows.
private final class UnixListener {
    /// As unix(7) makes it up: no file, no leading zero byte.
    let name: String
    private let descriptor: Int32
    private var accepted: Int32 = -1

    init?() {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var length = socklen_t(MemoryLayout<sa_family_t>.size)  // no name at all: the kernel chooses one
        let isReady = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard unsafe bind(descriptor, generic, length) == 0, listen(descriptor, 1) == 0 else { return false }
                length = socklen_t(MemoryLayout<sockaddr_un>.size)
                return unsafe getsockname(descriptor, generic, &length) == 0
            }
        }
        let head = MemoryLayout<sa_family_t>.size + 1
        guard isReady, Int(length) > head else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        name = unsafe withUnsafeBytes(of: &address) { bytes in
            unsafe String(decoding: bytes[head..<Int(length)], as: UTF8.self)
        }
    }

    /// The other side still writes, but what it reads is the end. (A close would break its writing as well.)
    func hangUp() {
        accepted = accept(descriptor, nil, nil)
        shutdown(accepted, Int32(SHUT_WR))
    }

    deinit {
        close(descriptor)
        if accepted >= 0 { close(accepted) }
    }
}
