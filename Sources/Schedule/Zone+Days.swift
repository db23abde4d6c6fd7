extension Zone {
    /// The day that the clock shows.
    package func day(of moment: Moment) -> CalendarDay {
        CivilTime(secondsSinceEpoch: reading(at: moment.seconds)).day
    }

    /// The hours of a day as the clock shows them; where it is changed some are shorter, left out or there twice.
    package func hours(of day: CalendarDay) -> [Range<Moment>] {
        func midnight(_ day: CalendarDay) -> Int64 {
            firstInstant(reading: CivilTime(day: day, secondOfDay: 0).secondsSinceEpoch)
        }
        var instant = midnight(day)
        let end = midnight(day.following)
        var hours: [Range<Moment>] = []
        while instant < end {
            let offset = stretch(at: instant).offset
            let reading = instant + offset
            var next = min(end, instant + 3_600 - (reading % 3_600 + 3_600) % 3_600)
            let change = stretch(at: instant).end
            if change < next, stretch(at: change).offset != offset { next = change }
            hours.append(Moment(seconds: instant)..<Moment(seconds: next))
            instant = next
        }
        return hours
    }
}

extension CalendarDay {
    /// Reads a date of the years 0001 to 9999: `2026-11-21`.
    package init?(parsing text: String) {
        guard text.utf8.count == 10, let moment = try? Moment(parsing: text + "T00:00Z") else { return nil }
        self = CivilTime(secondsSinceEpoch: moment.seconds).day
    }
}
