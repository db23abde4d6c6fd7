import Clockwork
import HTTPClient
import JSON
import Schedule
import Testing

@testable import Calling

@Suite("Spans")
struct SpanTests {
    private static let id = RunID(0x0102_0304_0506_0708, 0x090A_0B0C_0D0E_0F10)
    private static let slot = Moment(seconds: 1_767_225_600)

    private static func attempt(_ number: Int = 1) throws -> Attempt {
        let timetable = Timetable(try Schedule(parsing: "every 1m"), in: .utc)
        var job = Job(name: "a", timetable: timetable, method: "POST", path: "/x/y?key=secret", timeoutSeconds: 60)
        job.body = "secret"
        return Attempt(job: job, run: Run(slot: slot, trigger: .schedule), id: id, number: number)
    }

    private static func json(_ fact: Fact, at url: String = "http://app:8000/pre") throws -> [String] {
        let target = Traces.Target(try BaseURL(parsing: url))
        return Span.ended(by: fact, at: [Job.mainTarget: target]) { $0.replacing("y", with: "***") }.map(
            \.json.description
        )
    }

    @Test("a run: hex ids, 64-bit numbers as text, kinds and codes as numbers")
    func run() throws {
        let record = RunRecord(
            id: Self.id,
            slot: Self.slot,
            began: Self.slot + .milliseconds(12),
            attempts: 2,
            outcome: .failed,
            status: 500,
            milliseconds: 1_500,
            lateMilliseconds: 12
        )
        #expect(
            try Self.json(.ended("a", record, nil)) == [
                """
                {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"090a0b0c0d0e0f10","name":"job a","kind":1,\
                "startTimeUnixNano":"1767225600012000000","endTimeUnixNano":"1767225601512000000","attributes":[\
                {"key":"scheduler.job","value":{"stringValue":"a"}},\
                {"key":"scheduler.slot","value":{"stringValue":"2026-01-01T00:00:00Z"}},\
                {"key":"scheduler.trigger","value":{"stringValue":"schedule"}},\
                {"key":"scheduler.outcome","value":{"stringValue":"failed"}},\
                {"key":"scheduler.lateness_ms","value":{"intValue":"12"}},\
                {"key":"scheduler.run_id","value":{"stringValue":"0102030405060708090a0b0c0d0e0f10"}},\
                {"key":"scheduler.attempts","value":{"intValue":"2"}}],"status":{"code":2}}
                """
            ]
        )
        var good = record
        good.outcome = .ok
        #expect(try !Self.json(.ended("a", good, nil))[0].contains("status\":{"))
    }

    @Test("an attempt: the span that the app was told of, without the query; a second request is a span as well")
    func attempt() throws {
        var end = AttemptEnd(.ok)
        let call = { (span: UInt64, outcome: Outcome, status: Int) in
            AttemptEnd.Call(span: span, began: Self.slot, took: .milliseconds(5), outcome: outcome, status: status)
        }
        end.calls = [call(7, .denied, 401), call(8, .ok, 200)]
        let spans = try Self.json(.attemptEnded(try Self.attempt(3), end))
        try #require(spans.count == 2)
        #expect(
            spans[0] == """
                {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0000000000000007",\
                "parentSpanId":"090a0b0c0d0e0f10","name":"POST","kind":3,\
                "startTimeUnixNano":"1767225600000000000","endTimeUnixNano":"1767225600005000000","attributes":[\
                {"key":"http.request.method","value":{"stringValue":"POST"}},\
                {"key":"server.address","value":{"stringValue":"app"}},\
                {"key":"server.port","value":{"intValue":"8000"}},\
                {"key":"url.scheme","value":{"stringValue":"http"}},\
                {"key":"url.path","value":{"stringValue":"/pre/x/***"}},\
                {"key":"http.request.resend_count","value":{"intValue":"2"}},\
                {"key":"http.response.status_code","value":{"intValue":"401"}},\
                {"key":"error.type","value":{"stringValue":"denied"}}],"status":{"code":2}}
                """
        )
        #expect(!spans[1].contains("error.type") && spans[1].contains(#""intValue":"3""#))
        #expect(!spans.joined().contains("secret"))
    }

    @Test(
        "the app's port",
        arguments: [
            ("http://app", 80), ("https://app", 443), ("https://app:8443/x", 8_443), ("http://[::1]", 80),
            ("http://[::1]:81", 81),
        ]
    )
    func port(_ url: String, port: Int) throws {
        #expect(Traces.Target(try BaseURL(parsing: url)).port == port)
    }
}

@Suite("Spans that wait")
struct SpanQueueTests {
    private static func spans(_ numbers: Range<Int>) -> [Span] {
        numbers.map { number in
            Span(
                trace: RunID(1, 1),
                id: UInt64(number),
                name: "x",
                kind: .client,
                begin: .epoch,
                end: .epoch,
                attributes: [],
                isError: false
            )
        }
    }

    @Test("a hundred go at once, fewer after five seconds, all at the end")
    func due() {
        var queue = SpanQueue()
        #expect(queue.due(isEnding: true) == nil)
        _ = queue.add(Self.spans(0..<99), at: .seconds(7))
        #expect(queue.due(isEnding: false) == .seconds(12))
        #expect(queue.due(isEnding: true) == .zero)
        _ = queue.add(Self.spans(99..<150), at: .seconds(8))
        #expect(queue.due(isEnding: false) == .zero)
        #expect(queue.take().map(\.id) == Array(0..<100))
        queue.finish(at: .seconds(9))
        #expect(queue.due(isEnding: false) == .seconds(14))
        #expect(queue.take().count == 50)
        #expect(queue.due(isEnding: false) == nil && !queue.isEmpty)
        queue.finish(at: .seconds(10))
        #expect(queue.isEmpty)
    }

    @Test("the oldest are dropped, also of a batch that comes back")
    func limit() {
        var queue = SpanQueue()
        #expect(queue.add(Self.spans(0..<2_000), at: .zero) == 0)
        let batch = queue.take()
        #expect(queue.add(Self.spans(2_000..<2_030), at: .zero) == 30)
        #expect(queue.putBack(batch, notBefore: .seconds(9), at: .seconds(1)) == 0)
        #expect(queue.count == 2_000)
        #expect(queue.due(isEnding: false) == .seconds(9))
        #expect(queue.add(Self.spans(0..<5_000), at: .zero) == 5_000)
        #expect(queue.count == 2_000 && queue.removeAll() == 2_000)
    }
}
