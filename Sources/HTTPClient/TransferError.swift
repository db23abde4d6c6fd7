/// Why no answer came, or only a part of one.
package struct TransferError: Error, Equatable, Sendable {
    package enum Kind: String, Sendable {
        /// Ended before the connection stood: resolve, connect, refused, whichever timeout ran out.
        case unreachable
        /// The connection stood, and the time ran out.
        case timeout
        /// No trust between the two ends; nothing of the request was sent.
        case tls
        /// The connection was lost, or the answer makes no sense.
        case broken
        /// Given up by our own side.
        case aborted
    }

    package let kind: Kind
    /// libcurl's own words; they may quote the answer, so this is text from outside.
    package let detail: String
    /// Whether a part of the request may have reached the other side.
    package let requestWasSent: Bool

    package init(_ kind: Kind, _ detail: String, requestWasSent: Bool) {
        self.kind = kind
        self.detail = detail
        self.requestWasSent = requestWasSent
    }
}

extension TransferError: CustomStringConvertible {
    package var description: String { detail }
}
