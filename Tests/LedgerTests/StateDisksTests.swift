import Clockwork
import Foundation
import Glibc
import Locking
import TestSupport
import Testing
import Threads

@testable import Ledger

@Suite("State: many threads, and disks that hang, are full or read-only")
struct StateDisksTests {
    private let rig: LedgerRig

    init() throws { rig = try LedgerRig() }

    @Test("sixteen threads begin runs at once: each is kept when it is told so, and they share their syncs")
    func concurrent() async throws {
        let ledger = try rig.opened()
        let pool = WorkerPool(width: 16)
        let done = Mutex(0)
        rig.files.change { $0.log = [] }
        for thread in 0..<16 {
            pool.submit { _ in
                for number in 0..<25 {
                    let isKept = ledger.begin("job-\(thread)", RunBegin.numbered(number))
                    ledger.end("job-\(thread)", RunRecord.numbered(number))
                    if isKept { done.withLock { $0 += 1 } }
                }
            }
        }
        try await awaitTrue { pool.load == 0 }
        pool.stop()
        pool.join()
        #expect(done.withLock { $0 } == 400)
        ledger.close()
        let syncs = rig.files.state.log.filter { $0 == .sync }.count
        // No thread begins its next run before the last one is on the disk.
        #expect((25..<800).contains(syncs), "\(syncs) syncs")
        #expect(try rig.onDisk() == ledger.book)
        #expect(try rig.onDisk().jobs.values.allSatisfy { $0.runs.count == 20 && $0.inFlight == nil })
    }

    @Test("a disk that hangs holds up one begin for as long as it has patience, and nothing else")
    func hang() throws {
        let ledger = try rig.opened(patience: .milliseconds(50))
        rig.files.change { $0.held = .sync }
        #expect(!ledger.begin("a", RunBegin.numbered(1)))
        #expect(!ledger.isWritable)
        let start = ContinuousClock.now
        for number in 2..<100 {
            #expect(!ledger.begin("a", RunBegin.numbered(number)))
            ledger.end("a", RunRecord.numbered(number))
            ledger.tend()
        }
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(rig.events == [.unwritable(path: rig.logPath, .hangs(.milliseconds(50)), directory: nil)])
        rig.files.change { $0.held = nil }
        #expect(ledger.settle(atMost: .seconds(60)))
        #expect(ledger.isWritable)
        #expect(rig.events.map(\.kind) == ["unwritable hangs", "writable"])
        ledger.close()
        #expect(try rig.onDisk() == ledger.book)
    }

    @Test("a stop does not wait for a disk that hangs")
    func hangingClose() throws {
        let ledger = try rig.opened(patience: .milliseconds(10))
        rig.files.change { $0.held = .write }
        ledger.begin("a", RunBegin.numbered(1))
        let start = ContinuousClock.now
        ledger.close()
        #expect((.seconds(2)...(.seconds(20))).contains(ContinuousClock.now - start))
        rig.files.change { $0.held = nil }
        ledger.kill()
    }

    @Test("a directory that cannot be used is told with its owner, and used as soon as it can be")
    func unusable() async throws {
        // A file stands where a parent should be: so it is for root as well.
        try rig.folder.write("state", "in the way")
        let ledger = rig.ledger()
        #expect(ledger.acquireSoon())
        #expect(try ledger.load() == [])
        #expect(!ledger.begin("a", RunBegin.numbered()))
        #expect(rig.events.map(\.kind) == ["unwritable mkdir"])
        let other = LedgerRig(rig.folder, "other")
        let old = try other.opened()
        old.begin("b", RunBegin.numbered(2))
        old.begin("a", RunBegin.numbered(7))
        old.close()
        unsafe rename(rig.path, rig.folder.path("away"))
        unsafe rename(other.path, rig.path)
        ledger.tend()
        #expect(ledger.settle(atMost: .seconds(60)))
        #expect(!ledger.isWritable, "too early")
        rig.advance(.seconds(6))
        try await rig.awaitWritable(ledger)
        #expect(rig.events.map(\.kind) == ["unwritable mkdir", "writable"])
        #expect(ledger.book["a"]?.last == RunBegin.numbered().slot)
        #expect(ledger.book["b"]?.last == RunBegin.numbered(2).slot)
        ledger.close()
        #expect(try rig.onDisk() == ledger.book)
    }

