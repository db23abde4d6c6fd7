/// Windows that begin at the slots of a calendar schedule, all of one length.
struct FreezeRecurrence: Hashable, Sendable {
    let timetable: Timetable
    let length: Duration
    /// How far from a slot the windows are known to follow one another without a break.
    private let closeness: Closeness

    private enum Closeness: Hashable {
        case unknown
        /// To the last slot of its day.
        case day
        /// To the last slot before the clocks change.
        case stretch
    }

    init(_ timetable: Timetable, _ length: Duration) {
        (self.timetable, self.length) = (timetable, length)
        closeness = timetable.rule.map { Self.closeness($0, length.components.seconds) } ?? .unknown
    }

    private static func closeness(_ rule: CalendarRule, _ seconds: Int64) -> Closeness {
        guard rule.clock.longestGap ?? 0 <= seconds, let first = rule.clock.next(onOrAfter: 0),
            let last = rule.clock.previous(onOrBefore: 86_399)
        else { return .unknown }
        return rule.days.matchesEveryDay && 86_400 - Int64(last - first) <= seconds ? .stretch : .day
    }

    /// Leaps where it can: a window a second, for a second, would take long else.
    func row(from start: Moment, through end: Moment, limit: Moment, _ searches: inout Int) -> FreezeWindow.Row {
        var last = start
        while true {
            let through = max(end, Moment(seconds: close(to: last).upperBound))
            last = timetable.latest(after: last, through: through) ?? last
            searches += 2
            let next = timetable.next(after: last)
            guard last <= limit, let next, next <= last + length else {
                return FreezeWindow.Row(last: last, end: last + length, next: next)
            }
            last = next
        }
    }

    func row(to moment: Moment, limit: Moment, _ searches: inout Int) -> Moment? {
        var first: Moment?
        while first.map({ $0 >= limit }) ?? true {
            searches += 1
            let touching = (first ?? moment) - length
            let from = first.map { min(touching, Moment(seconds: close(to: $0).lowerBound)) } ?? touching
            guard let earlier = timetable.next(after: from - .nanoseconds(1)), earlier < first ?? moment else { break }
            first = earlier
        }
        return first
    }

    /// All slots in this range hang together with `slot`, which is one.
    private func close(to slot: Moment) -> ClosedRange<Int64> {
        guard closeness != .unknown else { return slot.seconds...slot.seconds }
        let stretch = timetable.zone.stretch(at: slot.seconds)
        let all = max(stretch.start, Moment.searchable.lowerBound)...min(stretch.end - 1, Moment.searchable.upperBound)
        guard closeness == .day else { return all }
        let reading = slot.seconds + stretch.offset
        let midnight = slot.seconds - (reading % 86_400 + 86_400) % 86_400
        return max(all.lowerBound, midnight)...min(all.upperBound, midnight + 86_399)
    }
}

extension DayRule {
    fileprivate var matchesEveryDay: Bool {
        (1...12).allSatisfy { months.contains(bit: $0) }
            && (28...31).allSatisfy { length in
                (0...6).allSatisfy {
                    matches(length: length, first: $0) == Self.everyDay & (.max >> UInt32(31 - length))
                }
            }
    }
}
