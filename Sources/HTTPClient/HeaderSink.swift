/// Sees whether an answer's head is whole, and that its lines, trailers among them, stay under a limit.
///
/// libcurl takes a connection that ends inside a head for the end of an answer. It has a limit of its own for headers,
/// but none for the trailers of a chunked body, and it keeps them all.
final class HeaderSink {
    static let most = 300 * 1024

    private var length = 0
    /// Whether the last head, which may be an interim one (1xx), has come to its blank line.
    private(set) var isWhole = false

    /// To be called after each transfer.
    func clear() { (length, isWhole) = (0, false) }

    /// How much was taken; less than was offered makes libcurl give up.
    func take(_ line: UnsafeRawBufferPointer) -> Int {
        length += line.count
        if unsafe line.starts(with: "HTTP/".utf8) { isWhole = false }
        if unsafe line.first == UInt8(ascii: "\r") || line.first == UInt8(ascii: "\n") { isWhole = true }
        return length > Self.most ? 0 : line.count
    }
}
