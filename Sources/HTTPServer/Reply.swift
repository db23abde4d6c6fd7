/// The answer to one request, from any thread, at any time; what comes after its end is ignored.
///
/// A reply that is dropped without an end answers 500, so that a forgotten request cannot hold its client.
package final class Reply: Sendable {
    /// Unlike that of any other connection of this server; counts up in the order of arrival.
    package let connectionID: Int
    private let isHead: Bool
    private let exchange: Exchange
    private let mailbox: Mailbox

    init(connectionID: Int, isHead: Bool, exchange: Exchange, mailbox: Mailbox) {
        self.connectionID = connectionID
        self.isHead = isHead
        self.exchange = exchange
        self.mailbox = mailbox
    }

    deinit { send(.text(500, "no answer")) }

    /// The whole answer.
    ///
    /// A long body is handed over as it is, so that several clients who are sent the same one share its memory.
    package func send(_ response: Response) {
        guard response.body.count > Self.long, !isHead else {
            return post(response.bytes(forHead: isHead), last: true)
        }
        post(response.head(contentLength: response.body.count), last: false)
        post(response.body, last: true)
    }

    private static let long = 16_384

    /// Raw bytes, for answers that no server should give; ended by `end` or `reset`.
    package func write(_ bytes: [UInt8]) {
        post(bytes, last: false)
    }

    /// Begins an answer without an end, which is then written piece by piece.
    ///
    /// `sign` is written at `Limits.streamSign`, so that both sides learn when the other one is gone. Little of it waits in
    /// the kernel, so that `waitingBytes` tells how far behind the reader is.
    package func stream(_ response: Response, sign: String) {
        let head = response.head(contentLength: nil)
        guard exchange.begin(head.count, last: false) else { return }
        mailbox.post(.stream(head: head, sign: Array(sign.utf8)), to: connectionID)
    }

    /// Closes once everything written is handed over.
    package func end() {
        post([], last: true)
    }

    /// Closes at once with RST; what still waits is dropped.
    package func reset() {
        guard exchange.begin(0, last: true) else { return }
        mailbox.post(.reset, to: connectionID)
    }

    /// Whether the connection is over, for whatever reason.
    package var isGone: Bool { exchange.ending != nil }

    /// Bytes written that the kernel has not taken yet; who writes without end waits for these to go.
    package var waitingBytes: Int { exchange.waitingBytes }

    /// Calls the observer once when the answer is handed over or the connection ended, or now if that is past.
    ///
    /// It runs on the server's thread or, for what is past, on the caller's; it must not block.
    package func whenOver(_ observer: @escaping @Sendable (Ending) -> Void) {
        exchange.whenOver(observer)
    }

    private func post(_ bytes: [UInt8], last: Bool) {
        guard exchange.begin(bytes.count, last: last) else { return }
        if last {
            mailbox.post(.end(bytes), to: connectionID)
        } else if !bytes.isEmpty {
            mailbox.post(.write(bytes), to: connectionID)
        }
    }
}
