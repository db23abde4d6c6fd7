import Clockwork
import HTTPClient
import Testing

@testable import Calling

@Suite("What an answer says of a run")
struct VerdictTests {
    private func verdict(_ status: Int, _ body: String, _ change: (inout Job) -> Void = { _ in }) throws -> Verdict {
        let bytes = Array(body.utf8)
        let response = Response(status: status, body: bytes, bodyLength: bytes.count, location: nil)
        return Verdict(response, for: try CallingRig.job(change))
    }

    @Test(
        "ok= says which statuses count as ok; a 2xx that it leaves out is rejected, all else is what it always was",
        arguments: [
            ([200...299], 200, .ok), ([200...299], 404, .rejected), ([200...299, 404...404], 404, .ok),
            ([200...200], 204, .rejected), ([204...204], 200, .rejected), ([304...304], 304, .ok),
            ([200...299], 304, .rejected), ([401...401], 401, .ok), ([409...409], 409, .ok), ([429...429], 429, .ok),
            ([200...499], 500, .failed), ([200...200], 302, .redirected), ([200...200], 503, .throttled),
        ] as [([ClosedRange<Int>], Int, Outcome)]
    )
    func statuses(_ ranges: [ClosedRange<Int>], status: Int, outcome: Outcome) throws {
        let verdict = try verdict(status, "") { $0.ok = Statuses(ranges) }
        #expect(verdict.outcome == outcome)
        #expect(verdict.reason == "")
    }

