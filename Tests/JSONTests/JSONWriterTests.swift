import JSON
import TestSupport
import Testing

@Suite("JSON: what is written")
struct JSONWriterTests {
    @Test(
        "writes on one line, members in their order",
        arguments: [
            (.null, "null"), (.bool(true), "true"), (.integer(-7), "-7"), (.number("1e400"), "1e400"),
            (.array([]), "[]"), (.object([]), "{}"),
            (.object([("b", .integer(1)), ("a", .array([.null, .string("x")]))]), #"{"b":1,"a":[null,"x"]}"#),
            (.object([("\"\n", .null)]), #"{"\"\n":null}"#),
            (.string("\"\\\n\r\t/é"), #""\"\\\n\r\t/é""#),
            // What a terminal would obey, beyond what JSON asks for: DEL, NEL, a line separator, right to left, a tag.
            (
                .string("\0\u{1B}\u{7F}\u{85}\u{2028}\u{202E}\u{E0001}"),
                #""\u0000\u001b\u007f\u0085\u2028\u202e\udb40\udc01""#
            ),
        ] as [(JSONValue, String)]
    )
    func writes(_ value: JSONValue, text: String) {
        #expect(value.description == text)
    }

    @Test("a member is found by its name, letter for letter")
    func member() {
        let value = JSONValue.object([("e\u{301}", .integer(1)), ("\u{E9}", .integer(2))])
        #expect(value["\u{E9}"] == .integer(2))
        #expect(value["b"] == nil)
        #expect(JSONValue.array([value])["\u{E9}"] == nil)
    }

    @Test(
        "the order of members and each character count",
        arguments: [
            (.object([("a", .null), ("b", .null)]), .object([("b", .null), ("a", .null)])),
            (.string("\u{E9}"), .string("e\u{301}")), (.integer(1), .number("1.0")), (.array([.null]), .array([])),
        ] as [(JSONValue, JSONValue)]
    )
    func differs(_ left: JSONValue, _ right: JSONValue) {
        #expect(left != right)
    }

    @Test("what is written is read as the same value")
    func roundTrip() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(seed: seed)
        for round in 0..<2_000 {
            let value = Self.value(depth: 4, &random)
            let text = value.description
            #expect(try JSONValue(parsing: text.utf8) == value, "seed \(seed), round \(round): \(text)")
        }
    }

    private static func value(depth: Int, _ random: inout SplitMix) -> JSONValue {
        switch Int.random(in: 0..<(depth == 0 ? 5 : 7), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int.random(in: .min ... .max, using: &random) >> Int.random(in: 0..<64, using: &random))
        case 3:
            return .number(["0.5", "-1e7", "1E-300", "12345678901234567890"].randomElement(using: &random) ?? "0.1")
        case 4: return .string(string(&random))
        case 5: return .array((0..<Int.random(in: 0..<5, using: &random)).map { _ in value(depth: depth - 1, &random) })
        default:
            let names = Set((0..<Int.random(in: 0..<5, using: &random)).map { _ in string(&random) })
            return .object(names.map { ($0, value(depth: depth - 1, &random)) })
        }
    }

    private static func string(_ random: inout SplitMix) -> String {
        var string = ""
        for _ in 0..<Int.random(in: 0..<8, using: &random) {
            let highest: UInt32 = [0x20, 0x7F, 0x3000, 0x10FFFF].randomElement(using: &random) ?? 0x7F
            let scalar = Unicode.Scalar(UInt32.random(in: 0...highest, using: &random))
            string.unicodeScalars.append(scalar ?? "\u{FFFD}")
        }
        return string
    }
}
