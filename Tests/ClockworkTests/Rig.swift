import Schedule
import TestSupport

@testable import Clockwork

/// A clockwork with its two clocks, which go together: what the loop and the callers would do, by hand.
struct Rig {
    private(set) var clockwork: Clockwork
    private(set) var seconds = 0.0
    /// Of the last call.
    private(set) var facts: [Fact] = []

    static let midnight = Moment(seconds: 1_767_225_600)  // 2026-01-01T00:00:00Z

    init(
        _ jobs: [Job],
        states: [JobState] = [],
        spread: Int = 0,
        threads: Int = 256,
        grace: Int = 0,
        at seconds: Double = 0
    ) {
        let rules = Clockwork.Rules(tick: .seconds(30), seed: "seed", spread: .seconds(spread), threads: threads)
        clockwork = Clockwork(jobs: jobs, rules: rules, random: SplitMix(seed: 1))
        self.seconds = seconds
        facts = Self.facts(clockwork.load(states, graceEnd: time.uptime + .seconds(grace), at: time))
    }

    /// Both clocks: the one that only goes forward is zero at midnight.
    var time: Reading { Self.reading(seconds) }

    static func reading(_ seconds: Double) -> Reading {
        let passed = Duration.milliseconds(Int((seconds * 1_000).rounded()))
        return Reading(now: midnight + passed, uptime: passed)
    }

    static func at(_ seconds: Int) -> Moment { midnight + .seconds(seconds) }

    static func facts(_ orders: [Order]) -> [Fact] {
        orders.compactMap { if case .note(let fact) = $0 { fact } else { nil } }
    }

    /// Lets the time pass, and answers the attempts that begin then.
    mutating func look(at seconds: Double) -> [Attempt] {
        self.seconds = seconds
        return take(clockwork.look(at: time))
    }

    mutating func take(_ orders: [Order]) -> [Attempt] {
        facts = Self.facts(orders)
        return orders.compactMap { if case .start(let attempt) = $0 { attempt } else { nil } }
    }

    /// The attempt's connection stands; whether its request may go out.
    mutating func connect(_ attempt: Attempt) -> Bool {
        let (mayGo, orders) = clockwork.connected(attempt, begin: time, at: time)
        _ = take(orders)
        return mayGo
    }

    /// The attempt is answered, its connection made just before; answers the attempts that begin then.
    mutating func answer(_ attempt: Attempt, status: Int, retryAfter: Duration? = nil) -> [Attempt] {
        var end = AttemptEnd(Outcome(status: status))
        (end.status, end.retryAfter) = (status, retryAfter.map { .wait($0) })
        _ = connect(attempt)
        return self.end(attempt, end)
    }

    mutating func end(_ attempt: Attempt, _ end: AttemptEnd) -> [Attempt] {
        take(clockwork.ended(attempt, begin: time, end, at: time) + clockwork.look(at: time))
    }

    mutating func fail(_ attempt: Attempt, _ outcome: Outcome, wasSent: Bool) -> [Attempt] {
        var end = AttemptEnd(outcome)
        end.wasSent = wasSent
        return self.end(attempt, end)
    }

    mutating func stop() { _ = take(clockwork.stop(at: time)) }

    mutating func replace(_ jobs: [Job]) { _ = take(clockwork.replace(jobs, threads: 1, at: time)) }
}

/// A job of UTC.
func job(_ name: String, _ schedule: String, timeout: Int = 60, _ change: (inout Job) -> Void = { _ in }) throws -> Job
{
    let timetable = Timetable(try Schedule(parsing: schedule), hashKey: HashKey(seed: "seed", job: name))
    var job = Job(name: name, timetable: timetable, method: "POST", path: "/\(name)", timeoutSeconds: timeout)
    change(&job)
    return job
}
