/// One client, from accept to close; owned by the loop's thread alone.
///
/// reading → answering → lingering → closed. Each step says whether the connection lives on.
final class Connection {
    enum Phase {
        /// The request is not whole yet.
        case reading(RequestParser)
        /// A handler has the request; its answer has not ended.
        case answering
        /// The answer has ended; the rest of it waits for the kernel.
        case writing
        /// FIN is sent; what the client still sends is dropped (RFC 9112 section 9.6).
        case lingering
    }

    enum Step {
        case stays
        case hasRequest(Request)
        case over(Ending)
    }

    let id: Int
    let socket: Socket
    /// Its listener's.
    let handler: Server.Handler
    private(set) var phase: Phase
    private(set) var deadline: ContinuousClock.Instant?
    private(set) var exchange: Exchange?
    private let limits: Limits
    private var waiting: [[UInt8]] = []
    private var sentOfFirst = 0
    /// Of an answer without an end.
    private var sign: [UInt8]?

    init(
        id: Int,
        socket: consuming Socket,
        handler: @escaping Server.Handler,
        limits: Limits,
        now: ContinuousClock.Instant
    ) {
        self.id = id
        self.socket = socket
        self.handler = handler
        self.limits = limits
        phase = .reading(RequestParser(limits: limits))
        deadline = now + limits.readTimeout
    }

    deinit { exchange?.finish(.stopped) }

    /// How readily the connection gives way to a new one at the cap; lower goes first, nil never.
    var tenure: Int? {
        switch phase {
        case .reading: 0
        case .lingering: 1
        case .writing: 2
        case .answering: nil
        }
    }

    var wanted: PollSet.Events {
        switch phase {
        case .reading, .lingering: .readable
        case .answering: waiting.isEmpty ? .peerFinished : [.peerFinished, .writable]
        case .writing: .writable
        }
    }

    /// Acts on what the socket is ready for.
    ///
    /// `scratch` lends its bytes and keeps nothing.
    func turn(_ ready: PollSet.Events, scratch: inout [UInt8], now: ContinuousClock.Instant) -> Step {
        switch phase {
        case .reading(var parser):
            read(with: &parser, scratch: &scratch, now: now)
        case .answering where ready.contains(.peerFinished):
            // Whether the client waits on with half a connection or has left cannot be told apart; it mostly has left.
            .over(.clientGone)
        case .answering, .writing:
            ready.isDisjoint(with: .broken) ? flush(now: now) : .over(.clientGone)
        case .lingering:
            switch socket.receive(into: &scratch) {
            case .bytes, .nothingYet: .stays
            case .end, .lost: .over(.answered)
            }
        }
    }

    /// Acts on the passed deadline.
    func expire(now: ContinuousClock.Instant) -> Step {
        switch phase {
        case .reading(let parser) where parser.hasBegun: refuse(.tooSlow, isHead: parser.isHead, now: now)
        case .reading: .over(.timedOut)
        case .lingering: .over(.answered)
        case .answering: giveSign(now: now)
        case .writing: .over(.timedOut)
        }
    }

    private func giveSign(now: ContinuousClock.Instant) -> Step {
        guard let sign else { return .over(.timedOut) }
        deadline = now + limits.streamSign
        // One that has not taken the last one needs no other.
        guard waiting.isEmpty, exchange?.begin(sign.count, last: false) == true else { return .stays }
        waiting.append(sign)
        return flush(now: now)
    }

    func beginAnswer(_ exchange: Exchange) {
        self.exchange = exchange
        phase = .answering
        deadline = nil
    }

    func perform(_ wish: Mailbox.Wish, now: ContinuousClock.Instant) -> Step {
        guard case .answering = phase else { return .stays }
        switch wish {
        case .write(let bytes):
            waiting.append(bytes)
            return flush(now: now)
        case .stream(let head, let sign):
            socket.keepLittle()
            self.sign = sign
            deadline = now + limits.streamSign
            waiting.append(head)
            return flush(now: now)
        case .end(let bytes):
            waiting.append(bytes)
            phase = .writing
            deadline = now + limits.writeTimeout
            return flush(now: now)
        case .reset:
            socket.resetOnClose()
            return .over(.reset)
        }
    }

    private func read(
        with parser: inout RequestParser,
        scratch: inout [UInt8],
        now: ContinuousClock.Instant
    ) -> Step {
        switch socket.receive(into: &scratch) {
        case .nothingYet: return .stays
        case .lost: return .over(.clientGone)
        case .end:
            return parser.hasBegun ? refuse(.cutShort, isHead: parser.isHead, now: now) : .over(.clientGone)
        case .bytes(let count):
            do throws(Refusal) {
                let awaitedBefore = parser.awaitsContinue
                if case .complete(let request) = try parser.feed(scratch[..<count]) { return .hasRequest(request) }
                if parser.awaitsContinue && !awaitedBefore {
                    // So few bytes always fit; if the connection is lost the next read says so.
                    _ = socket.send(Self.goOn[...])
                }
                phase = .reading(parser)
                return .stays
            } catch {
                return refuse(error, isHead: parser.isHead, now: now)
            }
        }
    }

    private static let goOn = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    private func refuse(_ refusal: Refusal, isHead: Bool, now: ContinuousClock.Instant) -> Step {
        waiting = [refusal.response.bytes(forHead: isHead)]
        phase = .writing
        deadline = now + limits.writeTimeout
        return flush(now: now)
    }

    private func flush(now: ContinuousClock.Instant) -> Step {
        while let first = waiting.first {
            switch socket.send(first[sentOfFirst...]) {
            case .nothingYet: return .stays
            case .lost: return .over(.clientGone)
            case .bytes(let count):
                exchange?.handedOver(count)
                sentOfFirst += count
                if sentOfFirst == first.count {
                    waiting.removeFirst()
                    sentOfFirst = 0
                }
            }
        }
        guard case .writing = phase else { return .stays }
        socket.finishSending()
        phase = .lingering
        deadline = now + limits.lingerTimeout
        exchange?.finish(.answered)
        return .stays
    }
}
