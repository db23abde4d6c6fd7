internal import CCurl
internal import Glibc

/// Is told by libcurl how a connection comes about, and says whether the request may go out over it.
final class ConnectionObserver {
    private let mayGo: () -> Bool
    /// Whether the connection stood, TLS, tunnel and all (CURLOPT_PREREQFUNCTION(3)).
    private(set) var hasStood = false
    /// Whether the request was let out, at least once.
    private(set) var hasReleased = false
    private(set) var isHeldBack = false
    /// How long `mayGo` took: not the target's time.
    private(set) var pause = Duration.zero
    /// Why the last socket was not to be had (socket(2)); libcurl 7.88 tells it nobody.
    private(set) var socketError: Int32?

    init(_ mayGo: @escaping () -> Bool) { self.mayGo = mayGo }

    /// Asks whether the request may go out.
    ///
    /// More than once if a kept connection turns out to be dead, and libcurl makes another.
    func stands() -> Bool {
        hasStood = true
        let begin = Uptime.now
        isHeldBack = !mayGo()
        hasReleased = hasReleased || !isHeldBack
        pause += Uptime.now - begin
        return !isHeldBack
    }

    func makeSocket(_ family: Int32, _ type: Int32, _ protocolNumber: Int32) -> Int32 {
        let descriptor = socket(family, type | Int32(SOCK_CLOEXEC.rawValue), protocolNumber)
        socketError = descriptor < 0 ? errno : nil
        return descriptor
    }
}

extension EasyHandle {
    /// `observer` must outlive the transfer.
    func set(observer: ConnectionObserver) throws(TransferError) {
        let context = unsafe Unmanaged.passUnretained(observer).toOpaque()
        unsafe try set(CURLOPT_PREREQDATA, context)
        unsafe try set(CURLOPT_OPENSOCKETDATA, context)
        let prereq = unsafe ccurl_setopt_prereq(raw, CURLOPT_PREREQFUNCTION) { context, _, _, _, _ in
            guard let context = unsafe context else { return CURL_PREREQFUNC_ABORT }
            let observer = unsafe Unmanaged<ConnectionObserver>.fromOpaque(context).takeUnretainedValue()
            return observer.stands() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
        }
        try check(prereq, CURLOPT_PREREQFUNCTION)
        let opening = unsafe ccurl_setopt_opensocket(raw) { context, _, address in
            guard let context = unsafe context, let address = unsafe address?.pointee else { return -1 }
            let observer = unsafe Unmanaged<ConnectionObserver>.fromOpaque(context).takeUnretainedValue()
            return observer.makeSocket(address.family, address.socktype, address.protocol)
        }
        try check(opening, CURLOPT_OPENSOCKETFUNCTION)
    }
}
