/// Something about a schedule that is right by the rules and may yet surprise.
package enum ScheduleHint: Hashable, Sendable {
    /// A month without a matching day, the first of the year.
    case skipsMonth(Int)
    /// A step that does not divide its field: the last gap is another.
    case unevenStep(field: String, step: Int, count: Int)
    /// Both day fields are restricted; either counts. Whether the weekdays have their weeks, as in `MON#1`.
    case eitherDay(hasWeeks: Bool)
    /// Days of the week as numbers beside a `?`, as Quartz has them.
    case quartzDays
    /// A slot's wall time that a clock change leaves out; the slot comes at `runs`.
    case skipped(wall: CivilTime, runs: Moment)
    /// A slot's wall time that a clock change repeats; the slot comes the first time.
    case repeated(wall: CivilTime, runs: Moment)
    /// Wall times that a clock change leaves out, or repeats and that run the first time only: a longer pause.
    case hole(from: CivilTime, to: CivilTime, pause: Duration)
    /// A zone that is an offset.
    case fixedOffset(zone: String, offset: String)
}

extension ScheduleHint: CustomStringConvertible {
    package var description: String {
        switch self {
        case .skipsMonth(let month):
            "has no slot in months without such a day, \(Self.months[month - 1]) among them; "
                + #"write "monthly last HH:MM" for the last day of each month"#
        case .unevenStep(let field, let step, let count):
            "steps by \(step) through the \(count) values of \(field), which leaves a shorter gap at the end; "
                + "a step that divides them, or every, keeps the gap"
        case .eitherDay(let hasWeeks):
            "has both day fields restricted, and a day that matches either is one; "
                + (hasWeeks
                    ? "for the days of the week alone write * as day-of-month"
                    : "for one weekday of the month alone write its week behind it, as in MON#1 or FRI#3")
        case .quartzDays:
            "has days of the week as numbers beside a ?; here 1 is Monday, in Quartz and EventBridge it is Sunday: "
                + "write names, as in MON-FRI"
        case .hole(let from, let to, let pause):
            "pauses for \(Self.text(pause)) from \(from) to \(to), because of a clock change; "
                + "with all 24 hours in the hour field, or with every, it goes on as ever"
        case .fixedOffset(let zone, let offset):
            "has the zone \(zone), which is always UTC\(offset), in summer too; "
                + "write a zone of a place, such as Europe/Prague, or UTC"
        case .skipped(let wall, let runs):
            "has a slot at \(wall), which a clock change leaves out; it runs at \(runs) then"
        case .repeated(let wall, let runs):
            "has a slot at \(wall), which a clock change repeats; it runs the first time only, at \(runs)"
        }
    }

    private static func text(_ pause: Duration) -> String {
        let seconds = pause.components.seconds
        return seconds.isMultiple(of: 60) ? "\(seconds / 60) min" : "\(seconds) s"
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
        return cronHints + [skippedMonth(rule)].compactMap { $0 } + clockChanges(rule, from: now.seconds)
            + [fixedOffset].compactMap { $0 }
    }

    private var cronHints: [ScheduleHint] {
        guard case .cron(let cron) = schedule else { return [] }
        var hints = cron.fields.compactMap(unevenStep)
        if !cron.dayOfMonth.beginsWithStar, !cron.dayOfWeek.beginsWithStar {
            hints.append(.eitherDay(hasWeeks: cron.dayOfWeek.terms.allSatisfy(\.dependsOnMonth)))
        }
        if cron.hasQuartzDays.isTrue { hints.append(.quartzDays) }
        return hints
    }

    /// EST, MST and HST, which were offsets before they were links to zones, and Etc/GMT+5.
    private var fixedOffset: ScheduleHint? {
        let isOffset = zone.name.hasPrefix("Etc/GMT") && zone.offset(at: .epoch) != 0
        guard isOffset || ["EST", "MST", "HST"].contains(zone.name) else { return nil }
        return .fixedOffset(zone: zone.name, offset: String(zone.localDescription(of: .epoch).suffix(6)))
    }

