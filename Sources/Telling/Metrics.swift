package import Clockwork
package import Schedule

/// What has been counted since the start, fact by fact: a value, so that a copy of it can be rendered while the counting
/// goes on.
///
/// All counters of all jobs stand in one array of numbers: a copy is one piece of memory, however many jobs there are.
package struct Metrics: Sendable, Equatable {
    /// Upper bounds in milliseconds: from a quick answer to a job of an hour.
    package static let durationBounds = [100, 500, 1_000, 5_000, 30_000, 120_000, 600_000, 3_600_000]
    /// From what a busy machine costs to what a tick, an outage or a full pool costs.
    package static let latenessBounds = [10, 50, 100, 250, 500, 1_000, 5_000, 30_000, 60_000, 300_000]

    /// Up to a night.
    package static let waitBounds = [100, 1_000, 10_000, 60_000, 300_000, 1_800_000, 7_200_000, 28_800_000]

    package private(set) var lateness = Histogram(bounds: Self.latenessBounds)
    /// How long starts waited in the queue, by group; "" has those of jobs without one.
    private var waits: [String: Histogram] = [:]
    /// How often the wall clock was set, or stood still while the machine slept.
    package private(set) var clockSteps = 0
    private var places: [String: Int] = [:]
    private var counts: [UInt32] = []
    private var milliseconds: [Int] = []
    /// What each job's answers say that was processed.
    private var items: [Int] = []
    /// Of what went elsewhere: by kind and result, the ones that Prometheus has to know from the start among them.
    package private(set) var notices: [String: [String: Int]] = Dictionary(
        uniqueKeysWithValues: ["alert", "ping", "heartbeat"].map { ($0, ["sent": 0, "refused": 0, "lost": 0]) }
    )
    /// Nil: tokens are not fetched.
    package var token: TokenCounts?
    /// Of traces.
    package private(set) var spans = (sent: 0, dropped: 0)
    private var lastLook: Reading?

    /// A step of the wall clock is what the other clock does not know of.
    static let shortestStep = Duration.seconds(1)

    package init() {}

    package static func == (left: Metrics, right: Metrics) -> Bool {
        left.places == right.places && left.counts == right.counts && left.milliseconds == right.milliseconds
            && left.items == right.items
            && left.lateness == right.lateness && left.waits == right.waits
            && left.clockSteps == right.clockSteps && left.notices == right.notices && left.token == right.token
            && left.spans == right.spans
    }

    // MARK: - Counting

    /// Takes a fact into account.
    package mutating func count(_ fact: Fact) {
        switch fact {
        case .attemptEnded(let attempt, let end):
            add(1, Column.attempts + end.outcome.place, attempt.job.name)
            // The second one at once, when the token was denied and has been replaced.
            add(end.requests - 1, Column.attempts + Outcome.denied.place, attempt.job.name)
        case .began(_, let begin, let attempt?) where begin.attempt == 1:
            lateness.add(max(0, (begin.at - attempt.run.due).wholeMilliseconds))
            for group in attempt.job.groups.isEmpty ? [""] : attempt.job.groups {
                waits[group, default: Histogram(bounds: Self.waitBounds)].add(attempt.waited.wholeMilliseconds)
            }
        case .ended(let name, let run, _, _): count(run, of: name)
        case .passed(let name, _, _?): add(1, Column.held + SlotReason.skipped.place, name)
        case .slotsReleased(let job, let count, let reason), .slotsGaveWay(let job, let count, let reason, _):
            add(count, Column.held + reason.place, job.name)
        case .skips(let name, _, _, let about?): add(about.count, Column.held + SlotReason.skippedOnce.place, name)
        case .slotGivenUp(let job, _, let count, _, let obstacle, _):
            add(count, Column.held + obstacle.slots.place, job.name)
        default: break
        }
    }

    /// Counts what became of a notice; a kind that is not in the table is no notice to others.
    package mutating func count(_ kind: String, _ result: String) { notices[kind]?[result, default: 0] += 1 }

    package mutating func countSpans(isSent: Bool, _ count: Int) {
        if isSent { spans.sent += count } else { spans.dropped += count }
    }

    private mutating func count(_ run: RunRecord, of name: String) {
        add(1, Column.runs + run.outcome.place, name)
        if let count = run.items, let job = places[name] {
            let (sum, isTooMuch) = items[job].addingReportingOverflow(count)
            items[job] = isTooMuch ? .max : sum
        }
        // Of one that was cut off nobody knows how long it took.
        guard run.outcome != .interrupted, let job = places[name] else { return }
        let time = max(0, run.milliseconds)
        add(1, Column.durations + Histogram.place(of: time, in: Self.durationBounds), name)
        milliseconds[job] += time
    }

    /// Notes both clocks, to see when one of them moves alone.
    package mutating func look(at time: Reading) {
        if let last = lastLook {
            let step = (time.now - last.now) - (time.uptime - last.uptime)
            if step > Self.shortestStep || step < .zero - Self.shortestStep { clockSteps += 1 }
        }
        lastLook = time
    }

    /// Forgets the jobs that are not among these, so that reloads do not fill the memory.
    package mutating func keep(only names: Set<String>) {
        guard places.keys.contains(where: { !names.contains($0) }) else { return }
        var kept = Metrics()
        for (name, job) in places where names.contains(name) {
            kept.places[name] = kept.milliseconds.count
            kept.milliseconds.append(milliseconds[job])
            kept.items.append(items[job])
            kept.counts += counts[job * Column.count..<(job + 1) * Column.count]
        }
        (places, counts, milliseconds, items) = (kept.places, kept.counts, kept.milliseconds, kept.items)
    }

    private mutating func add(_ count: Int, _ column: Int, _ name: String) {
        guard count > 0 else { return }
        let job = places[name] ?? milliseconds.count
        if job == milliseconds.count {
            places[name] = job
            milliseconds.append(0)
            items.append(0)
            counts += Array(repeating: 0, count: Column.count)
        }
        // Never a trap for a number that nobody will see: a run a second takes 136 years to get there.
        counts[job * Column.count + column] &+= UInt32(truncatingIfNeeded: count)
    }

    // MARK: - Reading

    package func runs(_ job: String, _ outcome: Outcome) -> Int { count(Column.runs + outcome.place, job) }

    package func attempts(_ job: String, _ outcome: Outcome) -> Int { count(Column.attempts + outcome.place, job) }

    package func held(_ job: String, _ reason: SlotReason) -> Int { count(Column.held + reason.place, job) }

    package func items(_ job: String) -> Int { places[job].map { items[$0] } ?? 0 }

    package func durations(_ job: String) -> Histogram {
        let columns = 0...Self.durationBounds.count
        return Histogram(
            bounds: Self.durationBounds,
            counts: columns.map { count(Column.durations + $0, job) },
            sum: places[job].map { milliseconds[$0] } ?? 0
        )
    }

    /// How long starts waited for a place in a group, or in none ("").
    package func waits(_ group: String) -> Histogram { waits[group] ?? Histogram(bounds: Self.waitBounds) }

    private func count(_ column: Int, _ name: String) -> Int {
        places[name].map { Int(counts[$0 * Column.count + column]) } ?? 0
    }

    /// Where a job's counters begin, each kind after the other.
    private enum Column {
        static let runs = 0
        static let attempts = runs + Outcome.allCases.count
        static let held = attempts + Outcome.allCases.count
        static let durations = held + SlotReason.allCases.count
        static let count = durations + durationBounds.count + 1
    }
}