    @Test(
        "items: a whole number below 2^53 in a JSON object, and nothing else",
        arguments: [
            (#"{"processed":42}"#, 42), (#"{"processed":0}"#, 0), (#" {"a":[1],"processed":2.0} "#, 2),
            (#"{"processed":1e3}"#, 1_000), (#"{"processed":-0}"#, 0),
            (#"{"processed":9007199254740991}"#, 1 << 53 - 1),
            (#"{"processed":9007199254740992}"#, nil), (#"{"processed":1e300}"#, nil), (#"{"processed":-1}"#, nil),
            (#"{"processed":1.5}"#, nil), (#"{"processed":"42"}"#, nil), (#"{"processed":true}"#, nil),
            (#"{"processed":null}"#, nil), (#"{"processed":[42]}"#, nil), (#"{"Processed":42}"#, nil), ("{}", nil),
            (#"[{"processed":42}]"#, nil), ("42", nil), ("", nil), ("processed: 42", nil),
            (#"{"processed":42} x"#, nil), (#"{"processed":42,"processed":43}"#, nil),
            (#"{"processed":42,"a":{"b":1,"b":2}}"#, nil), ("{\"processed\":42,\"a\":\"\u{0}\"}", nil),
            (#"{"\u0070rocessed":7}"#, 7),
        ] as [(String, Int?)]
    )
    func items(_ body: String, count: Int?) throws {
        #expect(try verdict(200, body).items == count)
        #expect(try verdict(200, body) { $0.items = nil }.items == nil)
    }

    @Test("items= names another member, and goes down")
    func member() throws {
        let body = #"{"processed":1,"a":{"b":2,"c":[{"d":3}]},"a.b":4}"#
        for (names, count) in [(["processed"], 1), (["a", "b"], 2), (["a"], nil), (["a", "c", "d"], nil)] {
            #expect(try verdict(200, body) { $0.items = names }.items == count, "\(names)")
        }
    }

    @Test("an answer that was cut at 64 KiB is not read; one of just that length is")
    func long() throws {
        let most = 64 * 1024
        for (length, items, outcome) in [(most, 7, Outcome.ok), (most + 1, nil, .failed)] {
            let body = Array((#"{"processed":7,"ok":true}"# + String(repeating: " ", count: length - 25)).utf8)
            #expect(body.count == length)
            let kept = Response(status: 200, body: Array(body.prefix(most)), bodyLength: length, location: nil)
            let job = try CallingRig.job { $0.expectation = Job.Expectation(member: ["ok"], value: "true") }
            let verdict = Verdict(kept, for: job)
            #expect(verdict.items == items)
            #expect(verdict.outcome == outcome)
        }
    }

    @Test("items of a 2xx that ends otherwise count too, those of other answers do not, but where they are ok")
    func whichAnswers() throws {
        let body = #"{"processed":7}"#
        #expect(try verdict(202, body) { $0.ok = Statuses([200...200]) }.items == 7)
        #expect(try verdict(404, body).items == nil)
        #expect(try verdict(404, body) { $0.ok = Statuses([404...404]) }.items == 7)
        #expect(try verdict(500, body).items == nil)
    }

    @Test(
        "expect= is met by a member of that value",
        arguments: [
            ("ok:true", #"{"ok":true}"#), ("ok:false", #"{"ok":false}"#), ("state:done", #"{"state":"done"}"#),
            (#"state:"done""#, #"{"state":"done"}"#), ("error:null", #"{"error":null}"#), ("n:1", #"{"n":1.0}"#),
            ("n:1.50", #"{"n":15e-1}"#), ("n:-0", #"{"n":0}"#), ("n:1e999", #"{"n":10e998}"#),
            ("a.b:1", #"{"a":{"b":1}}"#),
            ("errors:[]", #"{"errors":[]}"#), (#"a:{"b":1,"c":[2]}"#, #"{"a":{"c":[2.0],"b":1}}"#),
            ("url:http://x:1/", #"{"url":"http://x:1/"}"#), ("n:01", #"{"n":"01"}"#),
            ("d:9007199254740993", #"{"d":9007199254740993}"#),
        ]
    )
    func met(_ text: String, body: String) throws {
        let verdict = try verdict(200, body) { $0.expectation = Self.expectation(text) }
        #expect(verdict.outcome == .ok)
        #expect(verdict.reason == "")
    }

    @Test(
        "a 2xx that does not say so has failed",
        arguments: [
            ("ok:true", #"{"ok":false}"#), ("ok:true", #"{"ok":"true"}"#), ("ok:true", #"{"ok":1}"#), ("ok:true", "{}"),
            ("ok:true", ""), ("ok:true", "ok"), ("ok:true", "true"), ("ok:true", #"[{"ok":true}]"#),
            ("ok:true", #"{"ok":true,"ok":true}"#), ("ok:true", #"{"OK":true}"#), ("state:done", #"{"state":"Done"}"#),
            ("n:1", #"{"n":"1"}"#), ("n:1", #"{"n":1.0000000000000000001}"#), ("n:1", #"{"n":-1}"#),
            ("d:9007199254740993", #"{"d":9007199254740992}"#), ("a.b:1", #"{"a.b":1}"#), ("a.b:1", #"{"a":1}"#),
            ("error:null", "{}"), ("errors:[]", #"{"errors":{}}"#), (#"a:{"b":1}"#, #"{"a":{"b":1,"c":2}}"#),
        ]
    )
    func notMet(_ text: String, body: String) throws {
        let verdict = try verdict(200, body) { $0.expectation = Self.expectation(text) }
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "expected \(text)")
    }

    @Test("expect= is asked of a 2xx that counts as ok, and of nothing else", arguments: [404, 204, 500, 409, 302])
    func others(_ status: Int) throws {
        let verdict = try verdict(status, #"{"ok":false}"#) {
            $0.ok = Statuses([200...200, 404...404])
            $0.expectation = Self.expectation("ok:true")
        }
        #expect(verdict.outcome == (status == 404 ? .ok : status == 204 ? .rejected : Outcome(status: status)))
        #expect(verdict.reason == "")
    }

    private static func expectation(_ text: String) -> Job.Expectation {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        return Job.Expectation(member: parts[0].split(separator: ".").map(String.init), value: parts[1])
    }
}
