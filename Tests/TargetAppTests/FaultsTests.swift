import HTTPServer
import JSON
import Testing

@testable import target_app

@Suite("Faults: JSON, and which call takes which")
struct FaultsTests {
    @Test(
        "reads, and prints what it read",
        arguments: [
            #"{}"#,
            #"{"/a":{"body":"x","delay_ms":100,"headers":{"Retry-After":"3"},"status":500,"times":2}}"#,
            #"{"/a?b=c":{"drip_ms":500,"status":204},"*":{"hang":true}}"#,
            #"{"/a":[{"close":true,"times":1},{"endless":true,"times":3}]}"#,
            #"{"/a":{"late_ms":5},"/b":{"lose_answer":true,"times":2},"/c":{"accept_stale":true,"delay_ms":1}}"#,
            #"{"/a":{"delay_ms":0},"/b":{"garbage":true},"/c":{"reset":true},"/d":{"truncate":true}}"#,
        ]
    )
    func roundTrip(_ text: String) throws {
        let faults = Faults()
        faults.change(try FaultsJSON.read(Array(text.utf8)))
        let printed = faults.current.json.description
        // Sorting puts "*" before "/", so compare what they mean.
        #expect(try FaultsJSON.read(Array(printed.utf8)) == (try FaultsJSON.read(Array(text.utf8))))
        #expect(printed.count == text.count)
    }

