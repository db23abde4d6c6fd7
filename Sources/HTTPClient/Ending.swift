internal import CCurl

/// How libcurl says that a transfer ended without an answer, and what that means.
struct Ending {
    var code: CURLcode
    /// In libcurl's words.
    var reason: String
    /// Whether the connection stood, TLS and tunnel and all.
    var hasStood = false
    var requestWasSent = false
    /// Whether the head of an answer arrived.
    var hasAnswer = false
    /// Whether a handshake that failed was one with the target; else it was with the proxy.
    var handshakeIsTargets = true
    /// Why no socket was to be had, or no connection; 0: nobody knows.
    var systemError: Int32 = 0
    /// Why no more descriptors are to be had.
    var shortage: () -> Int32? = { nil }

    var error: TransferError {
        if let limit = limit { return .limited(limit) }
        return TransferError(kind, reason, requestWasSent: requestWasSent)
    }

    private var kind: TransferError.Kind {
        guard hasStood else { return isVerdict && handshakeIsTargets ? .tls : .unreachable }
        if code == CURLE_OPERATION_TIMEDOUT { return .timeout }
        return isCertificateRefused ? .tls : .broken
    }

    /// Whether a handshake ended with a word on trust; one that was cut off, or ran out of time, did not.
    private var isVerdict: Bool {
        // One code for both: with nothing in OpenSSL's queue of errors the other side is just gone.
        guard code == CURLE_SSL_CONNECT_ERROR else { return code.isAboutTrust }
        return OpenSSLError(in: reason).map { !$0.isEndOfFile } ?? false
    }

    /// Whether the target does not take our certificate: in TLS 1.3 that comes after our end of the handshake, when the
    /// request is on its way already; the target gives up before it reads it (RFC 8446 §4.4.2.4).
    private var isCertificateRefused: Bool {
        guard !hasAnswer, let alert = OpenSSLError(in: reason)?.alert else { return false }
        return OpenSSLError.alertsAboutCertificates.contains(alert)
    }

    /// What of our own ran out, in a sentence; once the request is out, it is the answer that was lost.
    private var limit: String? {
        guard !requestWasSent else { return nil }
        switch code {
        case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT: return reason
        case CURLE_COULDNT_CONNECT:
            return SystemError.limits.contains(systemError) ? "\(reason) (\(SystemError.text(systemError)))" : nil
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            // libcurl's words alone tell a thread that was refused.
            return reason == "getaddrinfo() thread failed to start" ? reason : shortOfDescriptors
        case CURLE_SSL_CERTPROBLEM:
            guard let number = OpenSSLError(in: reason)?.systemError else { return nil }
            return SystemError.limits.contains(number) ? reason : nil
        case CURLE_SSL_CACERT_BADFILE: return shortOfDescriptors
        default: return nil
        }
    }

    private var shortOfDescriptors: String? { shortage().map { "\(reason) (\(SystemError.text($0)))" } }
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
