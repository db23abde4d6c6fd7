/// Why no answer came, or only a part of one.
package struct TransferError: Error, Equatable, Sendable {
    package enum Kind: String, Sendable {
        /// Ended before the connection stood: resolve, connect, refused, a handshake that was cut off before a word on
        /// trust, whichever timeout ran out.
        case unreachable
        /// The connection stood, and the time ran out.
        case timeout
        /// No trust between the two ends.
        case tls
        /// The connection was lost, or the answer makes no sense.
        case broken
        /// Given up by our own side.
        case aborted
        /// Our own process or machine refused it, for want of threads, descriptors or memory; says nothing of the
        /// target, and nothing was sent.
        case limited
    }

    package let kind: Kind
    /// libcurl's own words for the most part; they may quote the answer, so this is text from outside.
    package let detail: String
    /// Whether a part of the request may have reached the other side.
    package let requestWasSent: Bool

    package init(_ kind: Kind, _ detail: String, requestWasSent: Bool) {
        self.kind = kind
        self.detail = detail
        self.requestWasSent = requestWasSent
    }

    static func limited(_ detail: String) -> Self { Self(.limited, detail, requestWasSent: false) }
}

extension TransferError: CustomStringConvertible {
    package var description: String { detail }
}
