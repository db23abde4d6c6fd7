import JSON

/// One key of one fault, with all that its refusal has to name.
struct FaultField {
    var path: String
    var key: String
    var value: JSONValue

    func number(in range: ClosedRange<Int>) throws(FaultsError) -> Int {
        guard let number = value.wholeNumber, range.contains(number) else {
            throw bad("a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func flag() throws(FaultsError) -> Bool {
        guard case .bool(let flag) = value else { throw bad("true or false") }
        return flag
    }

    func text() throws(FaultsError) -> String {
        guard case .string(let text) = value else { throw bad("a string") }
        return text
    }

    func headers() throws(FaultsError) -> [String: String] {
        let allowed =
            "an object of header names and one-line strings without Content-Length, Connection, Transfer-Encoding"
        guard case .object(let fields) = value else { throw bad(allowed) }
        var headers: [String: String] = [:]
        for (name, value) in fields.sorted(by: { $0.0 < $1.0 }) {
            guard case .string(let text) = value, Self.isHeader(name, text) else {
                throw FaultField(path: path, key: "headers.\(name)", value: value).bad(allowed)
            }
            headers[name] = text
        }
        return headers
    }

    private static func isHeader(_ name: String, _ value: String) -> Bool {
        let marks = Set("!#$%&'*+-.^_`|~".utf8)
        let isToken = name.utf8.allSatisfy {
            marks.contains($0) || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
                || UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 32
        }
        return !name.isEmpty && isToken && value.utf8.allSatisfy { $0 >= 32 && $0 != 127 || $0 == 9 }
            && !["content-length", "connection", "transfer-encoding"].contains(name.lowercased())
    }

    private func bad(_ allowed: String) -> FaultsError {
        .badValue(path: path, key: key, text: value.shape, allowed: allowed)
    }
}

extension JSONValue {
    /// What stands there, for a sentence about it.
    var shape: String {
        switch self {
        case .array: "an array"
        case .object: "an object"
        case .string(let text): #""\#(text.prefix(100))""#
        case .null, .bool, .integer, .number: description
        }
    }

    /// Also one that is written with a fraction or an exponent, as 3.0 or 1e3.
    fileprivate var wholeNumber: Int? {
        switch self {
        case .integer(let number): number
        case .number(let digits): Double(digits).flatMap { Int(exactly: $0) }
        default: nil
        }
    }
}
