import Glibc

/// A blocking TCP client that says exactly what it is told, also what no proper client would.
///
/// Every wait ends after `patience`, so that a fault fails a test and does not hang it.
package final class TestClient {
    package enum End: Equatable, Sendable { case closed, reset, outOfPatience }

    package struct Answer: Equatable, Sendable {
        package var bytes: [UInt8]
        package var end: End

        package init(bytes: [UInt8], end: End) {
            self.bytes = bytes
            self.end = end
        }

        package var text: String { String(decoding: bytes, as: UTF8.self) }
        package var status: Int? { text.hasPrefix("HTTP/1.1 ") ? Int(text.dropFirst(9).prefix(3)) : nil }
        package var statusLine: String { String(text.prefix { $0 != "\r\n" }) }
        package var head: [String] {
            guard let end = text.firstRange(of: "\r\n\r\n") else { return [] }
            return text[..<end.lowerBound].split(separator: "\r\n").map(String.init)
        }
        package var body: String {
            guard let end = text.firstRange(of: "\r\n\r\n") else { return "" }
            return String(text[end.upperBound...])
        }
        package func header(_ name: String) -> String? {
            head.first { $0.lowercased().hasPrefix(name.lowercased() + ": ") }.map {
                String($0.dropFirst(name.count + 2))
            }
        }
    }

    package struct Failure: Error { package var what: String }

    private var descriptor: Int32

    /// Connects to 127.0.0.1.
    package init(port: UInt16, patience: Int = 20) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: patience, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(what: "connect to port \(port): errno \(errno)") }
    }

    deinit { close() }

    /// Sends all of it; false if the other side is gone.
    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    @discardableResult
    package func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Reads until the other side is done, or until so many bytes are there.
    package func read(atMost limit: Int = .max) -> Answer {
        var answer = Answer(bytes: [], end: .closed)
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while answer.bytes.count < limit {
            let room = min(buffer.count, limit - answer.bytes.count)
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, room, 0) }
            if count > 0 {
                answer.bytes += buffer[..<count]
            } else {
                answer.end = count == 0 ? .closed : errno == EAGAIN ? .outOfPatience : .reset
                break
            }
        }
        return answer
    }

    /// Whether bytes or an end are there, or come in time.
    package func hasSomethingToRead(within time: Duration) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds =
            Int32(time.components.attoseconds / 1_000_000_000_000_000) + Int32(time.components.seconds) * 1_000
        return unsafe poll(&entry, 1, milliseconds) > 0
    }

    /// Whether the other side has reset the connection; nothing is read.
    package var isReset: Bool {
        var entry = pollfd(fd: descriptor, events: 0, revents: 0)
        return unsafe poll(&entry, 1, 0) > 0 && entry.revents & Int16(POLLERR | POLLHUP) != 0
    }

    package func finishSending() {
        _ = shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Leaves with RST.
    package func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    package func close() {
        guard descriptor >= 0 else { return }
        _ = Glibc.close(descriptor)
        descriptor = -1
    }

    /// One whole exchange.
    package static func exchange(_ text: String, port: UInt16) throws -> Answer {
        let client = try TestClient(port: port)
        client.send(text)
        return client.read()
    }
}
