/// A file of `name: job line` lines, as text.
enum JobsFile {
    /// Room for some 100 000 jobs.
    static let limit = 16 << 20

    struct Entry: Equatable {
        /// Counted from 1.
        let number: Int
        let name: String
        let text: String
    }

    /// The entries, and the numbers of the lines that are none.
    ///
    /// A name ends at the first colon that a blank follows, since names may hold colons.
    static func parse(_ text: String) -> (entries: [Entry], bad: [Int]) {
        var entries: [Entry] = []
        var bad: [Int] = []
        // "\r\n" is one Character in Swift; both are line ends.
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r\n" })
        for (index, line) in lines.enumerated() {
            let line = line.drop { $0 == " " || $0 == "\t" }
            guard let first = line.first, first != "#" else { continue }
            var end = line.startIndex
            while let colon = line[end...].firstIndex(of: ":") {
                let after = line[colon...].dropFirst()
                if after.isEmpty || after.first == " " || after.first == "\t" {
                    let rest = after.drop { $0 == " " || $0 == "\t" }
                    entries.append(Entry(number: index + 1, name: String(line[..<colon]), text: String(rest)))
                    break
                }
                end = line.index(after: colon)
            }
            if entries.last?.number != index + 1 { bad.append(index + 1) }
        }
        return (entries, bad)
    }
}
