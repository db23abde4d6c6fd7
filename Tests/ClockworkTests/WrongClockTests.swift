import Schedule
import Testing

@testable import Clockwork

@Suite("A wall clock that stands before the build date")
struct WrongClockTests {
    @Test("before the build date nothing begins, it is said once each way, and exactly at it the clock is believed")
    func buildDate() throws {
        var rig = Rig([try job("a", "every 1m")], buildDate: Rig.at(0), shift: .epoch - Rig.midnight)
        #expect(rig.look(at: 0).isEmpty)
        #expect(rig.facts.map(\.brief) == ["clock is wrong"])
        #expect(rig.look(at: 3_600).isEmpty)
        #expect(rig.facts.isEmpty)
        rig.shift = .seconds(-3_600)
        #expect(rig.look(at: 3_600).map(\.brief) == ["a 0 first"])
        #expect(rig.facts.map(\.brief) == ["clock is right", "configured a seen=0"])
    }

    @Test("a clock at 1970 that is mended: no slot twice after, and no moment of 1970 in any fact")
    func lostClock() throws {
        let jobs = [
            try job("a", "daily 00:00"), try job("b", "every 15m") { $0.retries = 2 }, try job("c", "every 1h"),
        ]
        let states = [ran(jobs[0], at: -day), ran(jobs[1], at: -300), ran(jobs[2], at: -3_600)]
        var rig = Rig(jobs, states: states, buildDate: Rig.at(-day))
        let attempts = rig.look(at: 0)
        #expect(attempts.map(\.brief) == ["a 0 schedule", "c 0 schedule"])
        _ = rig.connect(attempts[0])
        rig.shift = .epoch - Rig.midnight
        // Before anyone has looked at the clock, one connects, and one ends.
        let mayGo = rig.connect(attempts[1])
        #expect(!mayGo)
        _ = rig.fail(attempts[1], .aborted, wasSent: false)
        rig.pass(to: 5)
        _ = rig.fail(attempts[0], .timeout, wasSent: true)
        #expect(rig.facts.map(\.brief).contains("ended a 0 timeout until=65"))
        #expect(rig.look(at: 30).isEmpty)
        rig.replace([try job("a", "daily 00:01"), jobs[1], jobs[2]])
        rig.shift = .zero
        // What was refused its request is still due; what is new has missed nothing.
        #expect(rig.look(at: 40).map(\.brief) == ["c 40 catchup"])
        #expect(rig.facts.map(\.brief) == ["clock is right", "configured a last=40"])
        #expect(rig.look(at: 60).isEmpty)
        for (_, state) in rig.disk {
            let moments = [state.seen, state.last, state.hold?.from, state.hold?.until] + state.runs.map(\.began)
            #expect(moments.allSatisfy { $0.map { $0 > Rig.at(-2 * day) } ?? true }, "\(state)")
        }
    }

    @Test("a handshake that fails on a clock at 1970, which knows no certificate that is valid: the slot stays due")
    func handshakeOnLostClock() throws {
        let a = try job("a", "daily 00:00")
        var rig = Rig([a], states: [ran(a, at: -day)], buildDate: Rig.at(-day))
        let first = try #require(rig.look(at: 0).first)
        rig.shift = .epoch - Rig.midnight
        _ = rig.fail(first, .tls, wasSent: false)
        #expect(rig.ends.isEmpty)
        rig.shift = .zero
        #expect(rig.look(at: 1).map(\.brief) == ["a 0 schedule"])
    }

    @Test("a request that its stuck thread does not give back, on a clock at 1970: no moment of that in its record")
    func endedOnLostClock() throws {
        var rig = Rig([try job("a", "every 1h")], buildDate: Rig.at(0))
        let first = try #require(rig.look(at: 0).first)
        _ = rig.connect(first)
        rig.shift = .epoch - Rig.midnight
        rig.pass(to: 20)
        rig.stop()
        rig.end()
        #expect(rig.facts.map(\.brief) == ["attempt a aborted", "ended a 0 aborted until=120"])
    }
}
