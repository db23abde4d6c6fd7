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

    /// Has libcurl load the files, as it will for a request, and answers what it says; nothing leaves the process.
    ///
    /// libcurl has no call for this: the files are read when a handshake begins. So one is begun, over a socket pair
    /// whose other end says nothing; how it ends after the files were loaded does not matter.
    package func check() throws(Fault) {
        guard let pair = SocketPair() else { return }
        let easy = EasyHandle()
        let multi = MultiHandle()
        easy.reset()
        easy.set(CURLOPT_URL, "https://127.0.0.1/")  // an address, so that nothing is resolved
        easy.set(CURLOPT_TIMEOUT_MS, .seconds(10))
        easy.set(self)
        let code = withExtendedLifetime(pair) {
            easy.set(socket: pair)
            return multi.perform(easy, until: Cancellation())
        }
        switch code {
        case CURLE_SSL_CACERT_BADFILE: throw .authorities(reason: easy.reason(CURLE_SSL_CACERT_BADFILE))
        case CURLE_SSL_CERTPROBLEM:
            let reason = easy.reason(CURLE_SSL_CERTPROBLEM)
            throw reason.contains("key") && !reason.contains("certificate,")
                ? .key(reason: reason) : .certificate(reason: reason)
        default: return
        }
    }
}

/// Two connected sockets; the first is libcurl's to close.
private final class SocketPair {
    let ours: Int32
    let theirs: Int32

    init?() {
        var ends: [Int32] = [-1, -1]
        guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            return nil
        }
        theirs = ends[0]
        ours = ends[1]
        // Reads on their side end at once. Not closed: writing would raise SIGPIPE.
        shutdown(ours, Int32(SHUT_WR))
    }

    deinit { close(ours) }
}

extension EasyHandle {
    /// `pair` must outlive the transfer.
    fileprivate func set(socket pair: SocketPair) {
        unsafe set(CURLOPT_OPENSOCKETDATA, Unmanaged.passUnretained(pair).toOpaque())
        unsafe withPointer { handle in
            _ = unsafe ccurl_setopt_opensocket(handle) { context, _, _ in
                guard let context = unsafe context else { return -1 }
                return unsafe Unmanaged<SocketPair>.fromOpaque(context).takeUnretainedValue().theirs
            }
            _ = unsafe ccurl_setopt_sockopt(handle) { _, _, _ in Int32(CURL_SOCKOPT_ALREADY_CONNECTED) }
        }
    }
}
