internal import CCurl

/// One easy handle: options in, facts out.
@safe struct EasyHandle: ~Copyable {
    let raw: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>

    init() throws(TransferError) {
        guard Library.start(), let handle = unsafe curl_easy_init() else {
            throw .limited("libcurl gave no handle: out of memory")
        }
        unsafe raw = handle
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        unsafe curl_easy_cleanup(raw)
        unsafe errorText.deallocate()
    }

    /// Back to the options of every attempt; each has its reason.
    func reset() throws(TransferError) {
        unsafe curl_easy_reset(raw)
        unsafe errorText.pointee = 0
        unsafe try set(CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(errorText))
        try set(CURLOPT_NOSIGNAL, 1)  // no SIGALRM among threads
        try set(CURLOPT_PROTOCOLS_STR, "http,https")  // file:// would be read and be a success
        try set(CURLOPT_FOLLOWLOCATION, 0)  // a login page is not a success, and the token stays here
        try set(CURLOPT_PROXY, "")  // http_proxy would get the token
        try set(CURLOPT_NOPROXY, "")  // no_proxy would lead round a proxy that was set on purpose
        try setIfBuiltIn(CURLOPT_NETRC, 0)  // would send the password of a file; docker/libcurl leaves netrc out
        try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))  // HTTP/2 repeats a refused stream by itself
        try set(CURLOPT_HTTP09_ALLOWED, 0)
        try set(CURLOPT_HTTP_CONTENT_DECODING, 0)  // a Transfer-Encoding nobody asked for: kilobytes become gigabytes
        try set(CURLOPT_DNS_CACHE_TIMEOUT, 0)  // the app may have moved since the last run
        try set(CURLOPT_SSL_SESSIONID_CACHE, 0)
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        try set(CURLOPT_CA_CACHE_TIMEOUT, 0)  // would keep an authority for a day after its file has changed
        try set(CURLOPT_QUICK_EXIT, 1)  // a resolver that hangs must not hold a timeout back
        try set(CURLOPT_VERBOSE, 0)  // would print the token
        // On the way there may be someone who forgets a connection that is silent for minutes.
        try set(CURLOPT_TCP_KEEPALIVE, 1)
        try set(CURLOPT_TCP_KEEPIDLE, 60)
        try set(CURLOPT_TCP_KEEPINTVL, 30)
    }

    func number(_ info: CURLINFO) -> Int {
        var value = 0
        _ = unsafe ccurl_getinfo_long(raw, info, &value)
        return value
    }

    /// The first header of this name in the last answer.
    func header(_ name: String) -> String? {
        var found: UnsafeMutablePointer<curl_header>?
        let code = unsafe name.withCString { unsafe curl_easy_header(raw, $0, 0, UInt32(CURLH_HEADER), -1, &found) }
        guard code == CURLHE_OK, let value = unsafe found?.pointee.value
        else { return nil }
        // Of an empty value libcurl 7.88 leaves the line's end.
        return unsafe String(cString: value).filter { $0 != "\r" }
    }

    /// The reason in libcurl's words: what it wrote for this transfer, else its sentence for the code.
    func reason(_ code: CURLcode) -> String {
        let own = unsafe String(cString: errorText)
        guard !own.isEmpty else { return unsafe String(cString: curl_easy_strerror(code)) }
        // libcurl has cut it, and later releases mark that with dots; the last word may be a part of a secret.
        guard own.utf8.count >= Int(CURL_ERROR_SIZE) - 4 else { return own }
        return "\(own[..<(own.lastIndex(of: " ") ?? own.startIndex)]) …"
    }
}
