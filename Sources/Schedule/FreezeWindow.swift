/// A time in which no job starts, as it was written: each slot of a calendar schedule and some time from it on, or one
/// span between two moments.
package struct FreezeWindow: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case repeated(FreezeRecurrence)
        case once(from: Moment, to: Moment)
    }

    let kind: Kind
    /// Where the clocks stand by which it begins and ends; of moments the offsets that they were written with.
    let startZone: Zone
    let endZone: Zone
    /// As it was written, without the zone.
    package let text: String
    /// Nil: that of schedules without one.
    let zoneName: String?

    /// More than this is hardly a window.
    package static let longestDays: Int64 = 366
}

extension FreezeWindow: CustomStringConvertible {
    /// With the same zone for those that name none it parses back to an equal value.
    package var description: String { text + (zoneName.map { " tz=\($0)" } ?? "") }
}

/// What the union of windows asks of one.
extension FreezeWindow {
    /// The first start strictly after `moment`.
    func start(after moment: Moment) -> Moment? {
        switch kind {
        case .repeated(let recurrence): recurrence.timetable.next(after: moment)
        case .once(let start, _): start > moment ? start : nil
        }
    }

    /// The latest start whose window holds `moment`.
    func start(covering moment: Moment) -> Moment? {
        switch kind {
        case .repeated(let recurrence):
            recurrence.timetable.latest(after: moment - recurrence.length, through: moment)
        case .once(let start, let end): start <= moment && moment < end ? start : nil
        }
    }

    /// Windows that go on without a break.
    struct Row {
        /// The last of their starts.
        let last: Moment
        let end: Moment
        /// The first start after the break.
        let next: Moment?
    }

    /// How far its windows go on from that of `start`, where all is frozen up to `end` anyway.
    func row(from start: Moment, through end: Moment, limit: Moment, _ searches: inout Int) -> Row {
        switch kind {
        case .repeated(let recurrence): recurrence.row(from: start, through: end, limit: limit, &searches)
        case .once(_, let end): Row(last: start, end: end, next: nil)
        }
    }

    /// The first start of its windows that go without a break to `moment`, at which a span begins; nil: none does.
    func row(to moment: Moment, limit: Moment, _ searches: inout Int) -> Moment? {
        switch kind {
        case .repeated(let recurrence): recurrence.row(to: moment, limit: limit, &searches)
        case .once(let start, let end): start < moment && moment <= end ? start : nil
        }
    }
}
