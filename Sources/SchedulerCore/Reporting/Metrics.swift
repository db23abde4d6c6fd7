package import Schedule

/// What has been counted since the start: a value, so that a copy of it can be rendered while the counting goes on.
///
/// All counters of all jobs stand in one array of numbers: a copy is one piece of memory, however many jobs there are.
package struct Metrics: Sendable, Equatable {
    /// Why a slot did not become a run of its own.
    package enum HeldReason: String, CaseIterable, Sendable {
        /// The job's last run had not ended.
        case running
        /// The job's last run timed out, and may have gone on in the app.
        case abandoned
        /// The app asked to be left alone for a while (`Retry-After`).
        case throttled
        /// The app could not be reached, and a later slot came first.
        case targetDown = "target_down"
        /// It was missed, and is too old to be caught up; counted once, however many passed.
        case skipped
    }

    /// Upper bounds in milliseconds: from a quick answer to a job of an hour.
    package static let durationBounds = [100, 500, 1_000, 5_000, 30_000, 120_000, 600_000, 3_600_000]
    /// From what a busy machine costs to what a tick, an outage or a full pool costs.
    package static let latenessBounds = [10, 50, 100, 250, 500, 1_000, 5_000, 30_000, 60_000, 300_000]

    package private(set) var lateness = Histogram(bounds: Self.latenessBounds)
    /// How often the wall clock was set, or stood still while the machine slept.
    package private(set) var clockSteps = 0
    private var counts: [UInt32]
    private var milliseconds: [Int]
    private var lastLook: (now: Moment, uptime: Duration)?

    /// A step of the wall clock is what the other clock does not know of.
    static let shortestStep = Duration.seconds(1)

    package init(jobs: Int) {
        counts = Array(repeating: 0, count: jobs * Column.count)
        milliseconds = Array(repeating: 0, count: jobs)
    }

    package static func == (left: Metrics, right: Metrics) -> Bool {
        left.counts == right.counts && left.milliseconds == right.milliseconds && left.lateness == right.lateness
            && left.clockSteps == right.clockSteps
    }

    // MARK: - Counting

    /// More jobs; those that are there keep their numbers.
    mutating func widen(to jobs: Int) {
        guard jobs > milliseconds.count else { return }
        counts += Array(repeating: 0, count: (jobs - milliseconds.count) * Column.count)
        milliseconds += Array(repeating: 0, count: jobs - milliseconds.count)
    }

    package mutating func attempt(_ job: Int, _ outcome: Outcome, count: Int = 1) {
        add(count, Column.attempts + outcome.place, job)
    }

    /// Nil for a duration that nobody knows.
    package mutating func run(_ job: Int, _ outcome: Outcome, _ duration: Duration?) {
        add(1, Column.runs + outcome.place, job)
        guard let duration else { return }
        let time = max(0, duration.wholeMilliseconds)
        add(1, Column.durations + Histogram.place(of: time, in: Self.durationBounds), job)
        if milliseconds.indices.contains(job) { milliseconds[job] += time }
    }

    package mutating func held(_ job: Int, _ slots: Int, _ reason: HeldReason) {
        add(slots, Column.held + reason.place, job)
    }

    package mutating func started(late: Duration) { lateness.add(max(0, late.wholeMilliseconds)) }

    /// Notes both clocks, to see when one of them moves alone.
    package mutating func look(at now: Moment, uptime: Duration) {
        if let last = lastLook {
            let step = (now - last.now) - (uptime - last.uptime)
            if step > Self.shortestStep || step < .zero - Self.shortestStep { clockSteps += 1 }
        }
        lastLook = (now, uptime)
    }

    private mutating func add(_ count: Int, _ column: Int, _ job: Int) {
        let place = job * Column.count + column
        guard counts.indices.contains(place) else { return }
        // Never a trap for a number that nobody will see: a run a second takes 136 years to get there.
        counts[place] &+= UInt32(truncatingIfNeeded: count)
    }

    // MARK: - Reading

    package func runs(_ job: Int, _ outcome: Outcome) -> Int { count(Column.runs + outcome.place, job) }

    package func attempts(_ job: Int, _ outcome: Outcome) -> Int { count(Column.attempts + outcome.place, job) }

    package func held(_ job: Int, _ reason: HeldReason) -> Int { count(Column.held + reason.place, job) }

    package func durations(_ job: Int) -> Histogram {
        let places = 0...Self.durationBounds.count
        return Histogram(
            bounds: Self.durationBounds,
            counts: places.map { count(Column.durations + $0, job) },
            sum: milliseconds.indices.contains(job) ? milliseconds[job] : 0
        )
    }

    private func count(_ column: Int, _ job: Int) -> Int {
        let place = job * Column.count + column
        return counts.indices.contains(place) ? Int(counts[place]) : 0
    }

    /// Where a job's counters begin, each kind after the other.
    private enum Column {
        static let runs = 0
        static let attempts = runs + Outcome.allCases.count
        static let held = attempts + Outcome.allCases.count
        static let durations = held + HeldReason.allCases.count
        static let count = durations + durationBounds.count + 1
    }
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

extension Metrics.HeldReason {
    private static let inOrder = allCases

    fileprivate var place: Int { Self.inOrder.firstIndex(of: self) ?? 0 }
}
