internal import Clockwork
internal import HTTPClient
internal import JSON
package import Schedule
package import Telling

/// What `scheduler check` prints.
package struct CheckReport {
    package let standardOutput: String
    package let standardError: String
    package let isGood: Bool

    /// `now` is where the next slots are counted from, `stateHint` what the directory for state will have against it,
    /// `notes` what stands before all other warnings.
    package init(
        _ result: Result<Settings, SettingsFaults>,
        asJSON: Bool,
        now: Moment,
        stateHint: SettingsFault? = nil,
        notes: [SettingsFault] = [],
        terminal: Terminal? = nil
    ) {
        switch result {
        case .success(let settings):
            isGood = true
            // A whole second: slots of "every" count from it.
            let now = Moment(seconds: now.seconds)
            let warnings = notes + settings.warnings(at: now, state: stateHint)
            let redactor = Redactor(SecretBook(settings.secrets))
            let report = asJSON ? Self.json(settings, warnings, now) : Self.table(settings, now, terminal, redactor)
            standardOutput = redactor.maskOwn(report)
            let counts = settings.jobs.contains { $0.timetable.schedule.isElapsedTime && Self.showsSlot($0) }
            let note = counts ? "note: " + NextReport.everyNote(from: "now") + "\n" : ""
            standardError = asJSON ? "" : Self.lines(warnings, "warning") + note
        case .failure(let bad):
            isGood = false
            let warnings = notes + bad.warnings
            standardOutput = asJSON ? Self.json(bad.faults, warnings) : ""
            standardError = asJSON ? "" : Self.lines(bad.faults, "fault") + Self.lines(warnings, "warning")
        }
    }

    private static func lines(_ messages: [SettingsFault], _ kind: String) -> String {
        messages.map { "\(kind): \($0.message)\n" }.joined()
    }

    // MARK: - Table

    /// Two lines a job, so that it can be read at 80 columns: when, then what.
    private static func table(
        _ settings: Settings,
        _ now: Moment,
        _ terminal: Terminal?,
        _ redactor: Redactor
    ) -> String {
        let head = ["JOB", "SCHEDULE", "NEXT SLOT"]
        let rows = settings.jobs.map { job in
            [job.name, job.scheduleText, nextSlot(job, now)]
        }
        // A longer cell pushes only its own line out.
        let widths = head.indices.map { column in
            ([head] + rows).map { $0[column].count }.filter { $0 <= 32 }.max() ?? 0
        }
        func line(_ cells: [String]) -> String {
            zip(cells, widths).map { $0.padding(to: $1) }.joined(separator: "  ").trimmed
        }
        func wrapped(_ line: String, _ indent: Int = 2) -> [String] {
            // Masked before it is broken: no search finds the parts of a secret.
            terminal.map { Wrapping.lines(redactor.maskOwn(line), width: $0.width, indent: indent) } ?? [line]
        }
        let fitted = terminal.map {
            FittedTable(head: head, rows.map { [Cell($0[0], .head), Cell($0[1]), Cell($0[2])] }, on: $0)
        }
        let rowLines = fitted?.rowLines
        var lines = fitted?.headLines ?? [line(head)]
        for (place, job) in settings.jobs.enumerated() {
            lines += rowLines?[place] ?? [line(rows[place])]
            lines += wrapped("    \(job.method) \(job.place)", 6)
            lines += wrapped(
                "    "
                    + ([local(job, now), "timeout=\(job.timeoutSeconds)s"] + JobOption.all.flatMap { $0.notes(job) })
                    .joined(separator: " "),
                6
            )
        }
        lines.append("")
        var ends: [String] = []
        ends += settings.groups.map { group in
            let jobs = settings.jobs.filter { $0.groups.contains(group.name) }.map(\.name)
            return
                "group \(group.name), \(group.limit) at once: \(jobs.isEmpty ? "no job" : jobs.joined(separator: ", "))"
        }
        ends.append(
            "\(counted(settings.jobs.count, "job")) for \(settings.target.text)"
                + (settings.transport.socket.map { " over \($0)" } ?? "") + ", tick \(settings.tickSeconds)s, "
                + "startup grace \(settings.startupGraceSeconds)s"
        )
        ends += spans(settings, now).map { span in
            let (what, end) = (span.contains(now) ? "frozen" : "next freeze", span.endText ?? "never")
            return "\(what) from \(span.startText ?? "ever") until \(end) (\(span.texts.joined(separator: ", ")))"
        }
        if settings.stateDirectory != nil || settings.store != nil, settings.jobs.contains(where: \.runsAfterGrace) {
            ends.append("\"\(afterGrace)\" is when a job never ran, as far as the state knows.")
        }
        lines += ends.flatMap { wrapped($0) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The freeze that there is now, and the next one.
    private static func spans(_ settings: Settings, _ now: Moment) -> [FreezeSpan] {
        var freezes = settings.freezes
        return [freezes.span(containing: now), freezes.next(after: now)].compactMap { $0 }
    }

    private static let afterGrace = "right after the grace"

    /// Whether its row has a slot, rather than when it begins.
    private static func showsSlot(_ job: Job) -> Bool { !job.runsAfterGrace && job.initialOffset == nil }

    private static func nextSlot(_ job: Job, _ now: Moment) -> String {
        if job.runsAfterGrace { return afterGrace }
        if job.initialOffset != nil, case .every(let interval) = job.timetable.schedule {
            return "up to \(interval) after the grace"
        }
        return job.timetable.next(after: now)?.description ?? "none"
    }

    /// The zone, and what its clock shows at the next slot of the schedule, where the row does not tell it.
    private static func local(_ job: Job, _ now: Moment) -> String {
        let zone = job.timetable.zone
        let isTold = job.runsAfterGrace ? job.timetable.schedule.isElapsedTime : zone == .utc
        guard !isTold, let slot = job.timetable.next(after: now) else { return "tz=\(zone.name)" }
        return "tz=\(zone.name) (\(job.runsAfterGrace ? "then " : "")\(zone.localDescription(of: slot)))"
    }

    // MARK: - JSON

    private static func json(_ settings: Settings, _ warnings: [SettingsFault], _ now: Moment) -> String {
        JSONValue.object([
            ("jobs", .array(settings.jobs.map { json($0, now) })),
            ("groups", .array(settings.groups.map { json($0, settings.jobs) })),
            ("freezes", .array(spans(settings, now).map(json))),
            ("tick_seconds", .integer(settings.tickSeconds)),
            ("startup_grace_seconds", .integer(settings.startupGraceSeconds)),
            ("warnings", json(warnings)),
        ]).description + "\n"
    }

    private static func json(_ group: Group, _ jobs: [Job]) -> JSONValue {
        let names = jobs.filter { $0.groups.contains(group.name) }.map { JSONValue.string($0.name) }
        return .object([("name", .string(group.name)), ("limit", .integer(group.limit)), ("jobs", .array(names))])
    }

    private static func json(_ span: FreezeSpan) -> JSONValue {
        .object([
            ("start", span.startText.map(JSONValue.string) ?? .null),
            ("end", span.endText.map(JSONValue.string) ?? .null),
            ("windows", .array(span.texts.map(JSONValue.string))),
        ])
    }

    private static func json(_ job: Job, _ now: Moment) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("name", .string(job.name)),
            ("schedule", .string(job.scheduleText)),
            ("method", .string(job.method)),
            ("path", .string(job.path)),
            ("timeout_seconds", .integer(job.timeoutSeconds)),
            ("tz", .string(job.timetable.zone.name)),
            ("target", .string(job.target)),
        ]
        members += JobOption.all.flatMap { $0.members(job) }
        if let slot = job.timetable.next(after: now) { members.append(("next_slot", .string(slot.description))) }
        return .object(members)
    }

    private static func json(_ faults: [SettingsFault], _ warnings: [SettingsFault]) -> String {
        JSONValue.object([("faults", json(faults)), ("warnings", json(warnings))]).description + "\n"
    }

    private static func json(_ messages: [SettingsFault]) -> JSONValue {
        .array(messages.map { .object([("variable", .string($0.variable)), ("message", .string($0.message))]) })
    }
}

extension Job {
    /// Whether it is due as soon as runs begin, if it never ran.
    fileprivate var runsAfterGrace: Bool { first == .now && initialOffset == nil }
}
