internal import Schedule

/// What the records of a whole job (`run`, `flight`, `job`) do to a book.
extension StateBook {
    /// A run that is kept; the counters have it already.
    mutating func restore(_ run: RunRecord, of job: (name: String, key: String)) {
        change(job.name, job.key) { state in
            state.noteSlot(of: run)
            state.keep(run)
        }
    }

    mutating func restore(_ flight: JobState.InFlight, of job: (name: String, key: String)) {
        change(job.name, job.key) { state in
            state.noteSlot(flight.begin.slot)
            state.inFlight = flight
        }
    }

    /// The job itself, of which so many runs and the one in flight came just before.
    mutating func restore(_ state: JobState, key: String, runs: Int, flight: RunID?) {
        var state = state
        if let before = self[key: key] {
            state.runs = before.runs.count > runs ? before.runs.suffix(runs) : before.runs
            if before.inFlight?.begin.id == flight { state.inFlight = before.inFlight }
        }
        replace(state, key: key)
    }

    private subscript(key key: String) -> JobState? { jobs[key] }

    /// Adds what another book knows; where both know when a job ran last, this one is right.
    mutating func merge(_ other: StateBook) {
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
