/// The offsets of one zone over all time.
final class ZoneData: Sendable {
    /// A stretch of time with one offset.
    struct Stretch: Equatable {
        /// The first second, or `Int64.min`.
        var start: Int64
        /// The first second after it, or `Int64.max`.
        var end: Int64
        /// Seconds east of UTC.
        var offset: Int64
    }

    /// RFC 9636 section 3.2 wants offsets between -24:59:59 and 25:59:59; what is wider is damage.
    static let offsets: ClosedRange<Int64> = -89_999...93_599
    static let widestOffset: Int64 = 93_600

    /// When the offset changes, ascending.
    private let changes: [Int64]
    /// The offset from each change on.
    private let offsetsAfter: [Int32]
    private let offsetBefore: Int32
    /// What holds from the last change on.
    private let rule: ZoneRule?

    init(offsetBefore: Int64, changes: [(at: Int64, offset: Int64)], rule: ZoneRule?) {
        self.offsetBefore = Int32(offsetBefore)
        self.changes = changes.map(\.at)
        offsetsAfter = changes.map { Int32($0.offset) }
        self.rule = rule
    }

    convenience init(constant offset: Int64) { self.init(offsetBefore: offset, changes: [], rule: nil) }

    /// The stretch that holds `instant`, which may be any number.
    ///
    /// Two stretches side by side may have the same offset.
    func stretch(at instant: Int64) -> Stretch {
        // How many changes are not after `instant`.
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle] <= instant { low = middle + 1 } else { high = middle }
        }
        let start = low == 0 ? Int64.min : changes[low - 1]
        if low == changes.count, let rule {
            let stretch = rule.stretch(at: instant)
            return Stretch(start: max(start, stretch.start), end: stretch.end, offset: stretch.offset)
        }
        return Stretch(
            start: start,
            end: low == changes.count ? .max : changes[low],
            offset: Int64(low == 0 ? offsetBefore : offsetsAfter[low - 1])
        )
    }
}

extension ZoneData: Equatable {
    static func == (left: ZoneData, right: ZoneData) -> Bool {
        left.changes == right.changes && left.offsetsAfter == right.offsetsAfter
            && left.offsetBefore == right.offsetBefore && left.rule == right.rule
    }
}
