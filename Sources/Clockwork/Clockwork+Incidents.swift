internal import Schedule

/// Incidents: when one opens and closes, and who has to be told what of it.
///
/// About one incident one message is under way at a time, so that they arrive in their order; what was taken is on
/// record, so that a restart repeats nothing, and what was not is sent again.
extension Clockwork {
    /// What is under way about one incident, and what came of it in this process.
    struct Talk: Sendable {
        var event: Alert.Event?
        /// When a message was last refused or lost.
        var failed: Moment?
    }

    /// A slot that passed less than this before an outage began was a part of it: so long a connection may take to fail.
    private static let outageMargin = Duration.seconds(60)

    private func outage(_ place: Int) -> Incident? { absent[targets[place].record]?.trouble }

    // MARK: - Jobs

    /// A run has ended: `before` is what was known until then.
    mutating func judge(_ name: String, before: Incident?, at now: Moment) {
        guard let state = state(of: name) else { return }
        guard var incident = state.trouble else {
            if let before { close(name, before, at: now) }
            return
        }
        let isManual = incident.run != nil && state.runs.last?.trigger == .manual
        guard incident.opened == nil, let job = places[JobName.folded(name)].map({ entries[$0].job }),
            let count = job.failuresToOpen(incident.last, isManual: isManual), incident.failures >= count
        else { return }
        incident.opened = now
        noteAny(name, .trouble(name, incident))
        talks[JobName.folded(name)]?.failed = nil
        talk(of: name, at: now)
    }

    /// A slot is not run, and nobody has asked for that.
    ///
    /// An app that is down is one incident, and none of each job.
    mutating func missed(_ job: Int, _ slot: Moment, at now: Moment) {
        guard !entries[job].hasWaited, outage(entries[job].target).map({ slot < $0.since - Self.outageMargin }) ?? true
        else { return }
        let name = entries[job].job.name
        let before = entries[job].state.trouble
        var incident = before ?? Incident(slot: slot, since: now.wholeMilliseconds)
        incident.add(slot, nil)
        note(job, .trouble(name, incident))
        judge(name, before: before, at: now.wholeMilliseconds)
    }

    /// It is no longer configured, and nothing can end what it had.
    mutating func closeGone(_ name: String, at now: Moment) {
        guard let incident = state(of: name)?.trouble else { return }
        noteAny(name, .trouble(name, nil))
        close(name, incident, at: now)
    }

    private mutating func close(_ name: String, _ incident: Incident, at now: Moment) {
        // Of one that nobody heard of, nobody has to hear that it is over.
        let isTold = incident.told != nil || talks[JobName.folded(name)]?.event == .opened
        if incident.opened != nil, isTold, rules.remind != nil, state(of: name)?.closing == nil {
            var incident = incident
            incident.closed = now
            noteAny(name, .closing(name, incident))
        }
        talk(of: name, at: now)
    }

    // MARK: - The app

    /// It cannot be reached; long enough, and that is an incident of its own.
    mutating func outageBegan(_ place: Int, _ time: Reading) {
        let (now, known) = (time.now.wholeMilliseconds, outage(place))
        let incident = known ?? Incident(slot: now, since: now)
        targets[place].hasOutage = true
        if known == nil { noteTrouble(place, incident) }
        guard incident.opened == nil else { return }
        targets[place].opens = time.uptime + max(.zero, rules.downAfter - (now - incident.since))
    }

    mutating func outageIsOver(_ place: Int, at now: Moment) {
        (targets[place].hasOutage, targets[place].opens) = (false, nil)
        guard let incident = outage(place) else { return }
        noteTrouble(place, nil)
        close(targets[place].record, incident, at: now.wholeMilliseconds)
    }

    private mutating func openOutage(_ place: Int, at now: Moment) {
        targets[place].opens = nil
        guard var incident = outage(place) else { return }
        incident.opened = now.wholeMilliseconds
        talks[targets[place].record]?.failed = nil
        noteTrouble(place, incident)
        talk(of: targets[place].record, at: now)
    }

    private mutating func noteTrouble(_ place: Int, _ incident: Incident?) {
        let name = targets[place].record
        noteAny(name, .trouble(name, incident))
    }

    // MARK: - Messages

