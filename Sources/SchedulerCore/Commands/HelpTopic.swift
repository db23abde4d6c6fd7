internal import Telling

/// What `scheduler help` tells more of, since the image has no papers; made of the tables that they are compared with.
package enum HelpTopic: String, CaseIterable, Sendable {
    case jobs, schedules, variables, commands

    /// At most 80 columns wide, but for what cannot be broken.
    var text: String {
        switch self {
        case .jobs: Self.jobsText
        case .schedules: Self.schedulesText
        case .variables: Self.variablesText
        case .commands: Command.usage
        }
    }

    private static var variablesText: String {
        Variable.allCases.map { variable in
            "\(variable.name)  (\(plain(variable.standard.text)))\n"
                + wrapped(variable.row.summary)
        }.joined()
    }

    private static var jobsText: String {
        let documented = DocumentedJobs.rows.map { row in
            let when =
                switch row.schedule {
                case .interval(let variable): variable.name
                case .fixed(let schedule): schedule
                }
            return "\(row.name)  (\(when))\n    \(row.method) \(row.path) timeout=\(row.timeoutSeconds)s\n"
        }
        let options = JobOption.all.map { option in
            "\(option.name)=  (\(plain(option.standard.text)))\n\(wrapped(option.summary))"
        }
        return """
            [schedule] [METHOD path] [option=value ...]

            SCHEDULER_JOB_NIGHTLY_REPORT='daily 03:00 POST /api/reports/nightly timeout=15m retries=2'
            SCHEDULER_JOB_MARKETPLACES='daily 04:15'   a documented job at another time
            SCHEDULER_JOB_DATA_REFRESH=off             leave it out

            Options, with their defaults:

            \(options.joined())
            The documented jobs, with the variable of their interval or their schedule:

            \(documented.joined())
            """
    }

    /// Examples that a test parses, and what they are.
    static let examples = [
        ("every 15m", "time since the last slot; also 30s, 1h30m, 2d"),
        ("daily 07:00,13:00", "HH:MM, two digits each"),
        ("weekly mon,thu 03:00", "mon tue wed thu fri sat sun"),
        ("monthly 1 03:00", "a month without that day is left out; also last"),
        ("cron 0 5 * * 1", "minute, hour, day of month, month, day of week"),
        ("cron 30 0 5 * * 1", "six fields: seconds first"),
        ("cron @daily", "also @hourly @weekly @monthly @yearly"),
        ("cron */15 8-17 * * MON-FRI", "steps, ranges, lists, names"),
        ("cron 0 3 L * *", "L last day, LW last weekday, 15W nearest to the 15th"),
        ("cron 0 3 * * MON#1", "the month's first Monday; 5L its last Friday"),
        ("cron H H(0-5) * * *", "a value that stays, of SCHEDULER_SEED and job"),
    ]

    private static var schedulesText: String {
        let width = examples.map(\.0.count).max() ?? 0
        return examples.map { "\($0.0.padding(to: width))  \($0.1)\n" }.joined() + """

            Zone: tz=Europe/Prague of a job, else SCHEDULER_TIMEZONE, else UTC.
            Two day fields that are both restricted: a day that matches either counts.
            A wall time that a clock change skips fires once, after the gap; one that comes
            twice fires the first time; with all 24 hours in its hour field a cron schedule
            follows real time.
            Try one: scheduler next --schedule 'cron 0 5 * * 1' --tz Europe/Prague

            """
    }

    /// Without Markdown: no backquotes, of links the text.
    static func plain(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "["), let middle = rest[open...].firstIndex(of: "]"),
            rest[middle...].hasPrefix("]("), let close = rest[middle...].firstIndex(of: ")")
        {
            result += rest[..<open] + rest[open..<middle].dropFirst()
            rest = rest[close...].dropFirst()
        }
        return (result + rest).filter { $0 != "`" }
    }

    private static func wrapped(_ text: String) -> String {
        var lines: [String] = []
        for word in plain(text).split(separator: " ") {
            if let last = lines.last, last.count + word.count < 80 {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append("    \(word)")
            }
        }
        return lines.map { "\($0)\n" }.joined()
    }
}
