import Dispatch
import HTTPServer
import Testing

/// The default limits but for what a test changes.
func limits(_ change: (inout Limits) -> Void) -> Limits {
    var limits = Limits()
    change(&limits)
    return limits
}

/// A server on a free port, stopped with its last use.
func serve(
    limits: Limits = Limits(),
    handler: @escaping @Sendable (Request, Reply) -> Void
) throws -> Server {
    let server = try Server(on: try ListenAddress(parsing: "127.0.0.1:0"), limits: limits, handler: handler)
    server.start()
    return server
}

let hello: @Sendable (Request, Reply) -> Void = { _, reply in reply.send(.text(200, "hello")) }

let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

/// Values that arrive from other threads, awaited one by one.
final class Inbox<Value: Sendable>: Sendable {
    private let values = Guarded<[Value]>([])
    private let arrivals = DispatchSemaphore(value: 0)

    func put(_ value: Value) {
        values.withLock { $0.append(value) }
        arrivals.signal()
    }

    /// The next value; gives up after a time that only a fault can use up.
    func take() throws -> Value {
        try #require(arrivals.wait(timeout: .now() + 20) == .success, "nothing arrived")
        return values.withLock { $0.removeFirst() }
    }
}
