import Foundation

/// The texts of a program: each string literal of its sources, those that `+` joins as one, with "…" for each value that
/// is put in.
struct SourceTexts {
    private let all: String

    init(_ sources: [String]) {
        all = sources.flatMap(Self.literals).map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
    }

    func have(_ words: some StringProtocol) -> Bool { all.contains(words) }

    // MARK: - Reading Swift

    private static func literals(_ source: String) -> [[UInt8]] {
        var rest = Array(source.utf8)[...]
        var texts: [[UInt8]] = []
        while !rest.isEmpty {
            if rest.starts(with: "//".utf8) {
                rest = rest.drop { $0 != UInt8(ascii: "\n") }
            } else if let text = literal(&rest) {
                var text = text
                while let more = joined(&rest) { text += more }
                texts.append(text)
            } else {
                rest = rest.dropFirst()
            }
        }
        return texts
    }

    /// What `+` joins to the literal before.
    private static func joined(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        var ahead = rest.drop(while: \.isBlank)
        guard ahead.first == UInt8(ascii: "+") else { return nil }
        ahead = ahead.dropFirst().drop(while: \.isBlank)
        guard let text = literal(&ahead) else { return nil }
        rest = ahead
        return text
    }

    /// A literal, if one begins here: `"…"`, `#"…"#`, and those over several lines.
    private static func literal(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        let hashes = rest.prefix { $0 == UInt8(ascii: "#") }
        let body = rest.dropFirst(hashes.count)
        guard body.first == UInt8(ascii: "\"") else { return nil }
        let quotes = body.starts(with: "\"\"\"".utf8) ? 3 : 1
        let end = [UInt8](repeating: UInt8(ascii: "\""), count: quotes) + hashes
        let escape = [UInt8(ascii: "\\")] + hashes
        rest = body.dropFirst(quotes)
        var text: [UInt8] = []
        while let byte = rest.first, !rest.starts(with: end) {
            if rest.starts(with: escape) {
                rest = rest.dropFirst(escape.count)
                if rest.first == UInt8(ascii: "(") {
                    skipValue(&rest)
                    text += "…".utf8
                } else {
                    // A line that goes on in the next, or a character of which its own sign is enough here.
                    if let sign = rest.popFirst(), sign != UInt8(ascii: "\n") { text.append(sign) }
                    if quotes == 3 { rest = rest.drop { $0 == UInt8(ascii: " ") } }
                }
            } else {
                text.append(byte)
                rest = rest.dropFirst()
                if byte == UInt8(ascii: "\n") { rest = rest.drop { $0 == UInt8(ascii: " ") } }
            }
        }
        rest = rest.dropFirst(end.count)
        return text
    }

    /// What stands in the parentheses of a value, texts in it too.
    private static func skipValue(_ rest: inout ArraySlice<UInt8>) {
        var depth = 0
        repeat {
            if literal(&rest) != nil { continue }
            if rest.first == UInt8(ascii: "(") { depth += 1 }
            if rest.first == UInt8(ascii: ")") { depth -= 1 }
            rest = rest.dropFirst()
        } while depth > 0 && !rest.isEmpty
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\n") }
}
