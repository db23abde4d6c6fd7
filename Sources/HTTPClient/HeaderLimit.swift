/// Counts the bytes of an answer's header lines, trailers among them, and ends the transfer past a limit.
///
/// libcurl has a limit of its own for headers, but none for the trailers of a chunked body, and it keeps them all.
final class HeaderLimit {
    static let most = 300 * 1024

    private var length = 0

    /// To be called after each transfer.
    func clear() { length = 0 }

    /// How much was taken; less than was offered makes libcurl give up.
    func take(_ count: Int) -> Int {
        length += count
        return length > Self.most ? 0 : count
    }
}