    @Test("a full disk: said once, the clock goes on, and with room again nothing is missing")
    func full() async throws {
        let disk = try smallDisk()
        defer { unsafe umount2(disk, Int32(MNT_DETACH)) }
        let rig = LedgerRig(rig.folder, "disk/state")
        let ledger = try rig.opened()
        #expect(ledger.begin("a", RunBegin.numbered(1)))
        let filler = FileManager.default
        #expect(filler.createFile(atPath: disk + "/filler", contents: nil))
        let handle = try FileHandle(forWritingTo: URL(filePath: disk + "/filler"))
        while (try? handle.write(contentsOf: Data(count: 4_096))) != nil {}
        try handle.close()
        var number = 1
        while ledger.isWritable, number < 1_000 {
            number += 1
            ledger.begin("a", RunBegin.numbered(number))
        }
        let lost = number
        for number in lost..<lost + 20 {
            ledger.begin("a", RunBegin.numbered(number))
            ledger.end("a", RunRecord.numbered(number))
        }
        #expect(ledger.settle(atMost: .seconds(60)))
        rig.advance(.seconds(6))
        ledger.tend()
        #expect(ledger.settle(atMost: .seconds(60)))
        #expect(!ledger.isWritable)
        #expect(rig.events.count == 1)
        guard case .unwritable(_, .system(.write, ENOSPC), let owner?) = rig.events.first else {
            Issue.record("\(rig.events)")
            return
        }
        #expect(owner == "it belongs to 0:0, mode 0700")
        try FileManager.default.removeItem(atPath: disk + "/filler")
        rig.advance(.seconds(6))
        try await rig.awaitWritable(ledger)
        ledger.close()
        #expect(rig.events.map(\.kind) == ["unwritable write", "writable"])
        #expect(try rig.onDisk() == ledger.book)
    }

    @Test("a read-only disk: what it holds is known, what is new stays in memory")
    func readOnly() async throws {
        let disk = try smallDisk()
        defer { unsafe umount2(disk, Int32(MNT_DETACH)) }
        let rig = LedgerRig(rig.folder, "disk/state")
        var ledger = try rig.opened()
        ledger.begin("a", RunBegin.numbered(1))
        ledger.close()
        #expect(unsafe mount("tmpfs", disk, "tmpfs", UInt(MS_REMOUNT | MS_RDONLY), "size=256k") == 0)
        ledger = try rig.opened()
        #expect(ledger.book["a"]?.last == RunBegin.numbered(1).slot)
        #expect(!ledger.isWritable)
        #expect(!ledger.begin("a", RunBegin.numbered(2)))
        #expect(rig.events.map(\.kind) == ["unwritable open"])
        #expect(ledger.settle(atMost: .seconds(60)))
        #expect(unsafe mount("tmpfs", disk, "tmpfs", UInt(MS_REMOUNT), "size=256k") == 0)
        rig.advance(.seconds(6))
        try await rig.awaitWritable(ledger)
        ledger.close()
        #expect(try rig.onDisk() == ledger.book)
    }

    /// A file system of 256 KiB; whoever asked for it unmounts it.
    private func smallDisk() throws -> String {
        try Need.root()
        let disk = rig.folder.path("disk")
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
        try #require(
            unsafe mount("tmpfs", disk, "tmpfs", 0, "size=256k") == 0,
            "a small file system cannot be mounted: \(unsafe String(cString: strerror(errno)))"
        )
        return disk
    }
}
