import CCurl
import Testing

@testable import HTTPClient

@Suite("Header lines")
struct HeaderLinesTests {
    @Test(
        "what libcurl is given: the lines as they were added, and those that keep it from adding its own",
        arguments: [
            ([:], ["Expect:", "Content-Type:"]),
            (["X-A": "1", "X-B": ""], ["Expect:", "X-A: 1", "X-B;", "Content-Type:"]),
            (["X-A": " ", "X-B": " \t", "X-C": " c "], ["Expect:", "X-A;", "X-B;", "X-C:  c ", "Content-Type:"]),
            (["content-TYPE": "text/plain"], ["Expect:", "content-TYPE: text/plain"]),
            (["Content-Typo": "a"], ["Expect:", "Content-Typo: a", "Content-Type:"]),
            // libcurl heeds the first of a name.
            (["Expect": "100-continue"], ["Expect:", "Expect: 100-continue", "Content-Type:"]),
        ] as [(HeaderLines, [String])]
    )
    func list(_ lines: HeaderLines, _ expected: [String]) { #expect(Self.texts(lines) == expected) }

    @Test("a value that is put together in place")
    func inPlace() {
        var lines = HeaderLines()
        lines.add("X-A") { $0 += Array("b@c".utf8) }
        lines.add("X-B", "d")
        #expect(Self.texts(lines) == ["Expect:", "X-A: b@c", "X-B: d", "Content-Type:"])
    }

    private static func texts(_ lines: HeaderLines) -> [String] {
        unsafe lines.withList { list in
            var texts: [String] = []
            var next = unsafe list
            while let item = unsafe next {
                if let data = unsafe item.pointee.data { unsafe texts.append(String(cString: data)) }
                unsafe next = item.pointee.next
            }
            return texts
        }
    }
}
