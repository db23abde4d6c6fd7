/// A schedule in a zone, for one job: the slots on the UTC time line.
///
/// Everything is resolved once, so `next` and `latest` do arithmetic on bits only. A copy is one reference: each job is
/// handed on several times per run.
package struct Timetable: Hashable, Sendable {
    private let parts: Parts

    package var schedule: Schedule { parts.schedule }
    package var zone: Zone { parts.zone }
    /// What decided the values of `H`; nil for a schedule that has none.
    package var hashKey: HashKey? { parts.hashKey }
    var rule: CalendarRule? { parts.rule }

    /// `hashKey` decides the values of `H`; for other schedules it plays no part.
    package init(_ schedule: Schedule, in zone: Zone = .utc, hashKey: HashKey = HashKey()) {
        var isHashed = false
        if case .cron(let expression) = schedule { isHashed = expression.isHashed }
        parts = Parts(schedule, zone, CalendarRule(schedule, hashKey: hashKey), isHashed ? hashKey : nil)
    }

    /// The first slot strictly after `moment`, or nil if there is none through the year 9999.
    ///
    /// For `every`, `moment` has to be a slot itself: the next one is an interval later.
    package func next(after moment: Moment) -> Moment? {
        if case .every(let interval) = schedule {
            let slot = moment + .seconds(interval.seconds)
            return slot.seconds <= Moment.searchable.upperBound ? slot : nil
        }
        guard let rule, moment.seconds < Moment.searchable.upperBound else { return nil }
        let from = max(moment.seconds, Moment.searchable.lowerBound - 1)
        guard let slot = SlotSearch(rule: rule, zone: zone).next(after: from),
            Moment.searchable.contains(slot)
        else { return nil }
        return Moment(seconds: slot)
    }

    /// The latest slot in (`last`, `now`], or nil if there is none; by arithmetic, never by walking the slots.
    package func latest(after last: Moment, through now: Moment) -> Moment? {
        guard last < now else { return nil }
        if case .every(let interval) = schedule {
            let elapsed = (now - last).components.seconds / interval.seconds
            return elapsed < 1 ? nil : last + .seconds(elapsed * interval.seconds)
        }
        guard let rule, now.seconds >= Moment.searchable.lowerBound else { return nil }
        let through = min(now.seconds, Moment.searchable.upperBound)
        let floor = max(last.seconds, Moment.searchable.lowerBound - 1)
        guard let slot = SlotSearch(rule: rule, zone: zone).latest(after: floor, through: through) else { return nil }
        return Moment(seconds: slot)
    }

    package static func == (left: Timetable, right: Timetable) -> Bool {
        left.parts === right.parts
            || (left.schedule, left.zone) == (right.schedule, right.zone) && left.rule == right.rule
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(schedule)
        hasher.combine(zone)
        hasher.combine(rule)
    }

    private final class Parts: Sendable {
        let schedule: Schedule
        let zone: Zone
        let rule: CalendarRule?
        let hashKey: HashKey?

        init(_ schedule: Schedule, _ zone: Zone, _ rule: CalendarRule?, _ hashKey: HashKey?) {
            (self.schedule, self.zone, self.rule, self.hashKey) = (schedule, zone, rule, hashKey)
        }
    }
}
