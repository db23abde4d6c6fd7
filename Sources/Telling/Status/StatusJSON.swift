internal import Clockwork
internal import JSON
internal import Schedule

/// What the page shows, for programs; Observing.md lists the members.
enum StatusJSON {
    static func text(_ snapshot: StatusSnapshot) -> String { json(snapshot).description }

    private static func json(_ snapshot: StatusSnapshot) -> JSONValue {
        .object([
            ("version", .string(Version.number)),
            ("time", .string(snapshot.now.timestamp)),
            ("started", .string(snapshot.started.timestamp)),
            ("phase", .string(snapshot.phase.word)),
            ("healthy", .bool(snapshot.pulse.isHealthy)),
            ("ready", .bool(snapshot.isReady)),
            ("last_look_age_ms", .integer(snapshot.pulse.age.wholeMilliseconds)),
            ("tick_ms", .integer(snapshot.pulse.tick.wholeMilliseconds)),
            (
                "target",
                .object([
                    ("url", .string(snapshot.target)),
                    ("up", .bool(snapshot.targetDown == nil)),
                    ("reason", snapshot.targetReason.map(JSONValue.string) ?? .null),
                    ("down_ms", snapshot.targetDown.map { .integer($0.wholeMilliseconds) } ?? .null),
                    ("runs_waiting", .integer(snapshot.waiting)),
                    ("incident", json(snapshot.incident)),
                ])
            ),
            ("token", snapshot.token.map(json) ?? .null),
            ("other_targets", .array(snapshot.others.map(json))),
            ("runs_in_flight", .integer(snapshot.runsInFlight)),
            (
                "state",
                .object([
                    ("directory", snapshot.stateDirectory.map(JSONValue.string) ?? .null),
                    ("writable", .bool(snapshot.isStateWritable)),
                ])
            ),
            ("freeze", snapshot.freeze.map(json) ?? .null),
            ("groups", .array(snapshot.groups.map(json))),
            (
                "jobs",
                .array(snapshot.entries.map { json($0, snapshot.now, runs: snapshot.isLarge ? 1 : JobState.keptRuns) })
            ),
        ])
    }

    /// None is there.
    private static func json(_ token: TokenLack) -> JSONValue {
        .object([
            ("reason", token.reason.map(JSONValue.string) ?? .null),
            ("lacking_ms", .integer(token.time.wholeMilliseconds)),
            ("runs_waiting", .integer(token.waiting)),
        ])
    }

    private static func json(_ entry: StatusSnapshot.Entry, _ now: Moment, runs: Int) -> JSONValue {
        .object(members(entry, now, runs: runs))
    }

    /// What is told of one job; `runs` are kept of its last.
    static func members(_ entry: StatusSnapshot.Entry, _ now: Moment, runs: Int) -> [(String, JSONValue)] {
        let state = entry.state
        return [
            ("name", .string(entry.job.name)),
            ("schedule", .string(entry.job.scheduleText)),
            ("schedule_words", entry.job.timetable.words.map(JSONValue.string) ?? .null),
            ("tz", .string(entry.job.timetable.zone.name)),
            ("method", .string(entry.job.method)),
            ("target", .string(entry.job.target)),
            ("path", .string(entry.job.path)),
            ("activity", .string(entry.activity.word)),
            ("why", Phrase.activity(entry.activity).map(JSONValue.string) ?? .null),
            ("groups", .array(entry.job.groups.map(JSONValue.string))),
            ("waiting", waiting(entry)),
            ("pause", state?.pause.flatMap { $0.isOn(at: now) ? json($0) : nil } ?? .null),
            ("skips", .integer(state?.skips ?? 0)),
            ("next_slot", moment(entry.next)),
            ("last_slot", moment(entry.lastSlot)),
            ("last_success", moment(state?.lastSuccess)),
            ("consecutive_failures", .integer(entry.failures)),
            ("incident", json(state?.trouble)),
            ("runs", .array((state?.runs ?? []).suffix(runs).map(json))),
        ]
    }

