/// Sees whether an answer's head is whole and lawful, and that its lines, trailers among them, stay under a limit.
///
/// libcurl takes a connection that ends inside a head for the end of an answer. It has a limit of its own for headers,
/// but none for the trailers of a chunked body, and it keeps them all.
final class HeaderSink {
    static let most = 300 * 1024

    private var length = 0
    /// The last one, which may be an interim one (1xx).
    private var head = AnswerHead()

    var isWhole: Bool { head.isWhole }
    /// Why libcurl was made to give up.
    var fault: String? { head.fault }

    /// To be called after each transfer.
    func clear() { (length, head) = (0, AnswerHead()) }

    /// How much was taken; less than was offered makes libcurl give up.
    func take(_ line: UnsafeRawBufferPointer) -> Int {
        length += line.count
        unsafe head.take(line)
        return length > Self.most || head.fault != nil ? 0 : line.count
    }
}
