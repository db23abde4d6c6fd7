/// Keeps the first bytes of a body, counts the rest.
final class BodySink {
    private let limit: Int
    private(set) var kept: [UInt8] = []
    private(set) var length = 0

    init(limit: Int) { self.limit = limit }

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