    /// Of one that is open; what has not become one is null.
    private static func json(_ incident: Incident?) -> JSONValue {
        guard let incident, incident.isOpen else { return .null }
        return .object([
            ("since", moment(incident.since)), ("opened", moment(incident.opened)), ("told", moment(incident.told)),
            ("failures", .integer(incident.failures)),
        ])
    }

    private static func json(_ target: OtherTarget) -> JSONValue {
        .object([
            ("name", .string(target.name)), ("url", .string(target.url)), ("up", .bool(target.down == nil)),
            ("reason", target.reason.map(JSONValue.string) ?? .null),
            ("down_ms", target.down.map { .integer($0.wholeMilliseconds) } ?? .null),
            ("runs_waiting", .integer(target.waiting)), ("incident", json(target.incident)),
        ])
    }

    private static func json(_ span: FreezeSpan) -> JSONValue {
        .object([
            ("start", span.startText.map(JSONValue.string) ?? .null),
            ("end", span.endText.map(JSONValue.string) ?? .null),
            ("windows", .array(span.texts.map(JSONValue.string))),
        ])
    }

    private static func json(_ pause: Pause) -> JSONValue {
        .object([("from", moment(pause.from)), ("until", moment(pause.until)), ("note", .string(pause.note))])
    }

    private static func json(_ state: GroupState) -> JSONValue {
        .object([
            ("name", .string(state.group.name)),
            ("limit", .integer(state.group.limit)),
            ("running", .integer(state.holders.count)),
            ("waiting", .integer(state.waiting)),
            ("held_by", .array(state.holders.map(json))),
        ])
    }

    private static func json(_ holder: Obstacle.Holder) -> JSONValue {
        .object([("job", .string(holder.job)), ("ms", .integer(holder.time.wholeMilliseconds))])
    }

    /// What a run in the queue waits for, and since when.
    private static func waiting(_ entry: StatusSnapshot.Entry) -> JSONValue {
        guard case .queued(let time, let obstacle) = entry.activity else { return .null }
        var members: [(String, JSONValue)] = [("ms", .integer(time.wholeMilliseconds))]
        switch obstacle {
        case .threads: members.append(("for", .string("threads")))
        case .group(let name, let holders):
            members += [("for", .string("group")), ("group", .string(name)), ("held_by", .array(holders.map(json)))]
        }
        return .object(members)
    }

    private static func json(_ run: RunRecord) -> JSONValue { .object(members(of: run)) }

    static func members(of run: RunRecord) -> [(String, JSONValue)] {
        RunField.all.map { field in
            switch field.access {
            case .number(let path): (field.name.description, .integer(run[keyPath: path]))
            case .count(let path):
                (field.name.description, run[keyPath: path].map(JSONValue.integer) ?? .null)
            case .text(let path):
                (field.name.description, run[keyPath: path].isEmpty ? .null : .string(run[keyPath: path]))
            case .moment, .id, .word: (field.name.description, .string(field.text(of: run)))
            }
        } + [("http_status", .integer(run.status))]
    }

    private static func moment(_ moment: Moment?) -> JSONValue { moment.map { .string($0.description) } ?? .null }
}

extension StatusSnapshot.Phase {
    var word: String {
        switch self {
        case .standby: "standby"
        case .grace: "grace"
        case .clockIsWrong: "clock_is_wrong"
        case .running: "running"
        case .stopping: "stopping"
        }
    }
}

extension StatusSnapshot.Activity {
    var word: String {
        switch self {
        case .idle: "idle"
        case .delayed: "delayed"
        case .waiting, .waitingForToken, .queued: "waiting"
        case .running: "running"
        case .retrying: "retrying"
        case .barred(_, let reason, _): reason.rawValue
        case .held: "held"
        }
    }
}
