/// Why a text is not read as JSON, and where.
package struct JSONError: Error, Equatable {
    package enum Reason: Equatable, Sendable {
        /// More bytes than `JSONLimits.bytes`.
        case tooLong(limit: Int)
        case tooDeep(limit: Int)
        case longNumber(limit: Int)
        case notUTF8
        /// The text is over where this should be.
        case ends(expected: String)
        case unexpected(UInt8, expected: String)
        /// RFC 8259 §7: below U+0020 a character needs an escape.
        case control(UInt8)
        case badEscape
        /// Half of a surrogate pair.
        case loneSurrogate
        /// §4 leaves open which of the two counts.
        case duplicateName(String)
        case trailing
    }

    package let reason: Reason
    /// Bytes before the place.
    package let offset: Int
}

extension JSONError: CustomStringConvertible {
    package var description: String { "\(reason) at byte \(offset)" }
}

extension JSONError.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooLong(let limit): "longer than \(limit) bytes"
        case .tooDeep(let limit): "nested deeper than \(limit)"
        case .longNumber(let limit): "a number of more than \(limit) characters"
        case .notUTF8: "not UTF-8"
        case .ends(let expected): "ends where \(expected) is expected"
        case .unexpected(let byte, let expected): "\(Self.shown(byte)) where \(expected) is expected"
        case .control(let byte): "\(Self.shown(byte)) in a string without an escape"
        case .badEscape: "an escape that JSON does not have"
        case .loneSurrogate: "half of a surrogate pair"
        case .duplicateName(let name): "a second member \"\(JSONValue.escaped(name))\""
        case .trailing: "more text behind the value"
        }
    }

    private static func shown(_ byte: UInt8) -> String {
        (0x21..<0x7F).contains(byte) ? "\"\(Unicode.Scalar(byte))\"" : "byte \(byte)"
    }
}
