internal import CCurl
internal import Locking

/// libcurl as a whole.
package enum Library {
    private static let hasStarted = Mutex(false)

    /// Starts libcurl, once; to be called before the first thread is started (libcurl(3), "global preparation").
    ///
    /// Never undone: `curl_global_cleanup` demands that no other thread exists. False for want of memory; the next
    /// request tries again.
    @discardableResult
    package static func start() -> Bool {
        hasStarted.withLock { hasStarted in
            if !hasStarted { hasStarted = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK }
            return hasStarted
        }
    }

    /// What this program runs with: `libcurl/7.88.1 OpenSSL/3.0.18 …`.
    package static var version: String { unsafe String(cString: curl_version()) }
}
