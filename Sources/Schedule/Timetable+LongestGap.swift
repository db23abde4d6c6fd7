extension Timetable {
    /// The longest gap between two slots of the coming 35 days; between the next two, where fewer come by then.
    ///
    /// Looks at the gaps within a day once, at those from day to day, and at those round clock changes. Of a day that
    /// the end of the 35 cuts, the gaps of a whole one are taken.
    package func longestGap(from now: Moment) -> Duration? {
        guard let rule else { return next(after: .epoch).map { $0 - .epoch } }
        guard let first = next(after: now), let second = next(after: first) else { return nil }
        let end = now + .seconds(Self.gapDays * 86_400)
        var longest = second - first
        if first <= end, let within = rule.clock.longestGap { longest = max(longest, .seconds(within)) }
        func look(before instant: Int64) {
            guard let last = latest(after: now, through: Moment(seconds: instant - 1)), let next = next(after: last),
                next <= end
            else { return }
            longest = max(longest, next - last)
        }
        var stretch = zone.stretch(at: now.seconds)
        var day = CivilTime(secondsSinceEpoch: zone.reading(at: now.seconds)).day
        for _ in 0...Self.gapDays {
            day = day.following
            look(before: zone.firstInstant(reading: CivilTime(day: day, secondOfDay: 0).secondsSinceEpoch))
        }
        while stretch.end < end.seconds {
            let after = zone.stretch(at: stretch.end)
            look(before: stretch.end)
            // What a clock that is set back repeats is no slot again, unless the schedule has all hours.
            look(before: stretch.end + max(0, stretch.offset - after.offset))
            stretch = after
        }
        return longest
    }

    private static let gapDays: Int64 = 35
}

extension ClockRule {
    /// Between two matches of one day, in seconds; nil if there is one match.
    var longestGap: Int64? {
        switch self {
        case .times(let times): return Self.gaps(times.map(\.secondOfDay), 1, 0)
        case .fields(let seconds, let minutes, let hours):
            let (seconds, minutes, hours) = (seconds.members, minutes.members, UInt64(hours).members)
            let lastOfMinute = (seconds.last ?? 0) - (seconds.first ?? 0)
            let lastOfHour = ((minutes.last ?? 0) - (minutes.first ?? 0)) * 60 + lastOfMinute
            let gaps = [(seconds, 1, 0), (minutes, 60, lastOfMinute), (hours, 3_600, lastOfHour)]
            return gaps.compactMap { Self.gaps($0.0, $0.1, $0.2) }.max()
        }
    }

    /// The widest step between neighbours of so many seconds each, less what the matches behind each take.
    private static func gaps(_ values: [Int], _ unit: Int, _ taken: Int) -> Int64? {
        zip(values, values.dropFirst()).map { Int64(($1 - $0) * unit - taken) }.max()
    }
}
