internal import Clockwork
internal import Schedule

/// How facts and jobs are written: the one place that knows their kinds and keys, beside the `RecordLoader` that reads
/// them.
extension RecordWriter {
    /// The first record of a file; `target` is the app whose runs it tells of, if that is to be known.
    mutating func header(target: String = "") {
        record("scheduler-state") {
            $0.field("version", RecordLoader.version)
            if !target.isEmpty { $0.field("target", target) }
        }
    }

    /// What is only told leaves no record.
    mutating func append(_ fact: Fact) {
        switch fact {
        case .began(let name, let begin, _):
            record("begin") {
                $0.field("job", name)
                $0.fields(begin)
            }
        case .withdrawn(let name, let id):
            record("withdrawn") {
                $0.field("job", name)
                $0.field("run", id)
            }
        case .failed(let name, let run, let hold, _): append(run, of: name, as: "failed", hold)
        case .ended(let name, let run, let hold, _): append(run, of: name, as: "end", hold)
        case .trouble(let name, let incident): append(incident, of: name, as: "trouble")
        case .closing(let name, let incident): append(incident, of: name, as: "closing")
        case .passed(let name, let slot, _):
            record("passed") {
                $0.field("job", name)
                $0.field("slot", slot)
            }
        case .paused(let name, let pause):
            record("paused") {
                $0.field("job", name)
                $0.fields(pause)
            }
        case .skips(let name, let left, let slot, _):
            record("skips") {
                $0.field("job", name)
                $0.field("left", left)
                $0.field("slot", slot)
            }
        case .gone(let name, let moment):
            record("gone") {
                $0.field("job", name)
                $0.field("at", moment)
            }
        case .configured(let name, let configuration):
            record("configured") {
                $0.field("job", name)
                $0.field("last", configuration.last)
                $0.field("zone", configuration.zone)
                $0.field("schedule", configuration.schedule)
                $0.field("seen", configuration.seen)
                if let hash = configuration.seedHash { $0.field("seed", hash: hash) }
            }
        case .dropped(let name): record("dropped") { $0.field("job", name) }
        case .attemptEnded, .notRun, .pauseBegan, .pauseIsOver, .frozen, .freezeIsOver, .slotHeld, .slotsReleased,
            .slotsGaveWay, .slotGivenUp, .targetIsDown,
            .targetIsStillDown, .targetIsUp, .limited, .clockIsWrong, .clockIsRight, .clockWentBack, .alert:
            break
        }
    }

    /// All that is known of a job.
    ///
    /// Its runs come first and the record of the job last: that one says what holds, and if it is lost, the runs still
    /// tell of the last slot.
    mutating func append(_ state: JobState) {
        for run in state.runs { append(run, of: state.name, as: "run", nil) }
        if let flight = state.inFlight {
            record("flight") {
                $0.field("job", state.name)
                $0.fields(flight.begin)
                $0.field("previous", flight.previous)
                $0.field("peak", flight.previousHighest)
            }
        }
        if let run = state.unfinished { append(run, of: state.name, as: "unfinished", nil) }
        if let incident = state.trouble { append(incident, of: state.name, as: "trouble") }
        if let incident = state.closing { append(incident, of: state.name, as: "closing") }
        // Of an app nothing else is known.
        guard Target.name(of: state.name) == nil else { return }
        record("job") {
            $0.field("job", state.name)
            $0.field("last", state.last)
            $0.field("success", state.lastSuccess)
            $0.field("failures", state.consecutiveFailures)
            $0.field("gone", state.gone)
            $0.field("runs", state.runs.count)
            $0.field("flight", state.inFlight?.begin.id)
            $0.field("zone", state.zone)
            $0.field("schedule", state.schedule)
            $0.field("seen", state.seen)
            $0.field("highest", state.highest)
            if let hash = state.seedHash { $0.field("seed", hash: hash) }
            if let run = state.unfinished { $0.field("unfinished", run.id) }
            $0.fields(state.hold)
            if state.skips > 0 { $0.field("skips", state.skips) }
            if let pause = state.pause { $0.fields(pause) }
        }
    }

    private mutating func append(_ run: RunRecord, of name: String, as kind: StaticString, _ hold: Hold?) {
        record(kind) {
            $0.field("job", name)
            for field in RunField.all {
                switch field.access {
                case .moment(let path): $0.field(field.key, run[keyPath: path])
                case .id(let path): $0.field(field.key, run[keyPath: path])
                case .number(let path): $0.field(field.key, run[keyPath: path])
                case .count(let path): if let count = run[keyPath: path] { $0.field(field.key, count) }
                case .text(let path): if !run[keyPath: path].isEmpty { $0.field(field.key, run[keyPath: path]) }
                case .word(let get, _): $0.field(field.key, get(run))
                }
            }
            $0.fields(hold)
        }
    }

    /// Without its fields where there is none.
    private mutating func append(_ incident: Incident?, of name: String, as kind: StaticString) {
        record(kind) {
            $0.field("job", name)
            guard let incident else { return }
            $0.field("slot", incident.slot)
            $0.field("since", incident.since)
            $0.field("failures", incident.failures)
            $0.field("last", incident.last)
            $0.field("run", incident.run)
            $0.field("opened", incident.opened)
            $0.field("told", incident.told)
            $0.field("closed", incident.closed)
        }
    }

    private mutating func fields(_ begin: RunBegin) {
        field("slot", begin.slot)
        field("run", begin.id)
        field("trigger", begin.trigger.rawValue)
        field("at", begin.at)
        field("attempt", begin.attempt)
    }

    private mutating func fields(_ pause: Pause) {
        field("paused", pause.from)
        field("resumes", pause.until)
        if !pause.note.isEmpty { field("note", pause.note) }
    }

    /// Nothing where there is none: most runs leave none.
    private mutating func fields(_ hold: Hold?) {
        guard let hold else { return }
        field("hold", hold.reason.rawValue)
        field("from", hold.from)
        field("until", hold.until)
    }
}
