import Foundation
import JSON
import Testing

@Suite("JSON: what is read, and what is refused")
struct JSONReaderTests {
    @Test(
        "reads",
        arguments: [
            // Blanks, and every kind of value alone.
            (" \t\r\n[] \t\r\n", .array([])), ("{}", .object([])), ("\"\"", .string("")), ("null", .null),
            ("true", .bool(true)), ("false", .bool(false)), ("7", .integer(7)),
            // Numbers: what fits is whole, the rest stays as it is written.
            ("0", .integer(0)), ("-0", .integer(0)), ("-1", .integer(-1)), ("123", .integer(123)),
            ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", .number("9223372036854775808")), ("0.5", .number("0.5")),
            ("-0.0", .number("-0.0")), ("1e2", .number("1e2")), ("1E+2", .number("1E+2")),
            ("1.25e-400", .number("1.25e-400")), ("1e999", .number("1e999")),
            // Strings: each escape, and what needs none.
            (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{C}\n\r\t")), (#""\u00e9\u00E9""#, .string("éé")),
            (#""\ud83d\ude00""#, .string("😀")), (#""\u0000""#, .string("\0")), (#""\uFFFF""#, .string("\u{FFFF}")),
            ("\"\u{7F}\u{2028}é😀\"", .string("\u{7F}\u{2028}é😀")), ("\"\u{10FFFF}\"", .string("\u{10FFFF}")),
            // Nested, in order.
            ("[1, [2], {\"a\": []}]", .array([.integer(1), .array([.integer(2)]), .object([("a", .array([]))])])),
            (
                #"{"b" : 1 , "a":{"":null}}"#,
                .object([("b", .integer(1)), ("a", .object([("", .null)]))])
            ),
            // Other characters, though Swift's == takes them for the same.
            ("{\"\u{E9}\":1,\"e\u{301}\":2}", .object([("\u{E9}", .integer(1)), ("e\u{301}", .integer(2))])),
        ] as [(String, JSONValue)]
    )
    func reads(_ text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: text.utf8) == value)
        #expect(JSONValue.isJSON(text))
    }

