import Clockwork
import Foundation
import Locking
import Schedule
import TestSupport
import Testing
import Threads

@testable import Ledger

@Suite("State: the thread that writes")
struct StateThreadTests {
    private let rig: LedgerRig

    init() throws {
        try Need.root()
        rig = try LedgerRig()
        // For the other user.
        unsafe chmod(rig.folder.url.path, 0o777)
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
        let path = rig.logPath
        #expect(rig.events == [.unwritable(path: path, .withoutThread(number: EAGAIN), directory: nil)])
        #expect(ledger.book["a"]?.runs.count == JobState.keptRuns)
        try await rig.awaitWritable(ledger)
        #expect(rig.events.map(\.kind) == ["unwritable without thread", "writable"])
        ledger.close()
        #expect(try rig.onDisk() == ledger.book)
    }

    @Test("none for a file that is to be written anew: nothing is left of that, and it is tried again after a minute")
    func compaction() async throws {
        let ledger = try rig.opened()
        let path = rig.logPath
        ledger.tellAtOnce((1...400).map { .ended("a", .numbered($0), nil) })
        #expect(ledger.settle(atMost: .seconds(60)))
        unsafe chmod(rig.path, 0o777)
        // On the thread that gets none: it does what else the writer would.
        try Shortage.ofThreads {
            ledger.files.withLock { files in
                ledger.tell([.ended("b", .numbered(1), nil)])
                ledger.work(&files)
            }
        }
        #expect(rig.files.state.log.count { $0 == .create } == 3, "lock, the first file, and one more")
        #expect(try SystemFiles().status(path + ".new") == nil)
        for number in 2...5 { ledger.tell(.ended("b", .numbered(number), nil)) }
        #expect(rig.files.state.log.count { $0 == .create } == 3)
        let before = try SystemFiles().status(path)
        rig.advance(.seconds(61))
        try await awaitTrue {
            ledger.tell(.ended("b", .numbered(6), nil))
            return (try? SystemFiles().status(path))??.inode != before?.inode
        }
        ledger.close()
        #expect(try rig.onDisk() == ledger.book)
        #expect(rig.events == [])
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
