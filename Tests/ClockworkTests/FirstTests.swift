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
}
