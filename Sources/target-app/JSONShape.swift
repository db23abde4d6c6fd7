/// Any key of a JSON object.
struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
}

/// One JSON value, looked at without going into arrays and objects.
enum JSONShape: Equatable, Decodable {
    case null, array, object
    /// A number too large for any type.
    case unreadable
    case flag(Bool)
    case number(Int)
    case fraction(Double)
    case text(String)

    init(from decoder: any Decoder) throws {
        if let value = try? decoder.singleValueContainer() {
            if value.decodeNil() {
                self = .null
                return
            }
            if let flag = try? value.decode(Bool.self) {
                self = .flag(flag)
                return
            }
            if let number = try? value.decode(Int.self) {
                self = .number(number)
                return
            }
            if let fraction = try? value.decode(Double.self) {
                self = .fraction(fraction)
                return
            }
            if let text = try? value.decode(String.self) {
                self = .text(text)
                return
            }
        }
        if (try? decoder.unkeyedContainer()) != nil {
            self = .array
        } else {
            self = (try? decoder.container(keyedBy: AnyKey.self)) != nil ? .object : .unreadable
        }
    }
}

extension JSONShape: CustomStringConvertible {
    var description: String {
        switch self {
        case .null: "null"
        case .array: "an array"
        case .object: "an object"
        case .unreadable: "a number too large to read"
        case .flag(let flag): String(flag)
        case .number(let number): String(number)
        case .fraction(let fraction): String(fraction)
        case .text(let text): #""\#(text.prefix(100))""#
        }
    }
}
