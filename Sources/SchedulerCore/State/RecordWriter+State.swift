/// What the records say: the one place that knows their kinds and keys, beside the `StateLoader` that reads them.
extension RecordWriter {
    /// The first record of a file.
    mutating func header() {
        record("scheduler-state") { $0.field("version", StateLoader.version) }
    }

    mutating func append(_ change: StateRecord) {
        switch change {
        case .begin(let name, let begin):
            record("begin") {
                $0.field("job", name)
                $0.fields(begin)
            }
        case .withdrawn(let name, let id):
            record("withdrawn") {
                $0.field("job", name)
                $0.field("run", id)
            }
        case .end(let name, let run): append(run, of: name, as: "end")
        case .gone(let name, let moment):
            record("gone") {
                $0.field("job", name)
                $0.field("at", moment)
            }
        case .configured(let name, let schedule, let zone, let last):
            record("configured") {
                $0.field("job", name)
                $0.field("last", last)
                $0.field("zone", zone)
                $0.field("schedule", schedule)
            }
        case .dropped(let name): record("dropped") { $0.field("job", name) }
        case .job(let state): append(state)
        }
    }

    /// All that is known of a job.
    ///
    /// Its runs come first and the record of the job last: that one says what holds, and if it is lost, the runs still
    /// tell of the last slot.
    mutating func append(_ state: JobState) {
        for run in state.runs { append(run, of: state.name, as: "run") }
        if let flight = state.inFlight {
            record("flight") {
                $0.field("job", state.name)
                $0.fields(flight.begin)
                $0.field("previous", flight.previous)
            }
        }
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
        }
    }

    private mutating func append(_ run: RunRecord, of name: String, as kind: StaticString) {
        record(kind) {
            $0.field("job", name)
            $0.field("slot", run.slot)
            $0.field("run", run.id)
            $0.field("trigger", run.trigger.rawValue)
            $0.field("at", run.began)
            $0.field("attempts", run.attempts)
            $0.field("outcome", run.outcome.rawValue)
            $0.field("status", run.status)
            $0.field("ms", run.milliseconds)
            $0.field("late", run.lateMilliseconds)
        }
    }

    private mutating func fields(_ begin: RunBegin) {
        field("slot", begin.slot)
        field("run", begin.id)
        field("trigger", begin.trigger.rawValue)
        field("at", begin.at)
        field("attempt", begin.attempt)
    }
}
