extension JSONValue: CustomStringConvertible {
    /// One line, whatever the strings hold.
    package var description: String {
        var text = ""
        write(to: &text)
        return text
    }

    private func write(to text: inout String) {
        switch self {
        case .string(let string): Self.quote(string, in: &text)
        case .integer(let number): text += String(number)
        case .number(let digits): text += digits
        case .bool(let flag): text += flag ? "true" : "false"
        case .null: text += "null"
        case .array(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += "," }
                value.write(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                Self.quote(member.0, in: &text)
                text += ":"
                member.1.write(to: &text)
            }
            text += "}"
        }
    }

    private static func quote(_ string: String, in text: inout String) {
        text += "\""
        text += escaped(string)
        text += "\""
    }

    /// To stand between double quotes (§7); also what §7 would let pass and a terminal would obey is escaped.
    package static func escaped(_ string: String) -> String {
        // Most strings hold nothing of the kind.
        guard !string.utf8.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != 0x22 && $0 != 0x5C }) else { return string }
        var text = ""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += #"\""#
            case "\\": text += #"\\"#
            case "\n": text += #"\n"#
            case "\r": text += #"\r"#
            case "\t": text += #"\t"#
            default:
                if scalar.isCommand {
                    for unit in scalar.utf16 { text += #"\u"# + hex(unit) }
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
        }
        return text
    }

    private static func hex(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}

extension Unicode.Scalar {
    /// What moves the cursor, ends the line or turns the direction of the text, instead of being seen.
    package var isCommand: Bool {
        if isASCII { return value < 0x20 || value == 0x7F }
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: return true
        default: return false
        }
    }
}
