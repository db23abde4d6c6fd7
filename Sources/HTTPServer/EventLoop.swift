/// Serves every connection in turn on one thread; nothing in it blocks but the wait for the next event.
final class EventLoop {
    private let listeners: [(listener: Listener, handler: Server.Handler)]
    private let limits: Limits
    private let mailbox: Mailbox
    private let clock = ContinuousClock()
    private var connections: [Int: Connection] = [:]
    private var lastID = 0
    private var polls = PollSet()
    private var scratch = [UInt8](repeating: 0, count: 16_384)
    /// Set while the process has no descriptor left for a new client.
    private var acceptsAgain: ContinuousClock.Instant?

    init(
        listeners: [(listener: Listener, handler: Server.Handler)],
        limits: Limits,
        mailbox: Mailbox
    ) {
        self.listeners = listeners
        self.limits = limits
        self.mailbox = mailbox
    }

    /// Returns once the mailbox says stop.
    func run() {
        while let wishes = mailbox.take() {
            let now = clock.now
            for (id, wish) in wishes {
                if let connection = connections[id] { settle(connection.perform(wish, now: now), of: connection, now) }
            }
            // Accepting comes last and a few at a time, so that what has just connected gets its turn before it can be
            // the oldest.
            for place in waitAndServe() { acceptSome(from: listeners[place]) }
        }
        for connection in connections.values { connection.exchange?.finish(.stopped) }
        connections = [:]
    }

    /// One turn; answers the places of the listeners at which a client waits to be accepted.
    private func waitAndServe() -> [Int] {
        let order = Array(connections.values)
        polls.removeAll()
        polls.add(mailbox.waker.descriptor, .readable)
        let accepted: PollSet.Events = mayAccept ? .readable : []
        for (listener, _) in listeners { polls.add(listener.socket.descriptor, accepted) }
        for connection in order { polls.add(connection.socket.descriptor, connection.wanted) }
        let deadline = (order.compactMap(\.deadline) + [acceptsAgain].compactMap(\.self)).min()
        polls.wait(atMost: deadline.map { $0 - clock.now })

        let now = clock.now
        if polls[0] != [] { mailbox.waker.clear() }
        if let moment = acceptsAgain, moment <= now { acceptsAgain = nil }
        for (place, connection) in order.enumerated() {
            let ready = polls[1 + listeners.count + place]
            if !ready.isEmpty {
                settle(connection.turn(ready, scratch: &scratch, now: now), of: connection, now)
            }
            // Also after a turn: a client that drips one byte a turn runs out of time like any other.
            if let deadline = connection.deadline, deadline <= now, connections[connection.id] != nil {
                settle(connection.expire(now: now), of: connection, now)
            }
        }
        return listeners.indices.filter { polls[1 + $0] != [] }
    }

    private func settle(_ step: Connection.Step, of connection: Connection, _ now: ContinuousClock.Instant) {
        switch step {
        case .stays: break
        case .hasRequest(let request):
            let exchange = Exchange()
            connection.beginAnswer(exchange)
            let isHead = request.method == "HEAD"
            let reply = Reply(connectionID: connection.id, isHead: isHead, exchange: exchange, mailbox: mailbox)
            connection.handler(request, reply)
        case .over(let ending):
            connections[connection.id] = nil
            connection.exchange?.finish(ending)
        }
    }
}

extension EventLoop {
    /// Whether a new client can be served now; else it waits in the kernel's queue.
    private var mayAccept: Bool {
        mailbox.isStarted && acceptsAgain == nil && (connections.count < limits.connections || candidate != nil)
    }

    /// The connection that gives way next: the oldest without a whole request, then the oldest answered one.
    private var candidate: Connection? {
        let willing = connections.values.filter { $0.tenure != nil }
        return willing.min { ($0.tenure ?? .max, $0.id) < ($1.tenure ?? .max, $1.id) }
    }

    private func acceptSome(from place: (listener: Listener, handler: Server.Handler)) {
        let now = clock.now
        var hasMadeRoom = false
        var (rest, strangers) = (max(1, min(16, limits.connections / 4)), 1_024)
        while rest > 0, strangers > 0, mayAccept {
            switch place.listener.socket.accept() {
            case .none: return
            case .exhausted:
                guard !hasMadeRoom, giveWay() else {
                    // The listener stays readable meanwhile; without a pause the loop would spin.
                    acceptsAgain = now + .milliseconds(100)
                    return
                }
                hasMadeRoom = true
            case .client(let socket):
                hasMadeRoom = false
                guard place.listener.welcomes(socket) else {
                    strangers -= 1
                    continue
                }
                rest -= 1
                if connections.count >= limits.connections { _ = giveWay() }
                lastID += 1
                let connection = Connection(
                    id: lastID,
                    socket: socket,
                    handler: place.handler,
                    limits: limits,
                    now: now
                )
                connections[lastID] = connection
                // Mostly its request is there already, and so it need not give way to those behind it.
                settle(connection.turn(.readable, scratch: &scratch, now: now), of: connection, now)
            }
        }
    }

    /// Closes the candidate; false if there is none.
    private func giveWay() -> Bool {
        guard let connection = candidate else { return false }
        settle(.over(.timedOut), of: connection, clock.now)
        return true
    }
}
