import Clockwork
import HTTPServer
import JSON
import Schedule
import Testing

@testable import SchedulerCore

@Suite("Control: what commands ask, and what they are answered")
struct ControlTests {
    @Test(
        "what is sent is what is read",
        arguments: [
            ControlRequest.fire(job: "a", force: false), .fire(job: "é\"\n", force: true),
            .pause(.all, until: Moment(seconds: 5, nanoseconds: 7), note: ""),
            .pause(.one("a"), until: .epoch, note: "why \u{7}"), .resume(.all), .resume(.one("b")),
            .skip(job: "a", count: 0), .skip(job: "a", count: 1_000), .why(job: "a", at: nil),
            .why(job: "a", at: Moment(seconds: 9)),
        ]
    )
    func roundTrip(_ request: ControlRequest) throws {
        let (read, deadline) = try #require(
            ControlRequest.read(path: request.path, body: request.body(by: .milliseconds(1_234)))
        )
        #expect(read == request)
        #expect(deadline == .milliseconds(1_234))
        #expect(ControlRequest.paths.contains(request.path))
    }

    @Test(
        "what no command sends is nothing",
        arguments: [
            ("/control/fire", ""), ("/control/fire", "{}"), ("/control/fire", #"{"job":"a","deadline":1}"#),
            ("/control/fire", #"{"job":1,"deadline":1,"force":true}"#),
            ("/control/fire", #"{"job":"a","force":true}"#),
            ("/control/pause", #"{"job":"a","deadline":1,"until":"soon","note":""}"#),
            ("/control/pause", #"{"job":"a","deadline":1,"until":"2026-01-01T00:00Z"}"#),
            ("/control/skip", #"{"job":"a","deadline":1,"count":1001}"#),
            ("/control/skip", #"{"job":"a","deadline":1,"count":-1}"#),
            ("/control/skip", #"{"job":"a","deadline":1,"count":1.0}"#),
            ("/control/why", #"{"job":"a","deadline":1,"at":"x"}"#),
            ("/control/stop", #"{"job":"a","deadline":1}"#),
        ]
    )
    func malformed(_ path: String, _ body: String) {
        #expect(ControlRequest.read(path: path, body: Array(body.utf8)) == nil)
    }

    @Test("an answer is read as it was written, and nobody else's is one")
    func answers() throws {
        let answer = ControlAnswer(.done, job: "a", "Done.", [("skips", .integer(3))])
        func read(_ response: Response, server: String? = "scheduler-sidecar") -> ControlAnswer? {
            ControlAnswer(BlockingClient.Answer(status: response.status, body: response.body, server: server))
        }
        #expect(read(answer.response) == answer)
        #expect(answer.line == "Done.")
        #expect(answer.notKept.line == "Done. It could not be written, so a restart may forget it.")
        #expect(read(answer.response, server: "nginx") == nil)
        #expect(read(Response(status: 200, body: Array("ok".utf8))) == nil)
        #expect(read(.text(418, "{}")) == nil)
    }

    private static let pause = Pause(from: .epoch, until: Moment(seconds: 3_600), note: "move")

    @Test(
        "why a job is not fired",
        arguments: [
            (FireRefusal.running(for: .seconds(180)), "job a has been running for 3 min, so it is not fired"),
            (.betweenAttempts, "job a is between two attempts of a run, so it is not fired"),
            (
                .held(for: .seconds(300), .abandoned),
                "job a may still be running in the app and is held for 5 min, so it is not fired; --force passes over that"
            ),
            (
                .held(for: .seconds(5), .throttled),
                "job a is held for 5.0 s, since the app asked to be left alone, so it is not fired; --force passes over that"
            ),
            (
                .paused(pause),
                "job a is paused until 1970-01-01T01:00:00Z (move), so it is not fired; --force passes over that"
            ),
            (.life(.standby), "this scheduler stands by: another one has the state directory"),
            (.life(.loading), "this scheduler is still reading its state"),
            (.life(.draining), "this scheduler is stopping"),
            (.clock, "this scheduler does not believe its clock, which stands before the program was built"),
            (.unknownJob, "job a is not known"),
        ]
    )
    func refusals(_ refusal: FireRefusal, message: String) {
        #expect(ControlWording.refusal(refusal, of: "a") == message)
    }

    @Test("one line each")
    func lines() {
        let next = Moment(seconds: 60)
        #expect(
            ControlWording.paused(["a"], .one("A"), Self.pause) == "Job a is paused until 1970-01-01T01:00:00Z (move)."
        )
        #expect(
            ControlWording.paused(["a", "b"], .all, Pause(from: .epoch, until: next))
                == "All jobs (2) are paused until 1970-01-01T00:01:00Z."
        )
        #expect(
            ControlWording.resumed(["a"], paused: ["a"], .one("a"), next: next)
                == "Job a is resumed; the next one that runs is 1970-01-01T00:01:00Z."
        )
        #expect(
            ControlWording.resumed(["a"], paused: [], .one("a"), next: nil)
                == "Job a is not paused; there is none that runs after."
        )
        #expect(ControlWording.resumed(["a", "b"], paused: ["b"], .all, next: nil) == "1 job resumed: b.")
        #expect(ControlWording.resumed(["a", "b"], paused: [], .all, next: nil) == "No job is paused.")
        #expect(
            ControlWording.skipped("a", 1, next: next)
                == "Job a skips its next slot; the next one that runs is 1970-01-01T00:01:00Z."
        )
        #expect(
            ControlWording.skipped("a", 3, next: next)
                == "Job a skips its next 3 slots; the next one that runs is 1970-01-01T00:01:00Z."
        )
        #expect(
            ControlWording.skipped("a", 0, next: next)
                == "Job a skips no slot; the next one that runs is 1970-01-01T00:01:00Z."
        )
    }

    @Test(
        "what the app said is one line, whatever it said",
        arguments: [
            (200, "{\"a\": 1}\n", #"HTTP 200 - {"a": 1}\n"#), (204, "", "HTTP 204 - "),
            (0, "Connection refused", "Connection refused"), (500, "\u{1B}[2J", #"HTTP 500 - \x1b[2J"#),
        ]
    )
    func firstLine(_ status: Int, _ excerpt: String, line: String) {
        var end = AttemptEnd(.ok)
        (end.status, end.excerpt) = (status, excerpt)
        let members = FiredRun.members("a", RunRecord(outcome: .ok, status: status), end)
        #expect(FiredRun.line(.object(members)) == line)
    }
}
