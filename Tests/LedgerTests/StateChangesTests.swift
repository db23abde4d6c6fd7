import Foundation
import Glibc
import Locking
import TestSupport
import Testing

@testable import SchedulerCore

@Suite("State: what happens to the directory and the file meanwhile")
struct StateChangesTests {
    private let folder: TemporaryFolder
    private let rig: StoreRig

    init() throws {
        folder = try TemporaryFolder()
        rig = StoreRig(folder.path("state"))
    }

    private var logPath: String { rig.path + "/state.log" }

    @Test("the directory is removed while it runs: it is made again, with all that is known")
    func removed() throws {
        let store = try rig.opened()
        store.begin("a", RunBegin.numbered())
        try FileManager.default.removeItem(atPath: rig.path)
        #expect(store.begin("b", RunBegin.numbered(2)))
        #expect(store.isWritable)
        #expect(rig.events.map(\.kind) == ["unwritable replaced", "writable"])
        let second = rig.store()
        #expect(!second.acquire())
        second.close()
        store.close()
        #expect(try rig.onDisk() == store.book)
    }

    @Test("the directory is replaced by an older one: what only that knows is taken in, what is ours holds")
    func replaced() throws {
        let old = StoreRig(folder.path("old"))
        let other = try old.opened()
        other.begin("a", RunBegin.numbered(1))
        other.begin("old", RunBegin.numbered(9))
        other.close()
        let store = try rig.opened()
        store.begin("a", RunBegin.numbered(2))
        unsafe rename(rig.path, folder.path("away"))
        unsafe rename(old.path, rig.path)
        #expect(store.begin("b", RunBegin.numbered(3)))
        #expect(store.book["old"]?.last == RunBegin.numbered(9).slot)
        store.close()
        let book = try rig.onDisk()
        #expect(book == store.book)
        #expect(book["a"]?.last == RunBegin.numbered(2).slot)
    }

    @Test("the directory goes to another sidecar: said once, and not a byte is written there")
    func taken() async throws {
        let store = try rig.opened()
        store.begin("a", RunBegin.numbered(1))
        unsafe rename(rig.path, folder.path("away"))
        let other = try StoreRig(rig.path).opened()
        other.begin("x", RunBegin.numbered(2))
        for number in 3..<6 {
            #expect(!store.begin("a", RunBegin.numbered(number)))
            rig.advance(.seconds(6))
            store.tend()
            #expect(store.settle(atMost: .seconds(60)))
        }
        #expect(!store.isWritable)
        #expect(rig.events.map(\.kind) == ["unwritable replaced", "another"])
        other.close()
        rig.advance(.seconds(6))
        try await rig.awaitWritable(store)
        #expect(store.book["x"]?.last == RunBegin.numbered(2).slot)
        store.close()
        #expect(try rig.onDisk() == store.book)
    }

    @Test("the file grows to a bound, and holds what is known at every size")
    func compaction() async throws {
        var store = try rig.opened()
        var largest = 0
        for number in 1...1_500 {
            store.record([
                .begin("job-\(number % 7)", RunBegin.numbered(number)),
                .end("job-\(number % 7)", RunRecord.numbered(number)),
            ])
            if number % 10 == 0 {
                await Task.yield()
                #expect(store.settle(atMost: .seconds(60)))
                try await awaitTrue { store.state.withLock { !$0.isCompacting } }
                largest = max(largest, try SystemFiles().status(logPath)?.size ?? 0)
            }
            if number % 400 == 0 {
                store.close()
                let book = store.book
                store = try rig.opened()
                #expect(store.book == book)
            }
        }
        // What ten runs add comes on top.
        #expect((60_000..<75_000).contains(largest), "\(largest)")
        store.close()
        #expect(try rig.onDisk() == store.book)
        #expect(rig.events == [])
    }

    @Test("what is recorded during a compaction is in the new file")
    func compactionTail() async throws {
        let store = try rig.opened()
        store.record((1...400).map { .end("a", RunRecord.numbered($0)) })
        #expect(store.settle(atMost: .seconds(60)))
        let before = try SystemFiles().status(logPath)
        #expect(before?.size ?? 0 > 65_536)
        // The next append starts it; its own first write is held.
        rig.files.change { $0.held = .create }
        store.record([.end("b", RunRecord.numbered(1))])
        try await awaitTrue { rig.files.state.isWaiting }
        for number in 2...30 { store.record([.end("b", RunRecord.numbered(number))]) }
        rig.files.change { $0.held = nil }
        try await awaitTrue {
            store.record([.end("c", RunRecord.numbered(1))])
            return (try? SystemFiles().status(logPath))??.inode != before?.inode
        }
        store.close()
        #expect(try rig.onDisk() == store.book)
        #expect(rig.events == [])
    }

    @Test("a write that fails where a compaction was to begin: the file is written anew, and compacted later")
    func compactionAfterFailure() async throws {
        let store = try rig.opened()
        store.record((1...400).map { .end("a", RunRecord.numbered($0)) })
        #expect(store.settle(atMost: .seconds(60)))
        let size = try SystemFiles().status(logPath)?.size ?? 0
        #expect(size > 65_536)
        rig.files.change { ($0.calls, $0.failing, $0.kinds) = (0, 1, [.write]) }
        store.record([.end("b", RunRecord.numbered(1))])
        #expect(store.settle(atMost: .seconds(60)))
        try await rig.awaitWritable(store)
        #expect(!store.state.withLock { $0.isCompacting })
        // It grows past the bound once more, and is compacted then.
        var largest = 0
        for number in 1...1_000 {
            store.record([.end("a", RunRecord.numbered(number))])
            if number % 20 == 0 {
                #expect(store.settle(atMost: .seconds(60)))
                try await awaitTrue { store.state.withLock { !$0.isCompacting } }
                largest = max(largest, try SystemFiles().status(logPath)?.size ?? 0)
            }
        }
        #expect(largest < 80_000, "\(largest)")
        store.close()
        #expect(try rig.onDisk() == store.book)
    }

    @Test("a record file that is cut short while it is open is written whole again")
    func cutShort() async throws {
        let store = try rig.opened()
        store.record((1...30).map { .end("a", RunRecord.numbered($0)) })
        #expect(store.settle(atMost: .seconds(60)))
        #expect(unsafe truncate(logPath, 0) == 0)
        store.record([.end("b", RunRecord.numbered(1))])
        #expect(store.settle(atMost: .seconds(60)))
        try await rig.awaitWritable(store)
        store.close()
        #expect(try rig.onDisk() == store.book)
        #expect(rig.events.map(\.kind) == ["unwritable replaced", "writable"])
    }
}
