package import Clockwork
package import Schedule

/// What became of a slot of a job, or will: what `scheduler why` says, from a snapshot of the clockwork alone.
package struct Why: Sendable, Equatable {
    package let job: String
    /// The one at or before the time that was asked for; nil: there is none.
    package let slot: Moment?
    package let sentences: [String]

    package var text: String { sentences.joined(separator: " ") }

    /// `asked`: nil for now.
    package init(
        _ entry: Entry,
        at asked: Moment?,
        in clockwork: Clockwork,
        leftOut: LeftOutSlots = LeftOutSlots(),
        now: Reading
    ) {
        let teller = Teller(entry: entry, clockwork: clockwork, leftOut: leftOut, time: now)
        job = entry.job.name
        slot = teller.slot(through: asked ?? now.now)
        sentences = teller.sentences(about: slot, asked)
    }
}

private struct Teller {
    let entry: Entry
    let clockwork: Clockwork
    let leftOut: LeftOutSlots
    let time: Reading

    private var job: Job { entry.job }
    private var state: JobState { entry.state }
    private var now: Moment { time.now }
    private var timetable: Timetable { job.timetable }

    /// Runs by hand have no slot of the schedule.
    private var runs: [RunRecord] { state.runs.filter { $0.trigger != .manual } }
    private var inFlight: RunBegin? { state.inFlight.flatMap { $0.begin.trigger == .manual ? nil : $0.begin } }
    /// One that has not begun.
    private var pending: Run? {
        guard !entry.isInFlight, let run = entry.run, run.trigger != .manual else { return nil }
        return run
    }

    /// Whether any slot of it has begun, as far as is known.
    private var hasRun: Bool { state.highest != nil || state.last == nil }

    // MARK: - Which slot

    /// The latest at or before a moment; a run may have another one than the schedule: the first, and late ones of `every`.
    func slot(through moment: Moment) -> Moment? {
        let known = runs.map(\.slot) + [inFlight?.slot, pending?.slot].compactMap(\.self)
        return (known.filter { $0 <= moment } + [scheduled(through: moment)].compactMap(\.self)).max()
    }

    private func scheduled(through moment: Moment) -> Moment? {
        guard case .every(let interval) = timetable.schedule else {
            return timetable.latest(after: FreezeSpan.beginningOfTime, through: moment)
        }
        guard let anchor = state.anchor(at: now) ?? state.seen else { return nil }
        // A job that waits for its first slot counts from a moment that is none.
        let first = hasRun ? anchor : nil
        guard moment < anchor else { return timetable.latest(after: anchor, through: moment) ?? first }
        // The phase before is that of the runs on record.
        guard let oldest = runs.first?.slot, moment >= oldest else { return nil }
        let gap = interval.seconds
        let back = ((anchor - moment).components.seconds + gap - 1) / gap
        return anchor - .seconds(back * gap)
    }

    func sentences(about slot: Moment?, _ asked: Moment?) -> [String] {
        var sentences = asked.map { [about($0, slot)] } ?? []
        guard let slot else {
            if asked == nil { sentences.append("Job \(job.name) (\(schedule)) has had no slot yet.") }
            return sentences + next(after: now)
        }
        if asked == nil {
            sentences.append("The last slot of job \(job.name) (\(schedule)) is \(shown(slot)).")
        } else if asked != slot {
            sentences.append("The slot before it is \(shown(slot)).")
        }
        sentences.append(fate(of: slot))
        return sentences + next(after: max(now, slot))
    }

    private var schedule: String {
        job.scheduleText + (job.zoneText.isEmpty || job.zoneText == Zone.utc.name ? "" : " \(job.zoneText)")
    }

    private func shown(_ slot: Moment) -> String {
        let isLocal = job.zoneText.isEmpty || job.zoneText == Zone.utc.name
        return isLocal ? "\(slot)" : "\(slot) (\(timetable.zone.localDescription(of: slot)))"
    }

