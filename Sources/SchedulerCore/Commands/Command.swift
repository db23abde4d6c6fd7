package import Schedule
internal import Telling

/// What the command line asks for.
package enum Command: Equatable, Sendable {
    case run
    /// `envFile`: what is checked in the place of the environment.
    case check(asJSON: Bool, envFile: String? = nil, sendsTest: Bool = false, triesStore: Bool = false)
    case next(NextRequest)
    /// Nil: today.
    case pressure(day: CalendarDay?, asJSON: Bool)
    case fire(FireRequest)
    case operate(Operation, asJSON: Bool)
    case status(asJSON: Bool)
    case healthcheck
    /// Nil: all in short.
    case help(HelpTopic? = nil)
    /// Or what it is linked with.
    case version(libraries: Bool = false)

    /// What `scheduler next` is asked.
    package struct NextRequest: Equatable, Sendable {
        /// Nil: all jobs, or the schedule.
        package var job: String?
        package var schedule: Schedule?
        package var zone: String?
        package var count = 5
        /// Nil: now.
        package var from: Moment?
        /// Whether slots are left out that a freeze window holds.
        package var runsOnly = false
        package var asJSON = false
    }

    static let mostSlots = 10_000

    /// Reads the arguments after the program's name; without them it can't be known that the clock is meant.
    package init(_ arguments: [String]?) throws(UsageError) {
        guard let arguments else { throw .untold }
        if arguments.contains("--help") || arguments.contains("-h") {
            self = .help()
            return
        }
        var line = ArgumentLine(arguments)
        if line.flag("--version") {
            self = .version(libraries: line.flag("--libraries"))
            return
        }
        let command = line.word() ?? "run"
        switch command {
        case "run": self = .run
        case "version": self = .version(libraries: line.flag("--libraries"))
        case "status": self = .status(asJSON: line.flag("--json"))
        case "healthcheck": self = .healthcheck
        case "check":
            let (asJSON, sendsTest) = (line.flag("--json"), line.flag("--send-test"))
            self = .check(
                asJSON: asJSON,
                envFile: try line.value("--env-file"),
                sendsTest: sendsTest,
                triesStore: line.flag("--store")
            )
        case "help":
            self = .help(
                try line.word().map { word throws(UsageError) in
                    guard let topic = HelpTopic(rawValue: word) else { throw .unknownTopic(word) }
                    return topic
                }
            )
        case "next": self = .next(try Self.next(&line))
        case "pressure":
            let asJSON = line.flag("--json")
            self = .pressure(
                day: try line.value("--day").map { text throws(UsageError) in
                    guard let day = CalendarDay(parsing: text) else { throw .day(text) }
                    return day
                },
                asJSON: asJSON
            )
        case "fire": self = .fire(try Self.fire(&line))
        case "pause", "resume", "skip", "why":
            let asJSON = line.flag("--json")
            self = .operate(try Self.operation(command, &line), asJSON: asJSON)
        default:
            throw Self.foreign(arguments) ?? .unknownCommand(command, near: NearestName.of(command, in: Self.names))
        }
        try line.end()
    }

    private static func next(_ line: inout ArgumentLine) throws(UsageError) -> NextRequest {
        var request = NextRequest()
        request.asJSON = line.flag("--json")
        request.runsOnly = line.flag("--runs")
        if let text = try line.value("--count") {
            guard let count = Int(text), (1...mostSlots).contains(count) else { throw .count(text) }
            request.count = count
        }
        if let text = try line.value("--from") {
            request.from = try parse("--from") { () throws(ScheduleError) in try Moment(parsing: text) }
        }
        if let text = try line.value("--schedule") {
            request.schedule = try parse("--schedule") { () throws(ScheduleError) in try Schedule(parsing: text) }
        }
        request.zone = try line.value("--tz")
        request.job = line.word()
        if request.job != nil, request.schedule != nil { throw .jobAndSchedule }
        return request
    }

    /// What a compose file may still ask for: the documented sidecar's command, a shell, our own name once more.
    private static func foreign(_ arguments: [String]) -> UsageError? {
        let program = arguments.first.map { $0.split(separator: "/").last.map(String.init) ?? $0 } ?? ""
        let isForeign = ["python", "sh", "bash", "uv", "poetry", "uvicorn", "gunicorn", "celery", "env", "scheduler"]
            .contains {
                program.hasPrefix($0) && program.dropFirst($0.count).allSatisfy { $0.isNumber || $0 == "." }
            }
        guard isForeign else { return nil }
        // Others may hold a secret.
        let isDocumented = arguments.dropFirst().elementsEqual(["-m", "services.scheduler"])
        return .foreignCommand(
            program,
            isDocumented ? arguments.joined(separator: " ") : "\(program)\(arguments.count > 1 ? " …" : "")"
        )
    }

    private static func parse<Value>(
        _ option: String,
        _ read: () throws(ScheduleError) -> Value
    ) throws(UsageError) -> Value {
        do throws(ScheduleError) { return try read() } catch { throw .value(option, error.description) }
    }

    private static let names = [
        "run", "check", "next", "pressure", "fire", "pause", "resume", "skip", "why", "status", "healthcheck", "help",
        "version",
    ]

    package static let usage = """
        usage: scheduler [run]                    run the clock; set up by environment variables
               scheduler check [--json] [--env-file FILE] [--send-test] [--store]
                                                  check the environment; print the jobs, or all faults and warnings;
                                                  of a file: what it would give, and where its readers differ;
                                                  with --send-test an alert, a ping of each URL and a heartbeat are
                                                  sent; with --store a record is made in the shared store, swapped and
                                                  removed: whether several replicas can rely on it
               scheduler next [JOB] [--count N] [--from TIME] [--runs] [--schedule "..."] [--tz ZONE] [--json]
                                                  print the next slots, of all jobs, of one, or of any schedule; with
                                                  --runs without those that a freeze window holds
               scheduler pressure [--day DATE] [--json]
                                                  print how many runs start in each hour of a day (today), its busiest
                                                  minutes with their jobs, and its emptiest minute
               scheduler fire JOB [--here] [--force] [--no-wait] [--json]
                                                  have the running sidecar run a job now; print what the app said, and
                                                  the outcome. --force passes over a hold, a pause and a freeze;
                                                  --no-wait prints the run's id; --here, or without a sidecar: one
                                                  attempt by this process
               scheduler pause JOB|all --for 2h | --until TIME [--note TEXT] [--json]
               scheduler resume JOB|all [--json]  start nothing of a job until then, at most 30d; or again
               scheduler skip JOB [--count N | --off] [--json]
                                                  do not run its next slots (1), or do
               scheduler why JOB [TIME] [--json]  what became of the slot at or before that time (now), or will
               scheduler status [--json]          ask the sidecar that runs with this environment how its jobs are
               scheduler healthcheck              the same for whether its clock turns: 0 if it does, else 1
               scheduler help [jobs | schedules | variables | commands], scheduler --help
               scheduler version [--libraries]    print the version; with --libraries a line for each library in it

        what can be written, with defaults and examples: scheduler help jobs, schedules, variables

        exit status: 0 done, 1 the thing asked failed, 64 usage, 78 configuration

        """
}

