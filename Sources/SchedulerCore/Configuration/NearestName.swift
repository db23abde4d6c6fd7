/// The name that was probably meant: the nearest by edits, if it is near enough to be a slip.
package func nearestName(to text: String, among names: some Sequence<String>) -> String? {
    let limit = max(2, text.count / 4)
    return names.map { (name: $0, edits: editDistance(text, $0)) }
        .filter { $0.edits <= limit }
        .min { ($0.edits, $0.name) < ($1.edits, $1.name) }?
        .name
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one text into the other.
private func editDistance(_ left: String, _ right: String) -> Int {
    let (a, b) = (Array(left.unicodeScalars), Array(right.unicodeScalars))
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
        var row = [i + 1]
        for j in b.indices {
            var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, beforeLast[j - 1] + 1) }
            row.append(best)
        }
        (beforeLast, last) = (last, row)
    }
    return last[b.count]
}
