import Foundation
import Locking
import Testing

@testable import Calling

@Suite("Random numbers")
struct RandomNumbersTests {
    @Test("no number comes twice, from one thread or from several, over many fetches")
    func differ() {
        let numbers = RandomNumbers()
        let seen = Mutex<[UInt64]>([])
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            let own = (0..<1_000).map { _ in numbers.next() }
            seen.withLock { $0 += own }
        }
        let all = seen.withLock { $0 }
        #expect(all.count == 8_000)
        #expect(Set(all).count == 8_000)
    }

    @Test("each bit is as often 1 as 0, within five standard deviations")
    func bits() {
        let numbers = RandomNumbers()
        var ones = [Int](repeating: 0, count: 64)
        for _ in 0..<10_000 {
            let number = numbers.next()
            for bit in 0..<64 where number >> UInt64(bit) & 1 == 1 { ones[bit] += 1 }
        }
        #expect(ones.allSatisfy { abs($0 - 5_000) < 250 }, "\(ones)")
    }
}
