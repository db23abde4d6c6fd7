import Clockwork
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Ledger

@Suite("State: file systems without locks, and files that have another name as well")
struct StateLockTests {
    private let rig: LedgerRig

    init() throws { rig = try LedgerRig() }

    @Test("without locks: said once, read and written all the same", arguments: [ENOLCK, EOPNOTSUPP, ENOSYS])
    func noLocks(_ number: Int32) async throws {
        let before = try LedgerRig(rig.folder).opened()
        before.begin("old", .numbered(7))
        before.close()
        rig.files.change { ($0.failing, $0.stays, $0.kinds, $0.number) = (1, true, [.lock], number) }
        let ledger = try rig.opened()
        #expect(rig.events == [.withoutLock(directory: rig.path, .system(.lock, number: number))])
        #expect(ledger.isWritable)
        #expect(ledger.book["old"]?.last == RunBegin.numbered(7).slot)
        #expect(ledger.begin("a", .numbered(1)))
        // Its lock is taken anew, and that is no news.
        unsafe rename(rig.path, rig.folder.path("away"))
        ledger.begin("a", .numbered(2))
        try await rig.awaitWritable(ledger)
        #expect(rig.events.map(\.kind).filter { $0 == "withoutLock" }.count == 1)
        ledger.close()
        #expect(try rig.onDisk() == ledger.book)
    }

    @Test("a lock that fails for any other reason: nothing is written", arguments: [EIO, EACCES])
    func failing(_ number: Int32) throws {
        rig.files.change { ($0.failing, $0.stays, $0.kinds, $0.number) = (1, true, [.lock], number) }
        let ledger = try rig.opened()
        #expect(!ledger.isWritable)
        #expect(rig.events.map(\.kind) == ["unwritable lock"])
        ledger.close()
    }

    @Test("a lock that is a second name of another file: that one is not written, and the name is moved aside")
    func linkedLock() throws {
        let (victim, status) = try victim("lock")
        let ledger = try rig.opened()
        try check(victim, status)
        #expect(rig.events.map(\.kind) == ["setAside"])
        guard case .setAside(rig.path + "/lock", .hardLink, _) = rig.events.first else {
            Issue.record("\(rig.events)")
            return
        }
        #expect(ledger.begin("a", .numbered(1)))
        ledger.close()
        #expect(try rig.onDisk() == ledger.book)
    }

    @Test("a lock that another sidecar has stays where it is, also with a second name: this one waits")
    func linkedLockOfAnother() throws {
        let first = try LedgerRig(rig.folder).opened()
        unsafe link(rig.path + "/lock", rig.folder.path("backup"))
        let second = rig.ledger()
        #expect(!second.acquire())
        #expect(rig.events == [])
        #expect(first.begin("a", .numbered(1)))
        first.close()
        second.close()
    }

    @Test("a record file that is a second name of another file: that one is not written, what it knows is used")
    func linkedLog() throws {
        let other = LedgerRig(rig.folder, "other")
        let theirs = try other.opened()
        theirs.begin("old", .numbered(7))
        theirs.close()
        unsafe chmod(other.logPath, 0o640)
        try FileManager.default.createDirectory(atPath: rig.path, withIntermediateDirectories: false)
        unsafe link(other.logPath, rig.logPath)
        let bytes = try Data(contentsOf: URL(filePath: other.logPath))
        let status = try SystemFiles().status(other.logPath)
        let ledger = try rig.opened()
        #expect(rig.events == [.shared(path: rig.logPath)])
        #expect(ledger.begin("a", .numbered(1)))
        ledger.close()
        #expect(try Data(contentsOf: URL(filePath: other.logPath)) == bytes)
        #expect(try SystemFiles().status(other.logPath)?.mode == status?.mode)
        #expect(try rig.onDisk() == ledger.book)
        #expect(ledger.book["old"]?.last == RunBegin.numbered(7).slot)
    }

    @Test("a record file that is a second name of something else: that is not written")
    func linkedNonsense() throws {
        let (victim, status) = try victim("state.log")
        let ledger = try rig.opened()
        #expect(rig.events.map(\.kind) == ["damaged"])
        #expect(ledger.begin("a", .numbered(1)))
        ledger.close()
        try check(victim, status)
        #expect(try rig.onDisk() == ledger.book)
    }

    /// A foreign file with a second name in the directory.
    private func victim(_ name: String) throws -> (path: String, FileStatus?) {
        let path = try rig.folder.write("victim", "somebody's own\n")
        unsafe chmod(path, 0o644)
        try FileManager.default.createDirectory(atPath: rig.path, withIntermediateDirectories: false)
        unsafe link(path, rig.path + "/" + name)
        return (path, try SystemFiles().status(path))
    }

    private func check(_ path: String, _ before: FileStatus?) throws {
        #expect(try String(contentsOf: URL(filePath: path), encoding: .utf8) == "somebody's own\n")
        #expect(try SystemFiles().status(path)?.mode == before?.mode)
    }
}
