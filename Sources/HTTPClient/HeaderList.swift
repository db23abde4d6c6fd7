internal import CCurl

/// A `curl_slist` of header lines, freed with its owner.
@safe struct HeaderList: ~Copyable {
    private var head: UnsafeMutablePointer<curl_slist>?

    init() { unsafe head = nil }

    deinit { unsafe curl_slist_free_all(head) }

    /// Adds one header; an empty value is written the way that sends it empty (CURLOPT_HTTPHEADER(3)).
    mutating func add(_ header: Request.Header) {
        append(header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
    }

    /// Keeps libcurl from sending a header of its own.
    mutating func suppress(_ name: String) { append("\(name):") }

    private mutating func append(_ line: String) {
        // On failure libcurl leaves the list as it was; only memory can run out here.
        if let longer = unsafe curl_slist_append(head, line) { unsafe head = longer }
    }

    /// Lends the list to libcurl, which does not copy it.
    borrowing func withPointer<Result>(_ body: (UnsafeMutableRawPointer?) -> Result) -> Result {
        unsafe body(UnsafeMutableRawPointer(head))
    }
}
