import JSON
import Testing

@Suite("JSON: numbers by their value")
struct JSONNumbersTests {
    @Test(
        "a count is a whole number that is not negative, below 2^53",
        arguments: [
            ("0", 0), ("7", 7), ("2.0", 2), ("1e3", 1_000), ("1E+3", 1_000), ("1500e-2", 15), ("0.5e1", 5), ("-0", 0),
            ("-0.0", 0),
            ("0e99999999999999999", 0), ("0.000", 0), ("1.50e1", 15), ("9007199254740991", 1 << 53 - 1),
            ("9007199254740991.0", 1 << 53 - 1), ("9007199254740992", nil), ("9.007199254740992e15", nil),
            ("9223372036854775807", nil), ("9223372036854775808", nil), ("1e16", nil), ("1e400", nil),
            ("1e99999999999999999999", nil), ("1e-400", nil), ("0.1", nil), ("1.5", nil), ("-1", nil), ("-1e3", nil),
            ("15e-1", nil), ("\"7\"", nil), ("true", nil), ("null", nil), ("[]", nil), ("{}", nil),
        ] as [(String, Int?)]
    )
    func count(_ text: String, count: Int?) throws {
        #expect(try JSONValue(parsing: text.utf8).count == count)
    }

    @Test(
        "what means the same, and what does not",
        arguments: [
            ("1", "1.0", true), ("100", "1e2", true), ("-1.50", "-15e-1", true), ("0", "-0.0", true),
            ("1e999", "10e998", true),
            ("1", "-1", false), ("1", "1.0000000000000000000000001", false), ("1", "\"1\"", false),
            ("1", "true", false),
            ("1e99999999999999999999", "1e99999999999999999999", true), ("1e99999999999999999999", "1e9", false),
            (#"{"a":1,"b":2}"#, #"{"b":2.0,"a":1}"#, true), (#"{"a":1}"#, #"{"a":1,"b":2}"#, false),
            (#"{"a":1,"b":2}"#, #"{"a":1,"c":2}"#, false), ("[1,2]", "[1.0,2e0]", true), ("[1,2]", "[2,1]", false),
            ("[1]", "[1,1]", false), ("\"a\"", "\"a\"", true), ("null", "null", true), ("null", "false", false),
        ]
    )
    func meaning(_ left: String, right: String, isSame: Bool) throws {
        let (left, right) = (try JSONValue(parsing: left.utf8), try JSONValue(parsing: right.utf8))
        #expect(left.means(right) == isSame)
        #expect(right.means(left) == isSame)
    }

    @Test("names lead from one object into the next, and into nothing else")
    func members() throws {
        let value = try JSONValue(parsing: #"{"a":{"b":{"c":1}},"d":[{"e":2}]}"#.utf8)
        #expect(value.member(at: ["a", "b", "c"]) == .integer(1))
        #expect(value.member(at: []) == value)
        for names in [["b"], ["a", "c"], ["a", "b", "c", "d"], ["d", "e"], ["d", "0"]] {
            #expect(value.member(at: names) == nil)
        }
    }
}
