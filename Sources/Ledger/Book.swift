package import Clockwork

/// What is known of all jobs, by folded name.
///
/// A copy costs nothing until one of the two changes.
package struct Book: Sendable, Equatable {
    package private(set) var jobs: [String: JobState] = [:]

    package init() {}

    package subscript(name: String) -> JobState? { jobs[JobName.folded(name)] }

    package var count: Int { jobs.count }

    /// Takes over what is known of a job after a fact; nil: nothing.
    mutating func set(_ name: String, _ state: JobState?) { jobs[JobName.folded(name)] = state }

    /// Takes a fact in, as the clockwork does.
    package mutating func apply(_ fact: Fact) {
        if let name = fact.keptJob { apply(fact, name, key: JobName.folded(name)) }
    }

    /// The same for who knows the names.
    mutating func apply(_ fact: Fact, _ name: String, key: String) {
        switch fact {
        case .dropped: jobs[key] = nil
        case .gone: jobs[key]?.apply(fact)
        default: change(name, key) { $0.apply(fact) }
        }
    }

    mutating func change(_ name: String, _ key: String, _ body: (inout JobState) -> Void) {
        body(&jobs[key, default: JobState(name: name)])
    }

    mutating func replace(_ state: JobState, key: String) { jobs[key] = state }
}
