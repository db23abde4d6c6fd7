/// All freeze windows together: which times are frozen.
///
/// Asking is `mutating`, because what has been found is kept: the next question near it costs next to nothing.
package struct FreezeCalendar: Sendable {
    package let windows: [FreezeWindow]

    /// The spans that begin at `from` or later and before `to`, ascending.
    private var known: [FreezeSpan] = []
    private var from = Self.never
    private var to = Self.never
    /// The first start of each window that is in none of them.
    private var upcoming: [Moment] = []
    /// Whether the span that begins at `from` began earlier than was looked.
    private var isOlder = false

    private static let never = Moment(seconds: .max)
    /// What goes on for so long never ends, and what has gone on for so long always was.
    private static let longest = Duration.seconds(100 * 366 * 86_400)
    private static let year = Duration.seconds(400 * 86_400)
    /// Spans that are walked to get from what is known to a later moment, and that are kept.
    private static let (mostSteps, mostKept) = (16, 1024)

    package init(_ windows: [FreezeWindow] = []) { self.windows = windows }

    package var isEmpty: Bool { windows.isEmpty }

    /// The span that holds `moment`; nil if it is not frozen.
    package mutating func span(containing moment: Moment) -> FreezeSpan? {
        learn(through: moment)
        let index = index(after: moment)
        guard index > 0, known[index - 1].contains(moment) else { return nil }
        return known[index - 1]
    }

    /// The first span that begins after `moment`.
    package mutating func next(after moment: Moment) -> FreezeSpan? {
        learn(through: moment)
        let index = index(after: moment)
        if index == known.count { learnNext(asked: moment) }
        return index < known.count ? known[index] : nil
    }

    /// How many of the known spans begin at `moment` or before it.
    private func index(after moment: Moment) -> Int {
        var (low, high) = (0, known.count)
        while low < high {
            let middle = (low + high) / 2
            if known[middle].start <= moment { low = middle + 1 } else { high = middle }
        }
        return low
    }

    // MARK: - Learning

    private mutating func learn(through moment: Moment) {
        guard !windows.isEmpty else { return }
        if moment < from || known.count > Self.mostKept { begin(at: moment) }
        var steps = 0
        while to <= moment {
            steps += 1
            if steps == Self.mostSteps { begin(at: moment) }
            learnNext(asked: moment)
        }
    }

    /// Forgets what was known, and begins where the span begins that holds `moment`, or at `moment`.
    private mutating func begin(at moment: Moment) {
        (known, from, isOlder) = ([], moment, false)
        if let start = windows.lazy.compactMap({ $0.start(covering: moment) }).min() {
            (from, isOlder) = beginning(start, limit: moment - Self.longest)
        }
        upcoming = windows.map { [from] in $0.start(after: from - .nanoseconds(1)) ?? Self.never }
        to = upcoming.min() ?? Self.never
    }

    /// Where the span begins that holds `start`, as far as it can be found with patience.
    private func beginning(_ start: Moment, limit: Moment) -> (Moment, isOlder: Bool) {
        var (first, last) = (start, Self.never)
        var work = Work(windows.count)
        while first < last {
            last = first
            for window in windows {
                if let earlier = window.row(to: first, limit: limit, &work.searches) { first = earlier }
            }
            work.rounds += 1
            if first < limit && first < last || work.isTooMuch(for: start - first) { return (first, true) }
        }
        return (first, false)
    }

    /// Adds the span that begins at `to`, if there is one.
    private mutating func learnNext(asked moment: Moment) {
        guard to < Self.never, let opening = upcoming.firstIndex(of: to) else { return }
        let start = to
        let asked = max(start, moment)
        let limit = asked + Self.longest
        var (end, closing, isOpen) = (start, opening, false)
        var members: Set<Int> = []
        var work = Work(windows.count)
        var grows = true
        while grows, !isOpen {
            grows = false
            for index in windows.indices where upcoming[index] <= end {
                let row = windows[index].row(from: upcoming[index], through: end, limit: limit, &work.searches)
                upcoming[index] = row.next ?? Self.never
                members.insert(index)
                if row.end > end { (end, closing, grows) = (row.end, index, true) }
                // A row alone goes past the limit; what was written as a moment may lie there.
                if row.last > limit { isOpen = true }
            }
            work.rounds += 1
            isOpen = isOpen || work.isTooMuch(for: end - asked)
        }
        if isOpen { members.formUnion(windows.indices.filter { upcoming[$0] < Self.never }) }
        known.append(
            FreezeSpan(
                start: isOlder && known.isEmpty ? FreezeSpan.beginningOfTime : start,
                end: isOpen ? nil : end,
                texts: texts(members),
                startZone: windows[opening].startZone,
                endZone: windows[closing].endZone
            )
        )
        to = isOpen ? Self.never : upcoming.min() ?? Self.never
    }

    /// Each once, in the order in which they were written.
    private func texts(_ members: Set<Int>) -> [String] {
        var seen: Set<String> = []
        return members.sorted().map { windows[$0].text }.filter { seen.insert($0).inserted }
    }

    /// How much was looked at for one span; hundreds of windows that hang together by their ends may take too much.
    private struct Work {
        let windows: Int
        var searches = 0
        var rounds = 0

        init(_ windows: Int) { self.windows = windows }

        /// A year holds all that clock changes do.
        func isTooMuch(for length: Duration) -> Bool {
            let work = 50 * searches + windows * rounds
            return work > 30_000_000 || work > 5_000_000 && length > FreezeCalendar.year
        }
    }
}

extension FreezeCalendar: Equatable {
    package static func == (left: FreezeCalendar, right: FreezeCalendar) -> Bool { left.windows == right.windows }
}
