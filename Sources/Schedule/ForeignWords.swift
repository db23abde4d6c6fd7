/// Schedules as other programs write them, as words that a schedule of ours may have.
///
/// A reading need not be a schedule; whoever asks has to try it.
struct ForeignWords {
    /// The likeliest first.
    let readings: [[String]]

    init(_ words: [Substring]) {
        let text = Self.bare(words.joined(separator: " "))
        let (labels, rest) = Self.unlabelled(text)
        var readings: [[String]] = []
        if let call = Self.call(rest) { readings += Self.readings(ofCall: call.name, call.arguments) }
        if let fields = Self.fields(labels + rest) { readings.append(fields) }
        let plain = rest.split(separator: " ").map(String.init)
        if let words = SystemdCalendar(plain)?.words { readings.append(words) }
        if let every = Self.duration(plain) { readings.append(["every", every]) }
        if plain != words.map(String.init) { readings.append(plain) }
        readings.append(["cron"] + plain)
        if rest.contains(", ") { readings.append(Self.closed(rest)) }
        if plain.first != "cron" { readings.append(Self.spoken(plain)) }
        if plain.first == "cron" || plain.first == "every" {
            readings.append(["cron"] + plain.dropFirst().map(Self.shortNames))
        }
        if let word = plain.first?.lowercased(), plain.count == 1,
            let known = Self.known[word.drop { $0 == "@" }.description]
        {
            readings.append(known.split(separator: " ").map(String.init))
        }
        self.readings = readings
    }

    /// `0, 30 * * * *` as `0,30 * * * *`.
    private static func closed(_ text: String) -> [String] {
        var words: [String] = []
        for word in text.split(separator: " ").map(String.init) {
            if let last = words.last, last.hasSuffix(",") { words[words.count - 1] += word } else { words.append(word) }
        }
        return words
    }

    /// As Rails writes: `1.day, at: 4:30 am`, `:hour`.
    private static func spoken(_ words: [String]) -> [String] {
        words.flatMap { word in
            let bare = word.drop { $0 == ":" }
            let end = bare.lastIndex { $0 != ":" && $0 != "," }
            let inside = end.map { bare[...$0] } ?? ""
            let parts = inside.split(separator: ".", maxSplits: 1)
            let isAmount = parts.count == 2 && wholeNumber(parts[0]) != nil && parts[1].first?.isLetter == true
            return (isAmount ? parts : [inside]).map(String.init)
        }
    }

    private static let known = [
        "quarterly": "cron 0 0 1 1,4,7,10 *", "semiannually": "cron 0 0 1 1,7 *",
        "biannually": "cron 0 0 1 1,7 *",
    ]

    /// Without quotes and what begins an item of YAML.
    private static func bare(_ text: String) -> String {
        let text = text.filter { !"\"'`".contains($0) }
        return text.hasPrefix("- ") ? String(text.dropFirst(2)) : text
    }

    private static let names: Set = [
        "cron", "crontab", "schedule", "schedule_interval", "oncalendar", "onunitactivesec", "trigger", "on",
        "interval",
        "every", "daily", "weekly", "monthly", "expression", "spec", "rule", "time",
    ]

    /// `schedule: …`, `cron = …`, `OnCalendar=…`: what stands behind such names; of ours the name stays.
    private static func unlabelled(_ text: String) -> (labels: String, rest: String) {
        var (labels, rest) = ("", text[...])
        for _ in 0..<3 {
            let name = rest.prefix { $0.isLetter || $0 == "_" }
            let after = rest[name.endIndex...].drop { $0 == " " }
            guard names.contains(name.lowercased()), let mark = after.first, mark == ":" || mark == "=" || mark == "@"
            else { break }
            // `cron hour=4` has no label.
            labels = name.lowercased() + " "
            rest = after.dropFirst().drop { $0 == " " }
            if rest.hasPrefix("- ") { rest = rest.dropFirst(2) }
        }
        let keeps = ["every ", "daily ", "weekly ", "monthly "].contains(labels)
        return (labels, (keeps ? labels : "") + rest)
    }

    /// `name(arguments)`, of a dotted name the last part.
    private static func call(_ text: String) -> (name: String, arguments: [String])? {
        guard text.last == ")", let open = text.firstIndex(of: "(") else { return nil }
        let name = text[..<open].split { ".@>- ".contains($0) }.last.map { $0.lowercased() } ?? ""
        let inside = text[text.index(after: open)...].dropLast()
        return (name, inside.split(separator: ",").map { String($0.drop { $0 == " " }) })
    }

    private static func readings(ofCall name: String, _ arguments: [String]) -> [[String]] {
        let pairs = arguments.map { argument in
            argument.split(separator: "=", maxSplits: 1).map { $0.split(separator: " ").joined(separator: " ") }
        }
        // A zone would be lost.
        guard !arguments.contains(where: { $0.lowercased().contains("zone") }) else { return [] }
        if let fields = fields(arguments.joined(separator: " ")) { return [fields] }
        guard let first = pairs.first, let value = first.last else { return [] }
        let words = value.split(separator: " ").map(String.init)
        switch first.count == 2 ? first[0].lowercased() : name {
        case "cron", "from_crontab", "crontab", "crontrigger": return [["cron"] + words]
        case "dailyat", "daily": return [["daily", value], ["daily", "0\(value):00"], ["daily", "\(value):00"]]
        case "hourlyat": return [["cron", value, "*", "*", "*", "*"]]
        // Milliseconds, or text.
        case "fixedrate", "fixeddelay", "fixedratestring", "fixeddelaystring":
            return [
                ["every", wholeNumber(value) == nil ? duration([value]) ?? value : duration([value + "ms"]) ?? value]
            ]
        case "run_every": return [["every", value]]
        default: return []
        }
    }

