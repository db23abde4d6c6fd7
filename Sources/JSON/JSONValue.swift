/// A JSON value (RFC 8259), with members in the order in which they were written.
///
/// Not Foundation's: that keeps no order of members, and the order of a log line's first ones is documented.
package indirect enum JSONValue: Sendable {
    case string(String)
    case integer(Int)
    /// What `integer` cannot hold, as it was written: with a fraction or an exponent, or too large.
    case number(String)
    case bool(Bool)
    case null
    case array([JSONValue])
    case object([(String, JSONValue)])
}

extension JSONValue {
    /// The member of that name, if this is an object that has one.
    package subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.0.isSameText(as: name) }?.1
    }
}

extension JSONValue: Equatable {
    /// The order of members counts, as two texts differ by it.
    package static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)), (.number(let left), .number(let right)):
            left.isSameText(as: right)
        case (.integer(let left), .integer(let right)): left == right
        case (.bool(let left), .bool(let right)): left == right
        case (.null, .null): true
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.0.isSameText(as: $1.0) && $0.1 == $1.1 }
        default: false
        }
    }
}

extension String {
    /// The same characters, one by one (RFC 8259 §8.3); for `==` an é may also be an e and its accent.
    fileprivate func isSameText(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
