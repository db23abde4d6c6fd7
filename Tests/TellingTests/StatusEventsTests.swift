import Clockwork
import Schedule
import Testing

@testable import Telling

@Suite("Events that change the page")
struct StatusEventsTests {
    private static let first = 1_000_000_001

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func events() -> StatusEvents { StatusEvents(started: Moment(seconds: 1_000)) }

    @Test("a fact is an event with a number, and its data one JSON object")
    func forms() throws {
        let job = try Fixture.caller()
        var incident = Incident(slot: Fixture.slot, since: Fixture.slot)
        incident.opened = Fixture.slot
        var app = incident
        app.failures = 2
        let id = #""run_id":"00000000000000010000000000000001""#
        let slot = #""slot":"2026-01-01T00:00:00Z""#
        let rows: [(Fact, String, String)] = [
            (
                .began("a", Fixture.begin(), about: try Fixture.attempt()), "run",
                #"{"job":"a","state":"running",\#(slot),\#(id),"trigger":"schedule","attempt":1}"#
            ),
            (
                .ended("a", Fixture.record(.failed, status: 500), nil), "run",
                #"{"job":"a","state":"ended",\#(slot),\#(id),"trigger":"schedule","#
            ),
            (.withdrawn("a", Fixture.id), "run", #"{"job":"a","state":"dropped",\#(id)}"#),
            (
                .trouble("a", incident), "incident",
                #"{"job":"a","state":"open","since":"2026-01-01T00:00:00Z","failures":0}"#
            ),
            (
                .trouble(Target.prefix + Target.main, app), "incident",
                #"{"job":null,"state":"open","target":"app","since":"2026-01-01T00:00:00Z","failures":2}"#
            ),
            (
                .slotHeld(job, slot: Fixture.slot, .running), "job",
                #"{"job":"a","state":"slot_held",\#(slot),"reason":"running"}"#
            ),
            (.gone("a", at: Fixture.slot), "job", #"{"job":"a","state":"gone"}"#),
            (
                .targetIsDown(try Fixture.attempt(), .none(.unreachable, "refused \"x\"\nid: 7")), "target",
                #"{"target":"app","state":"down","reason":"refused \"x\"\nid: 7"}"#
            ),
            (
                .targetIsUp("app", after: .seconds(2), waited: 3), "target",
                #"{"target":"app","state":"up","down_ms":2000,"waited":3}"#
            ),
            (.freezeIsOver(slots: 4, runs: 1), "freeze", #"{"state":"over","slots":4,"runs":1}"#),
        ]
        for (fact, name, data) in rows {
            var events = Self.events()
            let text = Self.text(events.note([fact], isWatched: true))
            #expect(text.hasPrefix("id: \(Self.first)\nevent: \(name)\ndata: \(data)"), "\(text)")
            #expect(text.hasSuffix("\n\n") && text.split(separator: "\n").count == 3)
        }
    }

    @Test("an incident opens and closes once")
    func incidents() throws {
        var incident = Incident(slot: Fixture.slot, since: Fixture.slot)
        incident.opened = Fixture.slot
        var events = Self.events()
        let facts: [Fact] = [
            .trouble("a", incident), .trouble("a", incident), .ended("a", Fixture.record(.busy), nil),
            .ended("a", Fixture.record(.ok), nil), .ended("a", Fixture.record(.ok), nil),
        ]
        let text = Self.text(events.note(facts, isWatched: true))
        #expect(text.split(separator: "event: incident").count == 3)
        #expect(text.contains(#"data: {"job":"a","state":"closed"}"#))
        #expect(events.note([.trouble("b", incident)], isWatched: false).isEmpty)
        let closed = Self.text(events.note([.trouble("b", nil)], isWatched: true))
        #expect(closed.contains(#"data: {"job":"b","state":"closed"}"#))
    }

    @Test("who comes back gets what came meanwhile, or is told that this is not known")
    func greeting() throws {
        var events = Self.events()
        let facts: [Fact] = (0..<3).map { .gone("job\($0)", at: Fixture.slot) }
        _ = events.note(facts, isWatched: true)
        func jobs(_ id: String?) -> [String] {
            let text = Self.text(events.greeting(after: id))
            if text.contains("event: reset\ndata: {}\n\n") { return ["reset"] }
            return (0..<3).map { "job\($0)" }.filter { text.contains($0) }
        }
        #expect(jobs(nil) == [])
        #expect(jobs("") == [])
        #expect(jobs("\(Self.first)") == ["job1", "job2"])
        #expect(jobs("\(Self.first - 1)") == ["job0", "job1", "job2"])
        #expect(jobs("\(Self.first + 2)") == [])
        for strange in ["\(Self.first + 3)", "\(Self.first - 2)", "0", "-1", "x", "99999999999999999999"] {
            #expect(jobs(strange) == ["reset"])
        }
    }

    @Test("what is kept stays small, and nothing is kept for nobody")
    func limits() throws {
        var events = Self.events()
        let fact = Fact.gone("a", at: Fixture.slot)
        for _ in 0..<5_000 { _ = events.note([fact], isWatched: true) }
        let all = events.greeting(after: "\(Self.first + 4_990)")
        #expect(Self.text(all).split(separator: "event: job").count == 10)
        #expect(Self.text(events.greeting(after: "\(Self.first)")).contains("event: reset"))
        #expect(events.note([fact], isWatched: false).isEmpty)
        #expect(Self.text(events.greeting(after: "\(Self.first + 4_990)")).contains("event: reset"))
    }
}
