import Clockwork
import Ledger
import TestSupport

/// A ledger that keeps nothing but a list of what it was given.
final class RecordingLedger: Ledger {
    struct Entry: Sendable {
        let fact: Fact
        let state: JobState?
    }

    private let entries = Told<Entry>()
    private let waits = Told<UInt64>()
    private let answer: @Sendable () -> Bool
    let mustKeep: Bool

    /// `wait` is what it does when it is waited for: it may block, and answers whether all is kept.
    init(mustKeep: Bool = false, wait: @escaping @Sendable () -> Bool = { true }) {
        (self.mustKeep, answer) = (mustKeep, wait)
    }

    var kept: [Entry] { entries.all }
    /// Which of them was waited for, counted from 1.
    var waitedFor: [UInt64] { waits.all }

    var isDurable: Bool { true }
    var isWritable: Bool { true }
    func acquire() -> Bool { true }
    func load() -> [JobState] { [] }
    func keep(_ facts: [KeptFact]) -> UInt64? {
        for kept in facts { entries.add(Entry(fact: kept.fact, state: kept.state)) }
        return UInt64(entries.all.count)
    }
    func wait(for number: UInt64) -> Bool {
        waits.add(number)
        return answer()
    }
    func tend() {}
    func close() {}
}
