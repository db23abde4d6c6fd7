import FoundationEssentials

/// The body of `PUT /_control/faults`, strictly read.
struct FaultsJSON: Decodable {
    /// By path; nil clears it.
    var changes: [String: [Fault]?] = [:]

    static func read(_ body: [UInt8]) throws(FaultsError) -> [String: [Fault]?] {
        do {
            return try JSONDecoder().decode(FaultsJSON.self, from: Data(body)).changes
        } catch let error as FaultsError {
            throw error
        } catch {
            throw .notJSON
        }
    }

    init(from decoder: any Decoder) throws {
        guard let paths = try? decoder.container(keyedBy: AnyKey.self) else {
            throw FaultsError.notAnObject(text: try JSONShape(from: decoder).description)
        }
        // Sorted, so that of several faults always the same one is named.
        for key in paths.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
            let path = key.stringValue
            guard path == "*" || path.hasPrefix("/") && !path.hasPrefix("/_control") else {
                throw FaultsError.unknownPath(text: path)
            }
            switch try paths.decode(JSONShape.self, forKey: key) {
            case .null: changes.updateValue(nil, forKey: path)
            case .object: changes[path] = [try Fault(path, paths.nestedContainer(keyedBy: AnyKey.self, forKey: key))]
            case .array:
                var list = try paths.nestedUnkeyedContainer(forKey: key)
                var faults: [Fault] = []
                while !list.isAtEnd {
                    let item = try list.superDecoder()
                    let shape = try JSONShape(from: item)
                    guard shape == .object else {
                        throw FaultsError.noFault(path: path, text: "an array with \(shape)")
                    }
                    var fault = try Fault(path, item.container(keyedBy: AnyKey.self))
                    // In a list each is meant to be used up, or the next would never come.
                    fault.times = fault.times ?? 1
                    faults.append(fault)
                }
                guard !faults.isEmpty else { throw FaultsError.noFault(path: path, text: "an empty array") }
                changes[path] = faults
            case let shape: throw FaultsError.noFault(path: path, text: shape.description)
            }
        }
    }
}

extension Fault {
    fileprivate init(_ path: String, _ values: KeyedDecodingContainer<AnyKey>) throws {
        var manners: [(key: String, manner: Manner)] = []
        for key in values.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
            let field = FaultField(path: path, key: key, values: values)
            switch key.stringValue {
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
            default: throw FaultsError.unknownKey(path: path, key: key.stringValue)
            }
        }
        guard manners.count < 2 else { throw FaultsError.conflict(path: path, keys: manners.map(\.key)) }
        manner = manners.first?.manner ?? .whole
        if let first = manners.first, !manner.hasAnswer {
            let answers = ["body", "headers", "status"].filter { values.contains(AnyKey($0)) }
            guard answers.isEmpty else { throw FaultsError.conflict(path: path, keys: [first.key] + answers) }
        }
        if manner == .whole && answer == nil && delay == nil { throw FaultsError.noEffect(path: path) }
    }
}

/// One key of one fault, with all that its refusal has to name.
private struct FaultField {
    var path: String
    var key: AnyKey
    var values: KeyedDecodingContainer<AnyKey>

    func number(in range: ClosedRange<Int>) throws -> Int {
        let shape = try shape()
        guard case .number(let number) = shape, range.contains(number) else {
            throw bad(shape, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func flag() throws -> Bool {
        let shape = try shape()
        guard case .flag(let flag) = shape else { throw bad(shape, "true or false") }
        return flag
    }

    func text() throws -> String {
        let shape = try shape()
        guard case .text(let text) = shape else { throw bad(shape, "a string") }
        return text
    }

    func headers() throws -> [String: String] {
        let allowed =
            "an object of header names and one-line strings without Content-Length, Connection, Transfer-Encoding"
        guard case .object = try shape() else { throw bad(try shape(), allowed) }
        let fields = try values.nestedContainer(keyedBy: AnyKey.self, forKey: key)
        var headers: [String: String] = [:]
        for name in fields.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
            let field = FaultField(path: path, key: name, values: fields)
            guard case .text(let value) = try field.shape(), Self.isHeader(name.stringValue, value) else {
                throw FaultsError.badValue(
                    path: path,
                    key: "headers.\(name.stringValue)",
                    text: try field.shape().description,
                    allowed: allowed
                )
            }
            headers[name.stringValue] = value
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

    private func shape() throws -> JSONShape { try values.decode(JSONShape.self, forKey: key) }

    private func bad(_ shape: JSONShape, _ allowed: String) -> FaultsError {
        .badValue(path: path, key: key.stringValue, text: shape.description, allowed: allowed)
    }
}