    /// The first step of a field that goes over its end in another gap.
    private func unevenStep(_ kind: CronFieldKind, _ field: CronField) -> ScheduleHint? {
        let starts = field.terms.compactMap { if case .span(let low, _, _) = $0 { Int(low) } else { nil } }
        let steps = field.terms.compactMap { term -> Int? in
            switch term {
            case .every(let step), .from(_, let step), .hashed(nil, _, let step): return Int(step)
            case .span(let low, let high, let step) where Int(high) >= kind.bounds.lowerBound + kind.count - 1:
                let (low, step) = (Int(low), Int(step))
                let next = low + (Int(high) - low) / step * step + step - kind.count
                // A range that goes round the end is two terms, and the second goes on where the first would.
                return starts.contains(next) ? nil : step
            default: return nil
            }
        }
        return steps.first { $0 > 1 && !kind.count.isMultiple(of: $0) }
            .map { .unevenStep(field: kind.name, step: $0, count: kind.count) }
    }

    private func skippedMonth(_ rule: CalendarRule) -> ScheduleHint? {
        (1...12).first { rule.days.mayLack(month: $0) }.map(ScheduleHint.skipsMonth)
    }

    /// The first wall time of the schedule in the first gap, and in the first fold, of the coming year.
    private func clockChanges(_ rule: CalendarRule, from now: Int64) -> [ScheduleHint] {
        let year: Int64 = 366 * 86_400
        var hints: [ScheduleHint] = []
        var (hasGap, hasFold) = (false, false)
        var before = zone.stretch(at: now)
        while before.end != .max, before.end <= now + year {
            let after = zone.stretch(at: before.end)
            defer { before = after }
            let readings = [before.end + before.offset, before.end + after.offset]
            let (low, high) = (readings.min() ?? 0, readings.max() ?? 0)
            let isGap = after.offset > before.offset
            guard !(isGap ? hasGap : hasFold) else { continue }
            let wall = rule.next(onOrAfter: low).flatMap { $0 < high ? $0 : nil }
            // A pause grows over the change, also where none of its wall times is the schedule's.
            let hole = hole(rule, since: isGap ? before.end : before.end + high - low, missing: high - low)
            guard wall != nil || hole != nil else { continue }
            if isGap { hasGap = true } else { hasFold = true }
            guard let wall, hole == nil, !rule.followsRealTime else {
                hints += [hole].compactMap { $0 }
                continue
            }
            let time = CivilTime(secondsSinceEpoch: wall)
            let runs = Moment(seconds: zone.firstInstant(reading: wall))
            hints.append(isGap ? .skipped(wall: time, runs: runs) : .repeated(wall: time, runs: runs))
        }
        return hints
    }

    /// A pause round `instant` that is longer than between the same wall times on another day.
    ///
    /// Where that is longer than an hour and than the clock change, the pauses beside it have to be as long: a day of
    /// 25 hours is no hole, nor is a night that is an hour longer.
    private func hole(_ rule: CalendarRule, since instant: Int64, missing: Int64) -> ScheduleHint? {
        let search = SlotSearch(rule: rule, zone: zone)
        guard let last = search.latest(after: instant - 86_400, through: instant - 1),
            let next = search.next(after: last)
        else { return nil }
        let (from, to) = (zone.reading(at: last), zone.reading(at: next))
        guard let usual = rule.next(onOrAfter: from + 1).map({ $0 - from }), next - last > usual else { return nil }
        if usual > max(missing, 3600) {
            let beside = [
                rule.previous(onOrBefore: from - 1).map { from - $0 }, rule.next(onOrAfter: to + 1).map { $0 - to },
            ]
            let longest = beside.compactMap { $0 }.max() ?? 0
            guard case .fields = rule.clock, usual < 86_400, usual <= longest, next - last > longest else { return nil }
        }
        return .hole(
            from: CivilTime(secondsSinceEpoch: from),
            to: CivilTime(secondsSinceEpoch: to),
            pause: .seconds(next - last)
        )
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
