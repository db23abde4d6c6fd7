internal import Clockwork
internal import HTTPClient
internal import Schedule

/// Turns definitions into jobs: what is missing is a fault, what is not given has its default.
struct JobBuilder {
    let defaults: JobOptions
    let groups: [Group]
    /// The names of apps beside the main one.
    let targets: [String]
    var zone: Zone
    let seed: String
    /// Of the documented job that has one; nil: none.
    let initialOffset: Duration?
    var zones: ZoneCache

    private static let timeoutSeconds = 60

    /// The job, or all that is wrong with it.
    mutating func build(_ definition: JobDefinitions.Definition) -> Result<Job, JobFaults> {
        var faults: [JobLineFault] = []
        let line = definition.line
        let options = line.options.over(defaults)
        var missing: [String] = []
        // A documented job whose interval was a fault has no schedule; that fault is reported already.
        if line.schedule == nil, definition.interval == nil { missing.append("schedule") }
        if line.method == nil { missing.append("method and path") }
        if !missing.isEmpty, !definition.isFaulty {
            faults.append(.missing(missing.joined(separator: ", no "), meant: meant(definition)))
        }
        if let method = line.method, options.body != nil, method == "GET" || method == "HEAD" {
            faults.append(.body("has no place in a \(method); write POST, PUT, PATCH or DELETE"))
        }
        let headers = options.headers.count + options.headerFiles.count
        if headers > JobOptions.mostHeaders, !definition.isFaulty { faults.append(.tooManyHeaders(headers)) }
        let zone = zone(options.zone, &faults)
        let groups = GroupNames.resolve(options.groups ?? [], in: groups, &faults)
        let target = self.target(line.target, &faults)
        guard let schedule = line.schedule, let method = line.method, let path = line.path else {
            return .failure(JobFaults(faults: faults))
        }
        let key = HashKey(seed: seed, job: definition.name)
        var job = Job(
            name: definition.name,
            timetable: Timetable(schedule, in: zone, hashKey: key),
            method: method,
            path: path,
            timeoutSeconds: Self.timeoutSeconds
        )
        job.target = target
        job.origin = definition.origin
        job.isChanged = definition.isChanged
        if definition.rank.map({ DocumentedJobs.rows[$0].hasInitialOffset }) == true {
            job.initialOffset = initialOffset
        }
        // A message must not go out because a container started.
        job.first = definition.rank != nil || schedule.isElapsedTime ? .now : .wait
        options.apply(to: &job)
        job.groups = groups
        if method == "HEAD", job.expectation != nil {
            faults.append(.option("expect", "has no place in a HEAD, which is answered without a body; write GET"))
        }
        return faults.isEmpty ? .success(job) : .failure(JobFaults(faults: faults))
    }

    /// A line without a call changes a job that is there; of one that is not, which may be meant.
    private func meant(_ definition: JobDefinitions.Definition) -> String? {
        guard definition.rank == nil else { return nil }
        if let hint = MisnamedJob.hint(definition.origin) { return hint }
        guard definition.line.method == nil else { return nil }
        if let later = LaterJob.named(definition.name) {
            return later.line(definition.line.schedule?.description).map {
                "of the documented app's later releases it is: write '\($0)'"
            }
        }
        let names = DocumentedJobs.rows.map { JobName.folded($0.name) }
        guard let near = MeantName.of(JobName.folded(definition.name), in: names),
            let row = DocumentedJobs.rows.first(where: { JobName.folded($0.name) == near })
        else { return nil }
        let isVariable = definition.origin.hasPrefix(Variable.jobPrefix)
        let name = isVariable ? Variable.jobPrefix + near.uppercased().swapping("-", for: "_") : row.name
        return "did you mean \(name)? A new job needs a call as well, such as POST /api/nightly"
    }

    private func target(_ name: String?, _ faults: inout [JobLineFault]) -> String {
        guard let name else { return Job.mainTarget }
        let folded = JobName.folded(name.lowercased())
        if folded != Job.mainTarget, !targets.contains(folded) { faults.append(.target(name, known: targets)) }
        return folded
    }

    private mutating func zone(_ name: String?, _ faults: inout [JobLineFault]) -> Zone {
        guard let name else { return zone }
        do throws(ZoneError) {
            return try zones.zone(named: name)
        } catch {
            faults.append(.zone(error))
            return zone
        }
    }
}

/// Everything that is wrong with one job.
struct JobFaults: Error {
    let faults: [JobLineFault]
}
