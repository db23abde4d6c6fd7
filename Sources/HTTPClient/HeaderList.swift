internal import CCurl
internal import Glibc

/// A `curl_slist` of header lines, freed with its owner.
@safe struct HeaderList: ~Copyable {
    private var head: UnsafeMutablePointer<curl_slist>?

    /// libcurl copies each line.
    init(_ lines: HeaderLines) {
        unsafe head = nil
        unsafe lines.bytes.withUnsafeBytes { bytes in
            var start = 0
            while start < bytes.count, let line = unsafe bytes.baseAddress?.advanced(by: start) {
                let text = unsafe line.assumingMemoryBound(to: CChar.self)
                // On failure libcurl leaves the list as it was; only memory can run out here.
                if let longer = unsafe curl_slist_append(head, text) { unsafe head = longer }
                unsafe start += strlen(text) + 1
            }
        }
    }

    deinit { unsafe curl_slist_free_all(head) }

    /// Lends the list to libcurl, which does not copy it.
    borrowing func withPointer<Result>(_ body: (UnsafeMutableRawPointer?) -> Result) -> Result {
        unsafe body(UnsafeMutableRawPointer(head))
    }
}
