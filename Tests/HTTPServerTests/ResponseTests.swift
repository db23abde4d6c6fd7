import Testing

@testable import HTTPServer

@Suite("A response becomes bytes")
struct ResponseTests {
    private let date = HTTPDate(seconds: 784_111_777)

    @Test(
        "prints the date of RFC 9110",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
            (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
            (-1, "Thu, 01 Jan 1970 00:00:00 GMT"),
        ]
    )
    func dates(_ seconds: Int, text: String) {
        #expect(HTTPDate(seconds: seconds).description == text)
    }

    @Test("a whole message, and the same for HEAD without the body")
    func message() {
        let response = Response(
            status: 200,
            headers: [Header("X", "y"), Header("content-LENGTH", "9")],
            body: Array("hi".utf8)
        )
        let head = "HTTP/1.1 200 OK\r\nX: y\r\nDate: \(date)\r\nContent-Length: 2\r\nConnection: close\r\n\r\n"
        #expect(String(decoding: response.bytes(forHead: false, date: date), as: UTF8.self) == head + "hi")
        #expect(String(decoding: response.bytes(forHead: true, date: date), as: UTF8.self) == head)
    }

    @Test("204 has neither length nor body, 304 no body, an own date stays, a value cannot end its line")
    func special() {
        let none = Response(status: 204, headers: [Header("Date", "never")], body: [1])
        #expect(
            String(decoding: none.bytes(), as: UTF8.self)
                == "HTTP/1.1 204 No Content\r\nDate: never\r\nConnection: close\r\n\r\n"
        )
        let unchanged = Response(status: 304, headers: [Header("X", "a\r\nSet-Cookie: b\0")], body: [65])
        let head = "HTTP/1.1 304 Not Modified\r\nX: a  Set-Cookie: b \r\nDate: \(date)\r\n"
        #expect(
            String(decoding: unchanged.bytes(forHead: false, date: date), as: UTF8.self)
                == head + "Content-Length: 1\r\nConnection: close\r\n\r\n"
        )
        #expect(String(decoding: Response(status: 299).bytes(), as: UTF8.self).hasPrefix("HTTP/1.1 299 Status\r\n"))
    }
}
