import Schedule
import Testing

@testable import Clockwork

/// Where a run of job `a` can stand, and all that can happen to it there.
///
/// `b` and `c` connect since before it, `d` since a moment ago; `a` has a slot at midnight and one each two hours.
struct StageRig {
    enum Stage: String, CaseIterable, Sendable {
        case idle, delayed, paused, waitingForTarget, queued, connecting, attempting, backoff, held
    }

    enum Event: String, CaseIterable, Sendable {
        case nextSlot, removed, schedule, option, stop, kill, down, back, hourBack, hourForward, oldEnd
        case ok, busy, throttled, denied, rejected, redirected, failed, gateway, timeout, broken, abortedSent
        case unreachable, tls, aborted, limit, refused

        /// What became of a request that stood.
        var status: Int? {
            switch self {
            case .ok: 200
            case .busy: 409
            case .throttled: 503
            case .denied: 401
            case .rejected: 404
            case .redirected: 301
            case .failed: 500
            case .gateway: 504
            default: nil
            }
        }

        var isEnd: Bool {
            Self.allCases.firstIndex(of: self).map { $0 >= Self.allCases.firstIndex(of: .ok) ?? 0 } ?? false
        }
    }

    private var rig: Rig
    private var attempts: [Attempt]
    private let jobs: [Job]

    init(_ stage: Stage) throws {
        let a = try job("a", "cron 0 */2 * * *") {
            ($0.retries, $0.abandonHoldSeconds) = (2, 9_000)
            $0.jitterSeconds = stage == .delayed ? 7_200 : 0
        }
        let others = [("b", "cron 50 59 23 * * *"), ("c", "cron 50 59 23 * * *"), ("d", "cron 1 0 0 * * *")]
        jobs = [a] + (try others.map { try job($0, $1) })
        let states = jobs.map { ran($0, at: $0.name == "a" ? stage == .idle ? 0 : -7_200 : -80_000) }
        rig = Rig(jobs, states: states, threads: stage == .queued ? 2 : 9, at: -10)
        attempts = rig.look(at: -10) + rig.look(at: 0)
        if let a = attempts.first(where: { $0.job.name == "a" }) {
            rig.pass(to: 0.6)
            switch stage {
            case .paused:
                // The target is reached after it began.
                if let c = attempts.first(where: { $0.job.name == "c" }) { _ = rig.connect(c) }
                _ = rig.fail(a, .unreachable, wasSent: false)
            case .waitingForTarget: _ = rig.fail(a, .unreachable, wasSent: false)
            case .attempting: _ = rig.connect(a)
            case .backoff: _ = rig.answer(a, status: 500)
            case .held: _ = rig.fail(a, .tls, wasSent: false)
            default: break
            }
            if stage == .held {
                // It is another run that holds it: one of 22:00 that was given up.
                var known = ran(jobs[0], at: -7_200)
                let hold = Hold(from: Rig.at(-100), until: Rig.at(9_000), reason: .abandoned)
                known.apply(.ended("a", RunRecord(id: RunID(0, 9), slot: Rig.at(-7_200), outcome: .timeout), hold))
                rig = Rig(jobs, states: [known] + states.dropFirst(), threads: 9, at: -10)
                attempts = rig.look(at: -10) + rig.look(at: 0)
            }
        }
        attempts += rig.look(at: 1)
        rig.pass(to: 1.2)
    }

    /// What is told and ordered then, and where the run stands.
    mutating func after(_ event: Event) throws -> String {
        var begun: [Attempt] = []
        var facts: [Fact] = []
        switch event {
        case .nextSlot: begun = rig.look(at: 7_200)
        case .removed: rig.replace(Array(jobs.dropFirst()))
        case .schedule: replace(try job("a", "cron 30 */2 * * *") { $0.retries = 2 })
        case .option:
            var new = jobs[0]
            new.path = "/new"
            replace(new)
        case .stop: rig.stop()
        case .kill: rig = rig.restarted()
        case .down:
            // Of a call that began after the last contact.
            let call = attempts.first { $0.job.name == "d" } ?? attempts.first { $0.job.name == "c" }
            begun = rig.fail(try #require(call), .unreachable, wasSent: false)
        case .back: _ = rig.connect(try #require(attempts.first { $0.job.name == "b" }))
        case .hourBack: rig.shift = .seconds(-3_600)
        case .hourForward: rig.shift = .seconds(3_600)
        case .oldEnd:
            begun = rig.answer(
                Attempt(job: jobs[0], run: Run(slot: Rig.at(0), trigger: .first), id: RunID(7, 7)),
                status: 500
            )
        default:
            let call = try #require(attempts.last { $0.job.name == "a" })
            begun = end(call, event)
        }
        facts = rig.facts
        begun += rig.look(at: rig.seconds)
        facts += rig.facts
        let told = facts.map(\.brief).filter { !["b", "c", "d"].contains($0.split(separator: " ").dropFirst().first) }
        return (told + [Self.text(rig.clockwork.entries.first { $0.job.name == "a" })]).joined(separator: "; ")
    }

    private mutating func replace(_ job: Job) { rig.replace([job] + jobs.dropFirst(), threads: 1) }

    private mutating func end(_ call: Attempt, _ event: Event) -> [Attempt] {
        if let status = event.status {
            return rig.answer(call, status: status, retryAfter: event == .throttled ? .seconds(600) : nil)
        }
        return switch event {
        case .timeout: rig.fail(call, .timeout, wasSent: true)
        case .broken: rig.fail(call, .broken, wasSent: true)
        case .abortedSent: rig.fail(call, .aborted, wasSent: true)
        case .unreachable: rig.fail(call, .unreachable, wasSent: false)
        case .tls: rig.fail(call, .tls, wasSent: false)
        case .aborted: rig.fail(call, .aborted, wasSent: false)
        case .limit: rig.limit(call)
        default: rig.refuse(call)
        }
    }

    private static func text(_ entry: Entry?) -> String {
        guard let entry else { return "not there" }
        let slot = entry.run.map { " \(($0.slot - Rig.midnight).wholeMilliseconds / 1_000)" } ?? ""
        let job = entry.isGone ? "gone, " : entry.job.path == "/new" ? "new, " : ""
        let stage =
            switch entry.stage {
            case .idle: "idle"
            case .delayed: "delayed\(slot)"
            case .paused: "paused\(slot)"
            case .waitingForTarget: "for target\(slot)"
            case .queued: "for thread\(slot)"
            case .attempting(let attempt, _, let hasBegun):
                "\(hasBegun ? "attempting" : "connecting")\(slot)#\(attempt.number)\(attempt.isProbe ? " as probe" : "")"
            case .backoff: "backoff\(slot)"
            case .held(let until, let reason): "held \(reason) until \(until.wholeMilliseconds / 1_000)"
            }
        return job + stage
    }
}
