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

    private struct Line {
        let slot: Moment
        let row: Row
    }

    /// One line per slot; plain ones begin with the slot in UTC.
    func text(asJSON: Bool) -> String {
        let width = rows.compactMap(\.job?.count).max() ?? 0
        return lines.map { (asJSON ? json($0) : plain($0, width)) + "\n" }.joined()
    }

    private var lines: [Line] {
        rows.flatMap { row in
            var lines: [Line] = []
            var moment = from
            while lines.count < count, let slot = row.timetable.next(after: moment) {
                lines.append(Line(slot: slot, row: row))
                moment = slot
            }
            return lines
        }.sorted { ($0.slot, $0.row.job ?? "") < ($1.slot, $1.row.job ?? "") }
    }

    private func plain(_ line: Line, _ width: Int) -> String {
        var cells = [line.slot.description]
        if let job = line.row.job { cells.append(job.padding(to: width)) }
        cells.append(line.row.zone.localDescription(of: line.slot))
        return cells.joined(separator: "  ")
    }

    private func json(_ line: Line) -> String {
        JSONValue.object([
            ("job", line.row.job.map(JSONValue.string) ?? .null),
            ("slot", .string(line.slot.description)),
            ("local", .string(line.row.zone.localDescription(of: line.slot))),
        ]).description
    }
}
