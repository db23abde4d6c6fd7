import Clockwork
import Glibc
import Locking
import Schedule
import TestSupport
import Testing
import Threads

@testable import Ledger

/// A ledger in a folder of its own, its events, and a clock that a test turns.
final class LedgerRig: Sendable {
    let folder: TemporaryFolder
    private let name: String
    let files = FaultyFiles()
    private let uptime = Mutex(Duration.zero)
    private let kept = Mutex<[StateEvent]>([])

    convenience init() throws { self.init(try TemporaryFolder()) }

    /// One more in a folder that is there.
    init(_ folder: TemporaryFolder, _ name: String = "state") { (self.folder, self.name) = (folder, name) }

    var path: String { folder.path(name) }

    var logPath: String { path + "/state.log" }

    var events: [StateEvent] { kept.withLock { $0 } }

    func forget() { kept.withLock { $0 = [] } }

    func advance(_ time: Duration) { uptime.withLock { $0 += time } }

    func ledger(
        for target: String = "",
        patience: Duration = .seconds(60),
        compactingFrom least: Int = 65_536
    ) -> DirectoryLedger {
        let now = { @Sendable in Reading(now: Moment(seconds: 1_795_232_695), uptime: self.uptime.withLock { $0 }) }
        return DirectoryLedger(
            path,
            target: target,
            now: now,
            layer: files,
            patience: patience,
            compactingFrom: least
        ) { event in
            self.kept.withLock { $0.append(event) }
        }
    }

    /// One that is ready.
    func opened(patience: Duration = .seconds(60), compactingFrom least: Int = 65_536) throws -> DirectoryLedger {
        let ledger = ledger(patience: patience, compactingFrom: least)
        guard ledger.acquireSoon() else { throw StateFailure.heldByAnother }
        _ = try ledger.load()
        return ledger
    }

    /// What is on the disk, seen by another process after this one was killed.
    func onDisk() throws -> Book {
        let other = LedgerRig(folder, name)
        let ledger = other.ledger()
        _ = ledger.acquireSoon()
        defer { ledger.close() }
        return Book(try ledger.load())
    }

    /// Asks again, since the last try may have been about to end.
    func awaitWritable(_ ledger: DirectoryLedger) async throws {
        try await awaitTrue {
            advance(.seconds(6))
            ledger.tend()
            return ledger.isWritable
        }
    }
}

extension Book {
    init(_ states: [JobState]) {
        self.init()
        for state in states { set(state.name, state) }
    }
}

/// What the clockwork does: a fact changes what is known of its job, and both are handed over.
extension DirectoryLedger {
    /// Whether it is kept, when that is known.
    @discardableResult
    func tell(_ fact: Fact) -> Bool { hand(fact).map(wait) ?? false }

    /// Waits for none of them.
    func tell(_ facts: [Fact]) { for fact in facts { _ = hand(fact) } }

    /// Has all of them written at once.
    func tellAtOnce(_ facts: [Fact]) { files.withLock { _ in tell(facts) } }

    private func hand(_ fact: Fact) -> UInt64? {
        guard let name = fact.keptJob else { return keep([]) }
        var state = book[name]
        switch fact {
        case .dropped: state = nil
        case .gone: state?.apply(fact)
        default:
            var changed = state ?? JobState(name: name)
            changed.apply(fact)
            state = changed
        }
        return keep([KeptFact(fact) { _ in state }].compactMap(\.self))
    }

    @discardableResult
    func begin(_ job: String, _ run: RunBegin) -> Bool { tell(.began(job, run)) }

    func withdraw(_ job: String, _ id: RunID) { tell(.withdrawn(job, id)) }

    func end(_ job: String, _ run: RunRecord) { tell([.ended(job, run, nil)]) }
}

extension DirectoryLedger {
    /// A process that another test starts has copies of all open files until it becomes its program; a lock as well.
    func acquireSoon() -> Bool {
        for _ in 0..<5_000 {
            if acquire() { return true }
            usleep(1_000)
        }
        return false
    }

    /// Ends as in a kill: what is not on the disk is lost.
    func kill() {
        files.withLock { letGo(&$0) }
        for pool in [writer, compactor] {
            pool.stop()
            pool.join()
        }
    }
}
