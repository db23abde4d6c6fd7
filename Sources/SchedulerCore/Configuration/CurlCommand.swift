/// A command of a crontab that calls an endpoint by curl or wget, as the call that a job line would have.
///
/// Of its words method and path alone are kept: the others may be secrets.
struct CurlCommand: Equatable {
    /// `curl` or `wget`, without its folder.
    let name: String
    /// `POST /sync`; nil where that cannot be said.
    let call: String?

    /// The first of a text's words that is one, and what follows it.
    init?(_ text: Substring) {
        let words = Self.words(text)
        guard let index = words.firstIndex(where: Self.isName) else { return nil }
        name = Self.base(words[index])
        var arguments = Arguments(hasShort: name == "curl")
        for word in words[(index + 1)...] {
            if ["|", "||", "&", "&&", ";"].contains(word) { break }
            arguments.take(word)
        }
        call = arguments.call
    }

    /// Whether a word is the name of one, with a folder or without.
    static func isName(_ word: String) -> Bool { ["curl", "wget"].contains(base(word)) }

    private static func base(_ word: String) -> String {
        word.split(separator: "/").last.map(String.init) ?? ""
    }

    /// As a shell splits them, but for what it would put in the place of `$`.
    private static func words(_ text: Substring) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        for character in text {
            if character == quote {
                quote = nil
            } else if quote == nil, character == "'" || character == "\"" {
                (quote, word) = (character, word ?? "")
            } else if quote == nil, character.isWhitespace {
                if let word { words.append(word) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        return words + (word.map { [$0] } ?? [])
    }
}

/// What curl's arguments come to, one after the other.
private struct Arguments {
    /// Whether `-d` and its like are curl's.
    let hasShort: Bool
    private var method: String?
    private var url: String?
    private var hasData = false
    private var isGet = false
    private var isHead = false
    /// What the next word is: the value of this option; "" of one that may have none.
    private var pending: String?

    init(hasShort: Bool) { self.hasShort = hasShort }

    /// curl(1): the options of one letter that take a value.
    private static let shortWithValue = "AbcCdDeEFhHKmoPQrtTuUwxXyYz"
    /// Those without a value that stand on such lines; behind any other a word without `http` is no URL.
    private static let longWithoutValue: Set<String> = [
        "fail", "fail-with-body", "silent", "show-error", "location", "insecure", "verbose", "compressed", "include",
        "get", "head", "quiet", "no-verbose", "no-check-certificate", "spider", "ipv4", "ipv6", "no-progress-meter",
    ]
    private static let data: Set<String> = [
        "data", "data-ascii", "data-binary", "data-raw", "data-urlencode", "json", "form", "form-string", "post-data",
        "post-file", "body-data", "body-file",
    ]

    mutating func take(_ word: String) {
        let option = pending
        pending = nil
        let isURL = word.hasPrefix("http://") || word.hasPrefix("https://")
        if let option, !(option.isEmpty && (isURL || word.hasPrefix("-"))) { return set(option, word) }
        if word.hasPrefix("--") {
            takeLong(word.dropFirst(2))
        } else if word.hasPrefix("-") {
            if hasShort { takeShort(word.dropFirst()) }
        } else if url == nil, isURL || Self.isHostAndPath(word) {
            url = word
        }
    }

    private mutating func takeLong(_ text: Substring) {
        let name = String(text.prefix { $0 != "=" })
        if name.count < text.count { return set(name, String(text.dropFirst(name.count + 1))) }
        if Self.longWithoutValue.contains(name) { return set(name, "") }
        pending = ["request", "method", "url"].contains(name) || Self.data.contains(name) ? name : Self.unknown(name)
    }

    /// Nearly all of curl's other long options take a value; what looks like a URL behind one is yet taken for the URL.
    private static func unknown(_ name: String) -> String {
        ["referer", "proxy", "header", "user", "user-agent", "cookie", "oauth2-bearer", "url-query"].contains(name)
            ? name : ""
    }

    /// `-fsSX POST`: the last letter of a word may take a value, which may also be the rest of the word.
    private mutating func takeShort(_ letters: Substring) {
        for (index, letter) in zip(letters.indices, letters) {
            let name = ["X": "request", "d": "data", "F": "form", "G": "get", "I": "head", "T": "upload"][letter]
            guard Self.shortWithValue.contains(letter) else {
                set(name ?? "", "")
                continue
            }
            let rest = String(letters[index...].dropFirst())
            if rest.isEmpty { pending = name ?? "value" } else { set(name ?? "", rest) }
            return
        }
    }

    private mutating func set(_ option: String, _ value: String) {
        switch option {
        case "request", "method": method = value.uppercased()
        case "url": url = value
        case "get": isGet = true
        case "head", "spider": isHead = true
        case "upload", "upload-file": method = method ?? "PUT"
        default: hasData = hasData || Self.data.contains(option)
        }
    }

    /// `localhost:8000/x`.
    private static func isHostAndPath(_ word: String) -> Bool {
        guard let slash = word.firstIndex(of: "/"), slash != word.startIndex, word.first != "." else { return false }
        return word[..<slash].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".-:".contains($0)) }
            && (word[..<slash].contains { $0 == "." || $0 == ":" } || word.hasPrefix("localhost"))
    }

    var call: String? {
        let method = method ?? (isHead ? "HEAD" : hasData && !isGet ? "POST" : "GET")
        guard var rest = url?[...], JobLineFault.methods.contains(method) else { return nil }
        if let colon = rest.firstIndex(of: ":"), rest[colon...].hasPrefix("://") { rest = rest[colon...].dropFirst(3) }
        let path = rest.drop { $0 != "/" && $0 != "?" }.prefix { $0 != "#" }
        let whole = path.hasPrefix("/") ? String(path) : "/" + path
        // What a shell would still put in is no path.
        guard whole.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !whole.contains(where: { "$`\\".contains($0) })
        else { return nil }
        return "\(method) \(ShownWord.path(whole))"
    }
}
