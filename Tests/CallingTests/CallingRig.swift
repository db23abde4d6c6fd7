import Calling
import Clockwork
import Files
import Foundation
import HTTPClient
import Schedule
import TestSupport

/// A runner with nothing around it: what it tells is kept, and what it masks is the word "hunter2".
struct CallingRig {
    static let slot = Moment(seconds: 1_767_225_600)  // 2026-01-01T00:00:00Z

    private static let begin = ContinuousClock.now
    /// A wall clock that stands still, and one that goes.
    static let time: @Sendable () -> Reading = { Reading(now: slot, uptime: ContinuousClock.now - begin) }

    let events = Told<CallingEvent>()
    let job: Job

    init() throws { job = try Self.job() }

    static func job(_ change: (inout Job) -> Void = { _ in }) throws -> Job {
        let timetable = Timetable(try Schedule(parsing: "every 15m"))
        var job = Job(
            name: "data-refresh",
            timetable: timetable,
            method: "POST",
            path: "/api/sync/trigger",
            timeoutSeconds: 20
        )
        change(&job)
        return job
    }

    func attempt(_ trigger: Run.Trigger = .schedule, number: Int = 1) -> Attempt {
        Attempt(job: job, run: Run(slot: Self.slot, trigger: trigger), id: RunID(1, 1), number: number)
    }

    func runner(
        _ url: String,
        token: (any Credential)? = nil,
        cancellation: Cancellation = Cancellation(),
        random: UInt64 = 1,
        isStopping: @escaping @Sendable () -> Bool = { false },
        isTraced: Bool = false
    ) throws -> Runner {
        Runner(
            Runner.Target(url: try BaseURL(parsing: url + "/prefix/")),
            token: token,
            cancellation: cancellation,
            random: { random },
            now: { Reading(now: Self.slot, uptime: .zero) },
            isStopping: isStopping,
            isTraced: isTraced,
            mask: { $0.replacing("hunter2", with: "***") },
            tell: { [events] in events.add($0) }
        )
    }

    /// The end of one attempt.
    func make(_ url: String, token: String? = nil, connected: () -> Bool = { true }) throws -> AttemptEnd {
        let token = token.map { TokenSource(TokenOrigin(Secret($0)), learn: { _ in }, tell: { _ in }) }
        return try runner(url, token: token).make(attempt(), with: Client(), connected: connected)
    }

    /// What was told, in a form that can be compared.
    var told: [String] { events.all.map(\.words) }
}

extension CallingEvent {
    fileprivate var words: String {
        switch self {
        case .tokenHasChanged(let file, let isMended): "changed: \(file.variable)" + (isMended ? " (mended)" : "")
        case .tokenFileIsGood(let file): "good: \(file.variable)"
        case .tokenFileIsBad(let file, let fault): "bad: \(file.variable) \(fault)"
        case .tokenIsTriedAgain(let attempt): "again: \(attempt.job.name) \(attempt.idText)"
        case .tokenIsNotRenewed(let reason, let rest): "not renewed: \(reason), \(rest.components.seconds)"
        case .tokenIsRenewed(let host): "renewed: \(host)"
        case .retryAfterIsUnreadable(let attempt, let text): "retry-after: \(attempt.job.name) \(text)"
        case .noticeFailed(let notice, let result, let why, let isForGood):
            "\(result): \(notice.shown) \(why)" + (isForGood ? " (for good)" : "")
        case .noticeIsTaken(let notice): "taken: \(notice.shown)"
        case .tracesAreLost(_, let why): "traces lost: \(why)"
        case .tracesAreTaken: "traces taken"
        }
    }
}
