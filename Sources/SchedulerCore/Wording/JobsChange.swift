internal import Clockwork
internal import Telling

/// What a reload makes of the jobs, by their names.
struct JobsChange {
    let new: [String]
    let changed: [String]
    let gone: [String]

    init(from before: [Job], to after: [Job]) {
        let old = Dictionary(before.map { ($0.name, $0) }) { first, _ in first }
        new = after.map(\.name).filter { old[$0] == nil }
        changed = after.filter { job in
            guard var was = old[job.name] else { return false }
            // Another place in the file is no change, and neither is how far a first run is put off.
            (was.origin, was.isChanged, was.initialOffset) = (job.origin, job.isChanged, job.initialOffset)
            return was != job
        }.map(\.name)
        let names = Set(after.map(\.name))
        gone = before.map(\.name).filter { !names.contains($0) }
    }

    /// A sentence for each kind; long lists are cut.
    var words: String {
        let kinds = [("New", new), ("Changed", changed), ("Gone", gone)].filter { !$0.1.isEmpty }
        guard !kinds.isEmpty else { return "No job has changed." }
        return kinds.map { kind, names in
            "\(kind): \(names.prefix(Log.mostNames).joined(separator: ", "))\(names.count > Log.mostNames ? ", …" : "")."
        }.joined(separator: " ")
    }
}
