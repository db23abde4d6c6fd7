internal import CCurl

/// libcurl as a whole.
package enum Library {
    /// Starts libcurl once.
    ///
    /// Never undone: `curl_global_cleanup` demands that no other thread exists.
    static let isReady: Void = {
        let code = curl_global_init(Int(CURL_GLOBAL_DEFAULT))
        precondition(code == CURLE_OK, "libcurl did not start")
    }()

    /// Starts libcurl now; to be called before the first thread is started (libcurl(3), "global preparation").
    package static func start() { _ = isReady }

    /// What this program runs with: `libcurl/7.88.1 OpenSSL/3.0.18 …`.
    package static var version: String { unsafe String(cString: curl_version()) }
}