/// A command line that makes no sense.
package enum UsageError: Error, Equatable {
    case untold
    case unknownCommand(String, near: String?)
    case unknownTopic(String)
    /// Its name, and the line of a compose file that may ask for it.
    case foreignCommand(String, String)
    case unknownOption(String)
    case extraArgument(String)
    case missingValue(String)
    case givenTwice(String)
    case missingJob(String, orAll: Bool)
    case noEnd
    case twoEnds
    /// Of a pause.
    case length(String)
    case pastEnd(String, Moment)
    case farEnd(String, Moment)
    case longNote(Int)
    case skips(String)
    case countAndOff
    case jobAndSchedule
    case unknownJob(String, near: String?)
    case count(String)
    case day(String)
    case value(String, String)
}

extension UsageError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .untold: "the system has not told the arguments, so nothing is done"
        case .unknownCommand(let word, let near):
            "command \"\(Escaping.quotable(word))\" is not known" + (near.map { "; did you mean \($0)?" } ?? "")
        case .unknownTopic(let word):
            "help knows nothing of \"\(Escaping.quotable(word))\"; write \(HelpTopic.allCases.map(\.rawValue).joined(separator: ", "))"
        case .foreignCommand(let name, let line):
            "command \"\(Escaping.quotable(name))\" is not one of ours; take the line command: \(Escaping.quotable(line)) out of "
                + "the compose file (args: in Kubernetes): the image runs the clock by itself"
        case .unknownOption(let option): "option \"\(Escaping.quotable(option))\" is not known here"
        case .extraArgument(let word): "argument \"\(Escaping.quotable(word))\" is one too many"
        case .missingValue(let option): "option \(option) needs a value after it"
        case .givenTwice(let option): "option \(option) is given twice"
        case .missingJob(let command, let orAll):
            "\(command) needs the name of a job\(orAll ? ", or all" : ""); scheduler check prints them"
        case .noEnd: "pause needs an end, at most 30d from now: write --for 2h or --until 2026-11-21T18:00+01:00"
        case .twoEnds: "give pause --for or --until, not both"
        case .length(let text):
            "--for \"\(Escaping.quotable(text))\" is not a time from 1s to 30d; write one such as 90s, 30m, 2h or 1d12h"
        case .pastEnd(let text, let now):
            "--until \"\(Escaping.quotable(text))\" has passed: it is \(Moment(seconds: now.seconds)) now"
        case .farEnd(let text, let latest):
            "--until \"\(Escaping.quotable(text))\" is more than 30d from now; write \(Moment(seconds: latest.seconds)) or "
                + "an earlier time"
        case .longNote(let count): "--note has \(count) characters; at most 200 are kept"
        case .skips(let text):
            "--count \"\(Escaping.quotable(text))\" is not a whole number from 1 to 1000; --off skips none any more"
        case .countAndOff: "give skip --count or --off, not both"
        case .jobAndSchedule: "give next a job or --schedule, not both"
        case .unknownJob(let name, let near):
            "job \"\(Escaping.quotable(name))\" is not known; "
                + (near.map { "did you mean \($0)?" } ?? "scheduler check prints the jobs")
        case .count(let text):
            "--count \"\(Escaping.quotable(text))\" is not a whole number from 1 to \(Command.mostSlots)"
        case .day(let text): "--day \"\(Escaping.quotable(text))\" is not a date; write one such as 2026-11-21"
        case .value(let option, let problem): "\(option): \(Escaping.controls(problem))"
        }
    }
}
