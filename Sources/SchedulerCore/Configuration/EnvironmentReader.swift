internal import Calling
internal import Files
internal import HTTPClient
internal import Telling

/// Reads variables one by one, and gathers what is wrong with them.
///
/// Each read answers nil for a variable that is not set or that was a fault.
struct EnvironmentReader {
    /// Without what Kubernetes makes of a Service.
    let environment: [String: String]
    /// The names of that, in alphabetical order.
    let serviceLinks: [String]
    let sources: SettingsSources
    /// What must not appear in a log, of all that was read so far.
    var secrets: [Secret] = []
    private(set) var faults: [SettingsFault] = []
    private(set) var warnings: [SettingsFault] = []
    /// Of all job lines that were read so far, each path once.
    var headerFiles: [TokenOrigin] = []
    /// How many of them are about job lines, shown or not.
    var jobWarnings = 0

    /// A secret that stands in the wrong variable is masked before its value is cut.
    private let redactor: Redactor

    init(_ environment: [String: String], _ sources: SettingsSources = .live) {
        let links = environment.filter { $0.key.hasPrefix(Variable.prefix) && ServiceLink.isOne($0.key, $0.value) }
        serviceLinks = links.keys.sorted()
        self.environment = links.isEmpty ? environment : environment.filter { links[$0.key] == nil }
        self.sources = sources
        let names = Variable.allCases.filter { $0.row.rule == .secret }.map(\.name)
        let secrets = names.compactMap { environment[$0] }.flatMap { [$0, $0.unquoted] }
        redactor = Redactor(SecretBook(secrets.map(Secret.init)))
    }

    mutating func fault(_ variable: String, _ message: String) {
        faults.append(SettingsFault(variable: variable, message: message))
    }

    mutating func fault(_ variable: Variable, _ message: String) { fault(variable.name, message) }

    mutating func warn(_ variable: String, _ message: String) {
        warnings.append(SettingsFault(variable: variable, message: message))
    }

    /// The names that begin so, in alphabetical order.
    func names(withPrefix prefix: String) -> [String] {
        environment.keys.filter { $0.hasPrefix(prefix) }.sorted()
    }

    func isSet(_ variable: Variable) -> Bool { environment[variable.name] != nil }

    /// Whether there is a value that counts: of what the app reads as well, empty is as good as not there.
    func isGiven(_ variable: Variable) -> Bool {
        guard let value = environment[variable.name] else { return false }
        return !variable.isShared || !value.unquoted.allSatisfy(\.isWhitespace)
    }

    /// A fault; of what the app reads as well, which may know more than we do, a warning.
    private mutating func refuse(_ variable: Variable, _ message: String, _ default: String = "") {
        variable.isShared ? warn(variable.name, "\(message)\(`default`)") : fault(variable, message)
    }

    /// The value without the quotes that `docker run --env-file` leaves around it; empty is a fault.
    mutating func text(_ name: String, allowed: String) -> String? {
        guard let value = environment[name]?.unquoted else { return nil }
        guard Variable(rawValue: name)?.isShared == true || !value.unicodeScalars.contains(Self.replacement) else {
            fault(name, "\(name) (its value is not shown) is not UTF-8 text; write \(allowed)")
            return nil
        }
        guard !value.allSatisfy(\.isWhitespace) else {
            fault(name, "\(quoted(name, value)) is empty; write \(allowed), or leave the variable out")
            return nil
        }
        return value
    }

    mutating func text(_ variable: Variable) -> String? { text(variable.name, allowed: variable.allowed) }

    /// The path that a variable has, and the text of the file there.
    mutating func file(_ variable: Variable, limit: Int, of lines: String) -> (path: String, text: String)? {
        guard let path = text(variable)?.trimmingBlanks else { return nil }
        let shown = "\(variable.name)=\"\(Escaping.quotable(path))\""
        switch sources.read(path, limit) {
        case .failure(let error): fault(variable, "\(shown) \(error); name a file of \(lines)")
        case .success(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self) else {
                fault(variable, "\(shown) is not UTF-8 text")
                return nil
            }
            // Some editors put a byte order mark at the start.
            return (path, text.hasPrefix("\u{FEFF}") ? String(text.unicodeScalars.dropFirst()) : text)
        }
        return nil
    }

    /// Of a variable that the app reads as well, and of which any text makes sense.
    func sharedText(_ variable: Variable) -> String? {
        isGiven(variable) ? environment[variable.name].map { String($0.unquoted.trimmed.prefix(200)) } : nil
    }

    /// What is given, else the default, so that both are read by one rule.
    mutating func value(_ variable: Variable) -> String? {
        isGiven(variable) ? text(variable) : variable.standard.value
    }

