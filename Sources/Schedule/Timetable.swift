/// A schedule in a zone, for one job: the slots on the UTC time line.
///
/// Everything is resolved once, so `next` and `latest` do arithmetic on bits only. Zones are shared by reference.
package struct Timetable: Hashable, Sendable {
    package let schedule: Schedule
    package private(set) var zone: Zone
    let rule: CalendarRule?

    /// `hashKey` decides the values of `H`; for other schedules it plays no part.
    package init(_ schedule: Schedule, in zone: Zone = .utc, hashKey: HashKey = HashKey()) {
        self.schedule = schedule
        self.zone = zone
        rule = CalendarRule(schedule, hashKey: hashKey)
    }

    /// The same schedule, with its values of `H`, in another zone.
    package func moved(to zone: Zone) -> Timetable {
        var moved = self
        moved.zone = zone
        return moved
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
}
