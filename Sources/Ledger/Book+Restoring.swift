internal import Clockwork
internal import Schedule

/// What the records of a whole job (`run`, `flight`, `unfinished`, `job`) do to a book.
extension Book {
    /// A run that is kept; the counters have it already.
    mutating func restore(_ run: RunRecord, of job: (name: String, key: String)) {
        change(job.name, job.key) { state in
            state.noteSlot(of: run)
            state.keep(run)
        }
    }

    mutating func restore(_ flight: JobState.InFlight, of job: (name: String, key: String)) {
        change(job.name, job.key) { state in
            // One by hand moves no slot.
            if flight.begin.trigger != .manual { state.noteBegun(flight.begin.slot) }
            state.inFlight = flight
        }
    }

    mutating func restore(unfinished run: RunRecord, of job: (name: String, key: String)) {
        change(job.name, job.key) { state in
            state.noteSlot(of: run)
            state.unfinished = run
        }
    }

    /// The job itself, of which so many runs, and those that have not ended, came just before.
    mutating func restore(_ state: JobState, key: String, runs: Int, open: (flight: RunID?, unfinished: RunID?)) {
        var state = state
        if let before = jobs[key] {
            state.runs = before.runs.count > runs ? before.runs.suffix(runs) : before.runs
            if before.inFlight?.begin.id == open.flight { state.inFlight = before.inFlight }
            if before.unfinished?.id == open.unfinished { state.unfinished = before.unfinished }
            (state.trouble, state.closing) = (before.trouble, before.closing)
        }
        replace(state, key: key)
    }

    /// The latest slot of the records of a job that came before it.
    func highest(key: String) -> Moment? { jobs[key]?.highest }

    /// Adds what another book knows; where both know when a job ran last, this one is right.
    mutating func merge(_ other: Book) {
        if jobs.isEmpty {
            self = other
            return
        }
        for (key, theirs) in other.jobs {
            guard var ours = jobs[key], ours.last != nil else {
                replace(theirs, key: key)
                continue
            }
            let known = Set(ours.runs.map(\.id))
            ours.runs = Array((theirs.runs.filter { !known.contains($0.id) } + ours.runs).suffix(JobState.keptRuns))
            ours.lastSuccess = ours.lastSuccess ?? theirs.lastSuccess
            replace(ours, key: key)
        }
    }
}
