internal import Clockwork
internal import Schedule

/// The state of reading one line; its time grows with the line's length and no faster.
struct JobLineParser {
    private(set) var line = JobLine()
    private(set) var faults: [JobLineFault] = []
    /// Whether something made no sense: another word that makes none may belong to it, and be a secret.
    private var hasWrongWord = false
    /// Whether a word is none of a job line's at all, such as `-H`: nothing behind it is read.
    private var hasForeignWord = false
    /// Names of options that were given, and how often.
    private var given: [String: Int] = [:]
    private var headers = 0

    private static let kinds = ["every", "daily", "weekly", "monthly", "cron"]
    /// A path longer than this is a slip; RFC 9110 §4.1 asks for 8,000 of a whole URL.
    private static let longestPath = 2_048

    mutating func read(_ text: String) {
        let text = readForeign(text)
        var (words, body, quoteFault) = JobLineWords.split(text)
        line.options.body = body
        guard !words.isEmpty || body != nil || quoteFault != nil else {
            if faults.isEmpty { faults.append(.empty) }
            return
        }
        if let word = words.first, word != "off", ["off", "disabled", "none", "false"].contains(word.lowercased()) {
            faults.append(.almostOff(word))
            return
        }
        if words.first == "off" {
            line.isOff = true
            if words.count > 1 || body != nil || quoteFault != nil { faults.append(.offWithMore) }
            return
        }
        if let command = command(words, in: text) {
            faults.append(command)
            return
        }
        let options = words.firstIndex(where: JobLineWords.isOption) ?? words.count
        let rest = words[options...]
        words = Array(words[..<options])
        let call = callIndex(words)
        readSchedule(words[..<call], call: words[call...])
        readCall(words[call...])
        if !hasForeignWord { readOptions(rest) }
        if let quoteFault { wrongWord(quoteFault) }
        checkBody()
    }

    /// A schedule with `=` in it, as other programs write it: `crontab(hour=4)`, `CRON_TZ=UTC 0 3 * * *`.
    ///
    /// What is behind it, where it is one; else the whole text.
    private mutating func readForeign(_ text: String) -> String {
        let call =
            JobLineFault.methods.compactMap { method in
                guard let range = text.firstRange(of: " \(method) ") else { return nil }
                let place = text[range.upperBound...].prefix { $0 != " " }
                return place.hasPrefix("/") || Self.place(String(place)).target != nil ? range.lowerBound : nil
            }.min() ?? text.endIndex
        let before = String(text[..<call])
        guard before.contains("="), !before.contains("body="), before.utf8.count <= 256 else { return text }
        let words = before.split(separator: " ").map(String.init)
        // A crontab line with its variables is told as one.
        guard !words.contains(where: CurlCommand.isName) else { return text }
        if let zone = ZoneInSchedule(words[...]) {
            let rest = text[call...].split(separator: " ", maxSplits: 2).map(String.init)
            faults.append(.zoneInSchedule(zone, call: ShownWord.call(rest.prefix(2))))
            line.schedule = zone.schedule
        } else if let schedule = Schedule.meant(by: before) {
            let fault = ScheduleError.writeInstead(text: before, instead: schedule.description)
            faults.append(.schedule(fault.showing(ShownWord.of).description))
            line.schedule = schedule
        } else {
            return text
        }
        return String(text[call...])
    }

    /// Of several wrong words the first alone is told.
    private mutating func wrongWord(_ fault: JobLineFault) {
        if !hasWrongWord { faults.append(fault) }
        hasWrongWord = true
    }

    /// What a line with curl in the place of its call is answered with; nil if it has none there.
    private mutating func command(_ words: [String], in text: String) -> JobLineFault? {
        let schedule = words.prefix { !CurlCommand.isName($0) && !JobLineFault.methods.contains($0) }
        guard schedule.count < words.count, CurlCommand.isName(words[schedule.count]),
            let command = CurlCommand(text[...])
        else { return nil }
        let call = command.call ?? "POST /path"
        // A crontab may set variables before the command, and name a user.
        let fields = schedule.prefix { !JobLineWords.isOption($0) }
        guard !fields.isEmpty else { return .command(command.name, instead: call) }
        do throws(ScheduleError) {
            return .command(command.name, instead: "\(try Schedule(parsing: fields.joined(separator: " "))) \(call)")
        } catch .writeInstead(_, let instead) {
            return .command(command.name, instead: "\(instead) \(call)")
        } catch {
            faults.append(.schedule(error.showing(ShownWord.of).description))
            return .command(command.name, instead: call)
        }
    }

    // MARK: - Schedule and call

    /// Where method and path begin: at a word of letters before a path, or at a method's name.
    private func callIndex(_ words: [String]) -> Int {
        var isCron = false
        for (index, word) in words.enumerated() where !(index == 0 && Self.kinds.contains(word)) {
            isCron = isCron || index == 1 && words[0] == "cron"
            let isWord = word.allSatisfy { $0.isLetter }
            let isBeforePath = index + 1 < words.count && words[index + 1].hasPrefix("/")
            if word.hasPrefix("/") && !isCron { return index }
            if isWord, isBeforePath || JobLineFault.methods.contains(word.uppercased()) { return index }
        }
        return words.count
    }

    private mutating func readSchedule(_ words: ArraySlice<String>, call: ArraySlice<String>) {
        guard !words.isEmpty else { return }
        do throws(ScheduleError) {
            line.schedule = try Schedule(parsing: words.joined(separator: " "))
        } catch {
            if let zone = ZoneInSchedule(words) {
                faults.append(.zoneInSchedule(zone, call: ShownWord.call(call)))
                line.schedule = zone.schedule
            } else {
                faults.append(.schedule(error.showing(ShownWord.of).description))
            }
            hasWrongWord = call.isEmpty
            hasForeignWord = words.contains { $0.hasPrefix("-") }
        }
    }

