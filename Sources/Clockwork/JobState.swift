package import Schedule

/// What is known of one job from its past: the sum of its facts, whether they come from a disk or from now.
package struct JobState: Sendable, Equatable {
    /// A run whose end is not known yet.
    package struct InFlight: Sendable, Equatable {
        package var begin: RunBegin
        /// What stood before this run, to go back to if the app never saw it.
        package var previous: Moment?
        package var previousHighest: Moment?

        package init(_ begin: RunBegin, previous: Moment?, previousHighest: Moment?) {
            (self.begin, self.previous, self.previousHighest) = (begin, previous, previousHighest)
        }
    }

    /// As it is written in the configuration.
    package var name: String
    /// Schedule and zone that the last slot belongs to, each in its canonical form.
    package var schedule = ""
    package var zone = ""
    /// What the values of `H` were made of; nil where they play no part, and in state of a release that did not keep it.
    package var seedHash: UInt64?
    /// When the job was first configured: the slot of its first run.
    package var seen: Moment?
    /// The slot that counts as run last, also while its run is in flight; nil if the job never ran.
    package var last: Moment?
    /// The highest slot that ever began: with a clock that was wrong it may be ahead of `last`.
    package var highest: Moment?
    @Boxed package var inFlight: InFlight?
    /// A run that is between two attempts, as it ends if there is no other.
    @Boxed package var unfinished: RunRecord?
    package var hold: Hold?
    /// The last one; over if its end has been.
    @Boxed package var pause: Pause?
    /// So many of the next slots are not run.
    package var skips = 0
    /// The last of them, newest last.
    package var runs: [RunRecord] = []
    /// The end of the last run that was `ok`.
    package var lastSuccess: Moment?
    /// Runs since the last one that was `ok` or `busy`.
    package var consecutiveFailures = 0
    /// Failures in a row, which may have become an incident.
    @Boxed package var trouble: Incident?
    /// An incident that is over, which somebody who was told of it has still to be told.
    @Boxed package var closing: Incident?
    /// Since when the job is no longer configured; nil while it is.
    package var gone: Moment?

    /// How many runs are kept.
    package static let keptRuns = 20
    /// More slots are not skipped at once.
    package static let mostSkips = 1_000

    package init(name: String) { self.name = name }

    /// Takes a fact in; one that makes no sense where it stands (an end whose begin is lost) changes what it can.
    package mutating func apply(_ fact: Fact) {
        switch fact {
        case .configured(let name, let configuration): configure(name, configuration)
        case .gone(_, let moment): gone = moment
        case .dropped: self = JobState(name: name)
        case .passed(_, let slot, _): noteLast(slot)
        case .paused(_, let pause): self.pause = pause
        case .skips(_, let left, let slot, _):
            skips = left
            if let slot { noteLast(slot) }
        case .began(_, let begin, _): self.begin(begin)
        case .withdrawn(_, let id): withdraw(id)
        case .failed(_, let run, let hold, _):
            forget(run)
            unfinished = run
            self.hold = self.hold(after: run, hold)
        case .ended(_, let run, let hold, _): end(run, hold)
        case .trouble(_, let incident): trouble = incident
        case .closing(_, let incident): closing = incident
        case .attemptEnded, .notRun, .pauseBegan, .pauseIsOver, .frozen, .freezeIsOver, .slotHeld, .slotsReleased,
            .slotsGaveWay, .slotGivenUp, .targetIsDown,
            .targetIsStillDown, .targetIsUp, .limited, .clockIsWrong, .clockIsRight, .clockWentBack, .alert:
            break
        }
    }

    private mutating func configure(_ name: String, _ new: Fact.Configuration) {
        (self.name, schedule, zone, seedHash, gone) = (name, new.schedule, new.zone, new.seedHash, nil)
        seen = new.seen ?? seen
        guard let last = new.last else { return }
        self.last = last
        // A run that turns out not to have begun goes back no further; if it was the job's first, that is due again.
        if inFlight?.previous != nil { inFlight?.previous = last } else if inFlight != nil { seen = last }
    }

    private mutating func begin(_ begin: RunBegin) {
        // One by hand may have passed over it.
        if begin.trigger != .manual { hold = nil }
        if inFlight?.begin.id == begin.id || unfinished?.id == begin.id {
            // A later attempt of the same run; its slot may not be the last one any more, and should the app see
            // nothing of it, the run ends as it would have ended.
            inFlight = InFlight(
                begin,
                previous: inFlight?.previous ?? last,
                previousHighest: inFlight?.previousHighest ?? highest
            )
        } else {
            // The end of the one before may be lost.
            (inFlight, unfinished) = (InFlight(begin, previous: last, previousHighest: highest), nil)
            // One by hand moves no slot.
            if begin.trigger != .manual { noteBegun(begin.slot) }
        }
    }

    private mutating func withdraw(_ id: RunID) {
        guard let run = inFlight, run.begin.id == id else { return }
        (last, highest, inFlight) = (run.previous, run.previousHighest, nil)
    }

    private mutating func end(_ run: RunRecord, _ hold: Hold?) {
        forget(run)
        self.hold = self.hold(after: run, hold)
        keep(run)
        switch run.outcome {
        case .ok:
            lastSuccess = run.ended
            consecutiveFailures = 0
        case .busy: consecutiveFailures = 0
        case .aborted, .interrupted: break
        default: consecutiveFailures += 1
        }
        if run.outcome == .ok {
            trouble = nil
        } else if run.outcome.isIncident {
            var incident = trouble ?? Incident(slot: run.slot, since: run.ended)
            incident.add(run.slot, run.id)
            trouble = incident
        }
    }

    /// A run by hand ends no hold that it passed over.
    private func hold(after run: RunRecord, _ new: Hold?) -> Hold? {
        guard run.trigger == .manual, let old = hold else { return new }
        return new.map { $0.until > old.until ? $0 : old } ?? old
    }

    /// It is not in flight any more; if its begin is lost, its slot counts as run all the same.
    private mutating func forget(_ run: RunRecord) {
        let isKnown = inFlight?.begin.id == run.id || unfinished?.id == run.id
        if inFlight?.begin.id == run.id { inFlight = nil }
        if unfinished?.id == run.id { unfinished = nil }
        if !isKnown { noteSlot(of: run) }
    }
}

