import Clockwork
import Foundation
import Glibc
import Locking
import TestSupport
import Testing

@testable import Ledger

@Suite("State: what happens to the directory and the file meanwhile")
struct StateChangesTests {
    private let rig: LedgerRig

    init() throws { rig = try LedgerRig() }

    @Test("the directory is removed while it runs: it is made again, with all that is known")
    func removed() throws {
        let ledger = try rig.opened()
        ledger.begin("a", RunBegin.numbered())
        try FileManager.default.removeItem(atPath: rig.path)
        #expect(ledger.begin("b", RunBegin.numbered(2)))
        #expect(ledger.isWritable)
        #expect(rig.events.map(\.kind) == ["unwritable replaced", "writable"])
        let second = rig.ledger()
        #expect(!second.acquire())
        second.close()
        ledger.close()
        #expect(try rig.onDisk() == ledger.book)
    }

    @Test("the directory is replaced by an older one: what only that knows is taken in, what is ours holds")
    func replaced() throws {
        let old = LedgerRig(rig.folder, "old")
        let other = try old.opened()
        other.begin("a", RunBegin.numbered(1))
        other.begin("old", RunBegin.numbered(9))
        other.close()
        let ledger = try rig.opened()
        ledger.begin("a", RunBegin.numbered(2))
        unsafe rename(rig.path, rig.folder.path("away"))
        unsafe rename(old.path, rig.path)
        #expect(ledger.begin("b", RunBegin.numbered(3)))
        #expect(ledger.book["old"]?.last == RunBegin.numbered(9).slot)
        ledger.close()
        let book = try rig.onDisk()
        #expect(book == ledger.book)
        #expect(book["a"]?.last == RunBegin.numbered(2).slot)
    }

    @Test("the directory goes to another sidecar: said once, and not a byte is written there")
    func taken() async throws {
        let ledger = try rig.opened()
        ledger.begin("a", RunBegin.numbered(1))
        unsafe rename(rig.path, rig.folder.path("away"))
        let other = try LedgerRig(rig.folder).opened()
        other.begin("x", RunBegin.numbered(2))
        for number in 3..<6 {
            #expect(!ledger.begin("a", RunBegin.numbered(number)))
            rig.advance(.seconds(6))
            ledger.tend()
            #expect(ledger.settle(atMost: .seconds(60)))
        }
        #expect(!ledger.isWritable)
        #expect(rig.events.map(\.kind) == ["unwritable replaced", "another"])
        other.close()
        rig.advance(.seconds(6))
        try await rig.awaitWritable(ledger)
        #expect(ledger.book["x"]?.last == RunBegin.numbered(2).slot)
        ledger.close()
        #expect(try rig.onDisk() == ledger.book)
    }

    @Test("the file grows to a bound, and holds what is known at every size")
    func compaction() async throws {
        var ledger = try rig.opened()
        var largest = 0
        for number in 1...1_500 {
            ledger.tellAtOnce([
                .began("job-\(number % 7)", RunBegin.numbered(number)),
                .ended("job-\(number % 7)", RunRecord.numbered(number), nil),
            ])
            if number % 10 == 0 {
                await Task.yield()
                #expect(ledger.settle(atMost: .seconds(60)))
                try await awaitTrue { ledger.state.withLock { !$0.isCompacting } }
                largest = max(largest, try SystemFiles().status(rig.logPath)?.size ?? 0)
            }
            if number % 400 == 0 {
                ledger.close()
                let book = ledger.book
                ledger = try rig.opened()
                #expect(ledger.book == book)
            }
        }
        // What ten runs add comes on top.
        #expect((60_000..<75_000).contains(largest), "\(largest)")
        ledger.close()
        #expect(try rig.onDisk() == ledger.book)
        #expect(rig.events == [])
    }

    @Test("what is recorded during a compaction is in the new file")
    func compactionTail() async throws {
        let ledger = try rig.opened()
        ledger.tellAtOnce((1...400).map { .ended("a", RunRecord.numbered($0), nil) })
        #expect(ledger.settle(atMost: .seconds(60)))
        let before = try SystemFiles().status(rig.logPath)
        #expect(before?.size ?? 0 > 65_536)
        // The next append starts it; its own first write is held.
        rig.files.change { $0.held = .create }
        ledger.tell([.ended("b", RunRecord.numbered(1), nil)])
        try await awaitTrue { rig.files.state.isWaiting }
        for number in 2...30 { ledger.tell([.ended("b", RunRecord.numbered(number), nil)]) }
        rig.files.change { $0.held = nil }
        try await awaitTrue {
            ledger.tell([.ended("c", RunRecord.numbered(1), nil)])
            return (try? SystemFiles().status(rig.logPath))??.inode != before?.inode
        }
        ledger.close()
        #expect(try rig.onDisk() == ledger.book)
        #expect(rig.events == [])
    }

