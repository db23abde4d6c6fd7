import JSON

extension Fault {
    /// In the form that `PUT` takes.
    var json: JSONValue {
        var members: [(String, JSONValue)] = []
        if let status { members.append(("status", .integer(status))) }
        if let headers {
            let fields = headers.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }
            members.append(("headers", .object(fields)))
        }
        if let body { members.append(("body", .string(body))) }
        if let delay { members.append(("delay_ms", .integer(delay))) }
        if let times { members.append(("times", .integer(times))) }
        switch manner {
        case .whole: break
        case .drip(let milliseconds): members.append(("drip_ms", .integer(milliseconds)))
        case .truncate: members.append(("truncate", .bool(true)))
        case .endless: members.append(("endless", .bool(true)))
        case .hang: members.append(("hang", .bool(true)))
        case .reset: members.append(("reset", .bool(true)))
        case .close: members.append(("close", .bool(true)))
        case .garbage: members.append(("garbage", .bool(true)))
        }
        switch afterwards {
        case nil: break
        case .lost: members.append(("lose_answer", .bool(true)))
        case .late(let milliseconds): members.append(("late_ms", .integer(milliseconds)))
        }
        if takesStale { members.append(("accept_stale", .bool(true))) }
        return .object(members.sorted { $0.0 < $1.0 })
    }
}

extension Faults.Table {
    /// What is left of each path, in the form that `PUT` takes.
    var json: JSONValue {
        .object(
            rules.sorted { $0.key < $1.key }.map { path, faults in
                (path, faults.count == 1 ? faults[0].json : .array(faults.map(\.json)))
            }
        )
    }
}
