package import Clockwork
package import Schedule

/// The slots that became no run of their own, as far as this process saw it: what `/missed` lists.
package struct MissedSlots: Sendable, Equatable {
    package struct Item: Sendable, Equatable {
        package let job: String
        /// The first of them.
        package let slot: Moment
        /// How many; nil: that goes on.
        package var count: Int?
        package let reason: SlotReason
        package let why: String

        /// What runs the job now.
        package var command: String { "scheduler fire \(job)" }
    }

    /// Oldest first.
    package private(set) var items: [Item] = []
    package static let kept = 100

    package init() {}

    /// Each job's together, the one first of which a slot was missed last; newest first.
    package var byJob: [Item] {
        var order: [String] = []
        var groups: [String: [Item]] = [:]
        for item in items.reversed() {
            if groups[item.job] == nil { order.append(item.job) }
            groups[item.job, default: []].append(item)
        }
        return order.flatMap { groups[$0] ?? [] }
    }

    package mutating func note(_ fact: Fact) {
        switch fact {
        case .passed(let name, let slot, let job?):
            let option = job.catchup == .skip ? "catchup=skip" : "catchup-window=\(job.catchupWindowSeconds ?? 0)s"
            add(name, slot, 1, .skipped, "missed, and not caught up (\(option))")
        case .slotGivenUp(let job, let slot, let count, let time, let obstacle, _):
            let why = "waited \(Phrase.short(time)) for \(Phrase.obstacle(obstacle)), in vain"
            add(job.name, slot, count, obstacle.slots, why)
        case .slotsGaveWay(let job, let count, let reason, let slot?):
            add(job.name, slot, count, reason, Self.why(reason))
        case .skips(let name, _, let slot?, let about?):
            add(name, slot, about.count, .skippedOnce, Self.why(.skippedOnce))
        case .slotHeld(let job, let slot, let reason, _): add(job.name, slot, nil, reason, Self.why(reason))
        case .slotsReleased(let job, let count, let reason):
            let place = items.lastIndex { $0.job == job.name && $0.reason == reason && $0.count == nil }
            if let place { items[place].count = count }
        case .gone(let name, _), .dropped(let name): items.removeAll { $0.job == name }
        default: break
        }
    }

    private mutating func add(_ job: String, _ slot: Moment, _ count: Int?, _ reason: SlotReason, _ why: String) {
        if items.count >= Self.kept { items.removeFirst() }
        items.append(Item(job: job, slot: slot, count: count, reason: reason, why: why))
    }

    private static func why(_ reason: SlotReason) -> String {
        switch reason {
        case .running: "held: the run before it had not ended"
        case .abandoned: "held: the last attempt may still have been running in the app"
        case .throttled: "held: the app had asked to be left alone"
        case .targetDown: "the app could not be reached, and a later slot came first"
        case .token: "there was no token to call with, and a later slot came first"
        case .threads: "all threads were busy, and a later slot came first"
        case .group: "its group was full, and a later slot came first"
        case .paused: "the job was paused"
        case .skippedOnce: "skipped, as somebody asked"
        case .frozen: "it lay in a freeze window"
        case .skipped: "missed, and not caught up"
        }
    }
}