    @Test("a write that fails where a compaction was to begin: the file is written anew, and compacted later")
    func compactionAfterFailure() async throws {
        let ledger = try rig.opened()
        ledger.tellAtOnce((1...400).map { .ended("a", RunRecord.numbered($0), nil) })
        #expect(ledger.settle(atMost: .seconds(60)))
        let size = try SystemFiles().status(rig.logPath)?.size ?? 0
        #expect(size > 65_536)
        rig.files.change { ($0.calls, $0.failing, $0.kinds) = (0, 1, [.write]) }
        ledger.tell([.ended("b", RunRecord.numbered(1), nil)])
        #expect(ledger.settle(atMost: .seconds(60)))
        try await rig.awaitWritable(ledger)
        #expect(!ledger.state.withLock { $0.isCompacting })
        // It grows past the bound once more, and is compacted then.
        var largest = 0
        for number in 1...1_000 {
            ledger.tell([.ended("a", RunRecord.numbered(number), nil)])
            if number % 20 == 0 {
                #expect(ledger.settle(atMost: .seconds(60)))
                try await awaitTrue { ledger.state.withLock { !$0.isCompacting } }
                largest = max(largest, try SystemFiles().status(rig.logPath)?.size ?? 0)
            }
        }
        #expect(largest < 80_000, "\(largest)")
        ledger.close()
        #expect(try rig.onDisk() == ledger.book)
    }

    @Test("a record file that is cut short while it is open is written whole again")
    func cutShort() async throws {
        let ledger = try rig.opened()
        ledger.tellAtOnce((1...30).map { .ended("a", RunRecord.numbered($0), nil) })
        #expect(ledger.settle(atMost: .seconds(60)))
        #expect(unsafe truncate(rig.logPath, 0) == 0)
        ledger.tell([.ended("b", RunRecord.numbered(1), nil)])
        #expect(ledger.settle(atMost: .seconds(60)))
        try await rig.awaitWritable(ledger)
        ledger.close()
        #expect(try rig.onDisk() == ledger.book)
        #expect(rig.events.map(\.kind) == ["unwritable replaced", "writable"])
    }

    @Test("state of another app is used, and told once; state of a release that kept no app is no news")
    func otherTarget() throws {
        func events(for target: String, _ number: Int) throws -> [StateEvent] {
            rig.forget()
            let ledger = rig.ledger(for: target)
            #expect(ledger.acquireSoon())
            _ = try ledger.load()
            #expect(ledger.begin("a", .numbered(number)))
            ledger.close()
            return rig.events
        }
        #expect(try events(for: "", 1) == [], "as an older release")
        #expect(try events(for: "http://a", 2) == [])
        #expect(try events(for: "http://a", 3) == [])
        #expect(
            try events(for: "http://b:1", 4) == [.otherTarget(path: rig.logPath, was: "http://a", now: "http://b:1")]
        )
        #expect(try events(for: "http://b:1", 5) == [])
        #expect(try rig.onDisk()["a"]?.last == RunBegin.numbered(5).slot)
    }

    @Test("a file that is written anew in the background still knows its app")
    func targetAfterCompaction() async throws {
        let ledger = rig.ledger(for: "http://a")
        #expect(ledger.acquireSoon())
        _ = try ledger.load()
        ledger.tellAtOnce((1...400).map { .ended("a", RunRecord.numbered($0), nil) })
        #expect(ledger.settle(atMost: .seconds(60)))
        let before = try SystemFiles().status(rig.logPath)
        try await awaitTrue {
            ledger.tell(.ended("b", RunRecord.numbered(1), nil))
            return (try? SystemFiles().status(rig.logPath))??.inode != before?.inode
        }
        ledger.close()
        let text = try String(contentsOf: URL(filePath: rig.logPath), encoding: .utf8)
        #expect(text.prefix { $0 != "\n" }.hasSuffix("scheduler-state version=1 target=http://a"))
    }
}
