internal import HTTPServer
internal import JSON
internal import Telling

/// What the running sidecar answers to a command: one object, with the line that is printed among its members.
struct ControlAnswer: Equatable, Sendable {
    enum Kind: Int, Equatable, Sendable {
        case done = 200
        case malformed = 400
        case unknownJob = 404
        case refused = 409
        /// The sidecar is in no state to do it.
        case unable = 503
    }

    let kind: Kind
    var members: [(String, JSONValue)]

    init(_ kind: Kind, job: String, _ message: String, _ more: [(String, JSONValue)] = []) {
        self.kind = kind
        members = [("job", .string(job))] + more + [(Self.message, .string(message))]
    }

    /// A run that ended, or is to be waited for.
    init(run members: [(String, JSONValue)]) { (kind, self.members) = (.done, members) }

    private static let message = "message"

    func text(_ name: String) -> String? {
        guard case .string(let text)? = JSONValue.object(members)[name] else { return nil }
        return text
    }

    /// For people.
    var line: String { text(Self.message) ?? "" }

    var response: Response {
        Response(
            status: kind.rawValue,
            headers: [Header("Content-Type", "application/json"), Header("Server", StatusRoutes.server)],
            body: Array((JSONValue.object(members).description + "\n").utf8)
        )
    }

    /// The same where the state could not be written.
    var notKept: ControlAnswer {
        var answer = self
        answer.members.removeAll { $0.0 == Self.message }
        answer.members.append((Self.message, .string(line + " It could not be written, so a restart may forget it.")))
        return answer
    }

    /// Nil for what no sidecar of this release answers.
    init?(_ answer: BlockingClient.Answer) {
        guard answer.server == StatusRoutes.server, let kind = Kind(rawValue: answer.status),
            case .object(let members)? = try? JSONValue(parsing: answer.body)
        else { return nil }
        (self.kind, self.members) = (kind, members)
    }

    static func == (left: ControlAnswer, right: ControlAnswer) -> Bool {
        left.kind == right.kind && JSONValue.object(left.members) == .object(right.members)
    }
}
