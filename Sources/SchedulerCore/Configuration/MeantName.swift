internal import Schedule

/// Finds the name that was probably meant: by whole words, by letters, by the beginnings of words.
enum MeantName {
    /// Words end at `_`, `-`, `:` and `.`, and have the same case in all names; `name` comes without what all begin with.
    static func of(_ name: String, in names: [String]) -> String? {
        let words = words(name)
        guard !words.isEmpty else { return nil }
        if let longer = names.first(where: { Self.words($0).starts(with: words) }) { return longer }
        if let fuller = names.first(where: { Set(words).isSubset(of: Self.words($0)) }) { return fuller }
        if let near = NearestName.of(name, in: names) { return near }
        return names.first { candidate in
            let parts = Self.words(candidate)
            return words.allSatisfy { word in
                parts.contains { $0.hasPrefix(word) || $0.count > 3 && word.hasPrefix($0) }
            }
        }
    }

    private static func words(_ name: String) -> [Substring] { name.split { "_-:.".contains($0) } }
}
