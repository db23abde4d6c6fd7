/// Finds the name that a misspelt one probably meant.
package enum NearestName {
    /// Longer texts are no misspelling, and comparing them would cost.
    private static let longest = 64

    /// The nearest of `names`: the same but for case, then the same last part, then a few letters apart; else nil.
    package static func of(_ text: String, in names: [String]) -> String? {
        guard !text.isEmpty, text.utf8.count <= longest else { return nil }
        let wanted = folded(text)
        if let same = names.first(where: { folded($0) == wanted }) { return same }
        if let city = names.first(where: { $0.contains("/") && folded($0).hasSuffix("/" + wanted) }) { return city }
        let bytes = Array(wanted.utf8)
        let limit = max(1, bytes.count / 4)
        let ranked = names.map { (name: $0, distance: distance(bytes, Array(folded($0).utf8), limit: limit)) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= limit else { return nil }
        return best.name
    }

    private static func folded(_ name: String) -> String {
        String(name.lowercased().map { $0 == " " || $0 == "-" ? "_" : $0 })
    }

    /// Levenshtein's distance with a swap of neighbours as one step; anything above `limit` may come out as more.
    private static func distance(_ left: [UInt8], _ right: [UInt8], limit: Int) -> Int {
        guard abs(left.count - right.count) <= limit else { return limit + 1 }
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, byte) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var best = min(last[column] + (byte == other ? 0 : 1), last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, byte == right[column - 1], left[row - 1] == other {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
