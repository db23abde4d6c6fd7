import HTTPServer

/// One way in which a call goes wrong.
struct Fault: Sendable, Equatable {
    /// How the bytes of the answer go out.
    enum Manner: Sendable, Equatable {
        case whole
        /// One byte each so many milliseconds, from the status line on.
        case drip(milliseconds: Int)
        /// Announces more than it sends, then closes.
        case truncate
        /// A chunked body without end, paced.
        case endless
        case hang
        case reset
        case close
        case garbage

        /// Whether there is a status line, headers and a body at all.
        var hasAnswer: Bool {
            switch self {
            case .whole, .drip, .truncate, .endless: true
            case .hang, .reset, .close, .garbage: false
            }
        }
    }

    /// What becomes of the endpoint's own answer when its work is done.
    enum Afterwards: Sendable, Equatable {
        /// The connection is closed in its place.
        case lost
        case late(milliseconds: Int)
    }

    var manner = Manner.whole
    var afterwards: Afterwards?
    /// Whether a record is changed whatever the condition says.
    var takesStale = false
    var status: Int?
    var headers: [String: String]?
    var body: String?
    /// Milliseconds before anything else happens.
    var delay: Int?
    /// Calls it still applies to; nil: until cleared.
    var times: Int?

    /// The answer in place of the endpoint's own; nil if the fault leaves that alone.
    var answer: Response? {
        if manner == .whole && status == nil && headers == nil && body == nil { return nil }
        let status = status ?? 200
        var fields = (headers ?? [:]).sorted { $0.key < $1.key }.map { Header($0.key, $0.value) }
        if !fields.contains(where: { $0.name.lowercased() == "content-type" }) {
            fields.append(Header("Content-Type", "application/json"))
        }
        return Response(status: status, headers: fields, body: Array((body ?? #"{"status":"fault"}"#).utf8))
    }
}
