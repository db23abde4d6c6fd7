package import Schedule

/// What is known of all jobs: the sum of all records, whether they come from a file or from now.
///
/// Jobs are found by name, whichever way of writing it is taken. A copy costs nothing until one of the two changes.
package struct StateBook: Sendable, Equatable {
    /// By folded name.
    private(set) var jobs: [String: JobState] = [:]

    package init() {}

    package subscript(name: String) -> JobState? { jobs[JobName.folded(name)] }

    package var count: Int { jobs.count }

    /// Takes a record in; one that makes no sense where it stands (a run of a job never seen) changes what it can.
    package mutating func apply(_ record: StateRecord) { apply(record, key: JobName.folded(record.name)) }

    /// The same for who knows the folded name.
    mutating func apply(_ record: StateRecord, key: String) {
        switch record {
        case .job(var state):
            if state.runs.count > JobState.keptRuns { state.runs = Array(state.runs.suffix(JobState.keptRuns)) }
            jobs[key] = state
        case .configured(let name, let schedule, let zone, let last):
            change(name, key) { $0.configure(name, schedule, zone, last) }
        case .gone(_, let moment): jobs[key]?.gone = moment
        case .dropped: jobs[key] = nil
        case .begin(let name, let begin): change(name, key) { $0.begin(begin) }
        case .withdrawn(let name, let id): change(name, key) { $0.withdraw(id) }
        case .end(let name, let run): change(name, key) { $0.end(run) }
        }
    }

    mutating func change(_ name: String, _ key: String, _ body: (inout JobState) -> Void) {
        body(&jobs[key, default: JobState(name: name, schedule: "", zone: "")])
    }

    mutating func replace(_ state: JobState, key: String) { jobs[key] = state }
}

/// One thing that happened to a job: what a line of the record file says.
package enum StateRecord: Sendable, Equatable {
    /// The job as it stands; replaces all that is known of it.
    case job(JobState)
    /// The job is configured like this from now on; its last slot stays, unless there is a new one.
    case configured(String, schedule: String, zone: String, last: Moment?)
    /// It is no longer configured.
    case gone(String, at: Moment)
    /// Nothing of it is kept.
    case dropped(String)
    /// An attempt of a run begins.
    case begin(String, RunBegin)
    /// The app never saw the run: it has not begun after all.
    case withdrawn(String, RunID)
    case end(String, RunRecord)

    /// The job's.
    var name: String {
        switch self {
        case .job(let state): state.name
        case .configured(let name, _, _, _), .gone(let name, _), .dropped(let name), .begin(let name, _),
            .withdrawn(let name, _), .end(let name, _):
            name
        }
    }
}

extension JobState {
    fileprivate mutating func configure(_ name: String, _ schedule: String, _ zone: String, _ last: Moment?) {
        (self.name, self.schedule, self.zone, gone) = (name, schedule, zone, nil)
        guard let last else { return }
        self.last = last
        // A run that turns out not to have begun goes back no further.
        if inFlight?.previous != nil { inFlight?.previous = last }
    }

    fileprivate mutating func begin(_ begin: RunBegin) {
        if let run = inFlight, run.begin.id == begin.id {
            // A later attempt of the same run; its slot may not be the last one any more.
            inFlight?.begin = begin
        } else {
            inFlight = InFlight(begin, previous: last)
            last = begin.slot
        }
    }

    fileprivate mutating func withdraw(_ id: RunID) {
        guard let run = inFlight, run.begin.id == id else { return }
        last = run.previous
        inFlight = nil
    }

    fileprivate mutating func end(_ run: RunRecord) {
        if inFlight?.begin.id == run.id {
            inFlight = nil
        } else {
            // The record of its begin is lost.
            noteSlot(of: run)
        }
        keep(run)
        switch run.outcome {
        case .ok:
            lastSuccess = run.began + .milliseconds(run.milliseconds)
            consecutiveFailures = 0
        case .busy: consecutiveFailures = 0
        case .aborted, .interrupted: break
        default: consecutiveFailures += 1
        }
    }
}

extension JobState {
    /// Puts a run with those that are kept.
    mutating func keep(_ run: RunRecord) {
        if runs.count >= Self.keptRuns { runs.removeFirst(runs.count - Self.keptRuns + 1) }
        // Never more room than is needed: there may be many jobs.
        if runs.count == runs.capacity { runs.reserveCapacity(min(Self.keptRuns, 2 * runs.count + 2)) }
        runs.append(run)
    }

    /// Counts the slot as run, if the app saw the run, and it is the latest.
    mutating func noteSlot(of run: RunRecord) {
        if run.outcome != .unreachable { noteSlot(run.slot) }
    }

    mutating func noteSlot(_ slot: Moment) { last = last.map { max($0, slot) } ?? slot }
}
