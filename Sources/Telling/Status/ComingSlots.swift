internal import Clockwork
internal import Schedule

/// A slot that is to come, and what will hold it, as things stand.
struct ComingSlot: Equatable {
    let slot: Moment
    /// Nil: nothing.
    var reason: SlotReason?
    var why = ""

    static let shown = 10

    /// The next ones of a job.
    static func next(of entry: StatusSnapshot.Entry, in snapshot: StatusSnapshot) -> [ComingSlot] {
        var (freezes, skips) = (snapshot.freezes, entry.state?.skips ?? 0)
        return slots(entry, now: snapshot.now).map { slot in
            if let pause = entry.state?.pause, pause.holds(slot) {
                return ComingSlot(slot: slot, reason: .paused, why: pause.words)
            }
            if !entry.job.isFreezeExempt, let span = freezes.span(containing: slot) {
                return ComingSlot(slot: slot, reason: .frozen, why: span.words)
            }
            if skips > 0 {
                skips -= 1
                return ComingSlot(slot: slot, reason: .skippedOnce, why: "skipped, as somebody asked")
            }
            if let hold = entry.state?.hold, slot < hold.until {
                let why =
                    hold.reason == .abandoned ? "the last attempt may still run in the app" : "the app asked for it"
                return ComingSlot(
                    slot: slot,
                    reason: hold.reason == .abandoned ? .abandoned : .throttled,
                    why: "held until \(hold.until): \(why)"
                )
            }
            return ComingSlot(slot: slot)
        }
    }

    /// Those of `every` follow from the last one.
    private static func slots(_ entry: StatusSnapshot.Entry, now: Moment) -> [Moment] {
        let timetable = entry.job.timetable
        var slots: [Moment] = []
        var moment = now
        if let last = entry.state?.anchor(at: now) {
            if timetable.schedule.isElapsedTime { moment = timetable.latest(after: last, through: now) ?? last }
        } else if let next = entry.next {
            // One that never ran.
            slots.append(next)
            moment = next
        }
        while slots.count < shown, let slot = timetable.next(after: moment) {
            slots.append(slot)
            moment = slot
        }
        return slots
    }
}
