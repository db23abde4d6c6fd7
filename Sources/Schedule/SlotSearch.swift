/// Finds slots across the changes of a zone; all numbers are whole seconds since 1970.
///
/// A schedule of fixed hours has for each matching wall time W the slot "first instant at which the clock has shown
/// W or more". That one sentence is the whole rule for daylight saving: in a fold it is the first of the two W, and
/// for every W in a gap it is the instant after the gap. It also makes slots ascend with W, so both searches are one
/// step on the wall clock and one back to UTC. A schedule of all hours has every instant at which the clock shows a W.
struct SlotSearch {
    let rule: CalendarRule
    let zone: Zone

    /// The first slot strictly after `instant`.
    func next(after instant: Int64) -> Int64? {
        if rule.followsRealTime { return nextInRealTime(after: instant) }
        guard let wall = rule.next(onOrAfter: zone.highestReading(through: instant) + 1) else { return nil }
        return zone.firstInstant(reading: wall)
    }

    /// The latest slot after `last` and not after `now`.
    func latest(after last: Int64, through now: Int64) -> Int64? {
        if rule.followsRealTime { return latestInRealTime(after: last, through: now) }
        guard let wall = rule.previous(onOrBefore: zone.highestReading(through: now)) else { return nil }
        let slot = zone.firstInstant(reading: wall)
        return slot > last ? slot : nil
    }

    /// Looks at one stretch of constant offset after the other, and searches the calendar only in those that show
    /// wall times not yet searched.
    private func nextInRealTime(after instant: Int64) -> Int64? {
        var from = instant + 1
        // No match lies in this range of wall times.
        var barren: Range<Int64> = 0..<0
        while from <= Moment.searchable.upperBound {
            let stretch = zone.stretch(at: from)
            let start = from + stretch.offset
            let end = stretch.end == .max ? Int64.max : stretch.end + stretch.offset
            if !(barren.contains(start) && end <= barren.upperBound) {
                guard let wall = rule.next(onOrAfter: start) else { return nil }
                if wall < end { return wall - stretch.offset }
                barren = start..<wall
            }
            from = stretch.end
        }
        return nil
    }

    private func latestInRealTime(after last: Int64, through now: Int64) -> Int64? {
        var through = now
        var barren: Range<Int64> = 0..<0
        while through > last {
            let stretch = zone.stretch(at: through)
            let start = stretch.start == .min ? Int64.min : stretch.start + stretch.offset
            let end = through + stretch.offset
            if !(barren.contains(end) && start >= barren.lowerBound) {
                guard let wall = rule.previous(onOrBefore: end) else { return nil }
                if wall >= start {
                    let slot = wall - stretch.offset
                    return slot > last ? slot : nil
                }
                barren = (wall + 1)..<(end + 1)
            }
            guard stretch.start != .min else { return nil }
            through = stretch.start - 1
        }
        return nil
    }
}
