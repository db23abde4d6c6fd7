/// What one server spends on its clients at most.
///
/// The defaults suit a small status page: 64 clients of at most 36 KiB each.
package struct Limits: Sendable {
    /// Bytes of the request line without its line end; more is 414.
    package var requestLineBytes = 4_096
    /// Bytes of all header lines together; more is 431.
    package var headerBytes = 16_384
    /// Header fields; more is 431.
    package var headerCount = 64
    /// Bytes of the body; a longer one is 413.
    package var bodyBytes = 16_384
    /// Open connections.
    ///
    /// At the cap the oldest one without a whole request gives way to a new one.
    package var connections = 64
    /// From accept to the last byte of the request; after that 408.
    package var readTimeout: Duration = .seconds(5)
    /// From the end of the answer to its last byte in the kernel's hands.
    package var writeTimeout: Duration = .seconds(10)
    /// How long what a client still sends is read and dropped, so that it sees the answer and not a reset.
    package var lingerTimeout: Duration = .seconds(1)

    /// How often an answer without an end gives a sign of life.
    package var streamSign: Duration = .seconds(15)

    package init() {}
}
