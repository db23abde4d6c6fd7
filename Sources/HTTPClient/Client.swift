/// Sends one request at a time.
///
/// Not `Sendable`: each thread makes its own and keeps it.
package final class Client {
    /// Made when it is first needed, and again if that failed: a want of descriptors passes.
    private var transport: Transport?

    package init() {}

    /// Sends one request and waits for the whole answer.
    ///
    /// Blocks the calling thread for at most `request.timeout`, or until `cancellation` is cancelled. `connected` is
    /// called on it when the connection stands, TLS and tunnel and all, before any byte of the request goes out: false
    /// holds the request back, and ends it as aborted. Its own time does not count.
    package func send(
        _ request: Request,
        until cancellation: Cancellation,
        connected: () -> Bool = { true }
    ) throws(TransferError) -> Response {
        let ready = if let transport { transport } else { try Transport() }
        transport = ready
        do throws(TransferError) {
            return try ready.send(request, until: cancellation, connected: connected)
        } catch {
            // What it holds may be what another thread's call lacks.
            if error.kind == .limited { transport = nil }
            throw error
        }
    }
}
