internal import CCurl
internal import Locking

/// libcurl as a whole.
package enum Library {
    private static let hasStarted = Mutex(false)

    /// Starts libcurl, once; to be called before the first thread is started (libcurl(3), "global preparation").
    ///
    /// Never undone: `curl_global_cleanup` demands that no other thread exists.
    package static func start() {
        hasStarted.withLock { hasStarted in
            guard !hasStarted else { return }
            hasStarted = true
            let code = curl_global_init(Int(CURL_GLOBAL_DEFAULT))
            precondition(code == CURLE_OK, "libcurl did not start")
        }
    }

    /// What this program runs with: `libcurl/7.88.1 OpenSSL/3.0.18 …`.
    package static var version: String { unsafe String(cString: curl_version()) }
}
