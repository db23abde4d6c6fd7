import Foundation
import Locking

/// A proxy on a free port of the loopback, one thread a connection; it goes with its owner.
package final class TestProxy: Sendable {
    package enum Behaviour: Sendable {
        /// Answers the first request with these bytes, and closes.
        case answer(String)
        /// Reads the first request and says nothing.
        case silence
        /// CONNECT, or SOCKS 5 without authentication: the way to this port of the loopback, whatever was asked for.
        case tunnel(UInt16)
        case socks(UInt16)
    }

    private final class Book: Sendable {
        let requests = Mutex<[String]>([])
    }

    private let socket: ListeningSocket
    private let book = Book()

    package init(_ behaviour: Behaviour) throws {
        let socket = try ListeningSocket()
        let book = book
        self.socket = socket
        let descriptor = socket.descriptor
        Thread.detachNewThread {
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { return }
                Thread.detachNewThread { Self.serve(client, behaviour, book) }
            }
        }
    }

    deinit { shutdown(socket.descriptor, Int32(SHUT_RDWR)) }

    package var port: UInt16 { socket.port }
    package var url: String { "http://127.0.0.1:\(port)" }
    /// The head of what each connection began with.
    package var requests: [String] { book.requests.withLock { $0 } }

    private static func serve(_ client: Int32, _ behaviour: Behaviour, _ book: Book) {
        defer { close(client) }
        var head: [UInt8] = []
        if case .socks(let port) = behaviour {
            _ = read(client)  // version and methods
            send([5, 0], to: client)
            head = read(client)
            book.requests.withLock { $0.append(String(decoding: head, as: UTF8.self)) }
            send([5, 0, 0, 1, 127, 0, 0, 1, 0, 0], to: client)
            return relay(client, port)
        }
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            let bytes = read(client)
            guard !bytes.isEmpty else { break }
            head += bytes
        }
        book.requests.withLock { $0.append(String(decoding: head, as: UTF8.self)) }
        switch behaviour {
        case .answer(let text): send(Array(text.utf8), to: client)
        case .silence: _ = read(client)
        case .tunnel(let port):
            send(Array("HTTP/1.1 200 OK\r\n\r\n".utf8), to: client)
            relay(client, port)
        case .socks: return
        }
    }

    /// Carries bytes both ways until one side ends.
    private static func relay(_ client: Int32, _ port: UInt16) {
        guard let target = connect(to: port) else { return }
        defer { close(target) }
        var polls = [
            pollfd(fd: client, events: Int16(POLLIN), revents: 0),
            pollfd(fd: target, events: Int16(POLLIN), revents: 0),
        ]
        while unsafe poll(&polls, 2, 60_000) > 0 {
            for (index, other) in [target, client].enumerated() where polls[index].revents != 0 {
                let bytes = read(polls[index].fd)
                guard !bytes.isEmpty else { return }
                send(bytes, to: other)
            }
        }
    }

    private static func connect(to port: UInt16) -> Int32? {
        let descriptor = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return result == 0 ? descriptor : nil
    }

    private static func read(_ descriptor: Int32) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
        return Array(bytes.prefix(max(0, count)))
    }

    private static func send(_ bytes: [UInt8], to descriptor: Int32) {
        _ = unsafe bytes.withUnsafeBytes {
            unsafe Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
    }
}
