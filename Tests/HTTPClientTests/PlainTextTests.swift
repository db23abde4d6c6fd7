import HTTPClient
import Testing

@Suite("Plain text")
struct PlainTextTests {
    @Test(
        "holds what stands in it, byte by byte",
        arguments: [
            ("", "", true), ("a", "", true), ("", "a", false), ("abc", "abc", true), ("abc", "abcd", false),
            ("aab", "ab", true), ("é", "e", false), ("-----BEGIN X", "BEGIN", true),
        ]
    )
    func holds(_ text: String, _ part: String, _ expected: Bool) {
        #expect(text.holds(part) == expected)
    }

    @Test(
        "swaps each of a character",
        arguments: [("", ""), ("a_b", "a--b"), ("__", "----"), ("_\u{301}", "--\u{301}"), ("ab", "ab")]
    )
    func swaps(_ text: String, _ expected: String) {
        #expect(Array(text.swapping("_", for: "--").utf8) == Array(expected.utf8))
    }
}
