internal import Files

/// The notices that wait, in their order: a value.
struct NoticeQueue {
    struct Item: Equatable {
        let notice: Notice
        var tries = 0
        /// Not before, on the clock that only goes forward.
        var due = Duration.zero
    }

    /// More don't wait, the one that is under way among them: an address that hangs costs no memory.
    static let longest = 100

    private var items: [Item] = []
    private var isUnderWay = false

    var count: Int { items.count + (isUnderWay ? 1 : 0) }

    /// Answers what had to go for it, which may be itself.
    mutating func add(_ notice: Notice) -> Notice? {
        // One that waits still says the same.
        if notice.kind == .heartbeat, items.contains(where: { $0.notice.kind == .heartbeat }) { return nil }
        var dropped: Notice?
        if count >= Self.longest {
            guard let oldest = items.firstIndex(where: { $0.notice.kind == .ping }) else { return notice }
            dropped = items.remove(at: oldest).notice
        }
        items.append(Item(notice: notice))
        return dropped
    }

    /// The one to be sent now, under way from now on; what goes to one address keeps its order.
    mutating func next(at now: Duration) -> Item? {
        var waiting: Set<String> = []
        var best: Int?
        for (index, item) in items.enumerated() {
            if item.due > now { waiting.insert(item.notice.address.reveal) }
            if !waiting.isEmpty, waiting.contains(item.notice.address.reveal) { continue }
            if best.map({ item.notice.kind.rank < items[$0].notice.kind.rank }) ?? true { best = index }
        }
        guard let best else { return nil }
        isUnderWay = true
        return items.remove(at: best)
    }

    /// The one under way is done with.
    mutating func finish() { isUnderWay = false }

    /// It is to be tried once more.
    mutating func putBack(_ item: Item, due: Duration) {
        isUnderWay = false
        items.insert(Item(notice: item.notice, tries: item.tries + 1, due: due), at: 0)
    }

    /// When the first one is due that waits for its time; those behind it wait for that too.
    func nextDue(after now: Duration) -> Duration? { items.lazy.map(\.due).filter { $0 > now }.min() }

    /// Takes out what goes to an address, or what is due later.
    mutating func remove(where isUnwanted: (Item) -> Bool) -> [Notice] {
        let unwanted = items.filter(isUnwanted)
        items.removeAll(where: isUnwanted)
        return unwanted.map(\.notice)
    }
}
