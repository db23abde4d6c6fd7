/// One line of an .env file; no sentence shows its value, which may be a secret.
struct EnvLine {
    /// Nil: not as compose reads it, or no assignment.
    private(set) var name: String?
    private(set) var value = ""
    private(set) var sentences: [String] = []
    /// How many of the lines behind it belong to its value.
    private(set) var continued = 0

    private let following: ArraySlice<Substring>

    /// Nil for blank lines and comments; `following` are the lines behind it.
    init?(_ written: Substring, _ following: ArraySlice<Substring> = []) {
        let line = written.drop(while: Self.isBlank)
        guard let first = line.first, first != "#" else { return nil }
        self.following = following
        let text = line.filter { $0 != "\0" }
        readName(text[...])
        guard text.count < line.count else { return }
        tell(
            "has a NUL character: no container starts with it, and systemd reads no further; write NAME=value without it"
        )
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
        guard let end = Self.end(of: text, mark) else { return readOn(text, mark) }
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
            tell("has a $ in double quotes: compose puts a variable there, the others leave it; \(form(inner))")
        } else if mark == "\"", inner.contains("\\") {
            tell(
                "has a backslash in double quotes: compose and systemd read an escape, the others leave it; \(form(inner))"
            )
        } else {
            tellOfQuotes(mark, inner)
        }
    }

    /// A quoted value that does not end on its line.
    private mutating func readOn(_ text: Substring, _ mark: Character) {
        var whole = String(text.dropFirst())
        for (count, line) in zip(1..., following) {
            if Self.isAssignment(line) { break }
            if let end = Self.end(of: "\(mark)\(line)", mark) {
                whole += "\n" + "\(mark)\(line)"[..<end].dropFirst()
                (value, continued) = (mark == "'" ? whole : Self.unescaped(whole[...]), count)
                return tell(
                    "goes on over \(count + 1) lines: compose and systemd join them, docker, podman and kubectl end the value "
                        + "at the first and take the next for a name; write it on one line"
                )
            }
            whole += "\n" + line
        }
        value = String(text.dropFirst())
        tell("begins with a quote that does not end: compose and systemd go on with the next line; close it")
    }

    /// Values of ours are unwrapped; the token and what the app alone reads is not.
    private var isUnwrapped: Bool {
        let name = name ?? ""
        return name != Variable.token.name && (name.hasPrefix(Variable.prefix) || name == Variable.apiURL.name)
    }

    /// The one form of a value that all read alike, if there is one.
    private func form(_ value: Substring) -> String {
        if isUnwrapped { return "write single quotes" }
        if !value.contains(where: { "#$\\'\"".contains($0) }) { return "write NAME=value without quotes" }
        return "no form of it is read alike by all; "
            + (name == Variable.token.name
                ? "put it into a file, \(Variable.tokenFile.name)" : "choose a value without it, or a file")
    }

    private mutating func tellOfQuotes(_ mark: Character, _ inner: Substring) {
        if !isUnwrapped {
            tell("stands in quotes: docker, podman and kubectl keep them as a part of the value; \(form(inner))")
        } else if mark == "\"" {
            tell(
                "stands in double quotes: docker, podman and kubectl keep them (the scheduler takes them off); single ones are read alike"
            )
        }
    }

    private mutating func readPlain(_ text: Substring) {
        if text.last == "\\" { return readOn(text) }
        var end = text.startIndex
        while end < text.endIndex {
            let isFirst = end == text.startIndex
            if text[end] == "#", isFirst || Self.isBlank(text[text.index(before: end)]) { break }
            end = text.index(after: end)
        }
        if end < text.endIndex {
            tell(
                "has a # behind a blank: compose takes it for a comment, docker, podman, kubectl and systemd for a part of the value; "
                    + (isUnwrapped ? "write single quotes" : "take it out")
            )
        } else if let last = text.last, Self.isBlank(last) {
            tell("has a blank at its end: docker, podman and kubectl take it for a part of the value; take it out")
        }
        var plain = text[..<end]
        while let last = plain.last, Self.isBlank(last) { plain.removeLast() }
        value = String(plain)
        if plain.contains("$") {
            tell("has a $ without quotes: compose puts a variable there, the others leave it; \(form(plain))")
        }
        if plain.contains("\\") {
            tell("has a backslash without quotes, which systemd takes off; \(form(plain))")
        }
    }

    /// A value that ends with a backslash: what is no assignment behind it is meant to belong to it.
    private mutating func readOn(_ text: Substring) {
        var line = text
        while line.last == "\\", let next = following.dropFirst(continued).first, !next.allSatisfy(Self.isBlank),
            !Self.isAssignment(next)
        {
            value += line.dropLast()
            line = next
            continued += 1
        }
        value += line
        tell(
            "ends with a backslash: systemd goes on with the next line, compose, docker, podman and kubectl keep it in the "
                + "value; write it on one line, without it"
        )
    }

    /// Whether a line is one that begins with a name; base64 may end with "=".
    private static func isAssignment(_ line: Substring) -> Bool {
        var line = line.drop(while: isBlank)
        if line.hasPrefix("export ") { line = line.dropFirst(7).drop(while: isBlank) }
        guard let equals = line.firstIndex(of: "="), let first = line.first, first.isLetter || first == "_" else {
            return false
        }
        return line[..<equals].allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
            && !line[equals...].allSatisfy { "='\"".contains($0) }
    }

    /// Where the closing quote stands; in double ones a backslash hides it.
    private static func end(of text: some StringProtocol, _ mark: Character) -> String.Index? {
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
