internal import CCurl

/// One `CURLU`, freed with its owner.
@safe struct URLHandle: ~Copyable {
    private let raw: OpaquePointer?

    init() { unsafe raw = curl_url() }

    deinit { unsafe curl_url_cleanup(raw) }

    /// Answers libcurl's complaint, or nil if there is none; any scheme is taken.
    func parse(_ text: String) -> String? {
        let code = unsafe curl_url_set(raw, CURLUPART_URL, text, UInt32(CURLU_NON_SUPPORT_SCHEME))
        return code == CURLUE_OK ? nil : unsafe String(cString: curl_url_strerror(code))
    }

    var host: String? { part(CURLUPART_HOST) }
    var port: String? { part(CURLUPART_PORT) }
    /// Percent-decoded, as the other side gets them.
    var user: String? { part(CURLUPART_USER, UInt32(CURLU_URLDECODE)) }
    var password: String? { part(CURLUPART_PASSWORD, UInt32(CURLU_URLDECODE)) }

    private func part(_ part: CURLUPart, _ flags: UInt32 = 0) -> String? {
        var found: UnsafeMutablePointer<CChar>?
        guard unsafe curl_url_get(raw, part, &found, flags) == CURLUE_OK, let text = unsafe found else { return nil }
        defer { unsafe curl_free(text) }
        return unsafe String(cString: text)
    }
}
