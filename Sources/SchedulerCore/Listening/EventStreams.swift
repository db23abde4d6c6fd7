internal import Clockwork
internal import HTTPServer
internal import Locking
internal import Schedule
internal import Telling

/// The readers of `/events`, and what the pages have to know beside the clockwork: fed by the loop, which never waits.
final class EventStreams: Sendable {
    private struct State: Sendable {
        var events: StatusEvents
        var missed = MissedSlots()
        /// Oldest first.
        var readers: [Reply] = []
        /// How many bytes of events nobody read, of those that are kept for who comes back; nil: none are kept.
        var unread: Int?
    }

    static let most = 8
    /// A reader that is so far behind is dropped.
    static let longestLag = 64 << 10

    private let state: Mutex<State>

    init(started: Moment) { state = Mutex(State(events: StatusEvents(started: started))) }

    var missed: MissedSlots { state.withLock { $0.missed } }

    /// Tells the readers of what happened.
    func note(_ facts: [Fact]) {
        guard !facts.isEmpty else { return }
        let (bytes, readers, late) = state.withLock { state -> ([UInt8], [Reply], [Reply]) in
            for fact in facts { state.missed.note(fact) }
            state.readers.removeAll(where: \.isGone)
            let bytes = state.events.note(facts, isWatched: state.unread != nil)
            if state.readers.isEmpty, let unread = state.unread {
                state.unread = unread > StatusEvents.mostKept ? nil : unread + bytes.count
            }
            let late = state.readers.filter { $0.waitingBytes > Self.longestLag }
            state.readers.removeAll { $0.waitingBytes > Self.longestLag }
            return (bytes, state.readers, late)
        }
        for reader in late { reader.reset() }
        if !bytes.isEmpty { for reader in readers { reader.write(bytes) } }
    }

    /// Answers a request for `/events`; the oldest reader gives way to one too many.
    func open(_ request: Request, _ reply: Reply) {
        let response = Response(
            status: 200,
            headers: [
                Header("Content-Type", "text/event-stream"), Header("Cache-Control", "no-store"),
                Header("X-Content-Type-Options", "nosniff"), Header("Server", StatusRoutes.server),
            ]
        )
        guard request.method != "HEAD" else { return reply.send(response) }
        reply.stream(response, sign: ": still here\n\n")
        let tooMany = state.withLock { state -> [Reply] in
            // Under the lock, so that no event comes before what it follows.
            reply.write(state.events.greeting(after: request.header("Last-Event-ID")))
            state.unread = 0
            state.readers.removeAll(where: \.isGone)
            state.readers.append(reply)
            let tooMany = Array(state.readers.prefix(max(0, state.readers.count - Self.most)))
            state.readers.removeFirst(tooMany.count)
            return tooMany
        }
        for reader in tooMany { reader.end() }
    }
}
