import Clockwork
import Foundation
import HTTPClient
import HTTPServer
import Schedule
import TestSupport
import Testing

@testable import Calling

@Suite("Templates in bodies and queries")
struct TemplateTests {
    private static let id = "00000000000000010000000000000001"
    private static let success = CallingRig.slot - .milliseconds(1_500)

    private func attempt(_ success: Moment? = success, _ change: (inout Job) -> Void = { _ in }) throws -> Attempt {
        Attempt(
            job: try CallingRig.job(change),
            run: Run(slot: CallingRig.slot, trigger: .schedule),
            id: RunID(1, 1),
            previousSuccess: success
        )
    }

    @Test(
        "are replaced, each as often as it is there, and nothing else is",
        arguments: [
            ("{{slot}}", "2026-01-01T00:00:00Z"), ("{{previous_success}}", "2025-12-31T23:59:58.500Z"),
            ("{{run_id}}", id),
            (#"{"a":"{{run_id}}","b":{"c":"x{{run_id}}{{run_id}}"}}"#, #"{"a":"\#(id)","b":{"c":"x\#(id)\#(id)"}}"#),
            (#"{"a":{"b":{"c":1}}}"#, #"{"a":{"b":{"c":1}}}"#), ("{{{run_id}}}", "{\(id)}"),
            ("{{{{run_id}}", "{{\(id)"),
            ("{{ slot }}", "{{ slot }}"), ("{{Slot}}", "{{Slot}}"), ("{slot}", "{slot}"), ("{{slot}", "{{slot}"),
            ("{{slots}}", "{{slots}}"), ("{{", "{{"), ("{{}}", "{{}}"), ("é{{run_id}}é", "é\(id)é"), ("", ""),
            ("{{slot{{run_id}}", "{{slot\(id)"),
        ]
    )
    func filled(_ text: String, expected: String) throws {
        #expect(Template.filled(text, for: try attempt()) == expected)
    }

    @Test("what is replaced is no template in its turn, and no success is an empty text")
    func noSuccess() throws {
        #expect(Template.filled("<{{previous_success}}>", for: try attempt(nil)) == "<>")
    }

    @Test(
        "of a path the query alone is touched",
        arguments: [
            ("/a?r={{run_id}}&s={{slot}}", "/a?r=\(id)&s=2026-01-01T00:00:00Z"), ("/{{run_id}}", "/{{run_id}}"),
            ("/{{run_id}}/?{{run_id}}?{{run_id}}", "/{{run_id}}/?\(id)?\(id)"), ("/a", "/a"), ("/a?", "/a?"),
        ]
    )
    func path(_ path: String, expected: String) throws {
        #expect(Template.filledPath(of: try attempt { $0.path = path }) == expected)
    }

    @Test("each attempt sends them, with the length that the body then has")
    func sent() throws {
        let target = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let attempt = try attempt {
            ($0.path, $0.body) = ("/a?since={{previous_success}}", #"{"run":"{{run_id}}"}"#)
        }
        _ = try CallingRig().runner(target.url).make(attempt, with: Client()) { true }
        let seen = try #require(target.seen.first)
        #expect(seen.target == "/prefix/a?since=2025-12-31T23:59:58.500Z")
        #expect(String(decoding: seen.body, as: UTF8.self) == #"{"run":"\#(Self.id)"}"#)
        #expect(seen.header("Content-Type") == "application/json")
        #expect(seen.header("Content-Length") == "42")
    }

    @Test(
        "what looks like one is found, what nested JSON has is not",
        arguments: [
            ("{{slot}} {{ x }}", ["slot", " x "]), (#"{"a":{"b":{"c":"{{x}}"}}}"#, ["x"]),
            (#"{"a":{"b":{"c":1}}}"#, []),
            (#"{"a":"{{","b":{"c":{}}}"#, []), (#"{"a":{"b":"{{"}}"#, []), ("{{}}", []), ("{{{x}}}", ["x"]),
            ("{{x}", []),
            (#"{{"a":{"b":1}}}"#, []),
        ] as [(String, [String])]
    )
    func names(_ text: String, names: [String]) {
        #expect(Template.names(in: text) == names)
    }
}
