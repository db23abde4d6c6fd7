package import HTTPServer
import Locking

/// A server on a free port of the loopback, that remembers what it saw and stops with its owner.
package final class TestServer: Sendable {
    private struct State {
        var seen: [Request] = []
        var connections: [Int] = []
    }

    private final class Book: Sendable {
        let state = Mutex(State())
    }

    private let server: Server
    private let book = Book()

    package init(
        on address: String = "127.0.0.1:0",
        limits: Limits = Limits(),
        _ answer: @escaping @Sendable (Request, Reply) -> Void
    ) throws {
        let book = book
        server = try Server(on: ListenAddress(parsing: address), limits: limits) { request, reply in
            book.state.withLock {
                $0.seen.append(request)
                $0.connections.append(reply.connectionID)
            }
            answer(request, reply)
        }
        server.start()
    }

    deinit { server.stop() }

    package var url: String { server.address.url }
    /// The requests, in the order in which they arrived.
    package var seen: [Request] { book.state.withLock { $0.seen } }
    /// The connection of each request.
    package var connections: [Int] { book.state.withLock { $0.connections } }

    package func stop() { server.stop() }
}
