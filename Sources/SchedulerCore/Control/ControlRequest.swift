internal import Clockwork
internal import JSON
internal import Schedule

/// What a command asks of the running sidecar: both ends of the local socket read and write it here.
enum ControlRequest: Equatable, Sendable {
    /// One run now; `force` passes over hold, pause and freeze.
    case fire(job: String, force: Bool)
    case pause(JobChoice, until: Moment, note: String)
    case resume(JobChoice)
    /// 0: skips none any more.
    case skip(job: String, count: Int)
    /// Nil: now.
    case why(job: String, at: Moment?)

    /// All routes begin so.
    static let prefix = "/control/"
    /// Where the end of a run is waited for; its id follows.
    static let runPrefix = prefix + "run/"

    var path: String { Self.prefix + name }

    private var name: String {
        switch self {
        case .fire: "fire"
        case .pause: "pause"
        case .resume: "resume"
        case .skip: "skip"
        case .why: "why"
        }
    }

    static let paths = ["fire", "pause", "resume", "skip", "why"].map { prefix + $0 }

    /// As it was written.
    var job: String {
        switch self {
        case .fire(let job, _), .skip(let job, _), .why(let job, _): job
        case .pause(let choice, _, _), .resume(let choice): choice.text
        }
    }

    /// As it is sent; `deadline` is when its sender gives up, on the clock that only goes forward.
    func body(by deadline: Duration) -> [UInt8] {
        var members: [(String, JSONValue)] = [
            ("job", .string(job)), ("deadline", .integer(deadline.wholeMilliseconds)),
        ]
        switch self {
        case .fire(_, let force): members.append(("force", .bool(force)))
        case .pause(_, let until, let note):
            members += [("until", .string(until.description)), ("note", .string(note))]
        case .resume: break
        case .skip(_, let count): members.append(("count", .integer(count)))
        case .why(_, let moment): if let moment { members.append(("at", .string(moment.description))) }
        }
        return Array(JSONValue.object(members).description.utf8)
    }

    /// Reads what was sent, with its deadline; nil for what no command of ours sends.
    static func read(path: String, body: [UInt8]) -> (ControlRequest, deadline: Duration)? {
        guard let body = try? JSONValue(parsing: body), case .integer(let deadline)? = body["deadline"],
            let request = ControlRequest(path: path, body)
        else { return nil }
        return (request, .milliseconds(deadline))
    }

    private init?(path: String, _ body: JSONValue) {
        guard case .string(let job)? = body["job"] else { return nil }
        func moment(_ name: String) -> Moment? {
            guard case .string(let text)? = body[name] else { return nil }
            return try? Moment(parsing: text)
        }
        switch path {
        case Self.prefix + "fire":
            guard case .bool(let force)? = body["force"] else { return nil }
            self = .fire(job: job, force: force)
        case Self.prefix + "pause":
            guard let until = moment("until"), case .string(let note)? = body["note"],
                note.count <= Pause.longestNote
            else { return nil }
            self = .pause(JobChoice(job), until: until, note: note)
        case Self.prefix + "resume": self = .resume(JobChoice(job))
        case Self.prefix + "skip":
            guard case .integer(let count)? = body["count"], (0...JobState.mostSkips).contains(count) else {
                return nil
            }
            self = .skip(job: job, count: count)
        case Self.prefix + "why":
            let at = moment("at")
            guard at != nil || body["at"] == nil else { return nil }
            self = .why(job: job, at: at)
        default: return nil
        }
    }
}

/// One job, or all of them.
enum JobChoice: Equatable, Sendable {
    case all
    case one(String)

    init(_ text: String) { self = text == "all" ? .all : .one(text) }

    var text: String {
        switch self {
        case .all: "all"
        case .one(let name): name
        }
    }
}
