import Clockwork
import Foundation
import Glibc
import Locking
import Schedule
import TestSupport
import Testing

@testable import Ledger

/// What is done with the disk, in its order: a kill or a loss of power between any two steps must cost nothing.
@Suite("State: the order of what is done with the disk")
struct StateOrderTests {
    private let rig: LedgerRig

    init() throws { rig = try LedgerRig() }

    @Test("a new file is synced before it gets its name, and its name before anything is promised")
    func newFile() throws {
        let ledger = try rig.opened()
        #expect(
            rig.files.changes.suffix(5) == [
                "create state.log.new", "write state.log.new", "sync state.log.new", "rename state.log.new",
                "sync state",
            ]
        )
        ledger.close()
    }

    @Test("a directory that was just made is synced in its parent, each of several, before anything is in it")
    func newDirectories() throws {
        let deep = LedgerRig(rig.folder, "one/two/state")
        let ledger = try deep.opened()
        let folder = rig.folder.url.lastPathComponent
        let steps = deep.files.changes.prefix(7)
        #expect(
            steps == [
                "mkdir one", "sync \(folder)", "mkdir two", "sync one", "mkdir state", "sync two", "create lock",
            ]
        )
        ledger.close()
        let again = LedgerRig(rig.folder, "one/two/state")
        try again.opened().close()
        #expect(!again.files.changes.contains { $0.hasPrefix("mkdir ") }, "one that is there")
        #expect(!again.files.changes.contains("sync two"))
    }

    @Test("a parent that we may not read cannot be synced, and is no reason to keep nothing")
    func unreadableParent() throws {
        let deep = LedgerRig(rig.folder, "one/state")
        deep.files.change { ($0.failing, $0.kinds, $0.number) = (1, [.sync], EACCES) }
        let ledger = try deep.opened()
        #expect(ledger.isWritable)
        #expect(deep.events == [])
        ledger.close()
    }

    @Test("a record is written, then synced")
    func record() throws {
        let ledger = try rig.opened()
        rig.files.change { $0.steps = [] }
        ledger.begin("a", .numbered())
        #expect(rig.files.changes == ["write state.log", "sync state.log"])
        ledger.close()
    }

    @Test("what was recorded during a compaction is copied and synced before the new file gets its name")
    func tail() async throws {
        let ledger = try rig.opened()
        let before = try grow(ledger)
        rig.files.change { ($0.held, $0.heldFile) = (.create, "state.log.new") }
        ledger.tell([.ended("b", .numbered(1), nil)])
        try await awaitTrue { rig.files.state.isWaiting }
        ledger.tell([.ended("b", .numbered(2), nil)])
        rig.files.change { ($0.held, $0.steps) = (nil, []) }
        try await awaitTrue {
            ledger.tell(.ended("c", .numbered(1), nil))
            return (try? SystemFiles().status(rig.logPath))??.inode != before
        }
        let steps = rig.files.changes
        let rename = try #require(steps.firstIndex(of: "rename state.log.new"))
        #expect(steps[..<rename].suffix(2) == ["write state.log.new", "sync state.log.new"])
        #expect(steps[rename + 1] == "sync state")
        ledger.close()
        #expect(try rig.onDisk() == ledger.book)
    }

    @Test("a file that could not be written anew is left to grow for a minute: no work twice for each run")
    func pause() async throws {
        let ledger = try rig.opened()
        let before = try grow(ledger)
        rig.files.change { ($0.calls, $0.failing, $0.kinds, $0.number) = (0, 1, [.create], ENOSPC) }
        rig.files.change { $0.steps = [] }
        for number in 1...20 {
            ledger.tell(.ended("b", .numbered(number), nil))
            #expect(ledger.settle(atMost: .seconds(60)))
        }
        #expect(rig.files.state.steps.count { $0 == "create state.log.new" } == 1)
        #expect(rig.events.map(\.kind) == ["notShortened"])
        rig.advance(.seconds(61))
        try await awaitTrue {
            ledger.tell(.ended("b", .numbered(21), nil))
            return (try? SystemFiles().status(rig.logPath))??.inode != before
        }
        ledger.close()
        #expect(try rig.onDisk() == ledger.book)
    }

    @Test("a compaction of a file that was given up meanwhile is thrown away")
    func outdated() async throws {
        let ledger = try rig.opened()
        _ = try grow(ledger)
        rig.files.change { ($0.held, $0.heldFile, $0.holds) = (.sync, "state.log.new", 1) }
        ledger.tell(.ended("b", .numbered(1), nil))
        try await awaitTrue { rig.files.state.isWaiting }
        rig.files.change { ($0.calls, $0.failing, $0.kinds) = (0, 1, [.write]) }
        ledger.tell(.ended("b", .numbered(2), nil))
        try await rig.awaitWritable(ledger)
        ledger.tell(.ended("b", .numbered(3), nil))
        rig.files.change { ($0.held, $0.steps) = (nil, []) }
        try await awaitTrue { ledger.state.withLock { !$0.isCompacting } }
        ledger.tell(.ended("b", .numbered(4), nil))
        #expect(!rig.files.changes.contains("rename state.log.new"))
        #expect(rig.events.map(\.kind) == ["unwritable write", "writable"])
        ledger.close()
        #expect(try rig.onDisk() == ledger.book)
    }

    @Test("of a disk that hangs no more than 16 MiB are kept in memory; it is written whole when it answers")
    func bound() async throws {
        let ledger = try rig.opened(patience: .milliseconds(1))
        rig.files.change { $0.held = .write }
        ledger.begin("a", .numbered(1))
        let long = String(repeating: "x", count: 16_000)
        for number in 1...1_100 {
            let configuration = Fact.Configuration(schedule: long, zone: "UTC", last: .epoch + .seconds(number))
            ledger.tell([.configured("long", configuration)])
            #expect(ledger.state.withLock { $0.queue.count } <= 16 * 1024 * 1024)
        }
        #expect(ledger.state.withLock { $0.queue.isEmpty })
        #expect(!ledger.isWritable)
        rig.files.change { $0.held = nil }
        try await rig.awaitWritable(ledger)
        ledger.close()
        #expect(try rig.onDisk() == ledger.book)
    }

    /// So far that it is written anew with the next record; answers which file it is.
    private func grow(_ ledger: DirectoryLedger) throws -> UInt64 {
        ledger.tellAtOnce((1...400).map { .ended("a", .numbered($0), nil) })
        #expect(ledger.settle(atMost: .seconds(60)))
        return try #require(try SystemFiles().status(rig.logPath)).inode
    }
}
