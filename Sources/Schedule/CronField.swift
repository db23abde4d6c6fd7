/// One field of a cron line: a list that is never empty.
///
/// The first item stands apart, so that the common field of one item needs no array.
package struct CronField: Hashable, Sendable {
    private let first: CronTerm
    private let rest: [CronTerm]

    static let zero = CronField(.span(low: 0, high: 0, step: 1))
    static let star = CronField(.every(step: 1))

    init(_ term: CronTerm) {
        first = term
        rest = []
    }

    /// Reads a list.
    ///
    /// Order and repetition mean nothing, except that a list which begins with `*` stays so.
    init(parsing text: Substring, in kind: CronFieldKind) throws(ScheduleError) {
        var seen: Set<CronTerm> = []
        var leadsWithStar: Bool?
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard !part.isEmpty else { throw .field(kind, text: String(text), .empty) }
            let terms = try CronTerm.parse(part, in: kind)
            leadsWithStar = leadsWithStar ?? terms.contains(where: \.isStar)
            seen.formUnion(terms)
        }
        let starsFirst = leadsWithStar ?? false
        let sorted = seen.sorted { left, right in
            if left.isStar != right.isStar { return left.isStar == starsFirst }
            return left.sortKey < right.sortKey
        }
        first = sorted[0]
        rest = Array(sorted.dropFirst())
    }

    var terms: [CronTerm] { [first] + rest }

    /// Whether the field leaves the other day field alone to decide: cron(5)'s rule looks at the first character only.
    var beginsWithStar: Bool { first.isStar }

    var isHashed: Bool {
        terms.contains { if case .hashed = $0 { true } else { false } }
    }

    /// All numbers of the list, one bit each.
    func values(in kind: CronFieldKind, pick: (CronFieldKind, Int) -> Int) -> UInt64 {
        terms.reduce(0) { $0 | $1.values(in: kind) { pick(kind, $0) } }
    }
}

extension CronField: CustomStringConvertible {
    package var description: String { terms.map(\.description).joined(separator: ",") }
}
