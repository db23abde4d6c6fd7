/// Why a text is no set of faults; each sentence names the key, the text and what is allowed.
enum FaultsError: Error, Equatable {
    case notJSON
    case notAnObject(text: String)
    case unknownPath(text: String)
    case noFault(path: String, text: String)
    case unknownKey(path: String, key: String)
    case badValue(path: String, key: String, text: String, allowed: String)
    case conflict(path: String, keys: [String])
    case noEffect(path: String)
}

extension FaultsError: CustomStringConvertible {
    static let keys = [
        "status", "headers", "body", "delay_ms", "times",
        "hang", "drip_ms", "reset", "garbage", "truncate", "endless", "close", "lose_answer", "late_ms", "accept_stale",
    ]

    var description: String {
        switch self {
        case .notJSON: #"the body is not JSON; write {"/api/health": {"status": 500}}"#
        case .notAnObject(let text): "the body is \(text); an object keyed by path is allowed"
        case .unknownPath(let text): #"path "\#(text)" does not begin with / outside /_control and is not *"#
        case .noFault(let path, let text):
            #"path "\#(path)" is \#(text); an object, an array of objects that is not empty, or null is allowed"#
        case .unknownKey(let path, let key):
            #"path "\#(path)", key "\#(key)" is not known; allowed are \#(Self.keys.joined(separator: ", "))"#
        case .badValue(let path, let key, let text, let allowed):
            #"path "\#(path)", key "\#(key)" is \#(text); \#(allowed) is allowed"#
        case .conflict(let path, let keys):
            #"path "\#(path)": \#(keys.joined(separator: " and ")) cannot be had together"#
        case .noEffect(let path): #"path "\#(path)": an empty fault does nothing; clear a path with null"#
        }
    }
}
