internal import HTTPClient

/// Reads variables one by one, and gathers what is wrong with them.
///
/// Each read answers nil for a variable that is not set or that was a fault.
struct EnvironmentReader {
    let environment: [String: String]
    private(set) var faults: [SettingsFault] = []
    private(set) var warnings: [SettingsFault] = []
    /// The names that were asked for, so the names that something reads.
    private(set) var known: Set<String> = []

    /// Ten years of 365 days: what is longer is taken for a slip of the keyboard.
    static let longestSeconds = 10 * 365 * 86_400

    /// A secret that stands in the wrong variable is masked before its value is cut.
    private let redactor: Redactor

    init(_ environment: [String: String]) {
        self.environment = environment
        let secrets = ["SCHEDULER_API_TOKEN", "POSTHOG_API_KEY"].compactMap { environment[$0]?.unquoted }
        redactor = Redactor(SecretBook(secrets.map(Secret.init)))
    }

    mutating func fault(_ variable: String, _ message: String) {
        faults.append(SettingsFault(variable: variable, message: message))
    }

    mutating func warn(_ variable: String, _ message: String) {
        warnings.append(SettingsFault(variable: variable, message: message))
    }

    /// Names a variable as known without reading it.
    mutating func ignore(_ name: String) { known.insert(name) }

    /// The names that begin so, in alphabetical order.
    func names(withPrefix prefix: String) -> [String] {
        environment.keys.filter { $0.hasPrefix(prefix) }.sorted()
    }

    func isSet(_ name: String) -> Bool { environment[name] != nil }

    func isEmpty(_ name: String) -> Bool { environment[name]?.isEmpty == true }

    /// The value without the quotes that `docker run --env-file` leaves around it; empty is a fault.
    mutating func text(_ name: String, allowed: String) -> String? {
        guard let value = raw(name) else { return nil }
        guard !value.allSatisfy(\.isWhitespace) else {
            fault(name, "\(quoted(name, value)) is empty; write \(allowed), or leave the variable out")
            return nil
        }
        return value
    }

    /// A whole number: digits with an optional sign and blanks around them, no larger than ten years of seconds.
    mutating func integer(_ name: String, allowed: String) -> Int? {
        guard let value = text(name, allowed: allowed) else { return nil }
        let trimmed = value.trimmed
        let digits = trimmed.first == "+" || trimmed.first == "-" ? trimmed.dropFirst() : trimmed[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            fault(name, "\(quoted(name, value)) is not a whole number; write \(allowed)")
            return nil
        }
        guard let number = Int(trimmed), number.magnitude <= Self.longestSeconds.magnitude else {
            fault(name, "\(quoted(name, value)) is too large (over 10 years); write \(allowed)")
            return nil
        }
        return number
    }

    /// Seconds of at least `least`.
    mutating func seconds(_ name: String, default standard: Int, least: Int) -> Int? {
        number(name, default: standard, in: least...Self.longestSeconds, of: "seconds")
    }

    /// A whole number within a range; `what` names what it counts.
    mutating func number(_ name: String, default standard: Int, in range: ClosedRange<Int>, of what: String) -> Int? {
        let allowed = "\(what) from \(range.lowerBound) to \(range.upperBound), digits only"
        guard isSet(name) else {
            ignore(name)
            return standard
        }
        guard let number = integer(name, allowed: allowed) else { return nil }
        guard range.contains(number) else {
            let size = number < range.lowerBound ? "small" : "large"
            fault(name, "\(name)=\(number) is too \(size); write \(allowed)")
            return nil
        }
        return number
    }

    /// One word of several, any case.
    mutating func word<Value>(_ name: String, _ words: [(String, Value)], allowed: String) -> Value? {
        guard let value = text(name, allowed: allowed) else { return nil }
        if let match = words.first(where: { $0.0 == value.trimmed.lowercased() }) { return match.1 }
        fault(name, "\(quoted(name, value)) is not known; write \(allowed)")
        return nil
    }

    mutating func flag(_ name: String, default standard: Bool) -> Bool {
        word(name, [("true", true), ("false", false)], allowed: "true or false") ?? standard
    }

    mutating func url(_ name: String, default standard: String) -> BaseURL? {
        let value = text(name, allowed: "an http:// or https:// URL")
        if value == nil, isSet(name) { return nil }
        do throws(URLError) {
            return try BaseURL(parsing: value?.trimmingBlanks ?? standard)
        } catch {
            fault(name, "\(quoted(name, withoutSecrets(value ?? standard))) \(error)")
            return nil
        }
    }

    /// A secret of visible ASCII; empty counts as not set, because compose writes that for `${X:-}`.
    mutating func secret(_ name: String) -> Secret? {
        guard let value = raw(name), !value.isEmpty else { return nil }
        guard value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            let rule = value.utf8.last == UInt8(ascii: "\r") ? Self.carriageReturn : Self.secretRule
            fault(name, "\(name) (its value is not shown) \(rule)")
            return nil
        }
        return Secret(value)
    }

    private static let carriageReturn =
        "ends with a carriage return, as lines of Windows files do; only visible ASCII is allowed"

    static let secretRule =
        "holds a blank, a control character or a non-ASCII character; only visible ASCII is allowed"

    private mutating func raw(_ name: String) -> String? {
        known.insert(name)
        return environment[name]?.unquoted
    }

    func quoted(_ name: String, _ value: String) -> String { #"\#(name)="\#(shown(redactor.maskOwn(value)))""# }
}

/// A URL as it may be shown: what could be a password, or a key in a query, is left out.
private func withoutSecrets(_ url: String) -> String {
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
    fileprivate var unquoted: String {
        guard count >= 2, let mark = first, mark == last, mark == "\"" || mark == "'" else { return self }
        return String(dropFirst().dropLast())
    }

    var trimmed: String { trimmed(\.isWhitespace) }

    /// Without blanks and tabs at the ends; a newline stays, since it is a fault in a URL.
    var trimmingBlanks: String { trimmed { $0 == " " || $0 == "\t" } }

    private func trimmed(_ isBlank: (Character) -> Bool) -> String {
        var text = drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return String(text)
    }
}
