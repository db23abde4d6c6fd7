internal import Locking
package import Schedule

/// Where it is kept which slots have begun, so that a restart neither repeats a run nor loses one.
///
/// Every job is known by its name. All calls but `begin`, `withdraw` and `close` return without waiting for a disk.
package protocol StateStore: Sendable {
    /// Takes the store for this sidecar; false if another one has it, and this one has to wait.
    func acquire() -> Bool
    /// What was known at the end of the last sidecar; to be called once, after `acquire`.
    func load() throws(StateError) -> StateBook
    /// What is known now.
    var book: StateBook { get }
    /// Whether what is recorded is also kept.
    var isWritable: Bool { get }

    /// Takes a slot; false if another sidecar has it, which is so only in a store that several share.
    func claim(_ job: String, slot: Moment) -> Bool
    /// Records that an attempt begins; returns whether that is kept, when it is known.
    @discardableResult
    func begin(_ job: String, _ run: RunBegin) -> Bool
    /// Records that a run has not begun after all, because the app never saw it; returns like `begin`.
    func withdraw(_ job: String, _ id: RunID)
    func end(_ job: String, _ run: RunRecord)
    /// Other records: jobs that are new, have changed, or are gone.
    func record(_ records: [StateRecord])

    /// Tries again what could not be kept; to be called now and then.
    func tend()
    /// Keeps what is still to be kept, and lets the store go to another sidecar; waits a few seconds at most.
    func close()
}

/// State that ends with the process.
package final class MemoryStore: StateStore {
    private let state = Mutex(StateBook())

    package init() {}

    package var book: StateBook { state.withLock { $0 } }
    package var isWritable: Bool { true }

    package func acquire() -> Bool { true }
    package func load() -> StateBook { book }
    package func claim(_ job: String, slot: Moment) -> Bool { true }
    @discardableResult
    package func begin(_ job: String, _ run: RunBegin) -> Bool {
        apply(.begin(job, run))
        return true
    }
    package func withdraw(_ job: String, _ id: RunID) { apply(.withdrawn(job, id)) }
    package func end(_ job: String, _ run: RunRecord) { apply(.end(job, run)) }
    package func record(_ records: [StateRecord]) { for record in records { apply(record) } }

    private func apply(_ record: StateRecord) { state.withLock { $0.apply(record) } }
    package func tend() {}
    package func close() {}
}
