/// An answer that was read to its end.
package struct Response: Sendable, Equatable {
    /// As the answer says; any number from 100 to 999.
    package let status: Int
    /// The first `Request.bodyLimit` bytes; what came after was read and dropped.
    package let body: [UInt8]
    /// Bytes of the body that arrived.
    package let bodyLength: Int
    /// The `Location` header, as it came.
    package let location: String?
    /// The `Retry-After` header.
    package let retryAfter: RetryAfter?
    /// Those of `Request.wantedHeaders` that came, by the name they were asked for.
    package let headers: [String: String]

    package init(
        status: Int,
        body: [UInt8],
        bodyLength: Int,
        location: String?,
        retryAfter: RetryAfter? = nil,
        headers: [String: String] = [:]
    ) {
        self.status = status
        self.body = body
        self.bodyLength = bodyLength
        self.location = location
        self.retryAfter = retryAfter
        self.headers = headers
    }
}
