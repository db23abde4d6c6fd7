internal import CCurl

/// Every option is checked: one that this libcurl lacks or refuses would be protection that is silently off.
extension EasyHandle {
    /// Throws what libcurl says of an option.
    ///
    /// As `limited`: it is our own library that falls short, nothing was sent, and the target has no part in it.
    func check(_ code: CURLcode, _ option: CURLoption) throws(TransferError) {
        guard code != CURLE_OK else { return }
        let known = unsafe curl_easy_option_by_id(option)
        let name =
            if let known = unsafe known { unsafe String(cString: known.pointee.name) } else { "\(option.rawValue)" }
        throw .limited("libcurl refuses the option \(name): \(unsafe String(cString: curl_easy_strerror(code)))")
    }

    func set(_ option: CURLoption, _ value: Int) throws(TransferError) {
        try check(unsafe ccurl_setopt_long(raw, option, value), option)
    }

    /// Switches off a feature that may not have been built in: what isn't there needs no switching off.
    func setIfBuiltIn(_ option: CURLoption, _ value: Int) throws(TransferError) {
        let code = unsafe ccurl_setopt_long(raw, option, value)
        guard ![CURLE_UNKNOWN_OPTION, CURLE_NOT_BUILT_IN].contains(code) else { return }
        try check(code, option)
    }

    func set(_ option: CURLoption, _ value: String) throws(TransferError) {
        // A string that is passed as it is would be copied first.
        try check(unsafe value.withCString { unsafe ccurl_setopt_string(raw, option, $0) }, option)
    }

    func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) throws(TransferError) {
        try check(unsafe ccurl_setopt_pointer(raw, option, value), option)
    }

    /// Zero counts as "for ever" to libcurl, so that no wait is less than a millisecond.
    func set(_ option: CURLoption, _ duration: Duration) throws(TransferError) {
        try set(option, max(1, duration.milliseconds))
    }

    /// The bytes are copied.
    func set(body: [UInt8]) throws(TransferError) {
        try check(
            unsafe ccurl_setopt_off(raw, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)),
            CURLOPT_POSTFIELDSIZE_LARGE
        )
        var copy = body.isEmpty ? [0] : body
        let code = unsafe copy.withUnsafeMutableBytes { bytes in
            unsafe ccurl_setopt_pointer(raw, CURLOPT_COPYPOSTFIELDS, bytes.baseAddress)
        }
        try check(code, CURLOPT_COPYPOSTFIELDS)
    }

    /// `sink` must outlive the transfer.
    func set(sink: BodySink) throws(TransferError) {
        unsafe try set(CURLOPT_WRITEDATA, Unmanaged.passUnretained(sink).toOpaque())
        let code = unsafe ccurl_setopt_write(raw, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let context = unsafe context else { return 0 }
            let sink = unsafe Unmanaged<BodySink>.fromOpaque(context).takeUnretainedValue()
            return unsafe sink.take(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        try check(code, CURLOPT_WRITEFUNCTION)
    }

    /// `headers` must outlive the transfer.
    func set(headers: HeaderSink) throws(TransferError) {
        unsafe try set(CURLOPT_HEADERDATA, Unmanaged.passUnretained(headers).toOpaque())
        let code = unsafe ccurl_setopt_write(raw, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let context = unsafe context else { return 0 }
            let sink = unsafe Unmanaged<HeaderSink>.fromOpaque(context).takeUnretainedValue()
            return unsafe sink.take(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        try check(code, CURLOPT_HEADERFUNCTION)
    }
}