    /// Whether it is a slot, and what of the schedule does not fit it.
    private func about(_ moment: Moment, _ slot: Moment?) -> String {
        let refusals = timetable.refusals(of: moment)
        if moment == slot {
            let isShifted = timetable.isSlot(moment) == true && !refusals.isEmpty
            let why = isShifted ? ": the first moment after wall times that a clock change left out" : ""
            return "\(shown(moment)) is a slot of job \(job.name) (\(schedule))\(why)."
        }
        let why =
            !refusals.isEmpty
            ? ": " + refusals.joined(separator: ", ")
            : timetable.schedule.isElapsedTime && isOlder(moment)
                ? ": its slots are counted from the last one, and those before the \(JobState.keptRuns) runs that are kept are not known any more"
                : timetable.schedule.isElapsedTime
                    ? slot.map { ": its slots are counted from the last one, \($0)" } ?? ""
                    : ": its wall time came before, and a clock change brings it twice"
        return "\(shown(moment)) is no slot of job \(job.name) (\(schedule))\(why)."
    }

    private func isOlder(_ moment: Moment) -> Bool { runs.first.map { moment < $0.slot } ?? false }

    // MARK: - What became of it

    private func fate(of slot: Moment) -> String {
        if slot > now { return toCome(slot) }
        if let run = runs.last(where: { $0.slot == slot }) { return ended(run) }
        if let run = inFlight, run.slot == slot { return "Its run \(underWay(run))." }
        if let run = state.unfinished, run.slot == slot { return "Its run \(between(run))." }
        if let run = pending, run.slot >= slot { return waits(run, slot) }
        if let anchor = state.anchor(at: now), slot <= anchor { return past(slot) }
        if let seen = state.seen, slot < seen, state.last == nil { return beforeSeen(seen) }
        return due(slot)
    }

    private func toCome(_ slot: Moment) -> String {
        if let bar = bar(over: slot) { return "It will not be run: \(bar)." }
        if state.skips > 0, let next = clockwork.nextSlot(of: entry, at: time), slot < next {
            return "It will be skipped, as somebody asked."
        }
        return "It is still to come."
    }

    private func ended(_ run: RunRecord) -> String {
        let what = run.trigger == .catchup ? "It was caught up: its run" : "Its run"
        return "\(what) \(self.run(run))"
    }

    private func run(_ run: RunRecord) -> String {
        let attempts = run.attempts > 1 ? " after \(run.attempts) attempts" : ""
        let status =
            run.status > 0 ? "HTTP \(run.status)\(attempts), " : attempts.isEmpty ? "" : "\(attempts.dropFirst()), "
        let length = Phrase.duration(.milliseconds(run.milliseconds))
        let reason = run.reason.isEmpty ? "" : ": " + Escaping.controls(run.reason)
        return
            "began at \(run.began) and ended \(run.outcome.rawValue) (\(status)\(length), run_id \(run.id))\(reason)."
    }

    private func underWay(_ run: RunBegin) -> String {
        let since = entry.runningSince.map { " for \(Phrase.duration(time.uptime - $0))" } ?? ""
        return "is in flight\(since) (attempt \(run.attempt), run_id \(run.id))"
    }

    private func between(_ run: RunRecord) -> String {
        var wait = ""
        if case .backoff(let until) = entry.stage {
            wait = "; the next comes in \(Phrase.duration(max(.zero, until - time.uptime)))"
        }
        let status = run.status > 0 ? " (HTTP \(run.status))" : ""
        return "is between two attempts: attempt \(run.attempts) ended \(run.outcome.rawValue)\(status)\(wait)"
    }

    private func waits(_ run: Run, _ slot: Moment) -> String {
        let whose = run.slot == slot ? "Its run" : "The run of \(run.slot) counts for it, and"
        switch entry.stage {
        case .delayed(let until): return "\(whose) begins at \(until) (jitter=, or the spread after the start)."
        case .paused(let until):
            return "\(whose) begins in \(Phrase.duration(max(.zero, until - time.uptime))), spread after an outage."
        case .waitingForTarget where clockwork.waitsForToken(entry):
            let since = clockwork.token.map { " since \(time.moment(at: $0.since).wholeMilliseconds)" } ?? ""
            let reason = clockwork.token?.reason.map { " (\(Escaping.controls($0)))" } ?? ""
            return "\(whose) waits for a token, and there has been none\(since)\(reason)."
        case .waitingForTarget:
            let target = clockwork.targets[entry.target]
            let down = target.reach.downSince.map { " since \(time.moment(at: $0).wholeMilliseconds)" } ?? ""
            let reason = target.reason.map { $0.isEmpty ? "" : " (\(Escaping.controls($0)))" } ?? ""
            return
                "\(whose) waits for \(entry.target == 0 ? "the app" : target.name), which has been out of reach\(down)\(reason)."
        case .queued(let waiting):
            let obstacle = Phrase.obstacle(clockwork.obstacle(of: entry, at: time))
            return "\(whose) has waited \(Phrase.duration(time.uptime - waiting.since)) for \(obstacle)."
        case .attempting: return "\(whose) is connecting."
        case .idle, .backoff, .held: return "\(whose) is about to begin."
        }
    }

