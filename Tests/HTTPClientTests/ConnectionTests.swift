import Foundation
import HTTPClient
import HTTPServer
import Locking
import TestSupport
import Testing

@Suite("Client: connections")
struct ConnectionTests {
    @Test("a kept connection carries the next request that may use it; a fresh one is its request's alone")
    func keptOrFresh() throws {
        let server = try KeepingServer()
        let client = Client()
        for connection in [.kept, .kept, .fresh, .kept, .fresh, .fresh] as [HTTPClient.Request.Connection] {
            let request = Request("POST", server.url, body: [0x61], connection: connection)
            #expect(try client.send(request, until: Cancellation()).status == 200)
        }
        let used = server.connections
        #expect(Set([used[0], used[1], used[3]]).count == 1, "\(used)")
        #expect(Set(used).count == 4, "\(used)")
    }

    @Test("a fresh connection ends with its request, and is left to nobody")
    func freshIsClosed() throws {
        let server = try KeepingServer()
        let client = Client()
        for connection in [.fresh, .kept] as [HTTPClient.Request.Connection] {
            let request = Request("POST", server.url, connection: connection)
            #expect(try client.send(request, until: Cancellation()).status == 200)
        }
        #expect(server.connections == [1, 2])
    }

    @Test("HTTP/1.1 alone is offered, in the handshake and in the clear")
    func version() throws {
        let first = Told<String>()
        let listener = try RawListener { first.add(String(decoding: $0.read(), as: UTF8.self)) }
        for scheme in ["https", "http"] {
            let request = Request("GET", "\(scheme)://127.0.0.1:\(listener.port)/", timeout: .seconds(20))
            #expect(throws: TransferError.self) { try Client().send(request, until: Cancellation()) }
        }
        // The names of protocols have their length before them (RFC 7301 §3.1).
        #expect(first.all.first?.contains("\u{8}http/1.1") == true)
        #expect(first.all.first?.contains("\u{2}h2") == false)
        #expect(first.all.last?.hasPrefix("GET / HTTP/1.1\r\n") == true)
        #expect(first.all.last?.contains("Upgrade") == false)
    }

    @Test("each request over a kept connection is asked for, and has a timeout of its own")
    func keptTimeout() throws {
        let server = try KeepingServer()
        let client = Client()
        var asked = 0
        for path in ["/", "/silent", "/"] {
            let timeout = path == "/" ? Duration.seconds(20) : .milliseconds(500)
            let request = Request("GET", server.url + path, timeout: timeout, connection: .kept)
            let answer = Result { () throws(TransferError) in
                try client.send(request, until: Cancellation()) {
                    asked += 1
                    return true
                }
            }
            switch answer {
            case .success(let response): #expect(path == "/" && response.status == 200)
            case .failure(let error): #expect(path == "/silent" && error.kind == .timeout && error.requestWasSent)
            }
        }
        #expect(asked == 3)
        // What was given up in the middle is no connection for others.
        let used = server.connections
        #expect(used.count == 3 && used[0] == used[1] && used[1] != used[2], "\(used)")
    }

    @Test(
        "a kept connection that is gone: libcurl sends a POST again by itself, and asks again",
        arguments: [true, false]
    )
    func keptButGone(isReleasedAgain: Bool) throws {
        let server = try KeepingServer()
        let client = Client()
        let first = Request("GET", server.url, connection: .kept)
        #expect(try client.send(first, until: Cancellation()).status == 200)
        var asked = 0
        let second = Request("POST", server.url + "/gone", connection: .kept)
        let answer = Result { () throws(TransferError) in
            try client.send(second, until: Cancellation()) {
                asked += 1
                return asked == 1 || isReleasedAgain
            }
        }
        #expect(asked == 2)
        switch answer {
        case .success(let response): #expect(response.status == 200 && isReleasedAgain)
        case .failure(let error):
            #expect(!isReleasedAgain)
            // The first time it did go out.
            #expect(error == TransferError(.aborted, "held back before it was sent", requestWasSent: true))
        }
        #expect(server.connections == (isReleasedAgain ? [1, 1, 2] : [1, 1]))
    }

