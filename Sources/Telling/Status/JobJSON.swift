internal import Clockwork
internal import JSON
internal import Schedule

/// The pages of a job and of missed slots, for programs.
extension StatusJSON {
    static func job(_ entry: StatusSnapshot.Entry, in snapshot: StatusSnapshot) -> String {
        let zone = entry.job.timetable.zone
        let coming = ComingSlot.next(of: entry, in: snapshot).map { slot -> JSONValue in
            .object([
                ("slot", .string(slot.slot.description)), ("local", .string(zone.localDescription(of: slot.slot))),
                ("held_by", slot.reason.map { .string($0.rawValue) } ?? .null),
                ("why", slot.reason == nil ? .null : .string(slot.why)),
            ])
        }
        let members = members(entry, snapshot.now, runs: JobState.keptRuns)
        return JSONValue.object(
            [("time", .string(snapshot.now.timestamp))] + members + [("next_slots", .array(coming))]
        ).description
    }

    static func missed(_ snapshot: StatusSnapshot) -> String {
        let items = snapshot.missed.byJob.map { item -> JSONValue in
            .object([
                ("job", .string(item.job)), ("slot", .string(item.slot.description)),
                ("slots", item.count.map(JSONValue.integer) ?? .null), ("reason", .string(item.reason.rawValue)),
                ("why", .string(item.why)), ("command", .string(item.command)),
            ])
        }
        let members: [(String, JSONValue)] = [
            ("time", .string(snapshot.now.timestamp)), ("since", .string(snapshot.started.timestamp)),
            ("missed", .array(items)),
        ]
        return JSONValue.object(members).description
    }
}
