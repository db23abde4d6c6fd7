internal import Glibc

/// A client for this server alone: one request, one answer, one deadline, no thread of its own.
package enum BlockingClient {
    package enum Endpoint: Sendable, CustomStringConvertible {
        case address(ListenAddress)
        case local(LocalName)

        package var description: String {
            switch self {
            case .address(let address): address.url
            case .local(let name): "@\(name)"
            }
        }
    }

    package struct Answer: Sendable, Equatable {
        package let status: Int
        package let body: [UInt8]
        /// What it says it is.
        package var server: String?

        package init(status: Int, body: [UInt8], server: String? = nil) {
            (self.status, self.body, self.server) = (status, body, server)
        }
    }

    /// More than any answer of the sidecar has.
    private static let longest = 64 << 20

    package static func get(
        _ path: String,
        accept: String = "*/*",
        at endpoint: Endpoint,
        within patience: Duration
    ) throws(ClientError) -> Answer {
        let begin = ContinuousClock.now
        while true {
            do throws(ClientError) {
                let head = "GET \(path) HTTP/1.1\r\nAccept: \(accept)\r\n"
                return try ask(head, [], at: endpoint, until: begin + patience)
            } catch {
                // The server had to make room for others before it read the request.
                guard case .crowded = error, ContinuousClock.now - begin < min(patience, Self.longestCrowd) else {
                    throw error
                }
                poll(nil, 0, 5)
            }
        }
    }

    /// Never sent again: what it asks for may have been done already.
    package static func post(
        _ path: String,
        _ body: [UInt8],
        at endpoint: Endpoint,
        within patience: Duration
    ) throws(ClientError) -> Answer {
        let head = "POST \(path) HTTP/1.1\r\nContent-Length: \(body.count)\r\n"
        return try ask(head, body, at: endpoint, until: ContinuousClock.now + patience)
    }

    /// Who listens there; nil if nobody does, or it can't be told by the deadline.
    package static func peer(at name: LocalName, within patience: Duration) -> Peer? {
        (try? Socket.connected(to: .local(name), until: ContinuousClock.now + patience))?.peer
    }

    /// One that is closed at once so long is no server that is asked by too many.
    private static let longestCrowd = Duration.milliseconds(800)

    private static func ask(
        _ head: String,
        _ body: [UInt8],
        at endpoint: Endpoint,
        until deadline: ContinuousClock.Instant
    ) throws(ClientError) -> Answer {
        let socket = try Socket.connected(to: endpoint, until: deadline)
        if case .local = endpoint, !socket.isPeerTrusted { throw .strangePeer(socket.peer) }
        var rest = (Array("\(head)Host: localhost\r\nConnection: close\r\n\r\n".utf8) + body)[...]
        while !rest.isEmpty {
            switch socket.send(rest) {
            case .bytes(let count): rest = rest.dropFirst(count)
            case .nothingYet: try socket.await(.writable, until: deadline)
            case .lost: throw .lost()
            }
        }
        return try answer(in: try read(socket, until: deadline))
    }

    private static func read(
        _ socket: borrowing Socket,
        until deadline: ContinuousClock.Instant
    ) throws(ClientError)
        -> [UInt8]
    {
        var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
        while bytes.count < longest {
            switch socket.receive(into: &buffer) {
            case .bytes(let count): bytes += buffer[..<count]
            case .end where bytes.isEmpty: throw .crowded("the connection was closed without an answer")
            case .end: return bytes
            case .nothingYet: try socket.await(.readable, until: deadline)
            case .lost: throw bytes.isEmpty ? .lost() : .failed(errorText())
            }
        }
        throw .malformed
    }

    /// Reads `HTTP/1.1 200 …`, and what comes after the header lines; a part of an answer is none.
    static func answer(in bytes: [UInt8]) throws(ClientError) -> Answer {
        let head = Array(bytes.prefix(1 << 16))
        let end = head.indices.dropLast(3).first { Array(head[$0..<$0 + 4]) == Array("\r\n\r\n".utf8) }
        let lines = String(decoding: head[..<(end ?? 0)], as: UTF8.self).split(separator: "\r\n")
        guard let end, let first = lines.first, first.hasPrefix("HTTP/1.1 "),
            let status = Int(first.dropFirst(9).prefix(3))
        else { throw .malformed }
        func value(_ name: String) -> Substring? {
            lines.first { $0.lowercased().hasPrefix(name + ": ") }?.dropFirst(name.count + 2)
        }
        let length = value("content-length").flatMap { Int($0) }
        let body = Array(bytes[(end + 4)...])
        guard body.count == length else { throw .malformed }
        return Answer(status: status, body: body, server: value("server").map(String.init))
    }
}

/// Why there was no answer.
package enum ClientError: Error, Equatable, CustomStringConvertible {
    case failed(String)
    /// Nobody listens there.
    case nobody(String)
    case tooSlow
    /// It has no room for us, or closed the connection before it read what we asked.
    case crowded(String)
    /// Who answers there is another user.
    case strangePeer(Peer?)
    case malformed

    /// A connection that was lost before a byte of the answer came.
    static func lost() -> ClientError {
        [EPIPE, ECONNRESET].contains(errno) ? .crowded(errorText()) : .failed(errorText())
    }

    package var description: String {
        switch self {
        case .failed(let reason), .nobody(let reason), .crowded(let reason): reason
        case .tooSlow: "no answer in time"
        case .strangePeer(let peer): "\(peer?.description ?? "another process") has taken its name"
        case .malformed: "that is no whole answer of a scheduler"
        }
    }
}
