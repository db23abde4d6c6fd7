internal import Clockwork
internal import Schedule

/// Groups of jobs, and the jobs that are in them.
extension EnvironmentReader {
    /// Names with their limits; of one with a fault nothing is known but its name, so that jobs may be in it.
    mutating func groups() -> [Group] {
        guard let text = text(.groups) else { return [] }
        var groups: [Group] = []
        for item in text.split(whereSeparator: \.isWhitespace) {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard JobName.isValid(name) else {
                groupFault("group name \"\(ShownWord.of(name))\" is not one; write \(JobName.rule)")
                continue
            }
            guard JobName.folded(name) != GroupNames.none else {
                groupFault("the name none is reserved for jobs that are in no group; choose another")
                continue
            }
            if groups.contains(where: { JobName.folded($0.name) == JobName.folded(name) }) {
                groupFault("group \(name) is given twice; keep one")
                continue
            }
            let limit = parts.count == 2 ? Self.limit(parts[1]) : nil
            if limit == nil { limitFault(name, parts.count == 2 ? String(parts[1]) : nil) }
            groups.append(Group(name: name, limit: limit ?? 1))
        }
        return groups
    }

    private static func limit(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text).flatMap { Group.limits.contains($0) ? $0 : nil }
    }

    private mutating func limitFault(_ name: String, _ limit: String?) {
        guard let limit else { return groupFault("group \(name) has no limit; write \(name)=1, say") }
        let (least, most) = (Group.limits.lowerBound, Group.limits.upperBound)
        groupFault(
            "the limit \"\(ShownWord.of(limit))\" of group \(name) is not one; write a number from \(least) to \(most)"
        )
    }

    private mutating func groupFault(_ message: String) { fault(.groups, "\(Variable.groups.name): \(message)") }

    /// A group that nobody is in is likely a slip.
    mutating func warnOfEmptyGroups(_ groups: [Group], _ jobs: [Job]) {
        guard faults.isEmpty else { return }
        for group in groups where !jobs.contains(where: { $0.groups.contains(group.name) }) {
            let name = Variable.groups.name
            warn(
                name,
                "\(name): no job is in group \(group.name); write group=\(group.name) in a job line, or take it out"
            )
        }
    }
}

/// The groups that a job line names.
enum GroupNames {
    /// In the place of names: in no group, whatever the defaults say.
    static let none = "none"

    /// One or several with commas between them, each once.
    static func read(_ text: String) throws(JobOption.Problem) -> [String] {
        if text == none { return [] }
        var names: [String] = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
            guard JobName.isValid(name) else {
                throw JobOption.Problem("\"\(ShownWord.of(name))\" is not a name; write names as llm or llm,nightly")
            }
            guard !names.contains(where: { JobName.folded($0) == JobName.folded(name) }) else {
                throw JobOption.Problem("\"\(ShownWord.of(name))\" is given twice; write it once")
            }
            names.append(name)
        }
        return names
    }

    /// As they are written where they are defined, in alphabetical order; one that is not there is a fault.
    static func resolve(_ names: [String], in groups: [Group], _ faults: inout [JobLineFault]) -> [String] {
        names.compactMap { name in
            if let group = groups.first(where: { JobName.folded($0.name) == JobName.folded(name) }) {
                return group.name
            }
            let known = groups.map(\.name).sorted()
            let advice =
                known.isEmpty
                ? "write \(Variable.groups.name)='\(ShownWord.of(name))=1', say"
                : NearestName.of(name, in: known).map { "did you mean \($0)?" }
                    ?? "write \(known.joined(separator: ", ")), or add it there"
            faults.append(.option("group", "\"\(ShownWord.of(name))\" is not in \(Variable.groups.name); \(advice)"))
            return nil
        }.sorted()
    }
}
