internal import CCurl
internal import Glibc

/// Drives one transfer, so that it can be given up from another thread at once.
///
/// `curl_easy_perform` looks at its progress callback once a second; `curl_multi_wakeup` is immediate.
@safe struct MultiHandle: ~Copyable {
    /// How a transfer ended.
    enum End: Equatable {
        /// By itself, with libcurl's code.
        case over(CURLcode)
        /// Given up by another thread.
        case cancelled
        /// Given up at its deadline.
        case late
    }

    private let raw: UnsafeMutableRawPointer
    /// Whose waiter this handle is: from its first transfer on, since most make all theirs under the same one.
    private var cancellation: Cancellation?

    init() throws(TransferError) {
        guard Library.start(), let handle = unsafe curl_multi_init() else {
            throw .limited("libcurl gave no handle: out of memory")
        }
        // Without descriptors it has made a handle that no cancellation would ever wake.
        guard unsafe curl_multi_wakeup(handle) == CURLM_OK else {
            unsafe curl_multi_cleanup(handle)
            throw .limited("libcurl gave no handle: \(SystemError.text(EMFILE))")
        }
        unsafe raw = handle
    }

    deinit {
        unsafe cancellation?.remove(Cancellation.Waiter(multi: raw))
        unsafe curl_multi_cleanup(raw)
    }

    private mutating func wait(for cancellation: Cancellation) {
        guard cancellation !== self.cancellation else { return }
        let waiter = unsafe Cancellation.Waiter(multi: raw)
        self.cancellation?.remove(waiter)
        cancellation.add(waiter)
        self.cancellation = cancellation
    }

    /// Runs the transfer to its end.
    ///
    /// `deadline` is asked before each wait, since it may move; a moment of `Uptime`, nil as long as libcurl's own
    /// timers are enough.
    mutating func perform(
        _ easy: borrowing EasyHandle,
        until cancellation: Cancellation,
        deadline: () -> Duration? = { nil }
    ) -> End {
        wait(for: cancellation)
        guard unsafe curl_multi_add_handle(raw, easy.raw) == CURLM_OK else { return .over(CURLE_OUT_OF_MEMORY) }
        defer { unsafe curl_multi_remove_handle(raw, easy.raw) }
        while !cancellation.isCancelled {
            var running: Int32 = 0
            let code = unsafe curl_multi_perform(raw, &running)
            guard code == CURLM_OK else { return .over(CURLE_OUT_OF_MEMORY) }
            guard running > 0 else { return .over(result) }
            // libcurl's own timers end this wait as well; the minute only bounds it.
            var longest = Duration.seconds(60)
            if let deadline = deadline() { longest = min(longest, deadline - Uptime.now) }
            guard longest > .zero else { return .late }
            let waiting = unsafe curl_multi_poll(raw, nil, 0, Int32(longest.milliseconds), nil)
            guard waiting == CURLM_OK else { return .over(CURLE_OUT_OF_MEMORY) }
        }
        return .cancelled
    }

    private var result: CURLcode {
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(raw, &left) {
            if unsafe message.pointee.msg == CURLMSG_DONE { return unsafe message.pointee.data.result }
        }
        return CURLE_OUT_OF_MEMORY
    }
}
