extension JSONValue {
    /// Reads one JSON text, strictly by RFC 8259; a byte order mark is refused.
    package init(
        parsing text: some Collection<UInt8>,
        limits: JSONLimits = JSONLimits()
    ) throws(JSONError) {
        guard text.count <= limits.bytes else {
            throw JSONError(reason: .tooLong(limit: limits.bytes), offset: limits.bytes)
        }
        var reader = JSONReader(bytes: Array(text), limits: limits)
        self = try reader.readText()
    }

    /// Whether a text is JSON.
    package static func isJSON(_ text: String) -> Bool { fault(in: text) == nil }

    /// Why a text is not JSON, and where; only its depth has a limit, for the sake of the stack.
    package static func fault(in text: String) -> JSONError? {
        let limits = JSONLimits(bytes: .max, numberLength: .max)
        do throws(JSONError) {
            _ = try JSONValue(parsing: text.utf8, limits: limits)
            return nil
        } catch {
            return error
        }
    }
}

/// The grammar of RFC 8259, from the first byte to the last.
struct JSONReader {
    let bytes: [UInt8]
    let limits: JSONLimits
    var index = 0

    init(bytes: [UInt8], limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    mutating func readText() throws(JSONError) -> JSONValue {
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw JSONError(reason: .notUTF8, offset: error.byteOffsets.lowerBound)
        }
        skipBlanks()
        let value = try readValue(depth: 0)
        skipBlanks()
        guard index == bytes.count else { throw fault(.trailing) }
        return value
    }

    private mutating func readValue(depth: Int) throws(JSONError) -> JSONValue {
        guard let byte = next else { throw unexpected("a value") }
        switch byte {
        case UInt8(ascii: "{"): return .object(try readObject(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try readArray(depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try readNumber()
        case UInt8(ascii: "t"): return try readWord("true", .bool(true))
        case UInt8(ascii: "f"): return try readWord("false", .bool(false))
        case UInt8(ascii: "n"): return try readWord("null", .null)
        default: throw unexpected("a value")
        }
    }

    private mutating func readArray(depth: Int) throws(JSONError) -> [JSONValue] {
        var values: [JSONValue] = []
        guard try open(until: "]", depth: depth) else { return values }
        repeat {
            values.append(try readValue(depth: depth))
        } while try goesOn(until: "]")
        return values
    }

    private mutating func readObject(depth: Int) throws(JSONError) -> [(String, JSONValue)] {
        var members: [(String, JSONValue)] = []
        // By their bytes: as Swift compares strings, different names can be equal.
        var names: Set<[UInt8]> = []
        guard try open(until: "}", depth: depth) else { return members }
        repeat {
            let place = index
            let name = try readString()
            guard names.insert(Array(name.utf8)).inserted else {
                throw JSONError(reason: .duplicateName(name), offset: place)
            }
            skipBlanks()
            guard take(":") else { throw unexpected("\":\"") }
            skipBlanks()
            members.append((name, try readValue(depth: depth)))
        } while try goesOn(until: "}")
        return members
    }

    /// Goes past the bracket; false if the other one follows at once.
    private mutating func open(until end: Unicode.Scalar, depth: Int) throws(JSONError) -> Bool {
        guard depth <= limits.depth else { throw fault(.tooDeep(limit: limits.depth)) }
        index += 1
        skipBlanks()
        return !take(end)
    }

    /// Goes past what follows an element; false if that was the last.
    private mutating func goesOn(until end: Unicode.Scalar) throws(JSONError) -> Bool {
        skipBlanks()
        if take(end) { return false }
        guard take(",") else { throw unexpected("\",\" or \"\(end)\"") }
        skipBlanks()
        return true
    }

    private mutating func readWord(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let letters = word.description
        for letter in letters.unicodeScalars {
            guard take(letter) else { throw unexpected(letters) }
        }
        return value
    }
}

extension JSONReader {
    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { index += 1 }
    }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: scalar) else { return false }
        index += 1
        return true
    }

    func fault(_ reason: JSONError.Reason) -> JSONError { JSONError(reason: reason, offset: index) }

    func unexpected(_ expected: String) -> JSONError {
        fault(next.map { .unexpected($0, expected: expected) } ?? .ends(expected: expected))
    }
}