    /// A whole number in the variable's range: digits with an optional sign and blanks around them.
    mutating func number(_ variable: Variable) -> Int? {
        guard let value = value(variable) else { return nil }
        let (range, allowed) = (variable.row.rule.range, variable.allowed)
        let trimmed = value.trimmed
        let digits = trimmed.first == "+" || trimmed.first == "-" ? trimmed.dropFirst() : trimmed[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            fault(variable, "\(quoted(variable, value)) is not a whole number; write \(allowed)")
            return nil
        }
        guard let number = Int(trimmed), number.magnitude <= Variable.Rule.longestSeconds.magnitude else {
            fault(variable, "\(quoted(variable, value)) is too large (over 10 years); write \(allowed)")
            return nil
        }
        guard range.contains(number) else {
            let size = number < range.lowerBound ? "small" : "large"
            fault(variable, "\(variable.name)=\(number) is too \(size); write \(allowed)")
            return nil
        }
        return number
    }

    /// In seconds, written as in a job line.
    mutating func duration(_ variable: Variable) -> Int? {
        guard let value = value(variable) else { return nil }
        do throws(JobOption.Problem) {
            return try JobOption.seconds(from: 0)(value.trimmed)
        } catch {
            fault(variable, "\(variable.name): \(error.text)")
            return nil
        }
    }

    /// One word of several, any case.
    mutating func word<Value>(_ variable: Variable, _ words: [(String, Value)]) -> Value? {
        guard let value = value(variable) else { return nil }
        if let match = words.first(where: { $0.0 == value.trimmed.lowercased() }) { return match.1 }
        let standard = variable.standard.value ?? ""
        refuse(
            variable,
            "\(quoted(variable, value)) is not known; write \(variable.allowed)",
            " (in \(Variable.prefix)\(variable.name), if the app needs it so); until then it counts as \(standard)"
        )
        return nil
    }

    /// The default also where the value was a fault.
    mutating func flag(_ variable: Variable) -> Bool {
        word(variable, [("true", true), ("false", false)]) ?? (variable.standard.value == "true")
    }

    mutating func url(_ variable: Variable) -> BaseURL? {
        guard let value = value(variable) else { return nil }
        let standard = variable.standard.value ?? ""
        let instead = "; until then it counts as \(standard)"
        if UnexpandedReference.isIn(value) {
            refuse(variable, "\(variable.name) (its value is not shown) \(UnexpandedReference.rule)", instead)
        } else {
            do throws(URLError) {
                return try BaseURL(parsing: value.trimmingBlanks)
            } catch {
                refuse(variable, "\(quoted(variable, withoutSecrets(value))) \(error)", instead)
            }
        }
        return variable.isShared ? try? BaseURL(parsing: standard) : nil
    }

    /// A secret of visible ASCII; empty counts as not set, because compose writes that for `${X:-}`.
    mutating func secret(_ variable: Variable) -> Secret? {
        guard let written = environment[variable.name], !written.unquoted.isEmpty else { return nil }
        // The app, which gets the same token, keeps the quotes.
        let value = variable == .token ? written : written.unquoted
        guard !UnexpandedReference.isIn(value) else {
            refuse(variable, "\(variable.name) (its value is not shown) \(UnexpandedReference.rule)", Self.unused)
            return nil
        }
        guard value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            let rule = value.utf8.last == UInt8(ascii: "\r") ? Self.carriageReturn : Self.secretRule
            refuse(variable, "\(variable.name) (its value is not shown) \(rule)", Self.unused)
            return nil
        }
        // Of a URL its path and query are; they are added when it is taken apart.
        if ![.pingURL, .heartbeatURL, .alertURL].contains(variable) { secrets.append(Secret(value)) }
        return Secret(value)
    }

    /// What the bytes of a variable become that are no text.
    private static let replacement: Unicode.Scalar = "\u{FFFD}"

    private static let unused = "; until then it counts as unset"

    private static let carriageReturn =
        "ends with a carriage return, as lines of Windows files do; only visible ASCII is allowed"

    static let secretRule =
        "holds a blank, a control character or a non-ASCII character; only visible ASCII is allowed"

    func quoted(_ variable: Variable, _ value: String) -> String { quoted(variable.name, value) }

    func quoted(_ name: String, _ value: String) -> String { #"\#(name)="\#(shown(redactor.maskOwn(value)))""# }
}

/// A URL as it may be shown: what could be a password, or a key in a query, is left out.
func withoutSecrets(_ url: String) -> String {
    let visible = url.prefix { $0 != "?" && $0 != "#" }
    let hidden = url[visible.endIndex...].first.map { "\($0)…" } ?? ""
    return (visible.lastIndex(of: "@").map { "…" + visible[$0...] } ?? String(visible)) + hidden
}

/// A value as a message quotes it: one line, no longer than a screen's.
private func shown(_ value: String) -> String {
    Escaping.quotable(value.count > 200 ? value.prefix(200) + "…" : value)
}

extension String {
    /// Without one pair of quotes around the whole.
    var unquoted: String {
        guard count >= 2, let mark = first, mark == last, mark == "\"" || mark == "'" else { return self }
        return String(dropFirst().dropLast())
    }
}
