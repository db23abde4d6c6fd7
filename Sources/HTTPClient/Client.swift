internal import CCurl

/// Sends one request at a time, each over a connection of its own.
///
/// Not `Sendable`: each thread makes its own and keeps it.
package final class Client {
    /// How much of an answer is kept, in bytes.
    package static let bodyLimit = 64 * 1024

    private let easy = EasyHandle()
    private var multi = MultiHandle()
    private let sink = BodySink(limit: Client.bodyLimit)
    private let limit = HeaderLimit()

    package init() {}

    /// Sends one request and waits for the whole answer.
    ///
    /// Blocks the calling thread for at most `request.timeout`, or until `cancellation` is cancelled; `connected` is
    /// called on it when the connection stands.
    package func send(
        _ request: Request,
        until cancellation: Cancellation,
        connected: () -> Void = {}
    ) throws(TransferError) -> Response {
        defer {
            sink.clear()
            limit.clear()
        }
        easy.reset()
        easy.set(CURLOPT_URL, request.url)
        easy.set(CURLOPT_TIMEOUT_MS, request.timeout)
        easy.set(CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeout)
        easy.set(request.tls)
        if let proxy = request.proxy { easy.set(proxy) }
        setMethod(request)
        easy.set(sink: sink)
        easy.set(limit: limit)
        let code = unsafe request.headers.withList { list in
            unsafe easy.set(CURLOPT_HTTPHEADER, list)
            return withoutActuallyEscaping(connected) { connected in
                let observer = ConnectionObserver(connected)
                easy.set(observer: observer)
                return withExtendedLifetime(observer) { multi.perform(easy, until: cancellation) }
            }
        }
        guard code == CURLE_OK else { throw error(code, request) }
        return Response(
            status: easy.number(CURLINFO_RESPONSE_CODE),
            body: sink.kept,
            bodyLength: sink.length,
            location: easy.header("Location"),
            retryAfter: easy.header("Retry-After").map(RetryAfter.init(parsing:))
        )
    }

    private func setMethod(_ request: Request) {
        switch request.method {
        case "GET" where request.body == nil: easy.set(CURLOPT_HTTPGET, 1)
        case "HEAD": easy.set(CURLOPT_NOBODY, 1)
        case "DELETE" where request.body == nil: easy.set(CURLOPT_CUSTOMREQUEST, "DELETE")
        default:
            easy.set(CURLOPT_POST, 1)
            easy.set(body: request.body ?? [])  // none: "Content-Length: 0", as RFC 9110 §8.6 wants it of a POST
            easy.set(CURLOPT_CUSTOMREQUEST, request.method)
        }
    }

    private func error(_ code: CURLcode?, _ request: Request) -> TransferError {
        let sent = easy.time(CURLINFO_PRETRANSFER_TIME_T) > 0 && easy.number(CURLINFO_REQUEST_SIZE) > 0
        guard let code else { return TransferError(.aborted, "aborted by shutdown", requestWasSent: sent) }
        let kind: TransferError.Kind =
            !isConnected(code, request, sent: sent)
            ? .unreachable
            : code == CURLE_OPERATION_TIMEDOUT ? .timeout : code.isAboutTrust ? .tls : .broken
        return TransferError(kind, easy.reason(code), requestWasSent: sent)
    }

    /// Whether the connection to the target stood; one to the proxy alone is not enough.
    private func isConnected(_ code: CURLcode, _ request: Request, sent: Bool) -> Bool {
        guard let proxy = request.proxy else {
            // With https, 7.88 counts the connect time to the end of the handshake, and has a local port before that.
            return easy.time(CURLINFO_CONNECT_TIME_T) > 0 || easy.number(CURLINFO_LOCAL_PORT) > 0
        }
        guard !sent else { return true }
        guard request.url.lowercased().hasPrefix("https:") else { return false }
        // Through an HTTP proxy https is tunnelled: the proxy says 2xx when it has reached the target. A SOCKS proxy's
        // word is not told, so that only a handshake that fails is a sign of a target.
        return proxy.tunnels ? (200...299).contains(easy.number(CURLINFO_HTTP_CONNECTCODE)) : code.isAboutTrust
    }
}

extension CURLcode {
    /// The codes of a handshake that failed (libcurl-errors(3)).
    fileprivate var isAboutTrust: Bool {
        [
            CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ENGINE_NOTFOUND,
            CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_USE_SSL_FAILED,
            CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT,
        ].contains(self)
    }
}
