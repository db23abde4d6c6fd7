internal import Schedule

/// What is wrong with a job line; the sentences are in `description`, to follow the variable or `file:line`.
enum JobLineFault: Error, Equatable {
    case empty
    case schedule(String)
    /// `call` is what of it may be shown.
    case zoneInSchedule(ZoneInSchedule, call: String)
    case scheduleBehindCall(String, Schedule, call: String)
    case bodyWithoutName
    /// `meant` says what may have been meant.
    case missing(String, meant: String? = nil)
    case method(String)
    case pathMissing(after: String)
    case path(String, String)
    /// `known` are those that are there.
    case target(String, known: [String])
    case word(String)
    /// A command in the place of the call, and the line that does the same.
    case command(String, instead: String)
    /// A word behind a header, whose value it may be a part of.
    case behindHeader
    case offWithMore
    case almostOff(String)
    case unknownOption(String, near: String?)
    /// One that has its place elsewhere.
    case noOption(String, String)
    case option(String, String)
    case givenTwice(String)
    case headerName(String)
    case headerIsOurs(String)
    case headerOfConnection(String)
    case headerValue(String)
    /// By its value and by a file.
    case headerByBoth(String)
    case tooManyHeaders(Int)
    case openQuote(String)
    case textAfterQuote(String)
    case body(String)
    case notInDefaults(String)
    case wordInDefaults(String)
}

extension JobLineFault {
    /// Of an option that is none of ours.
    var knowsWhatIsMeant: Bool {
        switch self {
        case .unknownOption(_, near: nil): false
        default: true
        }
    }
}

extension JobLineFault: CustomStringConvertible {
    static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]
    private static let options = JobOption.all.map { "\($0.name)=" }
    private static let example = "write for example \"daily 03:00 POST /api/nightly timeout=15m\""

    var description: String {
        switch self {
        case .empty: "is empty; \(Self.example), or off"
        case .schedule(let sentence): sentence
        case .zoneInSchedule(let zone, let call): zone.description(call: call)
        case .scheduleBehindCall(let word, let schedule, let call):
            "\(quote(word)) stands behind the path, where options are, and the schedule comes first; "
                + "write \"\(schedule) \(call)\""
        case .bodyWithoutName:
            "has a body (not shown) without its name; write body={…} at the end of the line, behind the options"
        case .missing(let what, let meant):
            "has no \(what); \(meant ?? "a new job needs schedule, method and path: \(Self.example)")"
        case .method(let text) where Self.methods.contains(text.uppercased()):
            "method \(quote(text)) is not allowed; write \(text.uppercased())"
        case .method(let text): "method \(quote(text)) is not allowed; write \(Self.methods.joined(separator: ", "))"
        case .pathMissing(let method): "has no path after \(ShownWord.of(method)); write \(ShownWord.of(method)) /api/…"
        case .target(let name, let known):
            "app \(quote(name)) is not known; "
                + (known.isEmpty
                    ? "set \(Variable.targetPrefix)<NAME> to its URL" : "write \(known.joined(separator: " or "))")
        case .path(let text, let problem): "path \"\(ShownWord.path(text))\" \(problem)"
        case .command(let name, let instead): "names a command, \(name), and none is run here; write \"\(instead)\""
        case .word(let text): "\(quote(text)) is not understood; \(Self.advice(text))"
        case .behindHeader:
            "what follows a header (not shown) is not understood; write a value with blanks in quotes: "
                + "header.NAME=\"two words\""
        case .almostOff(let text): "\(quote(text)) is not understood; write off"
        case .offWithMore: "says off and then more (not shown); write only off"
        case .unknownOption, .noOption, .option, .givenTwice: optionDescription
        case .headerName, .headerIsOurs, .headerOfConnection, .headerValue, .headerByBoth, .tooManyHeaders:
            headerDescription
        case .openQuote(let text): "\(quote(text)) begins with a quote that does not end"
        case .textAfterQuote(let text): "\(quote(text)) goes on behind its closing quote; put a blank there"
        case .body(let problem): "body= \(problem)"
        case .wordInDefaults(let text):
            "\(quote(text)) has no place here; only options that many jobs can share, each as name=value"
        case .notInDefaults(let what): "\(what) has no place here; only options that many jobs can share"
        }
    }

    /// Of a zone that `tz=` names.
    static func zone(_ error: ZoneError) -> Self { .option("tz", error.showing(ShownWord.cut).description) }

    private var optionDescription: String {
        switch self {
        case .unknownOption(let name, let near):
            "option \(quote(name)) is not known; "
                + (near.map { "did you mean \($0)=?" }
                    ?? "write \(Self.options.dropLast().joined(separator: ", ")) or \(Self.options.last ?? "")")
        case .noOption(let name, let advice): "option \(quote(name)) is not known; \(advice)"
        case .option(let name, let problem): "\(name)=: \(problem)"
        case .givenTwice(let name): "option \(quote(name)) is given twice"
        default: ""
        }
    }

    private var headerDescription: String {
        switch self {
        case .headerName(let name): "header name \(quote(name)) is not one; write letters, digits and -"
        case .headerIsOurs(let name): "header \(quote(name)) is set by the sidecar itself; take it out"
        case .headerOfConnection(let name):
            "header \(quote(name)) is about the connection, which the sidecar makes; take it out"
        case .headerValue(let name): "the value of header \(quote(name)) holds a control character; take it out"
        case .headerByBoth(let name):
            "header \(quote(name)) is given by header. and by header-file.; leave one of them out"
        case .tooManyHeaders(let count): "has \(count) headers; at most \(JobOptions.mostHeaders) are allowed"
        default: ""
        }
    }

    /// For those who write what curl takes.
    private static func advice(_ word: String) -> String {
        if ["header.", "-H", "--header"].contains(where: word.hasPrefix) { return "write header.NAME=value" }
        if ["-d", "--data", "--json"].contains(where: word.hasPrefix) { return "write body= at the end of the line" }
        return "what follows the path are options, each as name=value"
    }

    private func quote(_ text: String) -> String { "\"\(ShownWord.of(text))\"" }
}
