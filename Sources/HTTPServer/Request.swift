/// One header field as it stood in a message, without the blanks around its value.
package struct Header: Sendable, Equatable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// One whole request.
package struct Request: Sendable, Equatable {
    package var method: String
    /// The request target as it came: nothing decoded, nothing normalised.
    package var target: String
    package var headers: [Header]
    package var body: [UInt8]

    package init(method: String, target: String, headers: [Header] = [], body: [UInt8] = []) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }

    /// The target up to its `?`.
    ///
    /// Routes compare it exactly, so an absolute-form target, `*` and `/a/../b` match no route.
    package var path: String { String(target.prefix { $0 != "?" }) }

    /// What follows the first `?`; nil if there is none.
    package var query: String? {
        guard let mark = target.firstIndex(of: "?") else { return nil }
        return String(target[target.index(after: mark)...])
    }

    /// The first value of a header, the name in any case.
    package func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }
}
