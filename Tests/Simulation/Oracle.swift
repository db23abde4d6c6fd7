import Schedule
import SchedulerCore

/// What the Ticker promises, checked by walking the slots of each job one by one from its last one.
///
/// It has no heap and no arithmetic of its own; it only knows the rules, and what was answered before.
struct Oracle {
    /// A promise that was not kept.
    struct Fault: Error { let text: String }

    private struct Known {
        let isInterval: Bool
        /// The slot that counts as run last, also while its run is in flight; nil if the job never ran.
        var anchor: Moment?
        /// The slot after `anchor`, kept because walking it anew at each look would take the time of the test.
        var next: Moment?
        var isInFlight = false
        var isHeld = false
    }

    private let tick: Duration
    private let buildDate: Moment
    private let timetables: [Timetable]
    private let windows: [Int: Duration]
    private var jobs: [Known]
    private var lastLook: Moment
    private var isClockWrong = false
    /// Jobs whose last slot, as handed to `begin`, lay in the future.
    private var movedAtBegin: [Int] = []

    init(
        _ timetables: [Timetable],
        windows: [Int: Duration],
        tick: Duration,
        buildDate: Moment,
        begin: Moment,
        assumed: [Int: Moment]
    ) {
        self.tick = tick
        self.windows = windows
        self.buildDate = buildDate
        lastLook = begin
        self.timetables = timetables
        jobs = timetables.map { timetable in
            if case .every = timetable.schedule { return Known(isInterval: true) }
            return Known(isInterval: false)
        }
        for (job, last) in assumed { settleAnchor(job, at: last) }
        movedAtBegin = settle(at: begin)
    }

    /// The first moment at which something has to be told of the job: a run, or that it is held.
    func due(_ job: Int) -> Moment? {
        if jobs[job].isHeld { return nil }
        return jobs[job].anchor == nil ? buildDate : jobs[job].next
    }

    /// The process was killed and another one begins: nothing is known but the last slots.
    ///
    /// Of the runs in flight those of `undone` never began and have this last slot again; those of `held` hold their
    /// jobs; the others are over.
    mutating func restarted(at now: Moment, undone: [Int: Moment?], held: [Int]) {
        for (job, previous) in undone {
            jobs[job].anchor = nil
            jobs[job].next = nil
            if let previous { settleAnchor(job, at: previous) }
        }
        for job in jobs.indices {
            jobs[job].isHeld = false
            jobs[job].isInFlight = held.contains(job)
        }
        lastLook = now
        isClockWrong = false
        movedAtBegin = settle(at: now)
    }

    /// The slot that counts as run last.
    func last(_ job: Int) -> Moment? { jobs[job].anchor }

    mutating func looked(at now: Moment, _ actions: [Ticker.Action], nextDue: Moment?) throws {
        var actions = actions[...]
        guard now >= buildDate else {
            try expect(actions == (isClockWrong ? [] : [.clockIsWrong]), "\(actions) before the build date")
            try expect(nextDue == nil, "due before the build date")
            isClockWrong = true
            return
        }
        if isClockWrong { try expect(actions.popFirst() == .clockIsRight, "does not say that the clock is right") }
        isClockWrong = false
        let moved = movedAtBegin + (now < lastLook ? settle(at: now) : [])
        movedAtBegin = []
        if !moved.isEmpty {
            try expect(actions.popFirst() == .clockWentBack(jobs: moved), "does not say that \(moved) were moved back")
        }
        lastLook = now
        for action in actions { try check(action, now) }
        for job in jobs.indices {
            guard let due = due(job) else { continue }
            if due > now, let nextDue, nextDue <= due { continue }
            try expect(due > now, job, "nothing is told of the slot \(due)")
            try expect(
                nextDue.map { $0 <= due } ?? false,
                job,
                "is due at \(due), the next look comes at \(text(nextDue))"
            )
        }
        try expect(nextDue.map { $0 > now } ?? true, "the next look is due already, at \(text(nextDue))")
    }

