/// Variables that name a job by `SCHEDULER_JOB_<NAME>`, though something else was probably meant.
enum MisnamedJob {
    /// What was meant by the variable of a line that is none; nil where it names a job like any other.
    static func hint(_ variable: String) -> String? {
        guard variable.hasPrefix(Variable.jobPrefix) else { return nil }
        let name = String(variable.dropFirst(Variable.jobPrefix.count))
        let meant: [(Variable, Set<String>)] = [
            (.jobDefaults, ["DEFAULT", "DEFAULT_OPTIONS", "OPTIONS"]),
            (.jobsFile, ["FILE", "FILES", "LIST", "FILE_PATH", "PATH"]),
        ]
        if let (variable, _) = meant.first(where: { $0.1.contains(name) }) { return "did you mean \(variable.name)?" }
        return JobOption.named(name).map { "did you mean \($0.name)= in \(Variable.jobDefaults.name)?" }
    }
}
