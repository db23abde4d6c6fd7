package import Clockwork
internal import JSON
package import Schedule

/// What changes the pages, as server-sent events: a value that numbers them and keeps the last ones.
///
/// https://html.spec.whatwg.org/multipage/server-sent-events.html
package struct StatusEvents: Sendable {
    private struct Event: Sendable {
        let id: Int
        let bytes: [UInt8]
    }

    /// Oldest first.
    private var kept: [Event] = []
    private var keptBytes = 0
    private var last: Int
    /// Jobs with an incident that is open.
    private var troubled: Set<String> = []

    /// What a reader who comes back has to catch up with is no more than what one may be behind.
    package static let mostKept = 48 << 10

    /// Numbers go on rising after a restart, so that an old one is known as such.
    package init(started: Moment) { last = max(0, Int(started.seconds)) * 1_000_000 }

    /// The events of these facts; where nobody watches they are but counted, as that costs nearly nothing.
    package mutating func note(_ facts: [Fact], isWatched: Bool) -> [UInt8] {
        guard isWatched else {
            for fact in facts { _ = turn(of: fact) }
            last += facts.count
            (kept, keptBytes) = ([], 0)
            return []
        }
        var bytes: [UInt8] = []
        for fact in facts {
            for (name, members) in Self.events(of: fact) + incidents(of: fact) {
                last += 1
                let event = Event(id: last, bytes: Self.bytes(name, .object(members), last))
                bytes += event.bytes
                keep(event)
            }
        }
        return bytes
    }

    /// What a new reader gets first: what came after the last event that it has seen, or that this is not known.
    package func greeting(after lastEventID: String?) -> [UInt8] {
        let hello = Array("retry: 2000\n\n".utf8)
        guard let lastEventID, !lastEventID.isEmpty else { return hello }
        guard let id = Int(lastEventID), id <= last, id >= (kept.first?.id ?? last + 1) - 1 else {
            return hello + Self.bytes("reset", .object([]), last)
        }
        return hello + kept.filter { $0.id > id }.flatMap(\.bytes)
    }

    private mutating func keep(_ event: Event) {
        kept.append(event)
        keptBytes += event.bytes.count
        guard keptBytes > Self.mostKept else { return }
        // In one go for many, as taking the first out moves all others.
        let most = Self.mostKept / 2
        while keptBytes > most, let first = kept.first, kept.count > 1 {
            keptBytes -= first.bytes.count
            kept.removeFirst()
        }
    }

    private static func bytes(_ name: String, _ data: JSONValue, _ id: Int) -> [UInt8] {
        Array("id: \(id)\nevent: \(name)\ndata: \(data.description)\n\n".utf8)
    }

    // MARK: - From facts

    private typealias Members = [(String, JSONValue)]

    private static func events(of fact: Fact) -> [(String, Members)] {
        switch fact {
        case .began(let name, let begin, _?):
            return [("run", Self.run(name, "running", begin))]
        case .failed(let name, let run, _, _): return [("run", Self.run(name, "retrying", run))]
        case .withdrawn(let name, let id), .notRun(let name, let id):
            return [("run", Self.job(name, "dropped") + [("run_id", .string(id.description))])]
        case .ended(let name, let run, _, _): return [("run", Self.run(name, "ended", run))]
        case .configured(let name, _): return [("job", Self.job(name, "configured"))]
        case .gone(let name, _), .dropped(let name): return [("job", Self.job(name, "gone"))]
        case .paused(let name, let pause):
            return [("job", Self.job(name, "paused") + [("until", .string(pause.until.description))])]
        case .skips(let name, let left, _, _):
            return [("job", Self.job(name, "skips") + [("left", .integer(left))])]
        case .passed(let name, let slot, _): return [("job", Self.slot(name, "slot_missed", slot))]
        case .slotGivenUp(let job, let slot, _, _, let obstacle, _):
            return [("job", Self.slot(job.name, "slot_missed", slot, obstacle.slots))]
        case .slotHeld(let job, let slot, let reason, _):
            return [("job", Self.slot(job.name, "slot_held", slot, reason))]
        case .slotsGaveWay(let job, _, let reason, let slot):
            return [("job", Self.slot(job.name, "slot_missed", slot, reason))]
        case .slotsReleased(let job, let count, let reason):
            let members: Members = [("slots", .integer(count)), ("reason", .string(reason.rawValue))]
            return [("job", Self.job(job.name, "released") + members)]
        case .targetIsDown(let attempt, let end):
            let members: Members = [("state", .string("down")), ("reason", .string(end.excerpt))]
            return [("target", [("target", .string(attempt.job.target))] + members)]
        case .targetIsUp(let name, let down, let waited):
            let members: Members = [("down_ms", .integer(down.wholeMilliseconds)), ("waited", .integer(waited))]
            return [("target", [("target", .string(name)), ("state", .string("up"))] + members)]
        case .frozen(let span, let held, _):
            let until: JSONValue = span.end.map { .string($0.description) } ?? .null
            return [("freeze", [("state", .string("frozen")), ("until", until), ("held", .integer(held))])]
        case .freezeIsOver(let slots, let runs):
            let members: Members = [("slots", .integer(slots)), ("runs", .integer(runs))]
            return [("freeze", [("state", .string("over"))] + members)]
        case .began, .trouble, .closing, .attemptEnded, .pauseBegan, .pauseIsOver, .targetIsStillDown, .limited,
            .clockIsWrong,
            .clockIsRight, .clockWentBack, .alert:
            return []
        }
    }

    /// An incident that opens or, as nil, closes by this fact.
    private mutating func turn(of fact: Fact) -> (job: String, incident: Incident?)? {
        switch fact {
        case .ended(let name, let run, _, _) where run.outcome == .ok:
            return troubled.remove(name).map { ($0, nil) }
        case .trouble(let name, let incident?) where incident.isOpen:
            return troubled.insert(name).inserted ? (name, incident) : nil
        case .trouble(let name, _): return troubled.remove(name).map { ($0, nil) }
        default: return nil
        }
    }

    private mutating func incidents(of fact: Fact) -> [(String, Members)] {
        turn(of: fact).map { [("incident", Self.incident($0.job, $0.incident))] } ?? []
    }

    private static func incident(_ name: String, _ incident: Incident?) -> Members {
        let state: JSONValue = .string(incident == nil ? "closed" : "open")
        // That of an app has no job.
        let target = Target.name(of: name)
        let job: JSONValue = target == nil ? .string(name) : .null
        let about: Members =
            [("job", job), ("state", state)] + (target.map { [("target", .string($0))] } ?? [])
        guard let incident else { return about }
        let members: Members = [
            ("since", .string(incident.since.description)), ("failures", .integer(incident.failures)),
        ]
        return about + members
    }

    private static func job(_ name: String, _ state: String) -> Members {
        [("job", .string(name)), ("state", .string(state))]
    }

    private static func slot(_ name: String, _ state: String, _ slot: Moment?, _ reason: SlotReason? = nil) -> Members {
        job(name, state) + [
            ("slot", slot.map { .string($0.description) } ?? .null),
            ("reason", reason.map { .string($0.rawValue) } ?? .null),
        ]
    }

    private static func run(_ name: String, _ state: String, _ begin: RunBegin) -> Members {
        job(name, state) + [
            ("slot", .string(begin.slot.description)), ("run_id", .string(begin.id.description)),
            ("trigger", .string(begin.trigger.rawValue)), ("attempt", .integer(begin.attempt)),
        ]
    }

    private static func run(_ name: String, _ state: String, _ run: RunRecord) -> Members {
        job(name, state) + StatusJSON.members(of: run)
    }
}
