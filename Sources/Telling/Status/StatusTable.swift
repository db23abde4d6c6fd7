internal import Clockwork
internal import Schedule

/// What `scheduler status` prints: the page's table for a terminal.
enum StatusTable {
    private static let head = ["JOB", "SCHEDULE", "NEXT", "LAST RUN", "LAST 20"]

    /// On a terminal the columns fit it; to anything else it is what programs have always read.
    static func text(_ snapshot: StatusSnapshot, on terminal: Terminal? = nil) -> String {
        let clock = WallClock(zone: snapshot.commonZone, now: snapshot.now)
        let rows = snapshot.ordered.map { entry in
            [
                Cell(entry.job.name, entry.isFailing ? .bad : nil), Cell(entry.job.scheduleText),
                Cell([Phrase.activity(entry.activity), next(entry, clock)].compactMap(\.self).joined(separator: ", ")),
                Cell(last(entry, snapshot.now), entry.lastRun.map { ink(RunMark($0.outcome)) } ?? .dim),
                Cell(strip(entry), entry.isFailing ? .bad : nil),
            ]
        }
        let legend = [
            "Times in \(clock.zone.name), where no zone is named. "
                + "Runs, oldest first: + ok  = busy  x failed  - not finished"
        ]
        let summary = summary(snapshot)
        guard let terminal else {
            return ([summary, ""] + plain(rows.map { $0.map(\.text) }) + [""] + legend).joined(separator: "\n") + "\n"
        }
        let isGood = snapshot.pulse.isHealthy && snapshot.isReady && !snapshot.entries.contains(where: \.isFailing)
        let top = Wrapping.lines(summary, width: terminal.width, indent: 2)
        let table = FittedTable(head: head, rows, on: terminal)
        let lines =
            top.map { terminal.hasColour ? (isGood ? Ink.good : .bad).on($0) : $0 } + [""] + table.headLines
            + table.rowLines.flatMap(\.self) + [""]
        let end = legend.flatMap { Wrapping.lines($0, width: terminal.width, indent: 2) }
        return (lines + end).joined(separator: "\n") + "\n"
    }

    private static func plain(_ rows: [[String]]) -> [String] {
        // A longer cell pushes only its own line out.
        let widths = head.indices.map { column in
            ([head] + rows).map { $0[column].count }.filter { $0 <= 36 }.max() ?? 0
        }
        return ([head] + rows).map { zip($0, widths).map { $0.padding(to: $1) }.joined(separator: "  ").trimmed }
    }

    private static func ink(_ mark: RunMark) -> Ink? {
        switch mark {
        case .ok: .good
        case .busy: nil
        case .failed: .bad
        case .unfinished: .notice
        }
    }

    private static func summary(_ snapshot: StatusSnapshot) -> String {
        let failing = snapshot.entries.count { $0.isFailing }
        let stuck = Phrase.duration(snapshot.pulse.age)
        let health = snapshot.pulse.isHealthy ? "" : "THE LOOP HAS BEEN STUCK for \(stuck); "
        let state = snapshot.isStateWritable ? "" : "; the state cannot be written"
        return "\(health)\(Phrase.phase(snapshot))\(state); \(counted(snapshot.entries.count, "job")) for "
            + "\(snapshot.target), \(failing == 0 ? "none" : String(failing)) failing, \(snapshot.runsInFlight) in flight"
    }

    private static func next(_ entry: StatusSnapshot.Entry, _ clock: WallClock) -> String {
        guard let next = entry.next else { return "none" }
        return "\(clock.at(entry).text(next))\(clock.zoneNote(entry)) (\(Phrase.until(next, from: clock.now)))"
    }

    private static func last(_ entry: StatusSnapshot.Entry, _ now: Moment) -> String {
        guard let run = entry.lastRun else { return "never" }
        let streak = entry.failures > 1 ? ", \(entry.failures) in a row" : ""
        return "\(Phrase.outcome(run)) \(Phrase.ago(run.ended, from: now))\(streak)\(Phrase.items(run))"
    }

    private static func strip(_ entry: StatusSnapshot.Entry) -> String {
        (entry.state?.runs ?? []).map { run in
            switch run.outcome {
            case .ok: "+"
            case .busy: "="
            case .aborted, .interrupted: "-"
            default: "x"
            }
        }.joined()
    }
}

extension StatusSnapshot {
    /// Those that fail first, the rest as they are configured.
    var ordered: [Entry] { entries.filter(\.isFailing) + entries.filter { !$0.isFailing } }
}
