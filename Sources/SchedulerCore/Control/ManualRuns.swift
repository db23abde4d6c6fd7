internal import Clockwork
internal import HTTPServer
internal import JSON
internal import Locking
internal import Schedule
internal import Telling

/// The runs that were asked for by hand: who waits for their ends, and how those were that ended last.
///
/// The loop tells each end once; it may be asked for later than that.
final class ManualRuns: Sendable {
    private struct State: Sendable {
        var waiting: [RunID: [Reply]] = [:]
        /// Newest last.
        var ended: [(id: RunID, answer: ControlAnswer)] = []
        var leftOut = LeftOutSlots()
    }

    /// More of them would leave no connection for health checks.
    private let mostWaiting: Int
    private static let mostEnded = 64
    private let state = Mutex(State())

    init(mostWaiting: Int) { self.mostWaiting = mostWaiting }

    /// How many wait.
    var waiting: Int { state.withLock { $0.waiting.values.reduce(0) { $0 + $1.count } } }

    /// From now on the run can be waited for.
    func begin(_ id: RunID) {
        state.withLock { state in
            if !state.ended.contains(where: { $0.id == id }), state.waiting[id] == nil { state.waiting[id] = [] }
        }
    }

    /// Why slots were not run.
    var leftOut: LeftOutSlots { state.withLock { $0.leftOut } }

    func note(_ fact: Fact, at now: Moment) {
        state.withLock { $0.leftOut.note(fact, at: now) }
        switch fact {
        case .ended(let name, let run, _, let note) where run.trigger == .manual:
            end(run.id, ControlAnswer(run: FiredRun.members(name, run, note?.end)))
        case .notRun(let name, let id):
            end(id, ControlAnswer(.refused, job: name, "run \(id) of job \(name) was dropped before it began"))
        default: break
        }
    }

    private func end(_ id: RunID, _ answer: ControlAnswer) {
        let replies = state.withLock { state in
            if state.ended.count == Self.mostEnded { state.ended.removeFirst() }
            state.ended.append((id, answer))
            return state.waiting.removeValue(forKey: id) ?? []
        }
        for reply in replies { reply.send(answer.response) }
    }

    /// Answers when the run has ended, which may be now.
    func answer(_ id: RunID, _ reply: Reply) {
        enum Way { case now(ControlAnswer), later }
        let way = state.withLock { state -> Way in
            if let ended = state.ended.first(where: { $0.id == id }) { return .now(ended.answer) }
            guard state.waiting[id] != nil else {
                return .now(ControlAnswer(.malformed, job: "", "no run \(id) was fired here, or it ended long ago"))
            }
            guard state.waiting.values.reduce(0, { $0 + $1.count }) < mostWaiting else {
                return .now(
                    ControlAnswer(
                        .unable,
                        job: "",
                        "\(counted(mostWaiting, "other")) waiting for runs already; its end is in the log"
                    )
                )
            }
            state.waiting[id]?.append(reply)
            return .later
        }
        switch way {
        case .now(let answer): reply.send(answer.response)
        case .later:
            reply.whenOver { [self] _ in
                state.withLock { $0.waiting[id]?.removeAll { $0 === reply } }
            }
        }
    }
}

/// A run by hand, as `fire` tells of it.
enum FiredRun {
    static func members(_ job: String, _ run: RunRecord, _ end: AttemptEnd?) -> [(String, JSONValue)] {
        Log.members(job, run, bytes: end?.bytes ?? 0).map { field in
            switch field.value {
            case .own(let text), .outside(let text): (field.name.description, .string(text))
            case .integer(let number): (field.name.description, .integer(number))
            }
        } + [("excerpt", .string(end?.excerpt ?? run.reason))]
            + (end.map { $0.reason.isEmpty ? [] : [("reason", .string($0.reason))] } ?? [])
    }

    /// One that has not ended.
    static func members(_ job: String, _ slot: Moment?, _ id: RunID) -> [(String, JSONValue)] {
        [
            ("job", .string(job)), ("slot", slot.map { .string($0.description) } ?? .null),
            ("run_id", .string(id.description)), ("outcome", .null), ("status", .null), ("excerpt", .null),
        ]
    }

    /// What the app said: the line above the outcome.
    static func line(_ members: JSONValue) -> String {
        guard case .string(let excerpt)? = members["excerpt"] else { return "" }
        guard case .integer(let status)? = members["status"], status > 0 else { return Escaping.controls(excerpt) }
        return "HTTP \(status) - \(Escaping.controls(excerpt))"
    }
}
