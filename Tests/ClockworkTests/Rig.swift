import Schedule
import TestSupport
import Testing

@testable import Clockwork

/// A clockwork with its two clocks: what the loop and the callers would do, by hand, and a disk that keeps its facts.
struct Rig {
    private(set) var clockwork: Clockwork
    /// Of the clock that only goes forward; zero at midnight, as long as nobody sets the other one.
    private(set) var seconds = 0.0
    /// How far somebody has set the wall clock.
    var shift = Duration.zero
    /// Of the last call.
    private(set) var facts: [Fact] = []
    /// All of them.
    private(set) var told: [Fact] = []
    /// What a disk would hold: the kept facts, folded anew.
    private(set) var disk: [String: JobState] = [:]
    private var rules: Clockwork.Rules
    private let freezes: FreezeCalendar

    static let midnight = Moment(seconds: 1_767_225_600)  // 2026-01-01T00:00:00Z

    init(
        _ jobs: [Job],
        states: [JobState] = [],
        spread: Int = 0,
        threads: Int = 256,
        groups: [Group] = [],
        targets: [String] = [],
        freezes: FreezeCalendar = FreezeCalendar(),
        grace: Int = 0,
        buildDate: Moment = .epoch,
        remind: Duration? = nil,
        shift: Duration = .zero,
        at seconds: Double = 0
    ) {
        rules = Clockwork.Rules(
            tick: .seconds(30),
            buildDate: buildDate,
            seed: "seed",
            spread: .seconds(spread),
            threads: threads,
            groups: groups
        )
        (rules.remind, rules.targets) = (remind, targets)
        // Where nobody is told of it, no test waits for it.
        if remind == nil { rules.downAfter = .seconds(3_650 * day) }
        self.freezes = freezes
        clockwork = Clockwork(jobs: jobs, freezes: freezes, rules: rules, random: SplitMix(seed: 1))
        (self.seconds, self.shift) = (seconds, shift)
        disk = Dictionary(uniqueKeysWithValues: states.map { ($0.name, $0) })
        _ = take(clockwork.load(states, graceEnd: time.uptime + .seconds(grace), at: time))
    }

    /// Killed, and started again with what the disk holds.
    func restarted(_ jobs: [Job]? = nil, grace: Int = 0, after pause: Double = 0, shift: Duration? = nil) -> Rig {
        Rig(
            jobs ?? clockwork.entries.filter { !$0.isGone }.map(\.job),
            states: disk.values.sorted { $0.name < $1.name },
            spread: Int(rules.spread.components.seconds),
            threads: rules.threads,
            groups: rules.groups,
            targets: rules.targets,
            freezes: freezes,
            grace: grace,
            buildDate: rules.buildDate,
            remind: rules.remind,
            shift: shift ?? self.shift,
            at: seconds + pause
        )
    }

    // MARK: - Time

    var time: Reading { Self.reading(seconds, shift) }

    static func reading(_ seconds: Double, _ shift: Duration = .zero) -> Reading {
        let passed = Duration.milliseconds(Int((seconds * 1_000).rounded()))
        return Reading(now: midnight + passed + shift, uptime: passed)
    }

    static func at(_ seconds: Int) -> Moment { midnight + .seconds(seconds) }

    /// When the loop would look next, in seconds of the clock that only goes forward; nil for never.
    var next: Double? {
        let (moment, uptime) = clockwork.nextLook
        let waits = [moment.map { $0 - time.now + time.uptime }, uptime].compactMap(\.self)
        // Not before it.
        return waits.min().map { Double(($0 + .nanoseconds(999_999)).wholeMilliseconds) / 1_000 }
    }

    // MARK: - Orders

    static func facts(_ orders: [Order]) -> [Fact] {
        orders.compactMap { if case .note(let fact) = $0 { fact } else { nil } }
    }

    /// Lets the time pass, and answers the attempts that begin then.
    mutating func look(at seconds: Double) -> [Attempt] {
        self.seconds = seconds
        return take(clockwork.look(at: time))
    }

