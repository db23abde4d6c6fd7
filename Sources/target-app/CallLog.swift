import HTTPServer
import JSON
import Locking
import Schedule

/// One call as it arrived and how it went.
struct Call: Sendable, Equatable {
    var method: String
    /// The raw target, with its query.
    var path: String
    /// Names in lower case, repeated values joined by ", ".
    var headers: [String: String]
    var body: String
    var start: Moment
    /// When the answer was handed over or the connection ended; nil while it is open.
    var end: Moment?
    /// What was answered; nil for none, or for bytes that are no answer.
    var status: Int?

    init(_ request: Request, start: Moment) {
        method = request.method
        path = request.target
        body = String(decoding: request.body, as: UTF8.self)
        headers = Dictionary(request.headers.map { ($0.name.lowercased(), $0.value) }) { "\($0), \($1)" }
        self.start = start
    }
}

extension Call {
    /// What is not there yet as null, not left out: a reader need not guess.
    var json: JSONValue {
        .object([
            ("body", .string(body)),
            ("end", end.map { .string($0.timestamp) } ?? .null),
            ("headers", .object(headers.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
            ("method", .string(method)),
            ("path", .string(path)),
            ("start", .string(start.timestamp)),
            ("status", status.map(JSONValue.integer) ?? .null),
        ])
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
    func end(_ id: ID, at moment: Moment) -> Int? {
        update(id) { $0.end = moment }?.status
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
