internal import CCurl
internal import Glibc

extension HeaderLines {
    /// Lends the lines to libcurl as a list, with those that keep it from sending headers of its own.
    ///
    /// The list's parts are put together here, on the lines as they stand: `curl_slist_append` would copy each of them,
    /// and look for the list's end each time. libcurl only reads them (CURLOPT_HTTPHEADER(3)).
    func withList<Result>(_ body: (UnsafeMutablePointer<curl_slist>?) -> Result) -> Result {
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe withUnsafeTemporaryAllocation(of: curl_slist.self, capacity: count + 2) { list in
                var length = 0
                func add(_ line: UnsafeRawPointer) {
                    let text = unsafe UnsafeMutableRawPointer(mutating: line).assumingMemoryBound(to: CChar.self)
                    unsafe list.initializeElement(at: length, to: curl_slist(data: text, next: nil))
                    if length > 0 { unsafe list[length - 1].next = list.baseAddress?.advanced(by: length) }
                    length += 1
                }
                // Waiting for "100 Continue" costs a second on large bodies, and after a 417 libcurl would send the
                // request again by itself. First of all: of two lines of one name libcurl heeds the first.
                unsafe add(("Expect:" as StaticString).utf8Start)
                if var line = bytes.baseAddress {
                    for _ in 0..<count {
                        unsafe add(line)
                        unsafe line += strlen(line.assumingMemoryBound(to: CChar.self)) + 1
                    }
                }
                // libcurl would call a body a form, also an empty one.
                if !hasContentType { unsafe add(("Content-Type:" as StaticString).utf8Start) }
                return unsafe body(list.baseAddress)
            }
        }
    }
}
