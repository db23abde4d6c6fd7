/// Something about a schedule that is right by the rules and may yet surprise.
package enum ScheduleHint: Hashable, Sendable {
    /// A month without a matching day, the first of the year.
    case skipsMonth(Int)
    /// A step that does not divide its field: the last gap is shorter.
    case unevenStep(field: String, step: Int, count: Int)
    /// A slot's wall time that a clock change leaves out; the slot comes at `runs`.
    case skipped(wall: CivilTime, runs: Moment)
    /// A slot's wall time that a clock change repeats; the slot comes the first time.
    case repeated(wall: CivilTime, runs: Moment)
}

extension ScheduleHint: CustomStringConvertible {
    package var description: String {
        switch self {
        case .skipsMonth(let month):
            "has no slot in months without such a day, \(Self.months[month - 1]) among them; "
                + #"write "monthly last HH:MM" for the last day of each month"#
        case .unevenStep(let field, let step, let count):
            "steps by \(step) through the \(count) values of \(field), which leaves a shorter gap at the end; "
                + "an even step or every keeps the gap"
        case .skipped(let wall, let runs):
            "has a slot at \(wall), which a clock change leaves out; it runs at \(runs) then"
        case .repeated(let wall, let runs):
            "has a slot at \(wall), which a clock change repeats; it runs the first time only, at \(runs)"
        }
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
}

extension Timetable {
    /// What may surprise within a year from `now`, each kind once.
    package func hints(from now: Moment) -> [ScheduleHint] {
        guard let rule else { return [] }
        return unevenSteps + [skippedMonth(rule)].compactMap { $0 } + clockChanges(rule, from: now.seconds)
    }

    private var unevenSteps: [ScheduleHint] {
        guard case .cron(let cron) = schedule else { return [] }
        let fields: [(CronFieldKind, CronField)] = [(.second, cron.second), (.minute, cron.minute), (.hour, cron.hour)]
        return fields.compactMap { kind, field in
            for case .every(let step) in field.terms where !kind.bounds.count.isMultiple(of: Int(step)) {
                return .unevenStep(field: kind.name, step: Int(step), count: kind.bounds.count)
            }
            return nil
        }
    }

    private func skippedMonth(_ rule: CalendarRule) -> ScheduleHint? {
        (1...12).first { rule.days.mayLack(month: $0) }.map(ScheduleHint.skipsMonth)
    }

    /// The first wall time of the schedule in the first gap, and in the first fold, of the coming year.
    private func clockChanges(_ rule: CalendarRule, from now: Int64) -> [ScheduleHint] {
        guard !rule.followsRealTime else { return [] }
        let year: Int64 = 366 * 86_400
        var hints: [ScheduleHint] = []
        var (hasGap, hasFold) = (false, false)
        var before = zone.stretch(at: now)
        while before.end != .max, before.end <= now + year {
            let after = zone.stretch(at: before.end)
            let readings = [before.end + before.offset, before.end + after.offset]
            let (low, high) = (readings.min() ?? 0, readings.max() ?? 0)
            if let wall = rule.next(onOrAfter: low), wall < high {
                let time = CivilTime(secondsSinceEpoch: wall)
                let runs = Moment(seconds: zone.firstInstant(reading: wall))
                if after.offset > before.offset, !hasGap {
                    hints.append(.skipped(wall: time, runs: runs))
                    hasGap = true
                } else if after.offset < before.offset, !hasFold {
                    hints.append(.repeated(wall: time, runs: runs))
                    hasFold = true
                }
            }
            before = after
        }
        return hints
    }
}

extension DayRule {
    /// Whether the month is one of the schedule's, and in some year has no matching day.
    fileprivate func mayLack(month: Int) -> Bool {
        guard months.contains(bit: month) else { return false }
        return Self.lengths[month - 1].contains { length in
            (0...6).contains { matches(length: length, first: $0) == 0 }
        }
    }
}
