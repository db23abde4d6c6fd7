extension Fault: Encodable {
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: AnyKey.self)
        try container.encodeIfPresent(status, forKey: AnyKey("status"))
        try container.encodeIfPresent(headers, forKey: AnyKey("headers"))
        try container.encodeIfPresent(body, forKey: AnyKey("body"))
        try container.encodeIfPresent(delay, forKey: AnyKey("delay_ms"))
        try container.encodeIfPresent(times, forKey: AnyKey("times"))
        switch manner {
        case .whole: break
        case .drip(let milliseconds): try container.encode(milliseconds, forKey: AnyKey("drip_ms"))
        case .truncate: try container.encode(true, forKey: AnyKey("truncate"))
        case .endless: try container.encode(true, forKey: AnyKey("endless"))
        case .hang: try container.encode(true, forKey: AnyKey("hang"))
        case .reset: try container.encode(true, forKey: AnyKey("reset"))
        case .close: try container.encode(true, forKey: AnyKey("close"))
        case .garbage: try container.encode(true, forKey: AnyKey("garbage"))
        }
    }
}

/// What is left of each path, in the form that `PUT` takes.
extension Faults.Table: Encodable {
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: AnyKey.self)
        for (path, faults) in rules {
            if faults.count == 1, let only = faults.first {
                try container.encode(only, forKey: AnyKey(path))
            } else {
                try container.encode(faults, forKey: AnyKey(path))
            }
        }
    }
}
