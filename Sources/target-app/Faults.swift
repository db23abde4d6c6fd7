import HTTPServer
import Locking

/// The faults that are set, by path; each call takes the one meant for it.
final class Faults: Sendable {
    /// What one path does, in order.
    struct Table: Sendable, Equatable {
        var rules: [String: [Fault]] = [:]
    }

    private let table = Mutex(Table())

    var current: Table { table.withLock { $0 } }

    /// Sets or, with nil, clears the paths named; the others stay.
    ///
    /// Gives the table after that.
    @discardableResult
    func change(_ changes: [String: [Fault]?]) -> Table {
        table.withLock { table in
            for (path, faults) in changes { table.rules[path] = faults }
            return table
        }
    }

    func clear() {
        table.withLock { $0.rules = [:] }
    }

    func take(for request: Request) -> Fault? {
        table.withLock { $0.take(for: request) }
    }
}

extension Faults.Table {
    /// The longest key that fits: the whole target, then the path, then the folder of all records, then `*`.
    fileprivate mutating func take(for request: Request) -> Fault? {
        let folder = StateStore.owns(request.path) ? [StateStore.prefix] : []
        for key in [request.target, request.path] + folder + ["*"] {
            guard var faults = rules[key], var fault = faults.first else { continue }
            guard let times = fault.times else { return fault }
            fault.times = times - 1
            if times > 1 { faults[0] = fault } else { faults.removeFirst() }
            rules[key] = faults.isEmpty ? nil : faults
            return fault
        }
        return nil
    }
}
