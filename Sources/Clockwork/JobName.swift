/// A job's name, and the form in which names are compared.
package enum JobName {
    package static let longest = 64
    package static let rule = "a letter, then letters, digits and - _ : . up to \(longest) in all"

    package static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, isLetter(first), name.utf8.count <= longest else { return false }
        return name.utf8.allSatisfy { isLetter($0) || isDigit($0) || "-_:.".utf8.contains($0) }
    }

    /// `session-processor:usage` and what a variable can hold of it, `SESSION_PROCESSOR_USAGE`, are one name.
    package static func folded(_ name: String) -> String {
        if name.utf8.allSatisfy({ isLetter($0) && $0 & 0x20 != 0 || isDigit($0) || $0 == 0x2D }) { return name }
        return String(name.lowercased().map { "_:.".contains($0) ? "-" : $0 })
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
