/// A schedule in a zone: the slots on the UTC time line.
package struct Timetable: Hashable, Sendable {
    package let schedule: Schedule
    package let zone: Zone

    package init(_ schedule: Schedule, in zone: Zone = .utc) {
        self.schedule = schedule
        self.zone = zone
    }

    /// The first slot strictly after `moment`, or nil if there is none.
    ///
    /// For `every`, `moment` has to be a slot itself: the next one is an interval later.
    package func next(after moment: Moment) -> Moment? {
        switch schedule {
        case .every(let interval): moment + .seconds(interval.seconds)
        case .daily(let times):
            times.isEmpty ? nil : nextDaily(times, after: CivilTime(secondsSinceEpoch: moment.seconds))
        }
    }

    /// The latest slot in (`last`, `now`], or nil if there is none; by arithmetic, never by walking the slots.
    package func latest(after last: Moment, through now: Moment) -> Moment? {
        guard last < now else { return nil }
        switch schedule {
        case .every(let interval):
            let elapsed = (now - last).components.seconds / interval.seconds
            return elapsed < 1 ? nil : last + .seconds(elapsed * interval.seconds)
        case .daily(let times):
            let local = CivilTime(secondsSinceEpoch: now.seconds)
            guard let lastOfDay = times.last else { return nil }
            let today = times.last { $0.secondOfDay <= local.secondOfDay }
            let day = CalendarDay(daysSinceEpoch: local.day.daysSinceEpoch - (today == nil ? 1 : 0))
            let slot = moment(day, today ?? lastOfDay)
            return slot > last ? slot : nil
        }
    }

    private func nextDaily(_ times: [TimeOfDay], after local: CivilTime) -> Moment {
        let today = times.first { $0.secondOfDay > local.secondOfDay }
        let day = CalendarDay(daysSinceEpoch: local.day.daysSinceEpoch + (today == nil ? 1 : 0))
        return moment(day, today ?? times[0])
    }

    private func moment(_ day: CalendarDay, _ time: TimeOfDay) -> Moment {
        Moment(seconds: CivilTime(day: day, secondOfDay: time.secondOfDay).secondsSinceEpoch)
    }
}