    private mutating func readCall(_ words: ArraySlice<String>) {
        guard var method = words.first else { return }
        var rest = words.dropFirst()
        if method.hasPrefix("/") {
            faults.append(.missing("method before the path"))
            (method, rest) = ("", words)
        } else if !JobLineFault.methods.contains(method) {
            wrongWord(.method(method))
        }
        guard let place = rest.first else {
            faults.append(.pathMissing(after: method))
            return
        }
        let (target, path) = Self.place(place)
        if let problem = problem(ofPath: path) { wrongWord(.path(path, problem)) }
        (line.method, line.path, line.target) = (method, path, target)
        if let word = rest.dropFirst().first { wrongWord(wrong(word, among: rest.dropFirst(), call: words)) }
        hasForeignWord = hasForeignWord || rest.count > 1 || path.hasPrefix("-")
    }

    /// What is wrong with a word behind the path: a schedule or a body may be meant.
    private func wrong(_ word: String, among words: ArraySlice<String>, call: ArraySlice<String>) -> JobLineFault {
        if JobLineWords.isBody(word) { return .bodyWithoutName }
        guard line.schedule == nil, faults.isEmpty, words.count < 12,
            let schedule = Schedule.meant(by: words.joined(separator: " "))
        else {
            return .word(word)
        }
        return .scheduleBehindCall(word, schedule, call: ShownWord.call(call))
    }

    /// `billing:/close` names an app of `SCHEDULER_TARGET_BILLING`.
    private static func place(_ word: String) -> (target: String?, path: String) {
        guard let colon = word.firstIndex(of: ":"), word[colon...].hasPrefix(":/"), !word[colon...].hasPrefix("://"),
            JobName.isValid(String(word[..<colon]))
        else { return (nil, word) }
        return (String(word[..<colon]), String(word[colon...].dropFirst()))
    }

    private func problem(ofPath path: String) -> String? {
        if path.hasPrefix("http") { return "is a URL; write only its path, the rest is what API_URL says" }
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

    // MARK: - Options

    private mutating func readOptions(_ words: ArraySlice<String>) {
        var previous = ""
        for word in words {
            let isAfterHeader = Self.isHeader(previous)
            previous = word
            guard JobLineWords.isOption(word), let equals = word.firstIndex(of: "=") else {
                return wrongWord(
                    isAfterHeader ? .behindHeader : JobLineWords.isBody(word) ? .bodyWithoutName : .word(word)
                )
            }
            let (name, value) = (String(word[..<equals]), String(word[equals...].dropFirst()))
            do throws(JobLineFault) {
                if Self.isHeader(name) {
                    try readHeader(name, value)
                } else {
                    try readOption(name, value, isAfterHeader)
                }
            } catch {
                faults.append(error)
                // What follows may belong to its value: `header.Authorization=Bearer …`.
                if Self.isHeader(name) { hasWrongWord = true }
            }
            if name.hasPrefix("-") { break }
        }
        if headers > JobOptions.mostHeaders { faults.append(.tooManyHeaders(headers)) }
    }

    private static let headerFile = "header-file."

    /// `header.NAME` or `header-file.NAME`.
    private static func isHeader(_ option: String) -> Bool {
        option.hasPrefix("header.") || option.hasPrefix(headerFile)
    }

    private mutating func readHeader(_ option: String, _ value: String) throws(JobLineFault) {
        headers += 1
        guard headers <= JobOptions.mostHeaders else { return }
        let isFile = option.hasPrefix(Self.headerFile)
        let name = String(option.dropFirst(isFile ? Self.headerFile.count : "header.".count))
        let header = try JobOptions.header(name, value)
        guard isFirst("header." + name.lowercased()) else {
            let before = isFile ? line.options.headers.map(\.name) : line.options.headerFiles.map(\.name)
            let isByBoth = before.contains { $0.lowercased() == name.lowercased() }
            throw isByBoth ? .headerByBoth(name) : .givenTwice(option)
        }
        guard isFile else { return line.options.headers.append(header) }
        guard !value.isEmpty else { throw .option(option, "has no value; write the path of a file") }
        line.options.headerFiles.append(Job.HeaderFile(name: name, path: value))
    }

    private mutating func readOption(_ name: String, _ value: String, _ isAfterHeader: Bool) throws(JobLineFault) {
        let isFirst = isFirst(name)
        guard let option = JobOption.all.first(where: { $0.name == name }), let take = option.take else {
            guard isFirst else { return }
            let fault = JobOption.fault(ofUnknown: name)
            guard fault.knowsWhatIsMeant else { return wrongWord(isAfterHeader ? .behindHeader : fault) }
            // Such a name is no secret, but what follows may be: `data={"key": "…"}`.
            hasWrongWord = true
            return faults.append(fault)
        }
        guard isFirst else {
            if given[name] == 2 { throw .givenTwice(name) }
            return
        }
        guard !value.isEmpty else { throw .option(name, "has no value") }
        do throws(JobOption.Problem) {
            try take(&line.options, value)
        } catch {
            throw .option(name, error.text)
        }
    }

    private mutating func isFirst(_ name: String) -> Bool {
        given[name, default: 0] += 1
        return given[name] == 1
    }

    private mutating func checkBody() {
        guard let body = line.options.body else { return }
        if body.isEmpty { faults.append(.body("has no text after it; leave it out")) }
        if body.contains("\0") { faults.append(.body("holds a NUL character")) }
    }
}
