/// The spans that wait to be sent, oldest first: a value.
struct SpanQueue {
    /// More don't wait, those that are under way among them.
    static let longest = 2_000
    /// As many go at once.
    static let batch = 100
    /// A batch that is not full waits so long.
    static let patience = Duration.seconds(5)

    private var items: [Span] = []
    /// What was taken out of the front since the last time that the rest was moved there.
    private var start = 0
    private var underWay = 0
    /// When the oldest one came.
    private var since: Duration?
    /// Not before, after a refusal that asks for that.
    private var notBefore = Duration.zero

    var count: Int { items.count - start }
    var isEmpty: Bool { count == 0 && underWay == 0 }

    /// Answers how many had to go for them.
    mutating func add(_ spans: [Span], at now: Duration) -> Int {
        if count == 0 { since = now }
        items += spans
        return trim()
    }

    /// When the next batch is due; nil: there is none.
    func due(isEnding: Bool) -> Duration? {
        guard count > 0, let since else { return nil }
        if isEnding { return .zero }
        return max(notBefore, count >= Self.batch ? .zero : since + Self.patience)
    }

    mutating func take() -> [Span] {
        let spans = Array(items[start...].prefix(Self.batch))
        start += spans.count
        compact()
        underWay = spans.count
        return spans
    }

    /// The batch under way is done with.
    mutating func finish(at now: Duration) { (underWay, since) = (0, now) }

    /// The batch under way goes once more; answers how many had to go.
    mutating func putBack(_ spans: [Span], notBefore: Duration, at now: Duration) -> Int {
        finish(at: now)
        self.notBefore = notBefore
        items = spans + items[start...]
        start = 0
        return trim()
    }

    mutating func removeAll() -> Int {
        defer { (items, start, underWay) = ([], 0, 0) }
        return count + underWay
    }

    private mutating func trim() -> Int {
        let tooMany = max(0, count + underWay - Self.longest)
        start += min(tooMany, count)
        compact()
        return tooMany
    }

    private mutating func compact() {
        guard start >= Self.longest || start == items.count else { return }
        items.removeFirst(start)
        start = 0
    }
}
