/// A calendar schedule resolved for one job: which readings of a wall clock are slots.
struct CalendarRule: Hashable, Sendable {
    let days: DayRule
    let clock: ClockRule
    /// Whether repeated wall times count both times and skipped ones not at all.
    let followsRealTime: Bool

    /// Nil for `every`, which looks at no wall clock.
    init?(_ schedule: Schedule, hashKey: HashKey) {
        switch schedule {
        case .every: return nil
        case .daily(let times): self.init(days: .daily, clock: .times(times), followsRealTime: false)
        case .weekly(let weekdays, let times):
            self.init(days: DayRule(weekdays), clock: .times(times), followsRealTime: false)
        case .monthly(let day, let times): self.init(days: DayRule(day), clock: .times(times), followsRealTime: false)
        case .cron(let cron):
            let pick = { (kind: CronFieldKind, count: Int) in hashKey.value(for: kind.name, below: count) }
            let hours = UInt32(cron.hour.values(in: .hour, pick: pick))
            let clock = ClockRule.fields(
                seconds: cron.second.values(in: .second, pick: pick),
                minutes: cron.minute.values(in: .minute, pick: pick),
                hours: hours
            )
            self.init(
                days: DayRule(cron, pick: pick),
                clock: clock,
                followsRealTime: hours == ClockRule.everyHour
            )
        }
    }

    private init(days: DayRule, clock: ClockRule, followsRealTime: Bool) {
        self.days = days
        self.clock = clock
        self.followsRealTime = followsRealTime
    }

    /// The first matching wall time at or after `wall`, both in seconds of the wall clock since 1970.
    func next(onOrAfter wall: Int64) -> Int64? {
        let time = CivilTime(secondsSinceEpoch: wall)
        guard var day = days.next(onOrAfter: time.day) else { return nil }
        if day == time.day {
            if let second = clock.next(onOrAfter: time.secondOfDay) { return reading(day, second) }
            guard let later = days.next(onOrAfter: day.following) else { return nil }
            day = later
        }
        return clock.next(onOrAfter: 0).map { reading(day, $0) }
    }

    /// The last matching wall time at or before `wall`.
    func previous(onOrBefore wall: Int64) -> Int64? {
        let time = CivilTime(secondsSinceEpoch: wall)
        guard var day = days.previous(onOrBefore: time.day) else { return nil }
        if day == time.day {
            if let second = clock.previous(onOrBefore: time.secondOfDay) { return reading(day, second) }
            guard let earlier = days.previous(onOrBefore: day.preceding) else { return nil }
            day = earlier
        }
        return clock.previous(onOrBefore: 86_399).map { reading(day, $0) }
    }

    private func reading(_ day: CalendarDay, _ second: Int) -> Int64 {
        CivilTime(day: day, secondOfDay: second).secondsSinceEpoch
    }
}