extension JobState {
    /// Puts a run with those that are kept.
    package mutating func keep(_ run: RunRecord) {
        if runs.count >= Self.keptRuns { runs.removeFirst(runs.count - Self.keptRuns + 1) }
        // Never more room than is needed: there may be many jobs.
        if runs.count == runs.capacity { runs.reserveCapacity(min(Self.keptRuns, 2 * runs.count + 2)) }
        runs.append(run)
    }

    /// Counts the slot as run, if the app saw the run, and it is the latest.
    package mutating func noteSlot(of run: RunRecord) {
        if run.outcome != .unreachable, run.trigger != .manual { noteBegun(run.slot) }
    }

    package mutating func noteBegun(_ slot: Moment) {
        noteLast(slot)
        highest = highest.map { max($0, slot) } ?? slot
    }

    /// Last slots never go back but by `configured` and `withdrawn`.
    private mutating func noteLast(_ slot: Moment) { last = last.map { max($0, slot) } ?? slot }

    /// What the next slot comes after, when the wall clock says `now`; nil if the job never ran.
    ///
    /// With a clock that is right again, no slot that began is due once more.
    package func anchor(at now: Moment) -> Moment? {
        guard let last else { return nil }
        guard let highest, highest <= now else { return last }
        return max(last, highest)
    }

    /// When the job may start again, if it is held or a run of it was cut off whose end nobody saw.
    package func hold(afterInterruptionOf job: Job) -> Hold? {
        guard let begin = inFlight?.begin else { return nil }
        return Hold(from: begin.at, until: begin.at + job.timeout + job.abandonHold, reason: .abandoned)
    }
}
