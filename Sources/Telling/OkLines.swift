package import Clockwork

/// Which runs that end `ok` have their lines in the log.
package enum OkLogging: String, Sendable, CaseIterable {
    case all
    /// The first one after another outcome.
    case change
    case off
}

/// Decides which facts the log tells, so that good runs can be left out of it.
///
/// Where they are, the line that a run begins waits until it has to be told: before a retry, or before the run's end.
package struct OkLines: Sendable {
    private let logging: OkLogging
    /// How each job's last run ended.
    private var last: [String: Outcome] = [:]
    /// Runs that have begun, of which nothing is told yet.
    private var untold: [String: Fact] = [:]
    /// Jobs whose run under way has a line that something failed.
    private var retried: Set<String> = []

    /// `known`: what is on record of earlier runs.
    package init(_ logging: OkLogging, known: [JobState] = []) {
        self.logging = logging
        for state in known { last[state.name] = state.runs.last?.outcome }
    }

    /// What is told because of a fact, in order.
    package mutating func told(_ fact: Fact) -> [Fact] {
        guard logging != .all else { return [fact] }
        switch fact {
        case .began(let name, let begin, _?):
            if begin.attempt == 1 { untold[name] = fact }
            return []
        case .failed(let name, _, _, _):
            retried.insert(name)
            return begin(of: name) + [fact]
        case .ended(let name, let run, _, _):
            let before = last.updateValue(run.outcome, forKey: name)
            let wasRetried = retried.remove(name) != nil
            let begin = begin(of: name)
            let isChange = wasRetried || before.map { $0 != .ok } ?? false
            let isLeftOut = run.outcome == .ok && !(logging == .change && isChange)
            return isLeftOut ? [] : begin + [fact]
        case .withdrawn(let name, _):
            (untold[name], _) = (nil, retried.remove(name))
            return [fact]
        case .gone(let name, _), .dropped(let name):
            last[name] = nil
            return [fact]
        default: return [fact]
        }
    }

    private mutating func begin(of name: String) -> [Fact] { [untold.removeValue(forKey: name)].compactMap(\.self) }
}