    @Test("of an answer as much is kept as the request says", arguments: [0, 1, 1_000, 65_536, 300_000])
    func bodyLimit(_ limit: Int) throws {
        let server = try TestServer { _, reply in
            reply.send(HTTPServer.Response(status: 200, body: [UInt8](repeating: 0x61, count: 200_000)))
        }
        let client = Client()
        let request = Request("GET", server.url, bodyLimit: limit)
        let response = try client.send(request, until: Cancellation())
        #expect(response.body.count == min(limit, 200_000))
        #expect(response.bodyLength == 200_000)
        #expect(try client.send(Request("GET", server.url), until: Cancellation()).body.count == 65_536)
    }

    @Test("the longest timeout and those beyond are taken as they are", arguments: [1, 2, 1_000_000_000_000])
    func longTimeouts(_ times: Int) throws {
        // A cut to 32 bits would make milliseconds of some of them.
        let server = try TestServer { _, reply in
            Thread.detachNewThread {
                Thread.sleep(forTimeInterval: 0.2)
                reply.send(.text(200, "ok"))
            }
        }
        let longest = HTTPClient.Request.longestTimeout
        #expect(longest == .seconds(24 * 86_400))
        #expect(
            try Client().send(Request("GET", server.url, timeout: longest * times), until: Cancellation()).status == 200
        )
    }

    @Test("keepalive: the first probe after a minute, then each half, as the socket itself says")
    func keepalive() throws {
        let server = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let port = try #require(server.url.split(separator: ":").last.flatMap { UInt16($0) })
        var options: [Int32?] = []
        _ = try Client().send(Request("GET", server.url), until: Cancellation()) {
            let socket = Self.socket(to: port)
            options = [
                option(SOL_SOCKET, SO_KEEPALIVE, of: socket), option(Int32(IPPROTO_TCP), TCP_KEEPIDLE, of: socket),
                option(Int32(IPPROTO_TCP), TCP_KEEPINTVL, of: socket),
            ]
            return true
        }
        #expect(options == [1, 60, 30])
    }

    /// The descriptor of this process whose other end is that port.
    private static func socket(to port: UInt16) -> Int32 {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return all.compactMap { Int32($0) }.first { descriptor in
            var (address, length) = (sockaddr_in(), socklen_t(MemoryLayout<sockaddr_in>.size))
            let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe getpeername(descriptor, $0, &length)
                }
            }
            return result == 0 && address.sin_family == AF_INET && UInt16(bigEndian: address.sin_port) == port
        } ?? -1
    }

    private func option(_ level: Int32, _ name: Int32, of socket: Int32) -> Int32? {
        var (value, length) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
        return unsafe getsockopt(socket, level, name, &value, &length) == 0 ? value : nil
    }
}

/// Answers each request of a connection, which it leaves to the client to end; to `/silent` it says nothing, and `/gone`
/// ends the first one.
private final class KeepingServer: Sendable {
    private final class Book: Sendable {
        let state = Mutex((made: 0, used: [Int]()))
    }

    private let book = Book()
    private let listener: RawListener

    init() throws {
        let book = book
        listener = try RawListener { connection in
            let number = book.state.withLock { state in
                state.made += 1
                return state.made
            }
            while case let bytes = connection.read(), !bytes.isEmpty {
                book.state.withLock { $0.used.append(number) }
                let text = String(decoding: bytes, as: UTF8.self)
                guard !text.contains(" /silent ") else { continue }
                guard number > 1 || !text.contains(" /gone ") else { return }
                connection.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".utf8))
            }
        }
    }

    var url: String { listener.url }
    /// The connection of each request.
    var connections: [Int] { book.state.withLock { $0.used } }
}
