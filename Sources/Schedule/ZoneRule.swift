/// The rule that holds after a zone file's last change: a POSIX TZ string, as extended by RFC 9636 section 3.3.2.
struct ZoneRule: Equatable, Sendable {
    /// Seconds east of UTC.
    let standard: Int64
    let saving: Saving?

    struct Saving: Equatable, Sendable {
        /// Seconds east of UTC; for negative daylight saving (Dublin) less than the standard offset.
        let offset: Int64
        let start: Change
        let end: Change
    }

    /// A change of each year: a day, and seconds from its midnight in the offset that held before, -167 h to 167 h.
    struct Change: Equatable, Sendable {
        let day: Day
        let time: Int64
    }

    enum Day: Equatable, Sendable {
        /// `Jn`, 1...365: February 29 is never counted.
        case julian(Int)
        /// `n`, 0...365: February 29 is counted.
        case zeroBased(Int)
        /// `Mm.w.d`: weekday of week 1...5 of a month; 5 is the last.
        case weekday(month: Int, week: Int, weekday: Int)

        func date(in year: Int64) -> CalendarDay {
            let first = CalendarDay(year: year, month: 1, day: 1)
            switch self {
            case .julian(let day):
                let leap = day >= 60 && CalendarDay.isLeap(year: year) ? 1 : 0
                return CalendarDay(daysSinceEpoch: first.daysSinceEpoch + Int64(day - 1 + leap))
            case .zeroBased(let day):
                return CalendarDay(daysSinceEpoch: first.daysSinceEpoch + Int64(day))
            case .weekday(let month, let week, let weekday):
                let first = CalendarDay(year: year, month: month, day: 1)
                let day = (weekday - first.weekday + 7) % 7 + 7 * (week - 1)
                let past = day >= CalendarDay.length(ofMonth: month, year: year) ? 7 : 0
                return CalendarDay(daysSinceEpoch: first.daysSinceEpoch + Int64(day - past))
            }
        }
    }

    /// About the years -10 000 to 20 000: nobody asks beyond, and the arithmetic stays far from its limits.
    private static let instants: ClosedRange<Int64> = -400_000_000_000...600_000_000_000

    func stretch(at instant: Int64) -> ZoneData.Stretch {
        var result = ZoneData.Stretch(start: .min, end: .max, offset: standard)
        guard let saving else { return result }
        let clamped = min(max(instant, Self.instants.lowerBound), Self.instants.upperBound)
        let year = CivilTime(secondsSinceEpoch: clamped + standard).day.components.year
        // A time of up to a week before or after its day may carry a change into the next year but not further,
        // so that two years on either side hold a change before and one after.
        for year in (year - 2)...(year + 2) {
            let start = (at: self.instant(of: saving.start, year, before: standard), offset: saving.offset)
            let end = (at: self.instant(of: saving.end, year, before: saving.offset), offset: standard)
            for change in start.at <= end.at ? [start, end] : [end, start] {
                if change.at > instant {
                    result.end = min(result.end, change.at)
                } else if change.at >= result.start {
                    // Of two changes at one instant the later in the list holds: saving all year has no gap.
                    (result.start, result.offset) = change
                }
            }
        }
        return result
    }

    private func instant(of change: Change, _ year: Int64, before offset: Int64) -> Int64 {
        change.day.date(in: year).daysSinceEpoch * 86_400 + change.time - offset
    }
}
