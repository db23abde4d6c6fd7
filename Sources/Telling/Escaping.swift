internal import JSON

/// Texts from outside made harmless: the one place through which they reach a log line or a message.
package enum Escaping {
    /// For a text log: control characters, and what could pass for a field of ours.
    package static func text(_ outside: String) -> String {
        escape(outside) { scalar in
            scalar == "=" ? #"\x3d"# : quoting(scalar)
        }
    }

    /// To stand between double quotes in a message.
    package static func quotable(_ outside: String) -> String { escape(outside, quoting) }

    /// For a message that has its quotes already: only what would break the line or the terminal.
    package static func controls(_ text: String) -> String {
        escape(text) { scalar in scalar == "\"" || scalar == "\\" ? nil : quoting(scalar) }
    }

    private static func quoting(_ scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "\"": #"\""#
        case "\\": #"\\"#
        case "\n": #"\n"#
        case "\r": #"\r"#
        case "\t": #"\t"#
        default: scalar.isCommand ? unicode(scalar.value) : nil
        }
    }

    private static func unicode(_ value: UInt32) -> String {
        value < 0x100 ? #"\x"# + hex(value, 2) : #"\u{"# + hex(value, 4) + "}"
    }

    private static func escape(_ text: String, _ replacement: (Unicode.Scalar) -> String?) -> String {
        // Most texts hold nothing of the kind.
        guard !text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !Self.isMark($0) || $0 == 0x20 }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if let replacement = replacement(scalar) {
                result += replacement
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// What one of the escapes is for.
    private static func isMark(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "=")
    }

    private static func hex(_ value: UInt32, _ width: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// `1 job`, `2 jobs`.
package func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

extension String {
    package var trimmed: String { trimmed(\.isWhitespace) }

    /// Without blanks and tabs at the ends; a newline stays, since it is a fault in a URL.
    package var trimmingBlanks: String { trimmed { $0 == " " || $0 == "\t" } }

    private func trimmed(_ isBlank: (Character) -> Bool) -> String {
        var text = drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return String(text)
    }

    /// Filled up with blanks on the right.
    package func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
