/// Search and replacement by bytes.
///
/// In place of `contains` and `replacing`: those live in the library of regular expressions, which would be linked for
/// them alone, and weighs more than the rest of the program.
extension StringProtocol {
    /// Whether the bytes of `part` stand somewhere in the text.
    package func holds(_ part: String) -> Bool {
        let (bytes, part) = (Array(utf8), Array(part.utf8))
        guard bytes.count >= part.count else { return false }
        return (0...bytes.count - part.count).contains { bytes[$0...].starts(with: part) }
    }

    /// The text with another in the place of each `old`, an ASCII character.
    package func swapping(_ old: Unicode.Scalar, for new: String) -> String {
        var result = ""
        for scalar in unicodeScalars {
            if scalar == old { result += new } else { result.unicodeScalars.append(scalar) }
        }
        return result
    }
}
