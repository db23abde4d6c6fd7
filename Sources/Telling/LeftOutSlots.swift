package import Clockwork
package import Schedule

/// Why slots were not run, as far as this process saw it: what `scheduler why` tells beside the runs on record.
package struct LeftOutSlots: Sendable {
    private struct Streak: Sendable {
        let first: Moment
        /// Nil: it goes on.
        var last: Moment?
        let reason: String
    }

    /// Of each job, oldest first.
    private var streaks: [String: [Streak]] = [:]
    private static let kept = 20

    package init() {}

    package mutating func note(_ fact: Fact, at now: Moment) {
        switch fact {
        case .passed(let name, let slot, let job?):
            let why = job.catchup == .skip ? "catchup=skip" : "catchup-window=\(job.catchupWindowSeconds ?? 0)s"
            add(name, slot, slot, "It was missed, and is not caught up (\(why)).")
        case .slotGivenUp(let job, let slot, _, let time, let obstacle, _):
            let what = Phrase.obstacle(obstacle)
            add(job.name, slot, slot, "It was not run: it waited \(Phrase.short(time)) for \(what), in vain.")
        case .skips(let name, _, let slot?, _): add(name, slot, slot, "It was skipped, as somebody asked.")
        case .slotHeld(let job, let slot, let reason, _):
            guard let text = Self.text(reason) else { break }
            add(job.name, slot, nil, text)
        case .slotsReleased(let job, _, _):
            guard let index = streaks[job.name]?.indices.last, streaks[job.name]?[index].last == nil else { break }
            streaks[job.name]?[index].last = now
        case .gone(let name, _), .dropped(let name): streaks[name] = nil
        default: break
        }
    }

    /// Nil: nothing is known of it.
    package func reason(_ job: String, _ slot: Moment) -> String? {
        streaks[job]?.last { $0.first <= slot && slot <= $0.last ?? slot }?.reason
    }

    private mutating func add(_ job: String, _ first: Moment, _ last: Moment?, _ reason: String) {
        if streaks[job]?.count == Self.kept { streaks[job]?.removeFirst() }
        streaks[job, default: []].append(Streak(first: first, last: last, reason: reason))
    }

    private static func text(_ reason: SlotReason) -> String? {
        switch reason {
        case .running: "It was held: the run before it had not ended."
        case .abandoned: "It was held: the last attempt may still have been running in the app."
        case .throttled: "It was held: the app had asked to be left alone."
        case .targetDown, .token, .threads, .group, .skipped, .paused, .skippedOnce, .frozen: nil
        }
    }
}
