internal import Locking
package import Schedule

/// State in a directory, which outlives the process.
///
/// What is recorded goes into the book at once, and to the disk by one thread at a time that takes all that waits: one
/// write and one sync for all. What cannot be kept is no reason to stop: the book goes on in memory, and is written
/// whole when the disk is back.
package final class DirectoryStore: StateStore {
    struct State {
        var book = StateBook()
        /// Records in their written form that are not on the disk.
        var queue: [UInt8] = []
        /// How many records there were, and up to which of them all are on the disk.
        var recorded: UInt64 = 0
        var kept: UInt64 = 0
        /// Whether records are put into the queue; otherwise the book is to be written whole first.
        var isQueueing = false
        var isOpen = false
        /// A call to the disk has not returned for so long that nobody waits for it any more.
        var isHanging = false
        /// Whether a person was told that nothing is kept.
        var isReported = false
        /// Whether a person was told that another sidecar has the directory as well.
        var isOtherReported = false
        var isLoaded = false
        var isClosed = false
        /// The files are let go; nothing may touch them any more.
        var isEnded = false
        /// Whether a thread works on the disk, or is about to.
        var isFlushing = false
        var isCompacting = false
        /// How many have begun.
        var compactions: UInt64 = 0
        var compacted: Compacted?
        /// On the clock that only goes forward: not before this is tried again what failed.
        var retry = Duration.zero
        var nextCompaction = Duration.zero
    }

    /// A new record file that holds all that was in the old one up to an offset.
    struct Compacted {
        var descriptor: Int32
        var offset: Int
        /// Of the old one.
        var generation: Int
        var size: Result<Int, StateFailure>
    }

    let state = Mutex(State())
    /// Its lock is taken before that of `state`, and held during calls to the disk.
    let files: Mutex<StateFiles>
    /// Up to this record it is known whether each is kept.
    let settled = Milestone()
    /// How many compactions have ended.
    let compactions = Milestone()
    let layer: any FileLayer
    let time: TimeSource
    let report: @Sendable (StateEvent) -> Void
    /// One thread for what waits and one for compaction.
    let pool = WorkerPool(width: 2)
    private let patience: Duration
    /// Known here as well, since `files` may be busy with a disk that hangs.
    let path: String

    /// How long after a failure it is tried again.
    static let retryInterval = Duration.seconds(5)
    /// More is not held in memory for a disk that hangs.
    private static let longestQueue = 16 * 1024 * 1024

    /// `patience` is how long a disk may take until a run begins without it; a file of fewer bytes than `least` is left
    /// to grow.
    package init(
        _ directory: String,
        time: TimeSource = .system,
        layer: any FileLayer = SystemFiles(),
        patience: Duration = .seconds(5),
        compactingFrom least: Int = 64 * 1024,
        report: @escaping @Sendable (StateEvent) -> Void
    ) {
        let files = StateFiles(directory, layer, least: least, now: time.now, report: report)
        path = files.logPath
        self.files = Mutex(files)
        (self.layer, self.time, self.patience, self.report) = (layer, time, patience, report)
    }

    deinit {
        pool.stop()
        files.withLock { $0.closeAll() }
    }

    package var book: StateBook { state.withLock { $0.book } }
    package var isWritable: Bool { state.withLock { $0.isWritable } }

    package func claim(_ job: String, slot: Moment) -> Bool { true }

    @discardableResult
    package func begin(_ job: String, _ run: RunBegin) -> Bool { keep(.begin(job, run)) }
    package func withdraw(_ job: String, _ id: RunID) { _ = keep(.withdrawn(job, id)) }
    package func end(_ job: String, _ run: RunRecord) { record([.end(job, run)]) }
    package func record(_ records: [StateRecord]) { _ = enqueue(records) }

    /// Records it, and waits until it is known whether it is kept.
    private func keep(_ record: StateRecord) -> Bool {
        guard let number = enqueue([record]) else { return false }
        if !settled.wait(for: number, atMost: patience) { noteHang() }
        return state.withLock { $0.kept >= number }
    }

    /// The number of the last record, if it is worth waiting for.
    private func enqueue(_ records: [StateRecord]) -> UInt64? {
        guard !records.isEmpty else { return nil }
        // Outside the lock, since it takes longer than all that is done within.
        var writer = RecordWriter()
        for record in records { writer.append(record) }
        let uptime = time.uptime()
        let (number, mustFlush) = state.withLock { state -> (UInt64?, Bool) in
            for record in records { state.book.apply(record) }
            state.recorded += UInt64(records.count)
            if state.isQueueing { state.queue += writer.bytes }
            if state.queue.count > Self.longestQueue {
                (state.isQueueing, state.isOpen, state.queue) = (false, false, [])
            }
            return (state.isWritable ? state.recorded : nil, state.beginFlushing(uptime))
        }
        if mustFlush { submitFlush() }
        return number
    }

    package func tend() {
        let uptime = time.uptime()
        if state.withLock({ $0.beginFlushing(uptime) }) { submitFlush() }
        pool.startRefusedThreads()
    }

    func submitFlush() { pool.submit { [self] _ in flush() } }

    /// The disk did not answer in time.
    private func noteHang() {
        let isNews = state.withLock { state in
            state.isHanging = true
            defer { state.isReported = true }
            return !state.isReported
        }
        // Not asked for its status: that could hang as well.
        if isNews { report(.unwritable(path: path, .hangs(patience), directory: nil)) }
    }
}

extension DirectoryStore.State {
    var isWritable: Bool { isOpen && !isHanging }

    /// Whether a thread has to be sent to the disk; it counts as sent.
    mutating func beginFlushing(_ uptime: Duration) -> Bool {
        let hasWork = isOpen ? !queue.isEmpty || compacted != nil : uptime >= retry
        guard hasWork, isLoaded, !isClosed, !isFlushing else { return false }
        isFlushing = true
        return true
    }
}
