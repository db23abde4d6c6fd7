package import Clockwork

/// Where facts are kept, so that a restart neither repeats a run nor loses one.
///
/// Facts come in their order, each with what is known of its job then. All calls but `wait` and `close` return without
/// waiting for a disk.
package protocol Ledger: Sendable {
    /// Takes the ledger for this sidecar; false if another one has it, and this one has to wait.
    func acquire() -> Bool
    /// What was known at the end of the last sidecar; to be called once, after `acquire`.
    func load() throws(LedgerError) -> [JobState]
    /// Whether it outlives the process; one that does not is told nothing.
    var isDurable: Bool { get }
    /// Whether what is told is also kept.
    var isWritable: Bool { get }
    /// Whether an attempt may only begin when that is kept.
    var mustKeep: Bool { get }

    /// Keeps the facts of one decision as soon as it can; the answer is what `wait` takes, nil if there is nothing to wait
    /// for.
    func keep(_ facts: [KeptFact]) -> UInt64?
    /// Waits until it is known whether all up to this fact are kept; false if they are not.
    func wait(for number: UInt64) -> Bool

    /// The same, for who has so little time that it says nothing of the disk if it is over.
    func isKept(_ number: UInt64, within limit: Duration) -> Bool

    /// Tries again what could not be kept; to be called now and then.
    func tend()
    /// Keeps what is still to be kept, and lets the ledger go to another sidecar; waits a few seconds at most.
    func close()
}

extension Ledger {
    package func isKept(_ number: UInt64, within limit: Duration) -> Bool { wait(for: number) }
}

/// A fact that changes what is known of its job, and what is known after the decision that it belongs to.
package struct KeptFact: Sendable {
    package let fact: Fact
    package let job: String
    /// Nil: nothing any more.
    package let state: JobState?

    /// Nil for a fact that is only told.
    package init?(_ fact: Fact, _ state: (String) -> JobState?) {
        guard let job = fact.keptJob else { return nil }
        (self.fact, self.job, self.state) = (fact, job, state(job))
    }
}

/// State that ends with the process: what is known stands in the clockwork, and nowhere else.
package struct MemoryLedger: Ledger {
    package init() {}

    package var isDurable: Bool { false }
    package var isWritable: Bool { true }
    package var mustKeep: Bool { false }
    package func acquire() -> Bool { true }
    package func load() -> [JobState] { [] }
    package func keep(_ facts: [KeptFact]) -> UInt64? { nil }
    package func wait(for number: UInt64) -> Bool { true }
    package func tend() {}
    package func close() {}
}
