/// One line of an .env file; no sentence shows its value, which may be a secret.
struct EnvLine {
    /// Nil: not as compose reads it, or no assignment.
    private(set) var name: String?
    private(set) var value = ""
    private(set) var sentences: [String] = []

    /// Nil for blank lines and comments.
    init?(_ written: Substring) {
        let line = written.drop(while: Self.isBlank)
        guard let first = line.first, first != "#" else { return nil }
        readName(line)
    }

    private mutating func readName(_ written: Substring) {
        var line = written
        if line.hasPrefix("export"), line.dropFirst(6).first.map(Self.isBlank) == true {
            tell(
                "begins with export: docker and kubectl refuse the file, podman takes it into the name, systemd leaves the line out; take it out"
            )
            line = line.dropFirst(6).drop(while: Self.isBlank)
        }
        guard let equals = line.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
            return tell(
                "has no =: compose, docker and podman take such a name's value from where they run, systemd none; write NAME=value"
            )
        }
        let name = line[..<equals]
        if let end = name.last, Self.isBlank(end) {
            tell("has a blank before =: docker and kubectl refuse the file, podman takes it into the name; take it out")
        }
        let key = name.prefix { !Self.isBlank($0) }
        guard !key.isEmpty, name.drop(while: { !Self.isBlank($0) }).allSatisfy(Self.isBlank) else {
            return tell("is not NAME=value, with a name of letters, digits and _")
        }
        if line[equals] == ":" { tell("is NAME: value, which compose alone takes; write NAME=value") }
        self.name = String(key)
        read(line[equals...].dropFirst())
    }

    private mutating func read(_ written: Substring) {
        let text = written.drop(while: Self.isBlank)
        if text.startIndex != written.startIndex, let first = text.first, first != "#" {
            tell("has a blank behind =: docker, podman and kubectl take it for a part of the value; take it out")
        }
        guard let mark = text.first, mark == "'" || mark == "\"" else { return readPlain(text) }
        guard let end = Self.end(of: text, mark) else {
            value = String(text.dropFirst())
            return tell("begins with a quote that does not end: compose and systemd go on with the next line; close it")
        }
        let (inner, behind) = (text[..<end].dropFirst(), text[end...].dropFirst())
        value = mark == "'" ? String(inner) : Self.unescaped(inner)
        if !behind.allSatisfy(Self.isBlank) {
            let what =
                behind.drop(while: Self.isBlank).first == "#"
                ? "a comment behind its value" : "more behind its closing quote"
            tell(
                "has \(what): compose leaves it out or refuses the file, docker, podman, kubectl and systemd take it for a part of the value; take it out"
            )
        } else if !behind.isEmpty {
            tell(
                "has a blank behind its closing quote, and docker, podman and kubectl keep quotes and blank; take it out"
            )
        }
        if mark == "\"", inner.contains("$") {
            tell("has a $ in double quotes: compose puts a variable there, the others leave it; write single quotes")
        }
        if mark == "\"", inner.contains("\\") {
            tell(
                "has a backslash in double quotes: compose and systemd read an escape, the others leave it; write single quotes"
            )
        }
        tellOfQuotes(mark)
    }

    /// Values of ours are unwrapped, and so the quotes only matter where the app reads them, or in front of it.
    private mutating func tellOfQuotes(_ mark: Character) {
        let name = name ?? ""
        if name == Variable.token.name || !name.hasPrefix(Variable.prefix) && name != Variable.apiURL.name {
            tell(
                "stands in quotes: docker, podman and kubectl keep them as a part of the value; take them out if it has no blank, # or $"
            )
        } else if mark == "\"" {
            tell(
                "stands in double quotes: docker, podman and kubectl keep them (the scheduler takes them off); single ones are read alike"
            )
        }
    }

    private mutating func readPlain(_ text: Substring) {
        var end = text.startIndex
        while end < text.endIndex {
            let isFirst = end == text.startIndex
            if text[end] == "#", isFirst || Self.isBlank(text[text.index(before: end)]) { break }
            end = text.index(after: end)
        }
        if end < text.endIndex {
            tell(
                "has a # behind a blank: compose takes it for a comment, docker, podman, kubectl and systemd for a part of the value; write single quotes"
            )
        } else if let last = text.last, Self.isBlank(last) {
            tell("has a blank at its end: docker, podman and kubectl take it for a part of the value; take it out")
        }
        var plain = text[..<end]
        while let last = plain.last, Self.isBlank(last) { plain.removeLast() }
        value = String(plain)
        if plain.contains("$") {
            tell("has a $ without quotes: compose puts a variable there, the others leave it; write single quotes")
        }
        if plain.contains("\\") {
            tell("has a backslash without quotes, which systemd takes off; write single quotes")
        }
    }

    /// Where the closing quote stands; in double ones a backslash hides it.
    private static func end(of text: Substring, _ mark: Character) -> Substring.Index? {
        var isHidden = false
        for index in text.indices.dropFirst() {
            if isHidden {
                isHidden = false
            } else if text[index] == mark {
                return index
            } else {
                isHidden = mark == "\"" && text[index] == "\\"
            }
        }
        return nil
    }

    private static func unescaped(_ text: Substring) -> String {
        var result = ""
        var isHidden = false
        for character in text {
            if character == "\\", !isHidden {
                isHidden = true
                continue
            }
            result.append(isHidden && character == "n" ? "\n" : character)
            isHidden = false
        }
        return result
    }

    private static func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }

    private mutating func tell(_ sentence: String) { sentences.append((name.map { "\($0) " } ?? "") + sentence) }
}
