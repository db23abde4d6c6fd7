internal import Schedule

/// A file of `name: job line` lines, as text.
enum JobsFile {
    /// Room for some 100 000 jobs.
    static let limit = 16 << 20

    struct Entry: Equatable {
        /// Counted from 1.
        let number: Int
        let name: String
        let text: String
    }

    /// Why a line is none of ours; follows where it stands.
    enum Fault: Equatable, CustomStringConvertible {
        case noName
        /// A line of a crontab, with its schedule as a job line says it, and its call where it has one.
        case crontab(schedule: String, call: String?)
        case atReboot
        /// `NAME=value`, which a crontab may have.
        case setting

        var description: String {
            switch self {
            case .noName:
                "has no name that ends with a colon and a blank; write \"name: job line\", or # before a comment"
            case .crontab(let schedule, let call):
                "is a line of a crontab; write \"name: \(schedule) \(call ?? "POST /path")\", with a name "
                    + (call == nil ? "and path of your own" : "of your own")
            case .atReboot:
                "is a line of a crontab; give the job a schedule, and first=now makes it run at start too"
            case .setting: "is a setting of a crontab; take it out (CRON_TZ is tz= here, or \(Variable.timezone.name))"
            }
        }
    }

    /// The entries, and the lines that are none, by number.
    ///
    /// A name ends at the first colon that a blank follows, since names may hold colons.
    static func parse(_ text: String) -> (entries: [Entry], bad: [(number: Int, fault: Fault)]) {
        var entries: [Entry] = []
        var bad: [(Int, Fault)] = []
        // "\r\n" is one Character in Swift; both are line ends.
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r\n" })
        for (index, line) in lines.enumerated() {
            let line = line.drop(while: isBlank)
            guard let first = line.first, first != "#" else { continue }
            if let fault = crontabFault(line) {
                bad.append((index + 1, fault))
            } else if let colon = nameEnd(line) {
                let rest = line[colon...].dropFirst().drop(while: isBlank)
                entries.append(Entry(number: index + 1, name: String(line[..<colon]), text: String(rest)))
            } else {
                bad.append((index + 1, .noName))
            }
        }
        return (entries, bad)
    }

    private static func nameEnd(_ line: Substring) -> Substring.Index? {
        var rest = line
        while let colon = rest.firstIndex(of: ":") {
            rest = rest[colon...].dropFirst()
            if rest.first.map(isBlank) ?? true { return colon }
        }
        return nil
    }

    private static func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }

    // MARK: - Crontabs

    private static func crontabFault(_ line: Substring) -> Fault? {
        let name = line.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" }
        if !name.isEmpty, line[name.endIndex...].drop(while: isBlank).first == "=" { return .setting }
        // A job's name begins with a letter, a field of a crontab hardly does.
        guard let first = line.first, !first.isLetter else { return nil }
        let words = line.split(maxSplits: 7, whereSeparator: isBlank).map(String.init)
        if words[0].lowercased() == "@reboot" { return .atReboot }
        // Six fields are seconds first, or five and the command.
        let counts = first != "@" ? [6, 5] : words[0].lowercased() == "@every" ? [2] : [1]
        for count in counts where words.count >= count {
            let fields = words.prefix(count).joined(separator: " ")
            let schedule = count == 2 ? String(fields.dropFirst()).lowercased() : "cron \(fields)"
            if (try? Schedule(parsing: schedule)) != nil {
                return .crontab(schedule: schedule, call: CurlCommand(line)?.call)
            }
        }
        return nil
    }
}
