internal import Clockwork
internal import Glibc
internal import JSON
internal import Schedule
internal import Telling

/// The commands that the running sidecar carries out.
extension Program {
    static func operate(
        _ operation: Command.Operation,
        asJSON: Bool,
        _ environment: [String: String]
    ) throws(UsageError) -> Int32 {
        let request: ControlRequest
        switch operation {
        case .pause(let jobs, let end, let note):
            request = .pause(JobChoice(jobs), until: try end.moment(TimeSource.system.now()), note: note)
        case .resume(let jobs): request = .resume(JobChoice(jobs))
        case .skip(let job, let count): request = .skip(job: job, count: count)
        case .why(let job, let moment): request = .why(job: job, at: moment)
        }
        switch ControlClient.ask(request, environment) {
        case .success(let answer):
            guard answer.kind == .done else { return try refused(answer, asJSON: asJSON) }
            output.write(asJSON ? shown(answer) : "\(Escaping.controls(answer.line))\n")
            return Status.done
        case .failure(let problem): return fail(operation.job, "\(problem)", asJSON: asJSON)
        }
    }

    static func fire(
        _ request: Command.FireRequest,
        _ environment: [String: String]
    ) throws(UsageError) -> Int32 {
        // The first process of its container has no sidecar beside it, and has to hear signals from the start.
        guard !request.here, getpid() != 1 else { return try fireHere(request, environment) }
        let fired: ControlAnswer
        switch ControlClient.ask(.fire(job: request.job, force: request.force), environment) {
        case .success(let answer): fired = answer
        case .failure(let problem):
            guard problem.isNobody else { return fail(request.job, "\(problem)", asJSON: request.asJSON) }
            errors.write("scheduler: no sidecar runs here with this environment, so this process makes one attempt\n")
            return try fireHere(request, environment)
        }
        guard fired.kind == .done, let id = fired.text("run_id") else {
            return try refused(fired, asJSON: request.asJSON)
        }
        if request.noWait {
            output.write(request.asJSON ? shown(fired) : "\(id)\n")
            return Status.done
        }
        switch ControlClient.end(of: id, environment) {
        case .success(let end):
            guard end.kind == .done else { return try refused(end, asJSON: request.asJSON) }
            return ended(end.members, request)
        case .failure(let problem):
            let why = "run \(id) was begun, and how it ends is not known here: \(problem)"
            return fail(request.job, why, asJSON: request.asJSON)
        }
    }

    /// Prints how a run by hand ended, whoever made it.
    static func ended(_ members: [(String, JSONValue)], _ request: Command.FireRequest) -> Int32 {
        let run = JSONValue.object(members)
        func text(_ name: String) -> String { if case .string(let text)? = run[name] { text } else { "" } }
        if request.asJSON {
            output.write("\(run)\n")
        } else if request.noWait {
            output.write(text("run_id") + "\n")
        } else {
            output.write("\(FiredRun.line(run))\n\(Escaping.controls(text("outcome")))\n")
        }
        let good = [Outcome.ok, .busy].map(\.rawValue)
        return good.contains(text("outcome")) ? Status.done : Status.failed
    }

    private static func refused(_ answer: ControlAnswer, asJSON: Bool) throws(UsageError) -> Int32 {
        if answer.kind == .unknownJob { throw .unknownJob(answer.text("job") ?? "", near: answer.text("near")) }
        return fail(answer.text("job") ?? "", answer.line, asJSON: asJSON)
    }

    private static func fail(_ job: String, _ why: String, asJSON: Bool) -> Int32 {
        if asJSON { output.write("\(JSONValue.object([("job", .string(job)), ("error", .string(why))]))\n") }
        errors.write("scheduler: \(Escaping.controls(why))\n")
        return Status.failed
    }

    /// Whoever answers, nothing that it says commands a terminal.
    private static func shown(_ answer: ControlAnswer) -> String {
        Escaping.controls(JSONValue.object(answer.members).description) + "\n"
    }
}

extension Command.Operation {
    /// As it was written.
    fileprivate var job: String {
        switch self {
        case .pause(let job, _, _), .resume(let job), .skip(let job, _), .why(let job, _): job
        }
    }
}
