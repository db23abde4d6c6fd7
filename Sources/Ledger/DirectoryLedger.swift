package import Clockwork
internal import Locking
internal import Schedule
internal import Threads

/// State in a directory, which outlives the process.
///
/// What is told goes into the book at once, and to the disk by one thread that takes all that waits: one write and one
/// sync for all. What cannot be kept is no reason to stop: the book goes on in memory, and is written
/// whole when the disk is back.
package final class DirectoryLedger: Ledger {
    struct State {
        var book = Book()
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
    /// Both clocks.
    let now: @Sendable () -> Reading
    let report: @Sendable (StateEvent) -> Void
    /// For what waits; started before anything is to be kept, since others may take all threads that there are.
    let writer = WorkerPool<Void>(width: 1)
    /// For a file that is written anew.
    let compactor = WorkerPool<Void>(width: 1)
    private let patience: Duration
    /// Known here as well, since `files` may be busy with a disk that hangs.
    let path: String
    let target: String

    /// Of the format that is written; a later one is left alone.
    package static let version = RecordLoader.version

    /// How long after a failure it is tried again.
    static let retryInterval = Duration.seconds(5)
    /// More is not held in memory for a disk that hangs.
    private static let longestQueue = 16 * 1024 * 1024

    /// `target` is the app whose runs are kept; `holds` has the longest holds of jobs as they are configured, by folded
    /// name; `patience` is how long a disk may take until a run begins without it; a file of fewer bytes than `least` is left
    /// to grow.
    package init(
        _ directory: String,
        target: String = "",
        holds: [String: Duration] = [:],
        now: @escaping @Sendable () -> Reading,
        layer: any FileLayer = SystemFiles(),
        patience: Duration = .seconds(5),
        compactingFrom least: Int = 64 * 1024,
        report: @escaping @Sendable (StateEvent) -> Void
    ) {
        let files = StateFiles(
            directory,
            layer,
            target: target,
            holds: holds,
            least: least,
            now: { now().now },
            report: report
        )
        (path, self.target) = (files.logPath, target)
        self.files = Mutex(files)
        (self.layer, self.now, self.patience, self.report) = (layer, now, patience, report)
    }

    deinit {
        writer.stop()
        compactor.stop()
        files.withLock { $0.closeAll() }
    }

    package var book: Book { state.withLock { $0.book } }
    package var isDurable: Bool { true }
    package var isWritable: Bool { state.withLock { $0.isWritable } }

    /// A disk that is full must not stop the clock.
    package var mustKeep: Bool { false }

    package func keep(_ facts: [KeptFact]) -> UInt64? {
        guard !facts.isEmpty else { return nil }
        var writer = RecordWriter()
        for kept in facts { writer.append(kept.fact) }
        let uptime = now().uptime
        let (number, mustFlush) = self.state.withLock { ledger -> (UInt64?, Bool) in
            // All in one: a snapshot of the book must not hold the second of two whose records come after it.
            for kept in facts { ledger.book.set(kept.job, kept.state) }
            ledger.recorded += UInt64(facts.count)
            if ledger.isQueueing { ledger.queue += writer.bytes }
            if ledger.queue.count > Self.longestQueue {
                (ledger.isQueueing, ledger.isOpen, ledger.queue) = (false, false, [])
            }
            return (ledger.isWritable ? ledger.recorded : nil, ledger.beginFlushing(uptime))
        }
        if mustFlush { submitFlush() }
        return number
    }

    package func wait(for number: UInt64) -> Bool {
        if !settled.wait(for: number, atMost: patience) { noteHang() }
        return state.withLock { $0.kept >= number }
    }

    package func isKept(_ number: UInt64, within limit: Duration) -> Bool {
        settled.wait(for: number, atMost: limit)
        return state.withLock { $0.kept >= number }
    }

    package func tend() {
        let uptime = now().uptime
        if state.withLock({ $0.beginFlushing(uptime) }) { submitFlush() }
    }

    func submitFlush() {
        guard let number = writer.submit({ [self] in flush() }) else { return }
        let retry = now().uptime + Self.retryInterval
        let (isNews, recorded) = state.withLock { state in
            state.isFlushing = false
            (state.isOpen, state.isQueueing, state.queue, state.retry) = (false, false, [], retry)
            defer { state.isReported = true }
            return (!state.isReported, state.recorded)
        }
        settled.reach(recorded)
        if isNews { report(.unwritable(path: path, .withoutThread(number: number), directory: nil)) }
    }

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

extension DirectoryLedger.State {
    var isWritable: Bool { isOpen && !isHanging }

    /// Whether a thread has to be sent to the disk; it counts as sent.
    mutating func beginFlushing(_ uptime: Duration) -> Bool {
        let hasWork = isOpen ? !queue.isEmpty || compacted != nil : uptime >= retry
        guard hasWork, isLoaded, !isClosed, !isFlushing else { return false }
        isFlushing = true
        return true
    }
}
