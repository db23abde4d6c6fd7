/// What is told of all jobs together.
extension EnvironmentReader {
    /// A warning of a job line; more than a screen of them are not shown.
    mutating func jobWarning(_ origin: String, _ sentence: @autoclosure () -> String) {
        jobWarnings += 1
        if jobWarnings <= JobHints.most {
            warn(origin, "\(origin): \(sentence())")
        } else if jobWarnings == JobHints.most + 1 {
            warn(Variable.jobsFile.name, JobHints.more)
        }
    }

    /// Says why no job is left.
    mutating func noJobIsLeft(_ definitions: JobDefinitions) {
        let off = definitions.byKey.values.map(\.origin).sorted()
        let more = off.count > 1 ? " and \(off.count - 1) more" : ""
        if flag(.builtinJobs), let first = off.first {
            fault(
                first,
                "\(first): no job is left, since this\(more) switch all of them off; take one off out, "
                    + "or stop the scheduler if nothing is to run; one that runs can be told: \(Self.pause)"
            )
        } else {
            let name = Variable.builtinJobs.name
            let why =
                off.first.map { "your own are off (\($0)\(more))" }
                ?? (isSet(.jobsFile) ? "\(Variable.jobsFile.name) holds none" : "there is none of your own")
            let pause = off.isEmpty ? "" : "; to stop all for a while, tell the one that runs: \(Self.pause)"
            fault(
                name,
                "\(name)=false: no job is left, since \(why); write a job line, \(Variable.job.name) or in a file\(pause)"
            )
        }
    }

    /// What stops all jobs of a running sidecar, and lets them go on by itself.
    private static let pause = "scheduler pause all --for 2h"
}
