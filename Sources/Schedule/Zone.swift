/// A time zone: what a wall clock shows at a moment.
package struct Zone: Sendable {
    package let name: String
    /// Shared by all copies, since one zone may serve 100 000 jobs.
    private let data: ZoneData

    /// Needs no file.
    package static let utc = Zone(name: "UTC", data: ZoneData(constant: 0))

    init(name: String, data: ZoneData) {
        self.name = name
        self.data = data
    }

    /// Seconds east of UTC.
    package func offset(at moment: Moment) -> Int { Int(data.stretch(at: moment.seconds).offset) }

    func stretch(at instant: Int64) -> ZoneData.Stretch { data.stretch(at: instant) }

    /// What the wall clock shows, in seconds since 1970.
    func reading(at instant: Int64) -> Int64 { instant + data.stretch(at: instant).offset }

    /// The highest wall time the clock has shown up to `instant`; in a fold that is the one before it was set back.
    func highestReading(through instant: Int64) -> Int64 {
        var stretch = data.stretch(at: instant)
        var highest = instant + stretch.offset
        // A reading further back could only win if offsets were more than this apart.
        while stretch.start > instant - 2 * ZoneData.widestOffset {
            let end = stretch.start - 1
            stretch = data.stretch(at: end)
            highest = max(highest, end + stretch.offset)
        }
        return highest
    }

    /// The first instant at which the clock has shown `wall` or more.
    func firstInstant(reading wall: Int64) -> Int64 {
        // No offset is wider, so no earlier instant can show as much.
        var stretch = data.stretch(at: wall - ZoneData.widestOffset)
        while stretch.end != .max, wall - stretch.offset >= stretch.end {
            stretch = data.stretch(at: stretch.end)
        }
        return max(wall - stretch.offset, stretch.start)
    }
}

extension Zone: Hashable {
    package static func == (left: Zone, right: Zone) -> Bool {
        left.name == right.name && (left.data === right.data || left.data == right.data)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension Zone {
    /// RFC 3339 with this zone's offset: `2026-11-21T04:44:55+01:00`; UTC is written `+00:00`.
    ///
    /// RFC 3339 has no seconds in an offset. Where a zone has some, the clock is shown for the whole minutes of it.
    package func localDescription(of moment: Moment) -> String {
        let minutes = offset(at: moment) / 60
        let (seconds, overflow) = moment.seconds.addingReportingOverflow(Int64(minutes * 60))
        let local = CivilTime(secondsSinceEpoch: overflow ? moment.seconds : seconds)
        let sign = minutes < 0 ? "-" : "+"
        let offset = padded(abs(minutes) / 60, to: 2) + ":" + padded(abs(minutes) % 60, to: 2)
        return local.description + moment.fraction + sign + offset
    }
}
