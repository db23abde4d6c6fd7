/// A time in which no job starts: one window, or several that overlap or touch.
package struct FreezeSpan: Hashable, Sendable {
    /// A slot at this moment is frozen.
    package let start: Moment
    /// A slot at this moment runs; nil: it never ends.
    package let end: Moment?
    /// Of the windows that make it up, in the order in which they were written.
    package let texts: [String]
    /// Where the clocks stand by which it begins and ends.
    let startZone: Zone
    let endZone: Zone

    /// Where one begins that always was.
    package static let beginningOfTime = Moment(seconds: Moment.searchable.lowerBound)

    package func contains(_ moment: Moment) -> Bool { start <= moment && end.map { moment < $0 } ?? true }

    /// RFC 3339 with the offset of the window's zone; nil: it always was.
    package var startText: String? { start == Self.beginningOfTime ? nil : startZone.localDescription(of: start) }

    /// The same of its end; nil: it never ends.
    package var endText: String? { end.map(endZone.localDescription) }
}
