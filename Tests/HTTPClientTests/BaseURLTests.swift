import HTTPClient
import Testing

@Suite("BaseURL")
struct BaseURLTests {
    @Test(
        "keeps what was written, but for the trailing slash",
        arguments: [
            ("http://app", "http://app", "app"),
            ("http://app/", "http://app", "app"),
            ("HTTP://App:8000/prefix/", "HTTP://App:8000/prefix", "App"),
            ("https://[::1]:8443/a/b", "https://[::1]:8443/a/b", "::1"),
            ("http://my_app.internal:65535", "http://my_app.internal:65535", "my_app.internal"),
            ("http://app/@at", "http://app/@at", "app"),
        ]
    )
    func accepts(_ written: String, text: String, host: String) throws {
        let url = try BaseURL(parsing: written)
        #expect(url.text == text)
        #expect(url.host.lowercased() == host.lowercased())
        #expect(url.scheme == (written.lowercased().hasPrefix("https") ? "https" : "http"))
    }

    @Test(
        "says what is wrong",
        arguments: [
            ("", URLError.scheme), ("app:8000", .scheme), ("//app", .scheme), ("http:/app", .scheme),
            ("gopher://app", .scheme),
            ("http://", .noHost), ("http:///x", .noHost), ("http://:80", .noHost), ("http://u@h", .userInfo),
            ("http://u:p@h", .userInfo),
            ("http://h/?a", .query), ("http://h?a", .query), ("http://h/#a", .fragment), ("http://h:", .emptyPort),
            ("http://h:/x", .emptyPort), ("http://a b", .notVisibleASCII), ("http://h/\r\n", .notVisibleASCII),
            ("http://bücher", .notVisibleASCII),
            ("http://" + String(repeating: "a", count: 70_000), .tooLong(count: 70_007)),
        ]
    )
    func rejects(_ written: String, error: URLError) throws {
        let found = try #require(throws: URLError.self) { try BaseURL(parsing: written) }
        #expect(found == error)
    }
}
