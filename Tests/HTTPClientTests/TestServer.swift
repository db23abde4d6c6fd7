import Foundation
import HTTPClient
import HTTPServer
import Synchronization
import Testing

/// A server on a free port of the loopback, that remembers what it saw and stops with its owner.
final class TestServer: Sendable {
    private struct State {
        var seen: [HTTPServer.Request] = []
        var connections: [Int] = []
    }

    private final class Book: Sendable {
        let state = Mutex(State())
    }

    private let server: Server
    private let book = Book()

    init(
        limits: Limits = Limits(),
        _ answer: @escaping @Sendable (HTTPServer.Request, Reply) -> Void
    ) throws {
        let book = book
        server = try Server(on: ListenAddress(parsing: "127.0.0.1:0"), limits: limits) { request, reply in
            book.state.withLock {
                $0.seen.append(request)
                $0.connections.append(reply.connectionID)
            }
            answer(request, reply)
        }
        server.start()
    }

    deinit { server.stop() }

    var url: String { server.address.url }
    var seen: [HTTPServer.Request] { book.state.withLock { $0.seen } }
    var connections: [Int] { book.state.withLock { $0.connections } }

    func stop() { server.stop() }

    /// Sends one request with a client of its own.
    func send(_ request: HTTPClient.Request) throws(TransferError) -> HTTPClient.Response {
        try Client().send(request, until: Cancellation())
    }
}

/// Takes connections, as the kernel does for any listener, and never says a word.
final class SilentListener {
    let port: UInt16
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isReady = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, length) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        try #require(isReady)
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }
}
