import Clockwork
import Foundation
import Locking
import Schedule
import TestSupport
import Testing
import Threads

@testable import Ledger

@Suite(
    "State: the thread that writes",
    .enabled(if: getuid() == 0, "only root may become another user, who may have no threads")
)
struct StateThreadTests {
    private let folder: TemporaryFolder
    private let rig: LedgerRig

    init() throws {
        folder = try TemporaryFolder()
        rig = LedgerRig(folder.path("state"))
        // For the other user.
        unsafe chmod(folder.url.path, 0o777)
    }

    @Test("it is there before anything is to be kept: callers may take all others")
    func early() throws {
        let ledger = rig.ledger()
        #expect(ledger.writer.threads == 0)
        #expect(ledger.acquireSoon())
        #expect(ledger.writer.threads == 1)
        _ = try ledger.load()
        let isKept = try Shortage.ofThreads { ledger.begin("a", .numbered()) }
        #expect(isKept)
        #expect(rig.events == [])
        ledger.close()
        #expect(try rig.onDisk()["a"]?.last == RunBegin.numbered().slot)
    }

    @Test("with none to be had: one warning, memory goes on, nobody waits; with one again nothing is missing")
    func none() async throws {
        let ledger = rig.ledger()
        let start = ContinuousClock.now
        let rig = rig
        let promises = Mutex(0)
        try Shortage.ofThreads {
            #expect(ledger.acquireSoon())
            _ = try ledger.load()
            for number in 1...50 {
                let isKept = ledger.begin("a", .numbered(number))
                ledger.end("a", .numbered(number))
                rig.advance(.seconds(1))
                ledger.tend()
                #expect(ledger.settle(atMost: .seconds(60)))
                if isKept || ledger.isWritable { promises.withLock { $0 += 1 } }
            }
        }
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(promises.withLock { $0 } == 0)
        let path = rig.path + "/state.log"
        #expect(rig.events == [.unwritable(path: path, .withoutThread(number: EAGAIN), directory: nil)])
        #expect(ledger.book["a"]?.runs.count == JobState.keptRuns)
        try await rig.awaitWritable(ledger)
        #expect(rig.events.map(\.kind) == ["unwritable without thread", "writable"])
        ledger.close()
        #expect(try rig.onDisk() == ledger.book)
    }

    @Test("a stop does not wait for one")
    func stop() throws {
        let ledger = rig.ledger()
        let start = ContinuousClock.now
        try Shortage.ofThreads {
            #expect(ledger.acquireSoon())
            _ = try ledger.load()
            ledger.begin("a", .numbered())
            ledger.close()
        }
        #expect(ContinuousClock.now - start < .seconds(1))
    }
}
