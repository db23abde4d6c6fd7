/// Splits a job line at blanks; a quote after `=` holds blanks in; `body=` takes the rest as it is.
enum JobLineWords {
    /// The words, with the fault of a quote that ends the reading before the line's end.
    static func split(_ text: String) -> (words: [String], body: String?, fault: JobLineFault?) {
        var words: [String] = []
        var rest = text[...]
        while true {
            rest = rest.drop(while: isBlank)
            guard !rest.isEmpty else { return (words, nil, nil) }
            if rest.hasPrefix("body=") { return (words, String(rest.dropFirst(5)), nil) }
            let word = rest.prefix { !isBlank($0) }
            rest = rest[word.endIndex...]
            guard isOption(word), let equals = word.firstIndex(of: "="), let quote = word[equals...].dropFirst().first,
                quote == "\"" || quote == "'"
            else {
                words.append(String(word))
                continue
            }
            let value = text[equals...].dropFirst(2)
            guard let end = value.firstIndex(of: quote) else { return (words, nil, .openQuote(String(word))) }
            rest = text[text.index(after: end)...]
            if let next = rest.first, !isBlank(next) { return (words, nil, .textAfterQuote(String(word))) }
            words.append(String(word[...equals] + value[..<end]))
        }
    }

    /// `name=value`, where no cron field could be meant; a path may hold `=` as well, and so may JSON.
    static func isOption(_ word: some StringProtocol) -> Bool {
        guard let equals = word.firstIndex(of: "="), let first = word.first else { return false }
        // `billing:/close?x=1` is a path, too.
        return first != "/" && equals != word.startIndex && !word[..<equals].contains(":/") && !isJSON(word)
    }

    /// Whether a word begins a body that has no `body=` before it.
    static func isBody(_ word: some StringProtocol) -> Bool {
        isJSON(word) || ["body:", "data:", "json:", "payload:"].contains { word.lowercased().hasPrefix($0) }
    }

    private static func isJSON(_ word: some StringProtocol) -> Bool {
        let rest = word.first == "'" || word.first == "\"" ? word.dropFirst() : word[...]
        return rest.first == "{" || rest.first == "["
    }

    private static func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }
}
