internal import HTTPClient
internal import Schedule

/// What `scheduler check` prints.
package struct CheckReport {
    package let standardOutput: String
    package let standardError: String
    package let isGood: Bool

    package init(_ result: Result<Settings, SettingsFaults>, asJSON: Bool) {
        switch result {
        case .success(let settings):
            isGood = true
            standardOutput = asJSON ? Self.json(settings) : Self.table(settings)
            standardError = asJSON ? "" : Self.lines(settings.warnings, "warning")
        case .failure(let bad):
            isGood = false
            standardOutput = asJSON ? Self.json(bad) : ""
            standardError = asJSON ? "" : Self.lines(bad.faults, "fault") + Self.lines(bad.warnings, "warning")
        }
    }

    private static func lines(_ messages: [SettingsFault], _ kind: String) -> String {
        messages.map { "\(kind): \($0.message)\n" }.joined()
    }

    private static func table(_ settings: Settings) -> String {
        let head = ["JOB", "SCHEDULE", "ZONE", "METHOD", "PATH", "TIMEOUT"]
        let rows = settings.jobs.map { job in
            let timetable = job.timetable
            return [
                job.name, "\(timetable.schedule)", timetable.zone.name, job.method, job.path, "\(job.timeoutSeconds)s",
            ]
        }
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        let lines = ([head] + rows).map { row in
            let cells = row.indices.map { $0 == row.count - 1 ? row[$0] : row[$0].padding(to: widths[$0]) }
            return cells.joined(separator: "  ")
        }
        let summary = """
            \(settings.jobs.count) jobs for \(settings.target.text), \
            tick \(settings.tickSeconds)s, startup grace \(settings.startupGraceSeconds)s
            """
        return (lines + ["", summary, ""]).joined(separator: "\n")
    }

    private static func json(_ settings: Settings) -> String {
        let jobs = settings.jobs.map { job in
            JSONValue.object([
                ("name", .string(job.name)),
                ("schedule", .string(job.scheduleText)),
                ("method", .string(job.method)),
                ("path", .string(job.path)),
                ("timeout_seconds", .integer(job.timeoutSeconds)),
                ("tz", .string(job.timetable.zone.name)),
            ])
        }
        let report = JSONValue.object([
            ("jobs", .array(jobs)),
            ("tick_seconds", .integer(settings.tickSeconds)),
            ("startup_grace_seconds", .integer(settings.startupGraceSeconds)),
            ("warnings", json(settings.warnings)),
        ])
        return report.description + "\n"
    }

    private static func json(_ bad: SettingsFaults) -> String {
        JSONValue.object([("faults", json(bad.faults)), ("warnings", json(bad.warnings))]).description + "\n"
    }

    private static func json(_ messages: [SettingsFault]) -> JSONValue {
        .array(messages.map { .object([("variable", .string($0.variable)), ("message", .string($0.message))]) })
    }
}
