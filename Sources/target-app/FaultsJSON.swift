import HTTPServer
import JSON

/// The body of `PUT /_control/faults`, strictly read.
enum FaultsJSON {
    /// By path; nil clears it.
    static func read(_ body: [UInt8]) throws(FaultsError) -> [String: [Fault]?] {
        guard let value = try? JSONValue(parsing: body, limits: JSONLimits(bytes: TargetApp.limits.bodyBytes)) else {
            throw .notJSON
        }
        guard case .object(let paths) = value else { throw .notAnObject(text: value.shape) }
        var changes: [String: [Fault]?] = [:]
        // Sorted, so that of several faults always the same one is named.
        for (path, value) in paths.sorted(by: { $0.0 < $1.0 }) {
            guard path == "*" || path.hasPrefix("/") && !path.hasPrefix("/_control") else {
                throw .unknownPath(text: path)
            }
            switch value {
            case .null: changes.updateValue(nil, forKey: path)
            case .object(let members): changes[path] = [try Fault(path, members)]
            case .array(let values):
                guard !values.isEmpty else { throw .noFault(path: path, text: "an empty array") }
                changes[path] = try values.map { value throws(FaultsError) in
                    guard case .object(let members) = value else {
                        throw .noFault(path: path, text: "an array with \(value.shape)")
                    }
                    var fault = try Fault(path, members)
                    // In a list each is meant to be used up, or the next would never come.
                    fault.times = fault.times ?? 1
                    return fault
                }
            default: throw .noFault(path: path, text: value.shape)
            }
        }
        return changes
    }
}

extension Fault {
    fileprivate init(_ path: String, _ members: [(String, JSONValue)]) throws(FaultsError) {
        var manners: [(key: String, manner: Manner)] = []
        var afterwards: [(key: String, Afterwards)] = []
        for (key, value) in members.sorted(by: { $0.0 < $1.0 }) {
            let field = FaultField(path: path, key: key, value: value)
            switch key {
            case "status": status = try field.number(in: 200...599)
            case "headers": headers = try field.headers()
            case "body": body = try field.text()
            case "delay_ms": delay = try field.number(in: 0...3_600_000)
            case "times": times = try field.number(in: 1...1_000_000)
            case "drip_ms": manners.append(("drip_ms", .drip(milliseconds: try field.number(in: 1...60_000))))
            case "hang": if try field.flag() { manners.append(("hang", .hang)) }
            case "reset": if try field.flag() { manners.append(("reset", .reset)) }
            case "garbage": if try field.flag() { manners.append(("garbage", .garbage)) }
            case "truncate": if try field.flag() { manners.append(("truncate", .truncate)) }
            case "endless": if try field.flag() { manners.append(("endless", .endless)) }
            case "close": if try field.flag() { manners.append(("close", .close)) }
            case "lose_answer": if try field.flag() { afterwards.append((key, .lost)) }
            case "late_ms":
                afterwards.append((key, .late(milliseconds: try field.number(in: 1...3_600_000))))
            case "accept_stale": takesStale = try field.flag()
            default: throw .unknownKey(path: path, key: key)
            }
        }
        guard manners.count < 2 else { throw .conflict(path: path, keys: manners.map(\.key)) }
        manner = manners.first?.manner ?? .whole
        if let first = manners.first, !manner.hasAnswer {
            let answers = ["body", "headers", "status"].filter { key in members.contains { $0.0 == key } }
            guard answers.isEmpty else { throw .conflict(path: path, keys: [first.key] + answers) }
        }
        self.afterwards = afterwards.first?.1
        // These leave the endpoint its work and its answer.
        let own = afterwards.map(\.key) + (takesStale ? ["accept_stale"] : [])
        let others =
            manners.map(\.key) + ["body", "headers", "status"].filter { key in members.contains { $0.0 == key } }
        guard afterwards.count < 2, own.isEmpty || others.isEmpty else {
            throw .conflict(path: path, keys: others + own)
        }
        if own.isEmpty && manner == .whole && answer == nil && delay == nil { throw .noEffect(path: path) }
    }
}
