/// Keeps the first bytes of a body, counts the rest.
final class BodySink {
    private var limit = 0
    private(set) var kept: [UInt8] = []
    private(set) var length = 0

    /// To be called before each transfer, with how many bytes of it are kept.
    func open(limit: Int) { (self.limit, kept, length) = (limit, [], 0) }

    /// To be called after each transfer, so that nobody keeps a body that was read.
    func clear() { (kept, length) = ([], 0) }

    /// Takes what libcurl hands over; answers how much was taken, which is always all of it.
    ///
    /// Refusing bytes would cut the connection, and that could cancel the app's work.
    func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        let room = limit - kept.count
        if room > 0 { unsafe kept.append(contentsOf: bytes.prefix(room)) }
        length += bytes.count
        return bytes.count
    }
}
