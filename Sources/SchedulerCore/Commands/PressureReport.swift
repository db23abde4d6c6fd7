internal import JSON
internal import Schedule
internal import Telling

/// What `scheduler pressure` prints: a line for each hour of a day.
struct PressureReport {
    private let pressure: Pressure

    init(_ pressure: Pressure) { self.pressure = pressure }

    /// What is said beside it.
    var notes: [String] {
        var notes: [String] = []
        if pressure.hasElapsedTime { notes.append(NextReport.everyNote(from: "the start of the day")) }
        if !pressure.uncounted.isEmpty {
            notes.append(
                "\(counted(pressure.uncounted.count, "job")) with too many slots left out: "
                    + Self.listed(pressure.uncounted, most: Self.mostNames)
            )
        }
        return notes
    }

    private struct Hour {
        let start: Moment
        let runs: Int
        /// How many jobs start in the busiest minutes.
        let jobs: Int
        let busiest: [Int]
        let emptiest: Int
    }

    private var hours: [Hour] {
        pressure.hours.compactMap { hour in
            let minutes = pressure.minutes(of: hour)
            guard let emptiest = minutes.min(by: { pressure.runs[$0] < pressure.runs[$1] }) else { return nil }
            let most = minutes.map { pressure.jobs[$0] }.max() ?? 0
            return Hour(
                start: hour.lowerBound,
                runs: minutes.reduce(0) { $0 + pressure.runs[$1] },
                jobs: most,
                busiest: most == 0 ? [] : minutes.filter { pressure.jobs[$0] == most },
                emptiest: emptiest
            )
        }
    }

    // MARK: - Text

    private static let mostNames = 8
    private static let mostMinutes = 3

    var text: String {
        let hours = hours
        let width = hours.map { String($0.runs).count }.max() ?? 0
        return hours.map { hour in
            let count = String(hour.runs)
            var cells = [clock(hour.start) + offset(hour.start), String(repeating: " ", count: width - count.count)]
            cells[1] += hour.runs == 1 ? "1 run " : "\(count) runs"
            cells.append("emptiest \(clock(hour.emptiest)) (\(pressure.runs[hour.emptiest]))")
            if !hour.busiest.isEmpty { cells.append("most \(counted(hour.jobs, "job")) at \(busiest(hour))") }
            return cells.joined(separator: "  ") + "\n"
        }.joined()
    }

    private func busiest(_ hour: Hour) -> String {
        Self.listed(
            hour.busiest.prefix(Self.mostMinutes).map { minute in
                "\(clock(minute)) (\(Self.listed(pressure.names(minute), most: Self.mostNames)))"
            },
            of: hour.busiest.count,
            most: Self.mostMinutes
        )
    }

    private static func listed(_ texts: [String], of count: Int? = nil, most: Int) -> String {
        let more = (count ?? texts.count) - most
        return texts.prefix(most).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }

    private func clock(_ minute: Int) -> String { clock(pressure.moment(minute)) }

    private func clock(_ moment: Moment) -> String { String(local(moment).dropFirst(11).prefix(5)) }

    private func offset(_ moment: Moment) -> String { String(local(moment).suffix(6)) }

    private func local(_ moment: Moment) -> String { pressure.zone.localDescription(of: moment) }

    // MARK: - JSON

    private static let mostNamesInAll = 1_000

    /// One object; of many busiest minutes with many jobs not all.
    var json: String {
        JSONValue.object([
            ("day", hours.first.map { .string(String(local($0.start).prefix(10))) } ?? .null),
            ("tz", .string(pressure.zone.name)),
            ("hours", .array(hours.map(json))),
            ("uncounted", .array(pressure.uncounted.map(JSONValue.string))),
        ]).description + "\n"
    }

    private func json(_ hour: Hour) -> JSONValue {
        .object([
            ("hour", .string(local(hour.start))),
            ("runs", .integer(hour.runs)),
            (
                "busiest",
                .array(
                    hour.busiest.prefix(max(1, Self.mostNamesInAll / max(1, hour.jobs))).map { minute in
                        .object([
                            ("minute", .string(local(pressure.moment(minute)))),
                            ("jobs", .integer(hour.jobs)),
                            ("names", .array(pressure.names(minute).map(JSONValue.string))),
                        ])
                    }
                )
            ),
            (
                "emptiest",
                .object([
                    ("minute", .string(local(pressure.moment(hour.emptiest)))),
                    ("runs", .integer(pressure.runs[hour.emptiest])),
                ])
            ),
        ])
    }
}