    /// Opens what has lasted long enough, and sends what is due.
    mutating func lookAtIncidents(_ time: Reading) {
        for place in targets.indices {
            if let due = targets[place].opens, due <= time.uptime { openOutage(place, at: time.now) }
            if let due = targets[place].talk, due <= time.now { talk(of: targets[place].record, at: time.now) }
        }
        while let (due, job) = alerts.first, due <= time.now { talk(of: entries[job].job.name, at: time.now) }
    }

    /// What was left to be said by the process before.
    mutating func resumeTalks(at now: Moment) {
        for place in targets.indices { targets[place].hasOutage = outage(place) != nil }
        for entry in entries where entry.state.trouble != nil || entry.state.closing != nil {
            talk(of: entry.job.name, at: now)
        }
        let names = absent.values.filter { $0.trouble != nil || $0.closing != nil }.map(\.name)
        for name in names.sorted() { talk(of: name, at: now) }
    }

    /// What is to be said of it next, and when; nil: nothing, as things stand.
    private func next(_ state: JobState, _ talk: Talk?) -> (Alert.Event, Incident, due: Moment)? {
        guard let remind = rules.remind, talk?.event == nil, life.isLoaded, life != .ended else { return nil }
        if let closing = state.closing { return (closing.told == nil ? .opened : .closed, closing, .epoch) }
        guard let incident = state.trouble, incident.isOpen else { return nil }
        let event = incident.told == nil ? Alert.Event.opened : .reminder
        let last = [incident.told, talk?.failed].compactMap(\.self).max()
        guard let last else { return (event, incident, .epoch) }
        return remind > .zero ? (event, incident, last + remind) : nil
    }

    /// Sends what is due, or sees to it that it is sent when it is.
    mutating func talk(of name: String, at now: Moment) {
        let key = JobName.folded(name)
        var due: Moment?
        if let state = state(of: name), let (event, incident, moment) = next(state, talks[key]) {
            if moment <= now {
                talks[key, default: Talk()].event = event
                note(.alert(alert(event, state, incident, at: now)))
            } else {
                due = moment
            }
        }
        if let job = places[key] {
            alerts.set(job, due: due)
        } else if let place = targets.firstIndex(where: { $0.record == name }) {
            targets[place].talk = due
        }
    }

    /// What became of a message: somebody has taken it, or it was refused or lost for good.
    package mutating func alertEnded(_ alert: Alert, isTaken: Bool, at time: Reading) -> [Order] {
        let name = alert.job ?? Target.prefix + alert.target
        let (key, now) = (JobName.folded(name), time.now.wholeMilliseconds)
        guard talks[key]?.event == alert.event else { return take() }
        talks[key]?.event = nil
        // What the stop cuts off is sent again by the next process.
        guard isTaken || !life.isOver else { return take() }
        if var closing = state(of: name)?.closing {
            if alert.event == .opened, isTaken {
                closing.told = now
                noteAny(name, .closing(name, closing))
            } else if alert.event != .reminder {
                noteAny(name, .closing(name, nil))
            }
        } else if var incident = state(of: name)?.trouble {
            if isTaken {
                incident.told = now
                noteAny(name, .trouble(name, incident))
            } else {
                talks[key]?.failed = now
            }
        }
        talk(of: name, at: time.now)
        return take()
    }

    private func alert(_ event: Alert.Event, _ state: JobState, _ incident: Incident, at now: Moment) -> Alert {
        let target = Target.name(of: state.name)
        // That of the main app is the documented one.
        let about = target.map { $0 == Target.main ? "target" : "target/\($0)" } ?? state.name
        let key = "\(rules.seed)/\(about)/\(incident.slot)"
        var alert = Alert(event, job: target == nil ? state.name : nil, incident, key: key)
        if let target {
            alert.target = target
            if let place = targets.firstIndex(where: { $0.name == target }) {
                (alert.reason, alert.waiting) = (targets[place].reason, waiting(for: place).count)
            }
        } else {
            alert.run = event == .closed ? state.runs.last : state.runs.last { $0.id == incident.run }
            if let job = places[JobName.folded(state.name)], !entries[job].isGone {
                let time = Reading(now: now, uptime: grace.upperBound)
                alert.next = nextSlot(of: entries[job], at: begun.map { Reading(now: now, uptime: $0.uptime) } ?? time)
            }
        }
        return alert
    }
}
