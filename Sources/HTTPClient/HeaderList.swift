internal import CCurl

/// A `curl_slist` of header lines, freed with its owner.
@safe struct HeaderList: ~Copyable {
    private var head: UnsafeMutablePointer<curl_slist>?
    /// Each line is put together in the same memory.
    private var line: [UInt8] = []

    init() {
        unsafe head = nil
        line.reserveCapacity(256)
    }

    deinit { unsafe curl_slist_free_all(head) }

    /// Adds one header; an empty value is written the way that sends it empty (CURLOPT_HTTPHEADER(3)).
    mutating func add(_ header: Request.Header) {
        append(header.name, header.value.isEmpty ? ";" : ": ", header.value)
    }

    /// Keeps libcurl from sending a header of its own.
    mutating func suppress(_ name: String) { append(name, ":", "") }

    private mutating func append(_ name: String, _ separator: String, _ value: String) {
        line.removeAll(keepingCapacity: true)
        for part in [name, separator, value] {
            unsafe part.utf8.withContiguousStorageIfAvailable { unsafe line.append(contentsOf: $0) }
        }
        line.append(0)
        // On failure libcurl leaves the list as it was; only memory can run out here.
        let longer = unsafe line.withUnsafeBytes {
            unsafe curl_slist_append(head, $0.bindMemory(to: CChar.self).baseAddress)
        }
        if let longer = unsafe longer { unsafe head = longer }
    }

    /// Lends the list to libcurl, which does not copy it.
    borrowing func withPointer<Result>(_ body: (UnsafeMutableRawPointer?) -> Result) -> Result {
        unsafe body(UnsafeMutableRawPointer(head))
    }
}