    /// `hour=4 minute=30`, `hours=2`: fields by their names, the lesser ones at their least.
    private static func fields(_ text: String) -> [String]? {
        let pairs = text.split(separator: " ").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        let named = pairs.filter { $0.count == 2 }
        guard !named.isEmpty, pairs.count - named.count <= 1 else { return nil }
        let values = Dictionary(named.map { ($0[0].lowercased(), $0[1]) }) { first, _ in first }
        let units = [("weeks", "w"), ("days", "d"), ("hours", "h"), ("minutes", "m"), ("seconds", "s")]
        if values.keys.allSatisfy({ key in units.contains { $0.0 == key } }) {
            return duration(units.compactMap { unit in values[unit.0].map { $0 + unit.1 } }).map { ["every", $0] }
        }
        let names = [
            ["second"], ["minute"], ["hour"], ["day", "day_of_month"], ["month", "month_of_year"], ["day_of_week"],
        ]
        let given = names.map { $0.compactMap { values[$0] }.first }
        guard given.compactMap({ $0 }).count == values.count, let least = given.firstIndex(where: { $0 != nil }) else {
            return nil
        }
        // A day of the week alone is at midnight.
        let fields = given.enumerated().map { index, value in value ?? (index < least && index < 3 ? "0" : "*") }
        return ["cron"] + (fields[0] == "0" ? fields.dropFirst() : fields[...])
    }

    /// `15min`, `1h 30min`, `PT1H30M`, `60000ms`, as ours.
    static func duration(_ words: [String]) -> String? {
        var text = words.joined().lowercased()
        for prefix in ["@every", "every", "p"] where text.hasPrefix(prefix) {
            text.removeFirst(prefix.count)
            if prefix == "p" { text = text.filter { $0 != "t" } }
            break
        }
        if text.hasSuffix("ms"), let count = wholeNumber(text.dropLast(2)), count > 0, count.isMultiple(of: 1_000) {
            return "\(count / 1_000)s"
        }
        // Rails: `3.hours`.
        if let dot = text.firstIndex(of: "."), text[text.index(after: dot)...].first?.isLetter == true {
            text.remove(at: dot)
        }
        return PlainWords.amount(text)
    }

    private static let monthNames = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]

    /// `MONDAY-friday` as `mon-fri`, `~` as `H`.
    private static func shortNames(_ field: String) -> String {
        let parts = field.lowercased().split(separator: ",", omittingEmptySubsequences: false).map { item in
            item.split(separator: "-", omittingEmptySubsequences: false).map { part in
                PlainWords.fullNames.contains(String(part)) || monthNames.contains(String(part)) ? part.prefix(3) : part
            }.joined(separator: "-")
        }
        if field.contains("~") {
            let ends = field.split(separator: "~", omittingEmptySubsequences: false)
            return ends.count == 2 && !ends[0].isEmpty && !ends[1].isEmpty ? "H(\(ends[0])-\(ends[1]))" : "H"
        }
        return parts.joined(separator: ",")
    }
}

/// systemd.time(7): `Mon..Fri *-*-* 03:00:00`, `*:0/15`, `*-*-01 04:00`.
struct SystemdCalendar {
    private var fields = ["0", "0", "0", "*", "*", "*"]

    /// Nil for what is none.
    init?(_ words: [String]) {
        guard (1...3).contains(words.count), words.contains(where: { $0.contains("*") || $0.contains("..") }) else {
            return nil
        }
        for word in words {
            if word.contains(":") {
                let parts = word.split(separator: ":", omittingEmptySubsequences: false).map(Self.field)
                guard (2...3).contains(parts.count) else { return nil }
                (fields[2], fields[1]) = (parts[0], parts[1])
                if parts.count == 3 { fields[0] = parts[2] }
            } else if word.contains("-") {
                let parts = word.split(separator: "-", omittingEmptySubsequences: false)
                guard (2...3).contains(parts.count), parts.count == 2 || parts[0] == "*" else { return nil }
                fields[4] = Self.field(parts[parts.count - 2])
                fields[3] = ["~1", "~01"].contains(parts[parts.count - 1]) ? "L" : Self.field(parts[parts.count - 1])
            } else {
                fields[5] = Self.field(word[...])
            }
        }
    }

    private static func field(_ text: Substring) -> String {
        text.split(separator: ",").map { item in
            let ends = item.split(separator: ".").map { $0.first?.isLetter == true ? $0.prefix(3) : $0 }
            return ends.joined(separator: "-")
        }.joined(separator: ",")
    }

    var words: [String] { ["cron"] + (["0", "00"].contains(fields[0]) ? fields.dropFirst() : fields[...]) }
}
