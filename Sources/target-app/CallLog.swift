import FoundationEssentials
import HTTPServer
import Locking

/// One call as it arrived and how it went.
struct Call: Sendable, Equatable {
    var method: String
    /// The raw target, with its query.
    var path: String
    /// Names in lower case, repeated values joined by ", ".
    var headers: [String: String]
    var body: String
    var start: Date
    /// When the answer was handed over or the connection ended; nil while it is open.
    var end: Date?
    /// What was answered; nil for none, or for bytes that are no answer.
    var status: Int?

    init(_ request: Request, start: Date) {
        method = request.method
        path = request.target
        body = String(decoding: request.body, as: UTF8.self)
        headers = Dictionary(request.headers.map { ($0.name.lowercased(), $0.value) }) { "\($0), \($1)" }
        self.start = start
    }
}

extension Call: Encodable {
    enum CodingKeys: CodingKey { case method, path, headers, body, start, end, status }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(method, forKey: .method)
        try container.encode(path, forKey: .path)
        try container.encode(headers, forKey: .headers)
        try container.encode(body, forKey: .body)
        try container.encode(Self.text(start), forKey: .start)
        // Optionals as null, not left out: a reader need not guess.
        try container.encode(end.map(Self.text), forKey: .end)
        try container.encode(status, forKey: .status)
    }

    /// RFC 3339, UTC, milliseconds.
    static func text(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}

/// Every call since the last clearing, in order of arrival.
final class CallLog: Sendable {
    typealias ID = Int

    private struct State: Sendable {
        var calls: [Call] = []
        /// The identifier of the first call that is still there.
        var firstID = 0

        mutating func drop(_ count: Int) {
            calls.removeFirst(count)
            firstID += count
        }
    }

    /// Beyond this the oldest tenth goes, so that a long demo does not fill the memory.
    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int = 100_000) {
        self.capacity = capacity
    }

    var calls: [Call] { state.withLock { $0.calls } }

    func begin(_ call: Call) -> ID {
        state.withLock { state in
            state.calls.append(call)
            if state.calls.count > capacity { state.drop(max(1, capacity / 10)) }
            return state.firstID + state.calls.count - 1
        }
    }

    func answered(_ id: ID, status: Int) {
        update(id) { $0.status = status }
    }

    /// Gives what was answered, if the call is still listed.
    @discardableResult
    func end(_ id: ID, at date: Date) -> Int? {
        update(id) { $0.end = date }?.status
    }

    /// Calls that are open stay open, but are listed no more.
    func clear() {
        state.withLock { $0.drop($0.calls.count) }
    }

    @discardableResult
    private func update(_ id: ID, _ change: (inout Call) -> Void) -> Call? {
        state.withLock { state in
            let place = id - state.firstID
            guard state.calls.indices.contains(place) else { return nil }
            change(&state.calls[place])
            return state.calls[place]
        }
    }
}
