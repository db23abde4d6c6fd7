internal import Clockwork
internal import JSON
internal import Schedule
internal import Telling

/// What `scheduler next` prints: the slots of one timetable, or of several in the order of time.
struct NextReport {
    /// A timetable with the name of its job; none for a bare schedule.
    struct Row {
        let job: String?
        let timetable: Timetable
        /// Where the slots are shown.
        let zone: Zone
        /// Whether a freeze window keeps it from running.
        var isFrozen = false
    }

    /// What is said beside the slots of jobs; nil: nothing.
    var note: String? {
        guard rows.contains(where: { $0.job != nil && $0.timetable.schedule.isElapsedTime }) else { return nil }
        return Self.everyNote(from: "now (or --from)")
    }

    static func everyNote(from start: String) -> String {
        "slots of every count from \(start) here; scheduler status has the running sidecar's"
    }

    let rows: [Row]
    let from: Moment
    /// So many slots of each row.
    let count: Int
    var freezes = FreezeCalendar()
    /// Whether frozen slots are left out.
    var runsOnly = false

    private struct Line {
        let slot: Moment
        let row: Row
        let freeze: FreezeSpan?
    }

    /// A job that runs in none of so many spans runs in none.
    private static let mostSpans = 5_000

    /// One line per slot; plain ones begin with the slot in UTC.
    func text(asJSON: Bool, on terminal: Terminal? = nil) -> String {
        if let terminal, !asJSON { return FittedTable(lines.map(cells), on: terminal).text }
        let width = rows.compactMap(\.job?.count).max() ?? 0
        return lines.map { (asJSON ? json($0) : plain($0, width)) + "\n" }.joined()
    }

    private var lines: [Line] {
        var freezes = freezes
        return rows.flatMap { lines(of: $0, &freezes) }
            .sorted { ($0.slot, $0.row.job ?? "") < ($1.slot, $1.row.job ?? "") }
    }

    private func lines(of row: Row, _ freezes: inout FreezeCalendar) -> [Line] {
        var lines: [Line] = []
        var (moment, spans) = (from, 0)
        while lines.count < count, spans < Self.mostSpans, let slot = row.timetable.next(after: moment) {
            let freeze = row.isFrozen ? freezes.span(containing: slot) : nil
            moment = slot
            guard let freeze, runsOnly else {
                lines.append(Line(slot: slot, row: row, freeze: freeze))
                continue
            }
            guard let end = freeze.end else { break }
            moment = row.timetable.latest(after: slot, through: end - .nanoseconds(1)) ?? slot
            spans += 1
        }
        return lines
    }

    private func plain(_ line: Line, _ width: Int) -> String {
        var texts = cells(line).map(\.text)
        if line.row.job != nil { texts[1] = texts[1].padding(to: width) }
        return texts.joined(separator: "  ")
    }

    private func cells(_ line: Line) -> [Cell] {
        var cells = [Cell(line.slot.description)]
        if let job = line.row.job { cells.append(Cell(job, .head)) }
        cells.append(Cell(line.row.zone.localDescription(of: line.slot), .dim))
        if let freeze = line.freeze {
            let end = freeze.end.map(line.row.zone.localDescription) ?? Self.never
            cells.append(Cell("frozen until \(end)", .notice))
        }
        return cells
    }

    private func json(_ line: Line) -> String {
        var members: [(String, JSONValue)] = [
            ("job", line.row.job.map(JSONValue.string) ?? .null),
            ("slot", .string(line.slot.description)),
            ("local", .string(line.row.zone.localDescription(of: line.slot))),
        ]
        if let freeze = line.freeze {
            members.append(("frozen_until", .string(freeze.end?.description ?? Self.never)))
        }
        return JSONValue.object(members).description
    }

    private static let never = "never"
}
