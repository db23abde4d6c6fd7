import Clockwork
import TestSupport

/// The target app, the way to it, and our own machine: what becomes of attempts.
struct App {
    /// Outages come and go at these moments of the clock that only goes forward.
    private(set) var isDown = false
    private(set) var nextTurn: Duration
    private let pace: RandomJobs.Pace

    init(pace: RandomJobs.Pace, _ random: inout SplitMix) {
        self.pace = pace
        nextTurn = .zero
        nextTurn = Self.uptime(pace, &random)
    }

    mutating func turn(at now: Duration, _ random: inout SplitMix) {
        isDown.toggle()
        nextTurn = now + (isDown ? Self.outage(&random) : Self.uptime(pace, &random))
    }

    private static func uptime(_ pace: RandomJobs.Pace, _ random: inout SplitMix) -> Duration {
        .milliseconds(Int.random(in: 1...(pace == .seconds ? 20_000_000 : 3_000_000_000), using: &random))
    }

    private static func outage(_ random: inout SplitMix) -> Duration {
        let longest = [20_000, 100_000, 1_800_000, 1_800_000, 20_000_000][Int.random(in: 0...4, using: &random)]
        return .milliseconds(Int.random(in: 1...longest, using: &random))
    }

    /// How an attempt goes that finds this before its connection stands; nil: it stands.
    func refusal(_ random: inout SplitMix) -> AttemptEnd? {
        func chance(in total: Int) -> Bool { Int.random(in: 1...total, using: &random) == 1 }
        var end: AttemptEnd
        if chance(in: 60) {
            end = AttemptEnd(.unreachable)
            end.isOwnLimit = true
        } else if isDown || chance(in: 400) {
            end = AttemptEnd(.unreachable)
        } else if chance(in: 100) {
            end = AttemptEnd(.tls)
        } else {
            return nil
        }
        end.wasSent = false
        return end
    }

    /// How long an attempt takes to connect, or to find that it cannot.
    static func connectTime(_ random: inout SplitMix) -> Duration {
        switch Int.random(in: 0...99, using: &random) {
        case 0...4: .milliseconds(Int.random(in: 0...10_000, using: &random))
        case 5...50: .microseconds(Int.random(in: 0...3_000, using: &random))
        default: .zero
        }
    }

    /// The answer to a request, and how long it takes.
    static func answer(_ attempt: Attempt, _ random: inout SplitMix) -> (AttemptEnd, after: Duration) {
        func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &random) }
        let length: Duration =
            switch number(0...99) {
            case 0...1: .seconds(number(1...5_000))
            case 2...9: .milliseconds(number(0...70_000))
            default: .milliseconds(number(0...900))
            }
        if length >= attempt.job.timeout { return (AttemptEnd(.timeout), attempt.job.timeout) }
        var end = AttemptEnd(.ok)
        end.status = 200
        switch number(0...29) {
        case 0: (end.outcome, end.status) = (.busy, 409)
        case 1: (end.outcome, end.status) = (.throttled, 429)
        case 2...3:
            (end.outcome, end.status) = (.throttled, 503)
            end.retryAfter = .seconds(number(0...5) == 0 ? 80_000 : number(0...1_000))
        case 4: (end.outcome, end.status, end.requests) = (.denied, 401, number(1...2))
        case 5: (end.outcome, end.status) = (.rejected, 404)
        case 6...7: (end.outcome, end.status, end.requests) = (.failed, 500, number(0...5) == 0 ? 2 : 1)
        case 8: (end.outcome, end.status) = (.failed, number(0...1) == 0 ? 504 : 524)
        case 9: (end.outcome, end.status) = (.broken, 0)
        default: break
        }
        return (end, length)
    }
}
