internal import CCurl

/// One easy handle: options in, facts out.
@safe struct EasyHandle: ~Copyable {
    private let raw: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>

    init() {
        Library.start()
        guard let handle = unsafe curl_easy_init() else { fatalError("libcurl gave no handle: out of memory") }
        unsafe raw = handle
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        unsafe curl_easy_cleanup(raw)
        unsafe errorText.deallocate()
    }

    /// Back to the options of every attempt; each has its reason.
    func reset() {
        unsafe curl_easy_reset(raw)
        unsafe errorText.pointee = 0
        _ = unsafe ccurl_setopt_pointer(raw, CURLOPT_ERRORBUFFER, errorText)
        set(CURLOPT_NOSIGNAL, 1)  // no SIGALRM among threads
        set(CURLOPT_PROTOCOLS_STR, "http,https")  // file:// would be read and be a success
        set(CURLOPT_FOLLOWLOCATION, 0)  // a login page is not a success, and the token stays here
        set(CURLOPT_PROXY, "")  // http_proxy would get the token
        set(CURLOPT_NOPROXY, "")  // no_proxy would lead round a proxy that was set on purpose
        set(CURLOPT_NETRC, 0)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))  // HTTP/2 repeats a refused stream by itself
        set(CURLOPT_HTTP09_ALLOWED, 0)
        set(CURLOPT_FRESH_CONNECT, 1)  // on a reused connection libcurl repeats a POST by itself
        set(CURLOPT_FORBID_REUSE, 1)
        set(CURLOPT_DNS_CACHE_TIMEOUT, 0)  // the app may have moved since the last run
        set(CURLOPT_SSL_SESSIONID_CACHE, 0)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        set(CURLOPT_CA_CACHE_TIMEOUT, 0)  // would keep an authority for a day after its file has changed
        set(CURLOPT_QUICK_EXIT, 1)  // a resolver that hangs must not hold a timeout back
        set(CURLOPT_VERBOSE, 0)  // would print the token
    }

    func set(_ option: CURLoption, _ value: Int) { _ = unsafe ccurl_setopt_long(raw, option, value) }

    func set(_ option: CURLoption, _ value: String) {
        // A string that is passed as it is would be copied first.
        unsafe value.withCString { _ = unsafe ccurl_setopt_string(raw, option, $0) }
    }

    func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) {
        _ = unsafe ccurl_setopt_pointer(raw, option, value)
    }

    /// Zero counts as "for ever" to libcurl, so that no wait is less than a millisecond.
    func set(_ option: CURLoption, _ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let ceiling = Int64(Int32.max)  // libcurl keeps 32 bits, 24 days
        let milliseconds =
            seconds >= ceiling / 1_000 ? ceiling : seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        set(option, Int(max(1, milliseconds)))
    }

    /// The bytes are copied.
    func set(body: [UInt8]) {
        _ = unsafe ccurl_setopt_off(raw, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        var copy = body.isEmpty ? [0] : body
        unsafe copy.withUnsafeMutableBytes { bytes in
            _ = unsafe ccurl_setopt_pointer(raw, CURLOPT_COPYPOSTFIELDS, bytes.baseAddress)
        }
    }

    /// `sink` must outlive the transfer.
    func set(sink: BodySink) {
        _ = unsafe ccurl_setopt_pointer(raw, CURLOPT_WRITEDATA, Unmanaged.passUnretained(sink).toOpaque())
        _ = unsafe ccurl_setopt_write(raw, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let context = unsafe context else { return 0 }
            let sink = unsafe Unmanaged<BodySink>.fromOpaque(context).takeUnretainedValue()
            return unsafe sink.take(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
    }

    /// `limit` must outlive the transfer.
    func set(limit: HeaderLimit) {
        _ = unsafe ccurl_setopt_pointer(raw, CURLOPT_HEADERDATA, Unmanaged.passUnretained(limit).toOpaque())
        _ = unsafe ccurl_setopt_write(raw, CURLOPT_HEADERFUNCTION) { _, size, count, context in
            guard let context = unsafe context else { return 0 }
            return unsafe Unmanaged<HeaderLimit>.fromOpaque(context).takeUnretainedValue().take(size * count)
        }
    }

    /// `observer` must outlive the transfer; it is told when the connection stands, before the request is sent.
    func set(observer: ConnectionObserver) {
        _ = unsafe ccurl_setopt_pointer(raw, CURLOPT_PREREQDATA, Unmanaged.passUnretained(observer).toOpaque())
        _ = unsafe ccurl_setopt_prereq(raw, CURLOPT_PREREQFUNCTION) { context, _, _, _, _ in
            guard let context = unsafe context else { return CURL_PREREQFUNC_OK }
            unsafe Unmanaged<ConnectionObserver>.fromOpaque(context).takeUnretainedValue().connected()
            return CURL_PREREQFUNC_OK
        }
    }

    func number(_ info: CURLINFO) -> Int {
        var value = 0
        _ = unsafe ccurl_getinfo_long(raw, info, &value)
        return value
    }

    /// Microseconds since the start of the transfer, 0 if that point was not reached.
    func time(_ info: CURLINFO) -> Int64 {
        var value: curl_off_t = 0
        _ = unsafe ccurl_getinfo_off(raw, info, &value)
        return Int64(value)
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
        return own.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : own
    }

    func withPointer<Result>(_ body: (UnsafeMutableRawPointer) -> Result) -> Result { unsafe body(raw) }
}
