internal import CCurl

/// What a client needs of libcurl, for one request after the other.
final class Transport {
    private let easy: EasyHandle
    private var multi: MultiHandle
    private let sink = BodySink()
    private let headers = HeaderSink()

    init() throws(TransferError) {
        easy = try EasyHandle()
        multi = try MultiHandle()
    }

    func send(
        _ request: Request,
        until cancellation: Cancellation,
        connected: () -> Bool
    ) throws(TransferError) -> Response {
        let begin = Uptime.now
        sink.open(limit: request.bodyLimit)
        defer {
            sink.clear()
            headers.clear()
        }
        try easy.reset()
        try set(request)
        return try withoutActuallyEscaping(connected) { connected throws(TransferError) in
            let observer = ConnectionObserver(connected)
            try easy.set(observer: observer)
            let end = try unsafe request.headers.withList { list in
                unsafe perform(request, with: list, observer, from: begin, until: cancellation)
            }.get()
            guard end == .over(CURLE_OK) else { throw error(end, request, observer) }
            // An interim head (1xx) announces the one that counts.
            guard headers.isWhole, easy.number(CURLINFO_RESPONSE_CODE) >= 200 else {
                throw TransferError(.broken, "The connection ended inside the head of the answer", requestWasSent: true)
            }
            return response(wanting: request.wantedHeaders)
        }
    }

    private func perform(
        _ request: Request,
        with headers: UnsafeMutablePointer<curl_slist>?,
        _ observer: ConnectionObserver,
        from begin: Duration,
        until cancellation: Cancellation
    ) -> Result<MultiHandle.End, TransferError> {
        do throws(TransferError) {
            unsafe try easy.set(CURLOPT_HTTPHEADER, headers)
        } catch {
            return .failure(error)
        }
        // Until the connection stands, libcurl's connect timeout is the shorter one. A timeout of its own for all would
        // count what the callback takes, and give up a request that has just gone out.
        let end = multi.perform(easy, until: cancellation) {
            observer.hasStood ? begin + request.timeout + observer.pause : nil
        }
        return .success(end)
    }

    private func response(wanting names: [String]) -> Response {
        Response(
            status: easy.number(CURLINFO_RESPONSE_CODE),
            body: sink.kept,
            bodyLength: sink.length,
            location: easy.header("Location"),
            retryAfter: easy.header("Retry-After").map(RetryAfter.init(parsing:)),
            headers: names.reduce(into: [:]) { $0[$1] = easy.header($1) }
        )
    }

    private func set(_ request: Request) throws(TransferError) {
        try easy.set(CURLOPT_URL, request.url)
        try easy.set(CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeout)
        let isFresh = request.connection == .fresh ? 1 : 0
        try easy.set(CURLOPT_FRESH_CONNECT, isFresh)
        try easy.set(CURLOPT_FORBID_REUSE, isFresh)
        try easy.set(request.tls)
        if let proxy = request.proxy { try easy.set(proxy) }
        if let socket = request.socket { try easy.set(CURLOPT_UNIX_SOCKET_PATH, socket) }
        try setMethod(request)
        try easy.set(sink: sink)
        try easy.set(headers: headers)
    }

    private func setMethod(_ request: Request) throws(TransferError) {
        switch request.method {
        case "GET" where request.body == nil: try easy.set(CURLOPT_HTTPGET, 1)
        case "HEAD": try easy.set(CURLOPT_NOBODY, 1)
        case "DELETE" where request.body == nil: try easy.set(CURLOPT_CUSTOMREQUEST, "DELETE")
        default:
            try easy.set(CURLOPT_POST, 1)
            try easy.set(body: request.body ?? [])  // none: "Content-Length: 0", as RFC 9110 §8.6 wants it of a POST
            try easy.set(CURLOPT_CUSTOMREQUEST, request.method)
        }
    }

    private func error(_ end: MultiHandle.End, _ request: Request, _ observer: ConnectionObserver) -> TransferError {
        // The size counts what a proxy was asked for as well.
        let sent = observer.hasReleased && easy.number(CURLINFO_REQUEST_SIZE) > 0
        if observer.isHeldBack { return TransferError(.aborted, "held back before it was sent", requestWasSent: sent) }
        switch end {
        case .cancelled: return TransferError(.aborted, "aborted by shutdown", requestWasSent: sent)
        case .late:
            let after = "\(request.timeout.milliseconds) milliseconds with \(sink.length) bytes received"
            return TransferError(.timeout, "Operation timed out after \(after)", requestWasSent: sent)
        case .over(let code):
            let ending = Ending(
                code: code,
                reason: headers.fault ?? reason(code, request),
                hasStood: observer.hasStood,
                requestWasSent: sent,
                hasAnswer: easy.number(CURLINFO_RESPONSE_CODE) > 0,
                handshakeIsTargets: handshakeIsTargets(request),
                systemError: observer.socketError ?? Int32(truncatingIfNeeded: easy.number(CURLINFO_OS_ERRNO)),
                shortage: SystemError.shortageOfDescriptors
            )
            return ending.error
        }
    }

    /// libcurl's words name host and port, which play no part where there is a socket.
    private func reason(_ code: CURLcode, _ request: Request) -> String {
        guard let socket = request.socket, code == CURLE_COULDNT_CONNECT else { return easy.reason(code) }
        let number = Int32(truncatingIfNeeded: easy.number(CURLINFO_OS_ERRNO))
        return "Couldn't connect to \(socket)" + (number == 0 ? "" : ": \(SystemError.text(number))")
    }

    /// Whether a proxy, if there is one, has let us through to the target.
    private func handshakeIsTargets(_ request: Request) -> Bool {
        guard let proxy = request.proxy else { return true }
        guard request.url.lowercased().hasPrefix("https:") else { return false }
        // Through an HTTP proxy https is tunnelled: the proxy says 2xx when it has reached the target. A SOCKS proxy's
        // word is not told, but with it alone no handshake would have begun.
        return !proxy.tunnels || (200...299).contains(easy.number(CURLINFO_HTTP_CONNECTCODE))
    }
}
