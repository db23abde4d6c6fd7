internal import CCurl

/// Drives one transfer, so that it can be given up from another thread at once.
///
/// `curl_easy_perform` looks at its progress callback once a second; `curl_multi_wakeup` is immediate.
@safe struct MultiHandle: ~Copyable {
    private let raw: UnsafeMutableRawPointer
    /// Whose waiter this handle is: from its first transfer on, since most make all theirs under the same one.
    private var cancellation: Cancellation?

    init() {
        Library.start()
        guard let handle = unsafe curl_multi_init() else { fatalError("libcurl gave no handle: out of memory") }
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

    /// Runs the transfer to its end, and answers how it ended; nil if it was given up.
    mutating func perform(_ easy: borrowing EasyHandle, until cancellation: Cancellation) -> CURLcode? {
        wait(for: cancellation)
        return unsafe easy.withPointer { handle in
            unsafe curl_multi_add_handle(raw, handle)
            defer { unsafe curl_multi_remove_handle(raw, handle) }
            var running: Int32 = 0
            repeat {
                guard !cancellation.isCancelled else { return nil }
                let code = unsafe curl_multi_perform(raw, &running)
                guard code == CURLM_OK else { return CURLE_OUT_OF_MEMORY }
                // libcurl's own deadlines end this wait; the number only bounds it.
                if running > 0 { unsafe curl_multi_poll(raw, nil, 0, 60_000, nil) }
            } while running > 0
            return result
        }
    }

    private var result: CURLcode {
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(raw, &left) {
            if unsafe message.pointee.msg == CURLMSG_DONE { return unsafe message.pointee.data.result }
        }
        return CURLE_OUT_OF_MEMORY
    }
}
