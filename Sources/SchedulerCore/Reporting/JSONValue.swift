/// A JSON text to be written, with members in the order given.
///
/// Not `JSONEncoder`: it keeps no order of members, and the order of a log line's first ones is documented.
package indirect enum JSONValue: Sendable {
    case string(String)
    case integer(Int)
    case bool(Bool)
    case null
    case array([JSONValue])
    case object([(String, JSONValue)])
}

extension JSONValue: CustomStringConvertible {
    package var description: String {
        switch self {
        case .string(let text): "\"" + Escaping.json(text) + "\""
        case .integer(let number): String(number)
        case .bool(let flag): flag ? "true" : "false"
        case .null: "null"
        case .array(let values): "[" + values.map(\.description).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { "\"" + Escaping.json($0.0) + "\":" + $0.1.description }.joined(separator: ",") + "}"
        }
    }
}
