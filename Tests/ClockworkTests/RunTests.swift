import Schedule
import Testing

@testable import Clockwork

@Suite("A run")
struct RunTests {
    @Test("begins at its slot, is on record when its connection stands, and ends in one record")
    func simple() throws {
        var rig = Rig([try job("a", "every 10s")])
        let first = try #require(rig.look(at: 0).first)
        #expect(first.run == Run(slot: Rig.at(0), trigger: .first))
        #expect(rig.clockwork.state(of: "a")?.inFlight == nil)
        let mayGo = rig.connect(first)
        #expect(mayGo)
        #expect(rig.clockwork.state(of: "a")?.inFlight?.begin.slot == Rig.at(0))
        _ = rig.answer(first, status: 200)
        #expect(rig.clockwork.state(of: "a")?.runs.map(\.outcome) == [.ok])
        #expect(rig.look(at: 9.9).isEmpty)
        let next = try #require(rig.look(at: 10).first)
        #expect(next.run == Run(slot: Rig.at(10), trigger: .schedule))
    }

    @Test("each attempt knows the end of the last run that was ok, over a restart as well")
    func previousSuccess() throws {
        var rig = Rig([try job("a", "every 10s") { $0.retries = 1 }])
        let first = try #require(rig.look(at: 0).first)
        #expect(first.previousSuccess == nil)
        _ = rig.answer(first, status: 200)
        let success = try #require(rig.clockwork.state(of: "a")?.lastSuccess)
        let second = try #require(rig.look(at: 10).first)
        #expect(second.previousSuccess == success)
        _ = rig.answer(second, status: 500)
        let retry = try #require(rig.run(to: 19).first)
        #expect((retry.number, retry.previousSuccess) == (2, success))
        _ = rig.answer(retry, status: 500)
        var later = rig.restarted()
        #expect(later.look(at: 30).first?.previousSuccess == success)
    }

    @Test("a failed attempt is made again after its wait, under the same slot and id, and all of it is one record")
    func retry() throws {
        var rig = Rig([try job("a", "every 1h") { $0.retries = 2 }])
        var attempt = try #require(rig.look(at: 0).first)
        let id = attempt.id
        for (number, base) in [(1, 5.0), (2, 10)] {
            #expect(attempt.number == number)
            #expect(attempt.id == id)
            #expect(attempt.run.slot == Rig.at(0))
            _ = rig.answer(attempt, status: 500)
            #expect(rig.facts.map(\.brief).suffix(2) == ["attempt a failed", "failed a 0 failed"])
            let next = try #require(rig.next)
            #expect((0.8 * base...1.2 * base).contains(next - rig.seconds))
            #expect(rig.look(at: next - 0.001).isEmpty)
            attempt = try #require(rig.look(at: next).first)
        }
        _ = rig.answer(attempt, status: 500)
        #expect(rig.records("a").map(\.attempts) == [3])
        #expect(rig.records("a").first.map { Double($0.milliseconds) / 1_000 } == rig.seconds)
        #expect(rig.next == 3_600)
    }

    @Test("no attempt is made past the next slot, however it came to wait so long")
    func retryAndSlot() throws {
        var rig = Rig([try job("a", "every 8s") { $0.retries = 5 }])
        let first = try #require(rig.look(at: 0).first)
        _ = rig.answer(first, status: 500)
        let second = try #require(rig.run(to: 6).first)
        _ = rig.answer(second, status: 500)
        #expect(rig.ends.map(\.attempts) == [2])
        #expect(rig.look(at: 8).map(\.brief) == ["a 8 schedule"])
        // The slot passes while the second attempt waits.
        var late = Rig([try job("a", "every 8s") { $0.retries = 5 }])
        let third = try #require(late.look(at: 0).first)
        _ = late.answer(third, status: 500)
        #expect(late.look(at: 9).map(\.brief) == ["a 8 schedule"])
        #expect(late.facts.map(\.brief) == ["ended a 0 failed"])
    }

    @Test("Retry-After holds the job's next slot")
    func throttled() throws {
        var rig = Rig([try job("a", "every 10s")])
        let first = try #require(rig.look(at: 0).first)
        _ = rig.answer(first, status: 429, retryAfter: .seconds(25))
        _ = rig.look(at: 10)
        let facts = rig.facts
        #expect(facts.map(\.brief) == ["held a 10 throttled"])
        if case .slotHeld(_, _, _, let note)? = facts.first {
            #expect(note?.until == Rig.at(25))
            #expect(note?.run?.status == 429)
        }
        #expect(rig.look(at: 20).isEmpty)
        #expect(rig.look(at: 25).map(\.brief) == ["a 20 schedule"])
        #expect(rig.facts.map(\.brief) == ["released a 2 throttled"])
        // A hold that ends on a slot holds none.
        var other = Rig([try job("a", "every 10s")])
        _ = other.answer(try #require(other.look(at: 0).first), status: 429, retryAfter: .seconds(10))
        #expect(other.look(at: 10).map(\.brief) == ["a 10 schedule"])
        #expect(other.facts.isEmpty)
    }

    @Test(
        "a slot that comes so shortly before the end of a hold that it begins all the same is not held",
        arguments: [(50.018, 0), (51.1, 1)]
    )
    func shortHold(_ end: Double, told: Int) throws {
        var rig = Rig([try job("a", "every 60s") { $0.abandonHoldSeconds = 10 }])
        let first = try #require(rig.look(at: 0).first)
        _ = rig.connect(first)
        rig.pass(to: end)
        _ = rig.fail(first, .timeout, wasSent: true)
        #expect(rig.run(to: 70).map(\.brief) == ["a 60 schedule"])
        #expect(rig.told.count { if case .slotHeld = $0 { true } else { false } } == told)
        #expect(rig.told.count { if case .slotsReleased = $0 { true } else { false } } == told)
    }

    @Test("an end that nobody waits for any more changes nothing")
    func twice() throws {
        var rig = Rig([try job("a", "every 10s")])
        let first = try #require(rig.look(at: 0).first)
        _ = rig.answer(first, status: 200)
        _ = rig.answer(first, status: 500)
        let mayGo = rig.connect(first)
        #expect(!mayGo)
        #expect(rig.ends.map(\.outcome) == [.ok])
        #expect(rig.clockwork.open == 0)
    }
}
