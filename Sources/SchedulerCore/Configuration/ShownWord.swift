/// What a message shows of a job line: little, since a word at the wrong place may be a secret.
enum ShownWord {
    private static let longest = 20

    /// The beginning of a value that an option does not take.
    static func cut(_ text: String) -> String {
        let start = text.prefix(longest)
        return start.endIndex == text.endIndex ? text : start + "…"
    }

    /// The beginning of a word that makes no sense, without what a header, an option or a flag of curl's would hold.
    static func of(_ word: String) -> String {
        var end = word.firstIndex { $0 == "=" || $0 == ":" }.map(word.index(after:)) ?? word.endIndex
        // A time of day is shown.
        if !word[..<end].contains(where: \.isLetter) { end = word.endIndex }
        // `-uuser:key` and `-dtext` are flags with their values.
        if word.first == "-", word.dropFirst().first?.isLetter == true { end = min(end, word.prefix(2).endIndex) }
        return end == word.endIndex ? cut(word) : cut(String(word[..<end])) + "…"
    }

    /// The first word, where there should be one alone.
    static func first(_ text: String) -> String {
        let word = text.prefix { !$0.isWhitespace }
        return word.endIndex == text.endIndex ? cut(text) : cut(String(word)) + " …"
    }

    /// The beginning of a path, without its query.
    static func path(_ path: String) -> String {
        guard path.hasPrefix("/") else { return of(path) }
        let end = path.firstIndex(of: "?").map(path.index(after:)) ?? path.endIndex
        return end == path.endIndex ? cut(path) : cut(String(path[..<end])) + "…"
    }

    /// A call in a line to write; a path that may hold a key is not shown.
    static func call(_ words: ArraySlice<String>) -> String {
        if words.isEmpty { return "" }
        guard let method = words.first, JobLineFault.methods.contains(method), let path = words.dropFirst().first else {
            return "POST /…"
        }
        let isPlain = path.utf8.count <= longest && path.hasPrefix("/") && path.utf8.dropFirst().allSatisfy(isPlain)
        return "\(method) \(isPlain ? path : "/…")"
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "-")
    }
}
