internal import Clockwork
internal import Schedule

/// What `scheduler status` prints: the page's table for a terminal.
enum StatusTable {
    static func text(_ snapshot: StatusSnapshot) -> String {
        let clock = WallClock(zone: snapshot.commonZone, now: snapshot.now)
        let head = ["JOB", "SCHEDULE", "NEXT", "LAST RUN", "LAST 20"]
        let rows = snapshot.ordered.map { entry in
            [
                entry.job.name, entry.job.scheduleText,
                [Phrase.activity(entry.activity), next(entry, clock)].compactMap(\.self).joined(separator: ", "),
                last(entry, snapshot.now), strip(entry),
            ]
        }
        // A longer cell pushes only its own line out.
        let widths = head.indices.map { column in
            ([head] + rows).map { $0[column].count }.filter { $0 <= 36 }.max() ?? 0
        }
        func line(_ cells: [String]) -> String {
            zip(cells, widths).map { $0.padding(to: $1) }.joined(separator: "  ").trimmed
        }
        var lines = [summary(snapshot), "", line(head)]
        lines += rows.map(line)
        lines += [
            "",
            "Times in \(clock.zone.name), where no zone is named. "
                + "Runs, oldest first: + ok  = busy  x failed  - not finished",
        ]
        return lines.joined(separator: "\n") + "\n"
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