    /// `wantsLook` is what the Ticker answered, `nextLook` the moment the loop sleeps until.
    mutating func ended(_ job: Int, at now: Moment, wantsLook: Bool, nextLook: Moment?) throws {
        jobs[job].isInFlight = false
        jobs[job].isHeld = false
        // Before the build date the loop looks each tick.
        guard !wantsLook, !isClockWrong, let due = due(job) else { return }
        try expect(due > now, job, "ended, is due again since \(due), and no look is asked for")
        try expect(
            nextLook.map { $0 <= due } ?? false,
            job,
            "ended, is due at \(due), the look comes at \(text(nextLook))"
        )
    }

    private mutating func check(_ action: Ticker.Action, _ now: Moment) throws {
        switch action {
        case .start(let run):
            let known = jobs[run.job]
            try expect(!known.isInFlight, run.job, "starts while a run is in flight")
            try expect(run.slot <= now, run.job, "starts early, slot \(run.slot)")
            let last = try latest(run.job, now)
            let original = last ?? now.wholeMilliseconds
            try expect(run.due == original, run.job, "is due at \(original), counts from \(run.due)")
            let isMissed = now - original > tick
            let isTooOld = last != nil && isMissed && windows[run.job].map { now - original > $0 } ?? false
            try expect(!isTooOld, run.job, "catches up the slot \(original), which is too old")
            let slot = isMissed && known.isInterval ? now.wholeMilliseconds : original
            try expect(run.slot == slot, run.job, "has the slot \(slot), took \(run.slot)")
            try expect(known.anchor.map { run.slot > $0 } ?? true, run.job, "slot \(run.slot) runs twice")
            let trigger: Run.Trigger = known.anchor == nil ? .first : isMissed ? .catchup : .schedule
            try expect(run.trigger == trigger, run.job, "is a run by \(trigger), not \(run.trigger)")
            settleAnchor(run.job, at: run.slot)
            jobs[run.job].isInFlight = true
        case .hold(let job, let slot):
            try expect(jobs[job].isInFlight, job, "is held, but no run is in flight")
            try expect(!jobs[job].isHeld, job, "is told twice to be held")
            let last = try latest(job, now)
            try expect(last == slot, job, "is held at \(slot), and not at \(text(last))")
            jobs[job].isHeld = true
        case .skip(let job, let slot):
            try expect(!jobs[job].isInFlight, job, "is skipped while a run is in flight")
            let last = try latest(job, now)
            try expect(last == slot, job, "skips \(slot), and not \(text(last))")
            let isTooOld = now - slot > tick && windows[job].map { now - slot > $0 } ?? false
            try expect(isTooOld, job, "skips the slot \(slot), which can be caught up")
            settleAnchor(job, at: slot)
        case .clockIsWrong, .clockIsRight, .clockWentBack: throw Fault(text: "\(action) out of place")
        }
    }

    /// The last slot after the anchor up to now, which must be there; nil if the job never ran.
    private func latest(_ job: Int, _ now: Moment) throws -> Moment? {
        let known = jobs[job]
        guard known.anchor != nil else { return nil }
        var (slot, following): (Moment?, Moment?) = (nil, known.next)
        while let next = following, next <= now { (slot, following) = (next, timetables[job].next(after: next)) }
        try expect(slot != nil, job, "acts without a slot since \(text(known.anchor))")
        return slot
    }

    /// Section 6: the last slot lies further ahead than the gap to the slot after it, or than a second, which is the
    /// shortest gap that schedules have.
    private mutating func settle(at now: Moment) -> [Int] {
        let moved = jobs.indices.filter { job in
            guard let last = jobs[job].anchor, let next = jobs[job].next, last > now else { return false }
            return last - now > max(next - last, .seconds(1))
        }
        for job in moved { settleAnchor(job, at: now.wholeMilliseconds) }
        return moved
    }

    private mutating func settleAnchor(_ job: Int, at slot: Moment) {
        jobs[job].anchor = slot
        jobs[job].next = timetables[job].next(after: slot)
    }

    private func text(_ moment: Moment?) -> String { moment?.description ?? "none" }

    private func expect(_ holds: Bool, _ job: Int, _ text: @autoclosure () -> String) throws {
        if !holds { throw Fault(text: "job \(job) (\(timetables[job].schedule)) \(text())") }
    }

    private func expect(_ holds: Bool, _ text: @autoclosure () -> String) throws {
        if !holds { throw Fault(text: text()) }
    }
}
