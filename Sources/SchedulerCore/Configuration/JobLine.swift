internal import Schedule
internal import Telling

/// One job as a line of text says it: `[schedule] [METHOD path] [option=value …]`, or `off`.
struct JobLine: Sendable {
    var isOff = false
    var schedule: Schedule?
    var method: String?
    var path: String?
    var options = JobOptions()

    /// What is given here replaces what `base` says; the rest stays.
    func over(_ base: JobLine) -> JobLine {
        var result = JobLine()
        result.isOff = isOff
        result.schedule = schedule ?? base.schedule
        result.method = method ?? base.method
        result.path = path ?? base.path
        result.options = options.over(base.options)
        return result
    }

    /// Reads a line, and tells all that is wrong with it.
    static func parse(_ text: String) -> (line: JobLine, faults: [JobLineFault]) {
        var parser = JobLineParser()
        // A block in a YAML file ends with a newline.
        parser.read(text.trimmed)
        return (parser.line, parser.faults)
    }

    /// Reads `SCHEDULER_JOB_DEFAULTS`: options only, and none that is one job's own.
    static func parseDefaults(_ text: String) -> (options: JobOptions, faults: [JobLineFault]) {
        var (line, faults) = parse(text)
        // There is no path here that options could follow.
        faults = faults.map { if case .word(let word) = $0 { .wordInDefaults(word) } else { $0 } }
        if line.isOff { faults.append(.notInDefaults("off")) }
        if line.schedule != nil { faults.append(.notInDefaults("a schedule")) }
        if line.method != nil { faults.append(.notInDefaults("a method and path")) }
        if line.options.body != nil { faults.append(.notInDefaults("body=")) }
        line.options.body = nil
        return (line.options, faults)
    }
}

/// The state of reading one line.
private struct JobLineParser {
    var line = JobLine()
    var faults: [JobLineFault] = []

    private static let kinds = ["every", "daily", "weekly", "monthly", "cron"]
    /// A path longer than this is a slip; RFC 9110 §4.1 asks for 8,000 of a whole URL.
    private static let longestPath = 2_048

    mutating func read(_ text: String) {
        var words: [String] = []
        do throws(JobLineFault) {
            (words, line.options.body) = try Self.split(text)
        } catch {
            faults.append(error)
            return
        }
        guard !words.isEmpty || line.options.body != nil else {
            faults.append(.empty)
            return
        }
        if let word = words.first, word != "off", ["off", "disabled", "none", "false"].contains(word.lowercased()) {
            faults.append(.almostOff(word))
            return
        }
        if words.first == "off" {
            line.isOff = true
            if let more = words.dropFirst().first ?? line.options.body { faults.append(.offWithMore(more)) }
            return
        }
        let options = words.firstIndex(where: Self.isOption) ?? words.count
        let rest = words[options...]
        words = Array(words[..<options])
        let call = callIndex(words)
        readSchedule(words[..<call])
        readCall(words[call...])
        for word in rest {
            do throws(JobLineFault) {
                try readOption(word)
            } catch {
                faults.append(error)
                // What comes after a word that makes no sense may be a part of it, and a secret.
                if case .word = error { return }
            }
        }
        checkBody()
    }

    // MARK: - Words

    /// Splits at blanks; a quote after `=` holds blanks in; `body=` takes the rest as it is.
    private static func split(_ text: String) throws(JobLineFault) -> (words: [String], body: String?) {
        var words: [String] = []
        var rest = text[...]
        while true {
            rest = rest.drop { $0 == " " || $0 == "\t" }
            guard !rest.isEmpty else { return (words, nil) }
            if rest.hasPrefix("body=") { return (words, String(rest.dropFirst(5))) }
            var word = rest.prefix { $0 != " " && $0 != "\t" }
            if isOption(String(word)), let equals = word.firstIndex(of: "="),
                let quote = rest[equals...].dropFirst().first,
                quote == "\"" || quote == "'"
            {
                let value = rest[equals...].dropFirst(2)
                guard let end = value.firstIndex(of: quote) else { throw .openQuote(String(word)) }
                words.append(String(word[...equals] + value[..<end]))
                word = rest[..<rest.index(after: end)]
                let after = rest[word.endIndex...]
                if let next = after.first, next != " ", next != "\t" { throw .word(String(after.prefix { $0 != " " })) }
            } else {
                words.append(String(word))
            }
            rest = rest[word.endIndex...]
        }
    }

    /// `name=value`, where no cron field could be meant; a path may hold `=` as well.
    private static func isOption(_ word: String) -> Bool {
        guard let equals = word.firstIndex(of: "="), let first = word.first else { return false }
        return first != "/" && !word[..<equals].isEmpty
    }

    /// Where method and path begin: at a word of letters before a path, or at a method's name.
    private func callIndex(_ words: [String]) -> Int {
        for (index, word) in words.enumerated() where !(index == 0 && Self.kinds.contains(word)) {
            let isWord = word.allSatisfy { $0.isLetter }
            let isBeforePath = index + 1 < words.count && words[index + 1].hasPrefix("/")
            if word.hasPrefix("/") && !words[..<index].contains("cron") { return index }
            if isWord, isBeforePath || JobLineFault.methods.contains(word.uppercased()) { return index }
        }
        return words.count
    }

    // MARK: - Parts

    private mutating func readSchedule(_ words: ArraySlice<String>) {
        guard !words.isEmpty else { return }
        do throws(ScheduleError) {
            line.schedule = try Schedule(parsing: words.joined(separator: " "))
        } catch {
            faults.append(.schedule(error.description))
        }
    }

    private mutating func readCall(_ words: ArraySlice<String>) {
        guard var method = words.first else { return }
        var rest = words.dropFirst()
        if method.hasPrefix("/") {
            faults.append(.missing("method before the path"))
            (method, rest) = ("", words)
        } else if !JobLineFault.methods.contains(method) {
            faults.append(.method(method))
        }
        guard let path = rest.first else {
            faults.append(.pathMissing(after: method))
            return
        }
        if let problem = problem(ofPath: path) { faults.append(.path(path, problem)) }
        (line.method, line.path) = (method, path)
        for word in rest.dropFirst() { faults.append(.word(word)) }
    }

    private func problem(ofPath path: String) -> String? {
        if !path.hasPrefix("/") { return "does not begin with /" }
        if path.utf8.count > Self.longestPath { return "is longer than \(Self.longestPath) bytes" }
        if !path.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
            return "holds a control or non-ASCII character; percent-encode it"
        }
        if path.contains("#") { return "holds a fragment (#…); take it out" }
        let segments = path.prefix { $0 != "?" }.split(separator: "/")
        // libcurl would resolve them, and so leave the path of API_URL.
        return segments.contains { $0 == "." || $0 == ".." } ? "holds a . or .. segment; write where it leads" : nil
    }

    private var given: Set<String> = []

    private mutating func readOption(_ word: String) throws(JobLineFault) {
        guard let equals = word.firstIndex(of: "="), Self.isOption(word) else { throw .word(word) }
        let (name, value) = (String(word[..<equals]), String(word[equals...].dropFirst()))
        if name.hasPrefix("header.") {
            return try line.options.add(header: String(name.dropFirst(7)), value)
        }
        guard given.insert(name).inserted else { throw .givenTwice(name) }
        guard !value.isEmpty else { throw .option(name, "has no value") }
        try line.options.set(name, value)
    }

    private mutating func checkBody() {
        guard let body = line.options.body else { return }
        if body.isEmpty { faults.append(.body("has no text after it; leave it out")) }
        if body.contains("\0") { faults.append(.body("holds a NUL character")) }
    }
}