    /// It does not count as due any more, and is not among the runs.
    private func past(_ slot: Moment) -> String {
        if let reason = leftOut.reason(job.name, slot) { return reason + counted(for: slot) }
        if let seen = state.seen, slot < seen { return beforeSeen(seen) }
        if runs.count >= JobState.keptRuns || state.runs.count >= JobState.keptRuns, let oldest = state.runs.first,
            slot < oldest.slot
        {
            return "It is older than the \(JobState.keptRuns) runs that are kept."
        }
        if let bar = bar(over: slot) { return "It was not run: \(bar)." + counted(for: slot) }
        let later = counted(for: slot)
        return later.isEmpty ? "It was not run; why is not on record any more." : "It was missed." + later
    }

    /// The run that came for it and for others.
    private func counted(for slot: Moment) -> String {
        guard let run = runs.first(where: { $0.slot > slot }), run.trigger == .catchup || run.slot == after(slot) else {
            return ""
        }
        return run.trigger == .catchup
            ? " The run of \(run.slot) caught up: it \(self.run(run))" : ""
    }

    private func after(_ slot: Moment) -> Moment? { timetable.next(after: slot) }

    private func beforeSeen(_ seen: Moment) -> String { "It lies before the job was first seen here, at \(seen)." }

    /// Nothing has become of it yet.
    private func due(_ slot: Moment) -> String {
        switch clockwork.life {
        case .grace(let end):
            if let bar = bar(over: slot) { return "It is not run: \(bar)." }
            return "It waits for the end of the grace, in \(Phrase.duration(max(.zero, end - time.uptime)))."
        case .clockNotBelieved: return "Nothing runs: the wall clock stands before this program was built."
        case .standby, .loading, .draining, .ended: return "Nothing runs: this scheduler is not running."
        case .running: break
        }
        if let bar = bar(over: slot) { return "It is not run: \(bar)." }
        switch entry.stage {
        case .held(let until, let reason):
            let rest = Phrase.duration(max(.zero, until - time.uptime))
            let why = reason == .abandoned ? "the last attempt may still be running in the app" : "the app asked for it"
            return "It is held for \(rest): \(why)."
        case .attempting, .backoff:
            let run =
                state.inFlight.map { "of \($0.begin.slot) \(underWay($0.begin))" }
                ?? state.unfinished.map { "of \($0.slot) \(between($0))" } ?? "before it has not ended"
            return "It is held: the run \(run)."
        case .idle, .delayed, .paused, .waitingForTarget, .queued: return "It is due now."
        }
    }

    /// What leaves out a slot on purpose.
    private func bar(over slot: Moment) -> String? {
        if let pause = state.pause, pause.holds(slot) {
            return "the job \(pause.isOn(at: now) ? "is" : "was") \(pause.words)"
        }
        guard !job.isFreezeExempt else { return nil }
        var freezes = clockwork.freezes
        guard let span = freezes.span(containing: slot) else { return nil }
        return "the job \(span.contains(now) || now < span.start ? "is" : "was") \(span.words)"
    }

    /// What comes, and what will hold it.
    private func next(after moment: Moment) -> [String] {
        guard let next = clockwork.nextSlot(of: entry, at: time) else { return ["No later slot is run."] }
        guard next > moment else { return [] }
        let skips = state.skips == 0 ? "" : " (\(Telling.counted(state.skips, "slot")) before it to be skipped)"
        return ["The next slot that runs is \(shown(next))\(skips)."]
    }
}

extension Pause {
    /// `paused until …Z (its note)`.
    package var words: String { "paused until \(until)" + (note.isEmpty ? "" : " (\(Escaping.controls(note)))") }
}

extension FreezeSpan {
    /// `frozen until … (its windows)`.
    package var words: String {
        "frozen \(endText.map { "until \($0)" } ?? "without an end") (\(texts.joined(separator: "; ")))"
    }
}
