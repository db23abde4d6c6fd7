import HTTPServer
import JSON
import Schedule
import Testing

@testable import target_app

@Suite("The call log and the line per call")
struct CallLogTests {
    private let date = Moment(seconds: 1_795_248_295, nanoseconds: 125_000_000)

    @Test("a call in JSON, open and ended")
    func json() throws {
        let log = CallLog()
        let headers = [Header("X-A", "1"), Header("x-a", "2")]
        let id = log.begin(
            Call(Request(method: "POST", target: "/a?b", headers: headers, body: [0x68, 0xFF]), start: date)
        )
        let start = #"{"body":"h\#u{FFFD}","end":"#
        let open =
            #"null,"headers":{"x-a":"1, 2"},"method":"POST","path":"/a?b","start":"2026-11-21T08:04:55.125Z","status":null}"#
        #expect(JSONValue.array(log.calls.map(\.json)).description == "[" + start + open + "]")
        log.answered(id, status: 200)
        #expect(log.end(id, at: date + .seconds(1)) == 200)
        #expect(log.calls[0].status == 200)
        #expect(log.calls[0].end?.timestamp == "2026-11-21T08:04:56.125Z")
    }

    @Test("clearing forgets open calls too; their end harms nobody")
    func clear() {
        let log = CallLog()
        let old = log.begin(call("/old"))
        log.clear()
        let new = log.begin(call("/new"))
        log.end(old, at: date)
        #expect(log.calls.map(\.end) == [nil])
        log.end(new, at: date)
        #expect(log.calls.map(\.end) == [date])
    }

    @Test("beyond the capacity the oldest tenth goes")
    func capacity() {
        let log = CallLog(capacity: 20)
        let ids = (0..<21).map { log.begin(call("/\($0)")) }
        #expect(log.calls.map(\.path) == (2..<21).map { "/\($0)" })
        log.answered(ids[20], status: 204)
        #expect(log.calls.last?.status == 204)
    }

    @Test(
        "a line for people",
        arguments: [
            ("/a", [], 200, .answered, "GET /a 200 in 12 ms"),
            ("/a", [], nil, .clientGone, "GET /a no answer, the client left in 12 ms"),
            ("/a", [], nil, .reset, "GET /a no answer, reset in 12 ms"),
            ("/a", [], 200, .timedOut, "GET /a 200, the client did not read in 12 ms"),
            (
                "/a?t=\(token)", [Header("Authorization", "Bearer \(token)")], 401, .answered,
                "GET /a?t=*** 401 in 12 ms"
            ),
            (
                "/a", [Header("X-Scheduler-Attempt", "1"), Header("x-scheduler-job", "a\u{1B}[1mb")], 200, .answered,
                #"GET /a 200 in 12 ms (job=a\u{1B}[1mb attempt=1)"#
            ),
        ] as [(String, [Header], Int?, Ending, String)]
    )
    func line(_ target: String, headers: [Header], status: Int?, ending: Ending, line: String) {
        let request = Request(method: "GET", target: target, headers: headers)
        let report = CallReport(request: request, status: status, ending: ending, time: .milliseconds(12))
        #expect(report.line(at: date, hiding: token) == "2026-11-21T08:04:55.125Z " + line)
    }

    private func call(_ path: String) -> Call {
        Call(Request(method: "GET", target: path), start: date)
    }
}