/// Requests for a token, by what became of them, and when the token ends.
package struct TokenCounts: Sendable, Equatable {
    package var requests: [String: Int]
    /// Nil: there is none.
    package var end: Moment?

    package init(_ results: [String]) { requests = Dictionary(uniqueKeysWithValues: results.map { ($0, 0) }) }
}

/// How often something took how long, in milliseconds.
package struct Histogram: Sendable, Equatable {
    package let bounds: [Int]
    /// Of each range up to its bound, and of what is above them all; not added up.
    package private(set) var counts: [Int]
    package private(set) var sum: Int

    init(bounds: [Int]) { self.init(bounds: bounds, counts: Array(repeating: 0, count: bounds.count + 1), sum: 0) }

    init(bounds: [Int], counts: [Int], sum: Int) {
        (self.bounds, self.counts, self.sum) = (bounds, counts, sum)
    }

    mutating func add(_ value: Int) {
        counts[Self.place(of: value, in: bounds)] += 1
        sum += value
    }

    /// A value on a bound belongs below it, as Prometheus' `le` says.
    static func place(of value: Int, in bounds: [Int]) -> Int { bounds.firstIndex { value <= $0 } ?? bounds.count }
}

extension Outcome {
    private static let inOrder = allCases

    fileprivate var place: Int { Self.inOrder.firstIndex(of: self) ?? 0 }
}

extension SlotReason {
    private static let inOrder = allCases

    fileprivate var place: Int { Self.inOrder.firstIndex(of: self) ?? 0 }
}