    mutating func pass(to seconds: Double) { self.seconds = seconds }

    /// Looks whenever the clockwork wants it, and answers all attempts that begin on the way.
    mutating func run(to seconds: Double, answer status: Int? = nil) -> [Attempt] {
        var attempts = look(at: self.seconds)
        var open = attempts[...]
        while true {
            while let status, let attempt = open.popFirst() {
                let more = answer(attempt, status: status)
                attempts += more
                open += more
            }
            guard let next, next <= seconds else { break }
            open = look(at: max(next, self.seconds))[...]
            attempts += open
        }
        let last = look(at: seconds)
        return attempts + last
    }

    /// Carries the orders out: keeps what is to be kept, and answers the attempts that begin.
    mutating func take(_ orders: [Order]) -> [Attempt] {
        let all = Self.facts(orders)
        // How failures stand is in no test but those of incidents, which ask the disk.
        facts = all.filter { if case .trouble = $0 { false } else { true } }
        told += facts
        for fact in all {
            guard let name = fact.keptJob else { continue }
            disk[name, default: JobState(name: name)].apply(fact)
            if case .dropped = fact { disk[name] = nil }
        }
        for (name, state) in disk { #expect(clockwork.state(of: name) == state, "\(name): memory and disk differ") }
        return orders.compactMap { if case .start(let attempt) = $0 { attempt } else { nil } }
    }

    // MARK: - Attempts

    /// The attempt's connection stands; whether its request may go out.
    mutating func connect(_ attempt: Attempt) -> Bool {
        let (mayGo, orders) = clockwork.connected(attempt, begin: time, at: time)
        _ = take(orders)
        return mayGo
    }

    func hasBegun(_ attempt: Attempt) -> Bool {
        clockwork.entries.contains {
            if case .attempting(attempt, _, hasBegun: true) = $0.stage { true } else { false }
        }
    }

    /// The attempt is answered, its connection made just before if none stands; answers the attempts that begin then.
    mutating func answer(_ attempt: Attempt, status: Int, retryAfter: Duration? = nil) -> [Attempt] {
        var end = AttemptEnd(Outcome(status: status))
        (end.status, end.retryAfter) = (status, retryAfter)
        return self.end(attempt, end)
    }

    mutating func end(_ attempt: Attempt, _ end: AttemptEnd) -> [Attempt] {
        var orders: [Order] = []
        if end.wasSent, !hasBegun(attempt) { orders = clockwork.connected(attempt, begin: time, at: time).1 }
        orders += clockwork.ended(attempt, begin: time, end, at: time)
        return take(orders + clockwork.look(at: time))
    }

    mutating func fail(_ attempt: Attempt, _ outcome: Outcome, wasSent: Bool) -> [Attempt] {
        var end = AttemptEnd(outcome)
        end.wasSent = wasSent
        return self.end(attempt, end)
    }

    mutating func limit(_ attempt: Attempt) -> [Attempt] {
        var end = AttemptEnd(.unreachable)
        (end.wasSent, end.isOwnLimit, end.excerpt) = (false, true, "no descriptor")
        return self.end(attempt, end)
    }

    mutating func refuse(_ attempt: Attempt) -> [Attempt] {
        take(clockwork.refused(attempt, number: 11, at: time) + clockwork.look(at: time))
    }

    /// What the clockwork wants, before it is carried out.
    mutating func orders(_ event: (inout Clockwork, Reading) -> [Order]) -> [Order] { event(&clockwork, time) }

    // MARK: - Life

    mutating func stop() { _ = take(clockwork.stop(at: time)) }

    mutating func end() { _ = take(clockwork.end(at: time)) }

    mutating func replace(_ jobs: [Job], freezes: FreezeCalendar? = nil, threads: Int = 1) {
        _ = take(clockwork.replace(jobs, freezes: freezes, threads: threads, at: time))
    }

    // MARK: - Incidents

    /// The message that was sent last is taken, or was refused.
    mutating func alertEnds(_ isTaken: Bool = true) throws {
        let last = told.compactMap { if case .alert(let alert) = $0 { alert } else { nil } }.last
        _ = take(clockwork.alertEnded(try #require(last), isTaken: isTaken, at: time))
    }

    /// What was said of incidents, in order.
    var alerts: [String] { told.compactMap { if case .alert = $0 { $0.brief } else { nil } } }

    // MARK: - Operating

    mutating func pause(_ jobs: [String], until seconds: Int) {
        _ = take(clockwork.pause(jobs, Pause(from: time.now, until: Self.at(seconds)), at: time))
    }

    mutating func resume(_ jobs: [String]) { _ = take(clockwork.pause(jobs, nil, at: time)) }

    mutating func skip(_ job: String, _ count: Int) { _ = take(clockwork.skip(job, count: count, at: time)) }

    /// The run's id, and the attempts that begin then.
    mutating func fire(_ job: String, force: Bool = false) throws -> (RunID, [Attempt]) {
        let (result, orders) = clockwork.fire(job, force: force, at: time)
        let attempts = take(orders)
        return (try result.get(), attempts)
    }

    /// Whatever is under way is answered.
    mutating func answerAll() {
        for entry in clockwork.entries {
            if case .attempting(let attempt, _, _) = entry.stage { _ = answer(attempt, status: 200) }
        }
    }

    /// Why a run by hand is refused.
    mutating func refusal(_ job: String, force: Bool) -> FireRefusal? {
        let (result, orders) = clockwork.fire(job, force: force, at: time)
        _ = take(orders)
        if case .failure(let refusal) = result { return refusal }
        return nil
    }

    // MARK: - Shown

    func entry(_ name: String) throws -> Entry {
        try #require(clockwork.entries.first { $0.job.name == name }, "no job \(name)")
    }

    func nextSlot(_ name: String) throws -> Moment? { clockwork.nextSlot(of: try entry(name), at: time) }

    func records(_ name: String) -> [RunRecord] { disk[name]?.runs ?? [] }

    /// The ends that were told, of all jobs.
    var ends: [RunRecord] { told.compactMap { if case .ended(_, let record, _, _) = $0 { record } else { nil } } }

    /// Ids of the runs that have a begin on record.
    var begins: Set<RunID> {
        Set(told.compactMap { if case .began(_, let begin, _) = $0 { begin.id } else { nil } })
    }
}

/// In seconds.
let day = 86_400

/// Jobs `a`, `b` and `c` that have run once, at midnight.
func running(_ schedules: [String], buildDate: Moment = .epoch) throws -> Rig {
    let jobs = try zip(["a", "b", "c"], schedules).map { try job($0, $1) }
    var rig = Rig(jobs, buildDate: buildDate)
    for attempt in rig.look(at: 0) { _ = rig.answer(attempt, status: 200) }
    return rig
}

/// A job of UTC.
func job(_ name: String, _ schedule: String, timeout: Int = 60, _ change: (inout Job) -> Void = { _ in }) throws -> Job
{
    let timetable = Timetable(try Schedule(parsing: schedule), hashKey: HashKey(seed: "seed", job: name))
    var job = Job(name: name, timetable: timetable, method: "POST", path: "/\(name)", timeoutSeconds: timeout)
    change(&job)
    return job
}

/// What is known of a job that ran last at this second.
func ran(_ job: Job, at seconds: Int) -> JobState {
    var state = JobState(name: job.name)
    state.apply(job.configured(seen: Rig.at(seconds), last: Rig.at(seconds)))
    return state
}

extension Fact {
    /// Its word and what matters of it, to compare whole lists with.
    var brief: String {
        func second(_ moment: Moment) -> String {
            let passed = (moment - Rig.midnight).wholeMilliseconds
            return passed % 1_000 == 0 ? "\(passed / 1_000)" : "\(Double(passed) / 1_000)"
        }
        return switch self {
        case .configured(let name, let new):
            "configured \(name)" + (new.seen.map { " seen=\(second($0))" } ?? "")
                + (new.last.map { " last=\(second($0))" } ?? "")
        case .gone(let name, _): "gone \(name)"
        case .dropped(let name): "dropped \(name)"
        case .passed(let name, let slot, _): "passed \(name) \(second(slot))"
        case .began(let name, let begin, _): "began \(name) \(second(begin.slot))#\(begin.attempt)"
        case .withdrawn(let name, _): "withdrawn \(name)"
        case .failed(let name, let run, let hold, _):
            "failed \(name) \(second(run.slot)) \(run.outcome)" + (hold.map { " until=\(second($0.until))" } ?? "")
        case .ended(let name, let run, let hold, _):
            "ended \(name) \(second(run.slot)) \(run.outcome)" + (hold.map { " until=\(second($0.until))" } ?? "")
        case .attemptEnded(let attempt, let end): "attempt \(attempt.job.name) \(end.outcome)"
        case .slotHeld(let job, let slot, let reason, _): "held \(job.name) \(second(slot)) \(reason)"
        case .slotsReleased(let job, let count, let reason): "released \(job.name) \(count) \(reason)"
        case .slotsGaveWay(let job, let count, let reason, _): "gaveWay \(job.name) \(count) \(reason)"
        case .slotGivenUp(let job, let slot, let count, let time, let obstacle, let isFirst):
            "givenUp \(job.name) \(second(slot))\(count > 1 ? " (\(count))" : "") after \(time.components.seconds) "
                + obstacle.brief + (isFirst ? "" : " again")
        case .paused(let name, let pause): "paused \(name) \(second(pause.from))-\(second(pause.until))"
        case .skips(let name, let left, let slot, let about):
            "skips \(name) left=\(left)" + (slot.map { " \(second($0))" } ?? "")
                + (about.map { " (\($0.count))" } ?? "")
        case .notRun(let name, _): "not run \(name)"
        case .pauseBegan(let names, let pause): "pause of \(names.joined(separator: " ")) until \(second(pause.until))"
        case .pauseIsOver(let names, let slots): "pause of \(names.joined(separator: " ")) is over, \(slots) passed"
        case .frozen(let span, let held, let exempt):
            "frozen until \(span.end.map(second) ?? "ever"), \(held) held, exempt \(exempt.joined(separator: " "))"
        case .freezeIsOver(let slots, let runs): "freeze is over, \(slots) passed, \(runs) run"
        case .targetIsDown(let attempt, _): attempt.job.target == Target.main ? "down" : "\(attempt.job.target) down"
        case .targetIsStillDown: "still down"
        case .targetIsUp(let name, let after, let waited):
            "\(name == Target.main ? "" : name + " ")up after \(after.wholeMilliseconds / 1_000)s, \(waited) waited"
        case .limited(let job, _): "limited \(job.name)"
        case .clockIsWrong: "clock is wrong"
        case .clockIsRight: "clock is right"
        case .clockWentBack(let jobs, _): "clock went back: " + jobs.map(\.name).joined(separator: " ")
        case .trouble(let name, let incident): "trouble \(name) " + (incident.map { "\($0.failures)" } ?? "-")
        case .closing(let name, let incident): "closing \(name)" + (incident == nil ? " -" : "")
        case .alert(let alert):
            "\(alert.event) \(alert.job ?? alert.target) \(second(alert.incident.slot)) \(alert.incident.failures)"
        }
    }
}

extension Entry {
    var isQueued: Bool { if case .queued = stage { true } else { false } }
}

extension Obstacle {
    var brief: String {
        switch self {
        case .threads: "threads"
        case .group(let name, let holders):
            "\(name): " + holders.map { "\($0.job) \($0.time.components.seconds)" }.joined(separator: ", ")
        }
    }
}

extension Attempt {
    /// `a 60` for the run of that slot, `#2` for a second attempt.
    var brief: String {
        let passed = (run.slot - Rig.midnight).wholeMilliseconds
        let slot = passed % 1_000 == 0 ? "\(passed / 1_000)" : "\(Double(passed) / 1_000)"
        return "\(job.name) \(slot) \(run.trigger)" + (number > 1 ? " #\(number)" : "")
    }
}
