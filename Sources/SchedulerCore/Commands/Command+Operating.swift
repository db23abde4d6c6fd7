internal import Clockwork
package import Schedule

extension Command {
    /// What `scheduler fire` is asked.
    package struct FireRequest: Equatable, Sendable {
        package var job: String
        /// By this process, whether a sidecar runs or not.
        package var here = false
        /// Passes over a hold, a pause and a freeze.
        package var force = false
        package var noWait = false
        package var asJSON = false
    }

    /// What is asked of the running sidecar alone.
    package enum Operation: Equatable, Sendable {
        /// Jobs by name, or `all`.
        case pause(String, PauseEnd, note: String)
        case resume(String)
        /// 0: none any more.
        case skip(String, count: Int)
        /// Nil: now.
        case why(String, at: Moment?)
    }

    package enum PauseEnd: Equatable, Sendable {
        case after(seconds: Int64)
        case at(Moment, text: String)

        /// When that is.
        func moment(_ now: Moment) throws(UsageError) -> Moment {
            switch self {
            // In whole seconds, which are easier to read.
            case .after(let seconds): return Moment(seconds: now.seconds + seconds + (now.nanoseconds > 0 ? 1 : 0))
            case .at(let moment, let text):
                guard moment > now else { throw .pastEnd(text, now) }
                guard moment - now <= Pause.longest else { throw .farEnd(text, now + Pause.longest) }
                return moment
            }
        }
    }

    static func fire(_ line: inout ArgumentLine) throws(UsageError) -> FireRequest {
        let asJSON = line.flag("--json")
        var request = FireRequest(job: "", here: line.flag("--here"), force: line.flag("--force"))
        (request.noWait, request.asJSON) = (line.flag("--no-wait"), asJSON)
        request.job = try job(&line, "fire")
        return request
    }

    static func operation(_ command: String, _ line: inout ArgumentLine) throws(UsageError) -> Operation {
        switch command {
        case "pause": return try pause(&line)
        case "resume": return .resume(try job(&line, "resume", orAll: true))
        case "skip": return try skip(&line)
        default:
            let job = try job(&line, "why")
            return .why(job, at: try line.word().map { text throws(UsageError) in try moment("TIME", text) })
        }
    }

    private static func job(
        _ line: inout ArgumentLine,
        _ command: String,
        orAll: Bool = false
    ) throws(UsageError) -> String {
        guard let job = line.word() else { throw .missingJob(command, orAll: orAll) }
        return job
    }

    private static func pause(_ line: inout ArgumentLine) throws(UsageError) -> Operation {
        let note = try line.value("--note") ?? ""
        guard note.count <= Pause.longestNote else { throw .longNote(note.count) }
        let (length, until) = (try line.value("--for"), try line.value("--until"))
        let end: PauseEnd
        switch (length, until) {
        case (_?, _?): throw .twoEnds
        case (nil, nil): throw .noEnd
        case (let text?, nil):
            let limit = Pause.longest.components.seconds
            guard let interval = try? Interval(parsing: text), (1...limit).contains(interval.seconds) else {
                throw .length(text)
            }
            end = .after(seconds: interval.seconds)
        case (nil, let text?): end = .at(try moment("--until", text), text: text)
        }
        return .pause(try job(&line, "pause", orAll: true), end, note: note)
    }

    private static func skip(_ line: inout ArgumentLine) throws(UsageError) -> Operation {
        let (isOff, text) = (line.flag("--off"), try line.value("--count"))
        guard !isOff || text == nil else { throw .countAndOff }
        let count = text.map { Int($0) } ?? (isOff ? 0 : 1)
        guard let count, isOff || (1...JobState.mostSkips).contains(count) else { throw .skips(text ?? "") }
        return .skip(try job(&line, "skip"), count: count)
    }

    private static func moment(_ option: String, _ text: String) throws(UsageError) -> Moment {
        do throws(ScheduleError) {
            return try Moment(parsing: text)
        } catch {
            throw .value(option, error.description)
        }
    }
}
