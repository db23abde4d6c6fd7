internal import Schedule

/// What is wrong with a job line; the sentences are in `description`, to follow the variable or `file:line`.
enum JobLineFault: Error, Equatable {
    case empty
    case schedule(String)
    case missing(String)
    case method(String)
    case pathMissing(after: String)
    case path(String, String)
    case word(String)
    case offWithMore(String)
    case almostOff(String)
    case unknownOption(String, near: String?)
    case option(String, String)
    case givenTwice(String)
    case headerName(String)
    case headerIsOurs(String)
    case headerValue(String)
    case openQuote(String)
    case body(String)
    case notInDefaults(String)
    case wordInDefaults(String)
}

extension JobLineFault: CustomStringConvertible {
    static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]
    private static let options = JobOption.all.map { "\($0.name)=" }
    private static let example = "write for example \"daily 03:00 POST /api/nightly timeout=15m\""

    var description: String {
        switch self {
        case .empty: "is empty; \(Self.example), or off"
        case .schedule(let sentence): sentence
        case .missing(let what): "has no \(what); a new job needs schedule, method and path: \(Self.example)"
        case .method(let text) where Self.methods.contains(text.uppercased()):
            "method \(quote(text)) is not allowed; write \(text.uppercased())"
        case .method(let text): "method \(quote(text)) is not allowed; write \(Self.methods.joined(separator: ", "))"
        case .pathMissing(let method): "has no path after \(method); write \(method) /api/…"
        case .path(let text, let problem): "path \(quote(text)) \(problem)"
        case .word(let text):
            "\(quote(text)) is not understood; what follows the path are options, each as name=value"
        case .almostOff(let text): "\(quote(text)) is not understood; write off"
        case .offWithMore(let text): "says off and then \(quote(text)); write only off"
        case .unknownOption(let name, let near):
            "option \(quote(name)) is not known; "
                + (near.map { "did you mean \($0)=?" }
                    ?? "write \(Self.options.dropLast().joined(separator: ", ")) or \(Self.options.last ?? "")")
        case .option(let name, let problem): "\(name)=: \(problem)"
        case .givenTwice(let name): "option \(quote(name)) is given twice"
        case .headerName(let name): "header name \(quote(name)) is not one; write letters, digits and -"
        case .headerIsOurs(let name): "header \(quote(name)) is set by the sidecar itself; take it out"
        case .headerValue(let name): "the value of header \(quote(name)) holds a control character; take it out"
        case .openQuote(let text): "\(quote(text)) begins with a quote that does not end"
        case .body(let problem): "body= \(problem)"
        case .wordInDefaults(let text):
            "\(quote(text)) has no place here; only options that many jobs can share, each as name=value"
        case .notInDefaults(let what): "\(what) has no place here; only options that many jobs can share"
        }
    }

    /// What follows the `=` of a header is left out: it may be a key to something.
    private func quote(_ text: String) -> String {
        let name = text.hasPrefix("header.") ? text.prefix { $0 != "=" } : text[...]
        let hidden = name.count < text.count ? "=…" : ""
        return "\"" + (name.count > 100 ? name.prefix(100) + "…" : name) + hidden + "\""
    }
}
