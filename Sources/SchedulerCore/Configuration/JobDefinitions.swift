internal import Clockwork
internal import HTTPClient
internal import Schedule
internal import Telling

/// Gathers job lines from where they stand, and lays them over one another: documented, file, variables.
struct JobDefinitions {
    struct Definition {
        let name: String
        /// The variable or `file:line` that says it; of several, the one that wins.
        var origin: String
        var line: JobLine
        /// The place among the documented jobs; nil for a job of one's own.
        let rank: Int?
        /// Whether its schedule is still the one that an interval variable gives.
        var interval: Variable?
        /// Whether a job line or an interval variable changes what is documented.
        var isChanged = true
        /// Whether a line of it has a fault already, so that what it lacks may only have been misread.
        var isFaulty = false
    }

    private(set) var byKey: [String: Definition] = [:]

    /// In the order in which jobs are shown: the documented ones, then by name.
    var ordered: [Definition] {
        byKey.values.filter { !$0.line.isOff }.sorted {
            ($0.rank ?? .max, $0.name) < ($1.rank ?? .max, $1.name)
        }
    }

    func knows(_ name: String) -> Bool { byKey[JobName.folded(name)] != nil }

    mutating func addDocumented(_ intervals: [Variable: Int]) {
        for (rank, row) in DocumentedJobs.rows.enumerated() {
            var line = JobLine()
            var interval: Variable?
            switch row.schedule {
            case .fixed(let text):
                line.schedule = try? Schedule(parsing: text)
            case .interval(let variable):
                interval = variable
                line.schedule = intervals[variable].flatMap {
                    try? Schedule(parsing: DocumentedJobs.schedule(seconds: $0))
                }
            }
            (line.method, line.path) = (row.method, row.path)
            line.options.changes["timeout"] = { $0.timeoutSeconds = row.timeoutSeconds }
            byKey[JobName.folded(row.name)] = Definition(
                name: row.name,
                origin: interval?.name ?? row.name,
                line: line,
                rank: rank,
                interval: interval,
                isChanged: interval.map { intervals[$0].map(String.init) != $0.standard.value } ?? false
            )
        }
    }

    mutating func add(_ name: String, _ line: JobLine, origin: String, isFaulty: Bool) {
        let key = JobName.folded(name)
        guard let base = byKey[key] else {
            byKey[key] = Definition(name: name, origin: origin, line: line, rank: nil, isFaulty: isFaulty)
            return
        }
        byKey[key] = Definition(
            name: base.name,
            origin: origin,
            line: line.over(base.line),
            rank: base.rank,
            interval: line.schedule == nil ? base.interval : nil,
            isFaulty: isFaulty || base.isFaulty
        )
    }
}

extension EnvironmentReader {
    /// All job lines of one's own, laid over the documented jobs.
    mutating func jobDefinitions(_ intervals: [Variable: Int]) -> JobDefinitions {
        var definitions = JobDefinitions()
        if flag(.builtinJobs) { definitions.addDocumented(intervals) }
        readJobsFile(into: &definitions)
        readJobVariables(into: &definitions)
        return definitions
    }

    mutating func jobDefaults(_ zones: inout ZoneCache, _ groups: [Group]) -> JobOptions {
        guard let text = text(.jobDefaults) else {
            return JobOptions()
        }
        var (options, faults) = JobLine.parseDefaults(text)
        if let zone = options.zone {
            do throws(ZoneError) {
                _ = try zones.zone(named: zone)
            } catch {
                faults.append(.zone(error))
                options.zone = nil
            }
        }
        let faultsBefore = faults.count
        _ = GroupNames.resolve(options.groups ?? [], in: groups, &faults)
        // Told here, and not once more for each job.
        if faults.count > faultsBefore { options.groups = nil }
        for problem in faults { jobFault(Variable.jobDefaults.name, problem) }
        readHeaderFiles(options.headerFiles, Variable.jobDefaults.name)
        if options.changes["retry-on"] != nil, options.changes["retries"] == nil {
            jobWarning(
                Variable.jobDefaults.name,
                "retry-on= has no effect on jobs without retries=; write retries=3, say"
            )
        }
        return options
    }

    mutating func jobFault(_ origin: String, _ problem: JobLineFault) {
        fault(origin, "\(origin): \(problem)")
    }

    private mutating func readJobsFile(into definitions: inout JobDefinitions) {
        guard let (path, text) = file(.jobsFile, limit: JobsFile.limit, of: "\"name: job line\" lines") else { return }
        let (entries, bad) = JobsFile.parse(text)
        for (number, problem) in bad { fault("\(path):\(number)", "\(path):\(number): \(problem)") }
        var seen: [String: String] = [:]
        for entry in entries {
            add(entry.name, entry.text, origin: "\(path):\(entry.number)", seen: &seen, into: &definitions)
        }
    }

    private mutating func readJobVariables(into definitions: inout JobDefinitions) {
        var seen: [String: String] = [:]
        for variable in names(withPrefix: Variable.jobPrefix) where variable != Variable.jobDefaults.name {
            let name = variable.dropFirst(Variable.jobPrefix.count).lowercased().swapping("_", for: "-")
            guard let text = text(variable, allowed: Variable.job.allowed) else { continue }
            add(name, text, origin: variable, seen: &seen, into: &definitions)
        }
    }

    /// Its operator believes that something is off now.
    private mutating func offWithoutJob(_ name: String, _ origin: String, _ definitions: JobDefinitions) {
        func hint() -> String {
            let names = definitions.byKey.values.map(\.name).sorted()
            let folded = MeantName.of(JobName.folded(name), in: names.map(JobName.folded))
            let near = names.first { JobName.folded($0) == folded }
            return near.map { "did you mean \($0)?" } ?? "scheduler check prints the jobs"
        }
        jobWarning(origin, "there is no job \(name) to switch off; \(hint())")
    }

    /// `seen` holds the names of one source, each with where it stands.
    private mutating func add(
        _ name: String,
        _ text: String,
        origin: String,
        seen: inout [String: String],
        into definitions: inout JobDefinitions
    ) {
        guard JobName.isValid(name) else {
            return fault(
                origin,
                "\(origin): job name \"\(Escaping.quotable(ShownWord.first(name)))\" is not one; write \(JobName.rule)"
            )
        }
        let key = JobName.folded(name)
        guard key != "defaults" else {
            let owner = Variable.jobDefaults.name
            return fault(origin, "\(origin): the name \(name) is reserved for \(owner); choose another")
        }
        if let other = seen[key] {
            return fault(origin, "\(origin): job \(name) is defined a second time, first by \(other); keep one")
        }
        seen[key] = origin
        let (line, problems) = JobLine.parse(text)
        let hint = definitions.knows(name) ? nil : MisnamedJob.hint(origin)
        for (index, problem) in problems.enumerated() {
            fault(origin, "\(origin): \(problem)\(index == 0 ? hint.map { "; \($0)" } ?? "" : "")")
        }
        if line.isOff, !definitions.knows(name) { offWithoutJob(name, origin, definitions) }
        definitions.add(name, line, origin: origin, isFaulty: !problems.isEmpty)
    }
}
