internal import HTTPServer
internal import Locking
internal import Telling

/// The status page and its kin at work: two listeners, one thread, and a limit on what slow readers can pile up.
final class StatusServer: Sendable {
    /// Where it answers.
    struct Listeners: Sendable {
        /// `SCHEDULER_LISTEN`; two for `localhost`.
        let tcp: [Listener]
        /// For `scheduler healthcheck`; nil if another sidecar has the name.
        var local: Listener?
        /// That name, which goes to the sidecar that has the state; nil if there can be none.
        var localName: LocalName?
    }

    /// Of its ports: two for `localhost`.
    let addresses: [ListenAddress]
    private let server: Server

    /// `desk` answers on the local socket what nobody may ask over a port.
    init(_ listeners: Listeners, _ board: StatusBoard, _ desk: ControlDesk, _ files: OpenFiles) throws(ListenError) {
        addresses = listeners.tcp.compactMap(\.address)
        let stack = AnswerStack()
        let handler: Server.Handler = { request, reply in
            if request.path == "/events", ["GET", "HEAD"].contains(request.method) {
                return board.streams.open(request, reply)
            }
            stack.send(request, reply) {
                StatusRoutes.response(to: request, pulse: board.pulse, snapshot: board.snapshot)
            }
        }
        var limits = Limits()
        limits.connections = files.clients + files.streams
        let local: Server.Handler = { request, reply in
            if !desk.answers(request, reply) { handler(request, reply) }
        }
        let all = listeners.tcp.map { ($0, handler) } + [listeners.local].compactMap(\.self).map { ($0, local) }
        server = try Server(on: all, limits: limits)
    }

    func start() { server.start() }
    func stop() { server.stop() }
}

/// Answers that wait for slow readers.
///
/// With 10 000 jobs an answer has megabytes, and 64 readers who take none of it would fill the container's memory. So
/// past a limit everyone gets the answer that was made last, in the same memory.
private final class AnswerStack: Sendable {
    private struct State: Sendable {
        var waiting = 0
        var last: [String: Response] = [:]
    }

    private static let limit = 8 << 20
    private static let small = 16_384
    private let state = Mutex(State())

    func send(_ request: Request, _ reply: Reply, _ make: () -> Response) {
        let key =
            request.path + " "
            + (request.wantsPlainText ? request.header("Accept") ?? "" : request.wantsJSON ? "json" : "")
        if let old = state.withLock({ $0.waiting > Self.limit ? $0.last[key] : nil }) { return reply.send(old) }
        let response = make()
        let size = response.body.count
        if size > Self.small {
            state.withLock { state in
                state.waiting += size
                // Kept only while it may be needed.
                if state.waiting > Self.limit { state.last[key] = response }
            }
            reply.whenOver { _ in
                self.state.withLock { state in
                    state.waiting -= size
                    if state.waiting == 0 { state.last = [:] }
                }
            }
        }
        reply.send(response)
    }
}
