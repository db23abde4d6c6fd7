import HTTPClient
import HTTPServer
import TestSupport
import Testing

@Suite("Retry-After")
struct RetryAfterTests {
    @Test(
        "digits are seconds",
        arguments: [
            ("3", 3), (" 120 ", 120), ("\t7\t", 7), ("0", 0), ("007", 7), ("9223372036854775807", .max),
            ("9223372036854775808", .max), ("99999999999999999999", .max),
        ]
    )
    func seconds(_ text: String, seconds: Int) { #expect(RetryAfter(parsing: text) == .seconds(seconds)) }

    @Test(
        "the three forms of a date (RFC 9110 §5.6.7)",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
            ("Sun Nov  6 08:49:37 1994", 784_111_777), (" Thu, 01 Jan 2026 00:00:10 GMT ", 1_767_225_610),
            ("Thursday, 01-Jan-26 00:00:10 GMT", 1_767_225_610), ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
        ]
    )
    func dates(_ text: String, seconds: Int64) { #expect(RetryAfter(parsing: text) == .date(seconds)) }

    @Test(
        "what makes no sense is handed on as it came",
        arguments: [
            "", " ", "-1", "+1", "1.5", "1e3", "3 s", "soon", "٣", "3\u{0}",
            // Days that there are not; libcurl takes them for the next month's.
            "Sat, 31 Feb 2026 00:00:10 GMT", "Tue, 03 Mar 2026 00:00:10 CET", "Sun, 29 Feb 2026 00:00:00 GMT",
            "Tue, 31 Feb 2026 00:00:10 GMT", "Tuesday, 31-Feb-26 00:00:10 GMT", "Tue Feb 31 00:00:10 2026",
            "Thu, 32 Jan 2026 00:00:10 GMT", "Thu, 01 Jan 2026 25:00:10 GMT", "Thu, 01 Jan 2026 23:59:60 GMT",
            // A wrong day of the week, and forms that libcurl reads and the RFC does not have.
            "Mon, 01 Jan 2026 00:00:10 GMT", "2026-01-01", "1 Jan 2026", "Thu, 1 Jan 2026 00:00:10 GMT",
            "thu, 01 jan 2026 00:00:10 gmt", "Thu, 01 Jan 2026 00:00:10 +0000", "Thu, 01 Jan 1500 00:00:10 GMT",
            "Thu, 01 Jan 2026 00:00:10 GMT, soon",
        ]
    )
    func unreadable(_ text: String) { #expect(RetryAfter(parsing: text) == .unreadable(text)) }

    @Test(
        "as an answer has it",
        arguments: [
            ("Retry-After: 7", .seconds(7)), ("retry-after:\t7 ", .seconds(7)), ("Retry-After:", .unreadable("")),
            ("Retry-After: Sun, 06 Nov 1994 08:49:37 GMT", .date(784_111_777)), ("X-Retry-After: 7", nil),
            ("Retry-After: 7\r\nRetry-After: 8", .seconds(7)),
        ] as [(String, RetryAfter?)]
    )
    func answer(_ line: String, expected: RetryAfter?) throws {
        let server = try TestServer { _, reply in
            reply.write(Array("HTTP/1.1 503 Later\r\n\(line)\r\nContent-Length: 0\r\n\r\n".utf8))
        }
        let response = try Client().send(HTTPClient.Request("GET", server.url), until: Cancellation())
        #expect(response.retryAfter == expected)
    }
}