    @Test(
        "refuses, and says where",
        arguments: [
            // Not one value.
            ("", "ends where a value is expected at byte 0"), (" ", "ends where a value is expected at byte 1"),
            ("1 2", "more text behind the value at byte 2"), ("[]]", "more text behind the value at byte 2"),
            ("[] x", "more text behind the value at byte 3"), ("[1]#", "more text behind the value at byte 3"),
            ("\u{FEFF}1", "byte 239 where a value is expected at byte 0"),
            ("plain", "\"p\" where a value is expected at byte 0"),
            ("\u{C}1", "byte 12 where a value is expected at byte 0"),
            ("\u{A0}1", "byte 194 where a value is expected at byte 0"),
            ("// no\n1", "\"/\" where a value is expected at byte 0"),
            // Words.
            ("nul", "ends where null is expected at byte 3"), ("True", "\"T\" where a value is expected at byte 0"),
            ("truth", "\"t\" where true is expected at byte 3"), ("NaN", "\"N\" where a value is expected at byte 0"),
            ("nulll", "more text behind the value at byte 4"), ("fals\0", "byte 0 where false is expected at byte 4"),
            // Arrays.
            ("[", "ends where a value is expected at byte 1"),
            ("[1", "ends where \",\" or \"]\" is expected at byte 2"),
            ("[1,", "ends where a value is expected at byte 3"), ("[1,]", "\"]\" where a value is expected at byte 3"),
            ("[,1]", "\",\" where a value is expected at byte 1"),
            ("[1 2]", "\"2\" where \",\" or \"]\" is expected at byte 3"),
            ("[1}", "\"}\" where \",\" or \"]\" is expected at byte 2"),
            ("]", "\"]\" where a value is expected at byte 0"),
            // Objects.
            ("{", "ends where a string is expected at byte 1"), ("{a:1}", "\"a\" where a string is expected at byte 1"),
            ("{1:1}", "\"1\" where a string is expected at byte 1"),
            ("{\"a\"}", "\"}\" where \":\" is expected at byte 4"),
            ("{'a':1}", "\"'\" where a string is expected at byte 1"),
            ("{\"a\":}", "\"}\" where a value is expected at byte 5"),
            ("{\"a\":1,}", "\"}\" where a string is expected at byte 7"),
            ("{\"a\",1}", "\",\" where \":\" is expected at byte 4"),
            ("{\"a\":1 \"b\":2}", "\"\"\" where \",\" or \"}\" is expected at byte 7"),
            ("{\"a\":1,\"b\":2,\"a\":3}", "a second member \"a\" at byte 13"),
            (#"{"a":1,"\u0061":2}"#, "a second member \"a\" at byte 7"),
            // Numbers.
            ("01", "more text behind the value at byte 1"), ("-", "ends where a digit is expected at byte 1"),
            ("-01", "more text behind the value at byte 2"), ("+1", "\"+\" where a value is expected at byte 0"),
            ("1.", "ends where a digit is expected at byte 2"), (".5", "\".\" where a value is expected at byte 0"),
            ("1.e1", "\"e\" where a digit is expected at byte 2"), ("1e", "ends where a digit is expected at byte 2"),
            ("1e+", "ends where a digit is expected at byte 3"), ("0x1", "more text behind the value at byte 1"),
            ("-x", "\"x\" where a digit is expected at byte 1"), ("1_0", "more text behind the value at byte 1"),
            ("\u{FF11}", "byte 239 where a value is expected at byte 0"),
            ("Infinity", "\"I\" where a value is expected at byte 0"),
            // Strings.
            ("\"", "ends where the end of a string is expected at byte 1"),
            ("\"a", "ends where the end of a string is expected at byte 2"),
            ("\"\n\"", "byte 10 in a string without an escape at byte 1"),
            ("\"\0\"", "byte 0 in a string without an escape at byte 1"),
            ("\"\\", "ends where an escape is expected at byte 2"),
            (#""\""#, "ends where the end of a string is expected at byte 3"),
            (#""\x41""#, "an escape that JSON does not have at byte 1"),
            (#""\U0041""#, "an escape that JSON does not have at byte 1"),
            ("\"\\é\"", "an escape that JSON does not have at byte 1"),
            (#""\u004""#, "\"\"\" where a hexadecimal digit is expected at byte 6"),
            (#""\u00g1""#, "\"g\" where a hexadecimal digit is expected at byte 5"),
            (#""\u"#, "ends where a hexadecimal digit is expected at byte 3"),
            (#""a\ud800""#, "half of a surrogate pair at byte 2"),
            (#""\ud800\n""#, "half of a surrogate pair at byte 1"),
            (#""\ud800\ud800""#, "half of a surrogate pair at byte 1"),
            (#""\udc00""#, "half of a surrogate pair at byte 1"),
            (#""\ud800\u0041""#, "half of a surrogate pair at byte 1"),
        ]
    )
    func refuses(_ text: String, message: String) throws {
        let error = try #require(throws: JSONError.self) { try JSONValue(parsing: text.utf8) }
        #expect(error.description == message)
        #expect(!JSONValue.isJSON(text))
    }

    @Test(
        "refuses what is not UTF-8, wherever it stands",
        arguments: [
            ([0x22, 0xFF, 0x22], 1), ([0x22, 0x80, 0x22], 1), ([0x22, 0x61, 0xC3, 0x22], 2), ([0xE9], 0),
            ([0x22, 0xC0, 0xAF, 0x22], 1), ([0x22, 0xE0, 0x80, 0xAF, 0x22], 1),  // longer than they need to be
            ([0x22, 0xED, 0xA0, 0x80, 0x22], 1),  // a surrogate
            ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], 1),  // beyond U+10FFFF
            ([0x22, 0xF0, 0x9F, 0x98], 1), ([0x5B, 0x5D, 0xFE], 2),
            ([0xFF, 0xFE, 0x31, 0x00], 0),  // UTF-16
        ] as [([UInt8], Int)]
    )
    func notUTF8(_ bytes: [UInt8], offset: Int) throws {
        let error = try #require(throws: JSONError.self) { try JSONValue(parsing: bytes) }
        #expect(error.description == "not UTF-8 at byte \(offset)")
    }

    @Test("each limit is allowed, one more is refused")
    func limits() throws {
        func refusal(_ text: String) -> String? {
            let limits = JSONLimits(bytes: 12, depth: 2, numberLength: 5)
            do throws(JSONError) {
                _ = try JSONValue(parsing: text.utf8, limits: limits)
                return nil
            } catch {
                return error.description
            }
        }
        #expect(refusal("[1,2,3,4,56]") == nil)
        #expect(refusal("[1,2,3,4,56] ") == "longer than 12 bytes at byte 12")
        #expect(refusal("[{}]") == nil)
        #expect(refusal("[{\"\":[]}]") == "nested deeper than 2 at byte 5")
        #expect(refusal("-1e10") == nil)
        #expect(refusal("[-1e100]") == "a number of more than 5 characters at byte 1")
    }

    @Test("the deepest text is read and written on a thread as small as the program's, a deeper one refused")
    func deep() async {
        let text = String(repeating: #"{"a":["#, count: 32) + String(repeating: "]}", count: 32)
        await withCheckedContinuation { done in
            let thread = Thread {
                let value = try? JSONValue(parsing: text.utf8)
                #expect(value?.description == text)
                #expect(value == value)
                #expect(JSONValue.isJSON(text))
                #expect(!JSONValue.isJSON("[" + text + "]"))
                for bracket in ["[", "{\"a\":"] {
                    #expect(!JSONValue.isJSON(String(repeating: bracket, count: 1_000_000)))
                }
                done.resume()
            }
            thread.stackSize = 512 * 1_024
            thread.start()
        }
    }

    @Test("no cut and no changed byte of a sound text crashes the reader")
    func damage() {
        let text = Array(#"{"a":[1,-2.5e3,true,null,"x\u00e9\ud83d\ude00é"],"b":{}} "#.utf8)
        for index in text.indices {
            _ = try? JSONValue(parsing: text[..<index])
            for byte in UInt8.min...UInt8.max {
                var other = text
                other[index] = byte
                _ = try? JSONValue(parsing: other)
            }
        }
    }
}
