import HTTPClient
import Schedule
import Testing

@testable import SchedulerCore

/// A clockwork with its two clocks, which go together: what the loop and the workers would do, by hand.
struct Rig {
    private(set) var clockwork: Clockwork
    private(set) var seconds = 0.0
    private let jobs: [Job]

    static let midnight = Moment(seconds: 1_767_225_600)

    /// Job lines by name; `last` and `holds` by the job's number, in the order of names.
    init(
        _ lines: [String: String],
        spread: Int = 0,
        last: [Int: Int] = [:],
        holds: [Int: (run: Run, rest: Duration)] = [:]
    ) throws {
        var environment = ["SCHEDULER_BUILTIN_JOBS": "false", "SCHEDULER_TICK_SECONDS": "30"]
        for (name, line) in lines { environment["SCHEDULER_JOB_\(name.uppercased())"] = line }
        jobs = try Settings(environment: environment).jobs
        clockwork = Clockwork(jobs: jobs, tick: .seconds(30), buildDate: .epoch, seed: "seed", spread: .seconds(spread))
        clockwork.begin(at: now, uptime: uptime, assumed: last.mapValues { Self.at($0) }, holds: holds)
    }

    var now: Moment { Self.midnight + .milliseconds(Int(seconds * 1000)) }
    var uptime: Duration { .milliseconds(Int(seconds * 1000)) }

    static func at(_ seconds: Int) -> Moment { midnight + .seconds(seconds) }

    /// Lets the time pass, and answers what is to be done then.
    mutating func look(at seconds: Double) -> [Clockwork.Order] {
        self.seconds = seconds
        return clockwork.look(at: now, uptime: uptime)
    }

    mutating func attempts(at seconds: Double) -> [Clockwork.Attempt] {
        look(at: seconds).compactMap { if case .attempt(let attempt) = $0 { attempt } else { nil } }
    }

    /// When the loop would look next, in seconds.
    var next: Double? {
        let moments = [
            clockwork.nextLook.moment.map { ($0 - Self.midnight).wholeMilliseconds },
            clockwork.nextLook.uptime.map(\.wholeMilliseconds),
        ]
        return moments.compactMap { $0 }.min().map { Double($0) / 1000 }
    }

    mutating func end(_ attempt: Clockwork.Attempt, _ answer: Result<Response, TransferError>) -> Clockwork.Verdict {
        let context =
            attempt.context
            ?? RunContext(id: RunID(1, 1), slot: attempt.run.slot, began: uptime, lateness: now - attempt.run.due)
        let end = RunEnd(
            attempt: attempt,
            context: context,
            answer: answer,
            duration: .zero,
            attempts: attempt.number
        )
        if end.hasReached { _ = clockwork.reached(at: uptime) }
        return clockwork.attemptEnded(attempt, end, at: now, uptime: uptime, random: 0.5)
            ?? .ended(slotsHeld: clockwork.runEnded(attempt, end, at: now, uptime: uptime))
    }

    mutating func end(_ attempt: Clockwork.Attempt, status: Int, retryAfter: String? = nil) -> Clockwork.Verdict {
        end(
            attempt,
            .success(
                Response(
                    status: status,
                    body: [],
                    bodyLength: 0,
                    location: nil,
                    retryAfter: retryAfter.map(RetryAfter.init(parsing:))
                )
            )
        )
    }

    mutating func fail(_ attempt: Clockwork.Attempt, _ kind: TransferError.Kind, sent: Bool = true) -> Clockwork.Verdict
    {
        end(attempt, .failure(TransferError(kind, "x", requestWasSent: sent)))
    }

    mutating func reached() -> (down: Duration, waited: Int)? { clockwork.reached(at: uptime) }

    mutating func sleep() { _ = clockwork.sleep() }

    mutating func forgo(_ attempt: Clockwork.Attempt) { clockwork.forgo(attempt, at: now, uptime: uptime) }

    mutating func stop() -> [RunEnd] { clockwork.stop() }

    mutating func replace(_ list: [(job: Job, isGone: Bool)]) -> [RunEnd] {
        clockwork.replace(list, at: now, assumed: [:])
    }
}
