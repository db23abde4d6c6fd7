import Schedule
import TestSupport
import Testing

@testable import Clockwork

@Suite("DueQueue")
struct DueQueueTests {
    @Test("agrees with a sorted list over random entries, moves and removals", arguments: 0..<20)
    func random(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let ranks = Array(0..<50).shuffled(using: &random)
        var queue = DueQueue<Moment>(ranks: ranks)
        var model: [Int: Moment] = [:]
        for _ in 0..<2_000 {
            let job = Int.random(in: 0..<50, using: &random)
            let due =
                Int.random(in: 0..<10, using: &random) == 0 ? nil : Moment(seconds: .random(in: 0..<30, using: &random))
            queue.set(job, due: due)
            model[job] = due
            let first = model.min { ($0.value, ranks[$0.key]) < ($1.value, ranks[$1.key]) }
            #expect(queue.first?.job == first?.key, "seed \(seed)")
            #expect(queue.first?.due == first?.value, "seed \(seed)")
        }
    }
}
