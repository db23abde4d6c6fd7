import Clockwork
import Testing

@testable import Telling

@Suite("Good runs that the log leaves out")
struct OkLinesTests {
    /// A run as it goes, `b` for its begin, `r` for a retry, `w` withdrawn, or how it ends; and what is told of it.
    private static let runs: [(OkLogging, [String], told: [String])] = [
        (.all, ["b", "ok", "b", "ok"], ["b", "ok", "b", "ok"]),
        (.change, ["b", "ok", "b", "ok"], []),
        (.change, ["b", "failed", "b", "ok", "b", "ok"], ["b", "failed", "b", "ok"]),
        (.change, ["b", "busy", "b", "ok", "b", "busy"], ["b", "busy", "b", "ok", "b", "busy"]),
        (.change, ["b", "aborted", "b", "ok", "b", "ok"], ["b", "aborted", "b", "ok"]),
        (.change, ["b", "r", "ok", "b", "ok"], ["b", "r", "ok"]),
        (.change, ["b", "r", "r", "failed"], ["b", "r", "r", "failed"]),
        (.change, ["b", "w", "b", "ok"], ["w"]),
        (.off, ["b", "ok", "b", "failed", "b", "ok"], ["b", "failed"]),
        (.off, ["b", "r", "ok", "b", "ok"], ["b", "r"]),
        (.off, ["interrupted", "b", "ok"], ["interrupted"]),
    ]

    @Test("told is what does not end ok, whole, and the change", arguments: runs)
    func told(_ logging: OkLogging, _ run: [String], told: [String]) throws {
        var lines = OkLines(logging)
        #expect(try run.flatMap { lines.told(try Self.fact($0)) }.map(Self.word) == told)
    }

    @Test("how the last run of an earlier process ended counts", arguments: [(Outcome.ok, 0), (.failed, 2)])
    func known(_ before: Outcome, count: Int) throws {
        var state = JobState(name: "a")
        state.runs = [Fixture.record(before)]
        var lines = OkLines(.change, known: [state])
        #expect(try ["b", "ok"].flatMap { lines.told(try Self.fact($0)) }.count == count)
    }

    @Test("jobs do not mix")
    func jobs() throws {
        var lines = OkLines(.change)
        _ = lines.told(.began("b", Fixture.begin(), about: try Fixture.attempt()))
        #expect(try ["b", "failed"].flatMap { lines.told(try Self.fact($0)) }.map(Self.word) == ["b", "failed"])
        #expect(lines.told(.ended("b", Fixture.record(.ok), nil)).isEmpty)
    }

    private static func fact(_ word: String) throws -> Fact {
        switch word {
        case "b": .began("a", Fixture.begin(), about: try Fixture.attempt())
        case "r": .failed("a", Fixture.record(.failed), nil)
        case "w": .withdrawn("a", Fixture.id)
        default: .ended("a", Fixture.record(try #require(Outcome(rawValue: word))), nil)
        }
    }

    private static func word(_ fact: Fact) -> String {
        switch fact {
        case .began: "b"
        case .failed: "r"
        case .withdrawn: "w"
        case .ended(_, let run, _, _): run.outcome.rawValue
        default: "?"
        }
    }
}