    @Test(
        "refuses, naming key, text and what is allowed",
        arguments: [
            ("", #"the body is not JSON; write {"/api/health": {"status": 500}}"#),
            (#"{"/x": }"#, #"the body is not JSON; write {"/api/health": {"status": 500}}"#),
            ("[]", "the body is an array; an object keyed by path is allowed"),
            ("null", "the body is null; an object keyed by path is allowed"),
            (#"{"x":{"hang":true}}"#, #"path "x" does not begin with / outside /_control and is not *"#),
            (
                #"{"/_control/calls":{"hang":true}}"#,
                #"path "/_control/calls" does not begin with / outside /_control and is not *"#
            ),
            (#"{"/x":1}"#, #"path "/x" is 1; an object, an array of objects that is not empty, or null is allowed"#),
            (
                #"{"/x":[]}"#,
                #"path "/x" is an empty array; an object, an array of objects that is not empty, or null is allowed"#
            ),
            (
                #"{"/x":[1]}"#,
                #"path "/x" is an array with 1; an object, an array of objects that is not empty, or null is allowed"#
            ),
            (
                #"{"/x":{"satus":1}}"#,
                #"path "/x", key "satus" is not known; allowed are status, headers, body, delay_ms, times, hang, drip_ms, reset, garbage, truncate, endless, close, lose_answer, late_ms, accept_stale"#
            ),
            (
                #"{"/x":{"status":"500"}}"#,
                #"path "/x", key "status" is "500"; a whole number from 200 to 599 is allowed"#
            ),
            (#"{"/x":{"status":199}}"#, #"path "/x", key "status" is 199; a whole number from 200 to 599 is allowed"#),
            (
                #"{"/x":{"status":true}}"#,
                #"path "/x", key "status" is true; a whole number from 200 to 599 is allowed"#
            ),
            (
                #"{"/x":{"times":1e999}}"#,
                #"path "/x", key "times" is 1e999; a whole number from 1 to 1000000 is allowed"#
            ),
            (#"{"/x":{"times":0}}"#, #"path "/x", key "times" is 0; a whole number from 1 to 1000000 is allowed"#),
            (#"{"/x":{"times":1.5}}"#, #"path "/x", key "times" is 1.5; a whole number from 1 to 1000000 is allowed"#),
            (
                #"{"/x":{"times":null}}"#,
                #"path "/x", key "times" is null; a whole number from 1 to 1000000 is allowed"#
            ),
            (
                #"{"/x":{"delay_ms":-1}}"#,
                #"path "/x", key "delay_ms" is -1; a whole number from 0 to 3600000 is allowed"#
            ),
            (#"{"/x":{"drip_ms":0}}"#, #"path "/x", key "drip_ms" is 0; a whole number from 1 to 60000 is allowed"#),
            (#"{"/x":{"hang":1}}"#, #"path "/x", key "hang" is 1; true or false is allowed"#),
            (#"{"/x":{"body":{}}}"#, #"path "/x", key "body" is an object; a string is allowed"#),
            (#"{"/x":{"headers":[]}}"#, #"path "/x", key "headers" is an array; \#(headerRule)"#),
            (#"{"/x":{"headers":{"A":3}}}"#, #"path "/x", key "headers.A" is 3; \#(headerRule)"#),
            (#"{"/x":{"headers":{"A b":"3"}}}"#, #"path "/x", key "headers.A b" is "3"; \#(headerRule)"#),
            (#"{"/x":{"headers":{"A":"\n"}}}"#, "path \"/x\", key \"headers.A\" is \"\n\"; " + headerRule),
            (#"{"/x":{"headers":{"connection":"x"}}}"#, #"path "/x", key "headers.connection" is "x"; \#(headerRule)"#),
            (#"{"/x":{"hang":true,"drip_ms":1}}"#, #"path "/x": drip_ms and hang cannot be had together"#),
            (#"{"/x":{"reset":true,"status":500}}"#, #"path "/x": reset and status cannot be had together"#),
            (
                #"{"/x":{"late_ms":1,"lose_answer":true}}"#,
                #"path "/x": late_ms and lose_answer cannot be had together"#
            ),
            (
                #"{"/x":{"accept_stale":true,"status":500}}"#,
                #"path "/x": status and accept_stale cannot be had together"#
            ),
            (#"{"/x":{"late_ms":0}}"#, #"path "/x", key "late_ms" is 0; a whole number from 1 to 3600000 is allowed"#),
            (#"{"/x":{"hang":false}}"#, #"path "/x": an empty fault does nothing; clear a path with null"#),
        ]
    )
    func refuses(_ text: String, message: String) throws {
        let error = try #require(throws: FaultsError.self) { try FaultsJSON.read(Array(text.utf8)) }
        #expect(error.description == message)
    }

    @Test("deep nesting is refused without a crash")
    func deep() {
        #expect(throws: FaultsError.notJSON) {
            try FaultsJSON.read(Array(repeating: UInt8(ascii: "["), count: 1_000_000))
        }
    }

    @Test("the longest key that fits counts; used up, the next does")
    func longest() throws {
        let faults = try set(#"{"*":{"status":501},"/a":{"status":502,"times":1},"/a?b":{"status":503,"times":2}}"#)
        #expect(taken(5, "/a?b", from: faults) == [503, 503, 502, 501, 501])
        #expect(taken(1, "/other", from: faults) == [501])
    }

    @Test("a list is used up in order, each once unless it says more")
    func list() throws {
        let faults = try set(#"{"/a":[{"status":500},{"status":501,"times":2},{"status":502}]}"#)
        #expect(taken(5, "/a", from: faults) == [500, 501, 501, 502, nil])
        #expect(faults.current.rules.isEmpty)
    }

    @Test("what is set stays until it is replaced, cleared with null or cleared with all")
    func changes() throws {
        let faults = try set(#"{"/a":{"status":500},"/b":{"status":501}}"#)
        faults.change(try FaultsJSON.read(Array(#"{"/a":null,"/c":{"status":502}}"#.utf8)))
        #expect(faults.current.rules.keys.sorted() == ["/b", "/c"])
        faults.clear()
        #expect(taken(1, "/b", from: faults) == [nil])
    }

    private func set(_ text: String) throws -> Faults {
        let faults = Faults()
        faults.change(try FaultsJSON.read(Array(text.utf8)))
        return faults
    }

    private func taken(_ count: Int, _ target: String, from faults: Faults) -> [Int?] {
        (0..<count).map { _ in faults.take(for: Request(method: "GET", target: target))?.status }
    }
}

private let headerRule =
    "an object of header names and one-line strings without Content-Length, Connection, Transfer-Encoding is allowed"
