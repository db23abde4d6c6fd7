import Clockwork
import Foundation
import Schedule
import TestSupport
import Testing

@testable import Ledger

@Suite("State: random facts, and a kill at any call to the disk")
struct StateRandomTests {
    @Test("what is loaded is the sum of the facts, whether the file was written anew or not", arguments: [1_000, .max])
    func sum(_ least: Int) async throws {
        for _ in 0..<5 {
            await Task.yield()
            let (rig, seed) = (try LedgerRig(), UInt64.random(in: 0 ... .max))
            var random = RandomState(seed: seed)
            let ledger = try rig.opened(compactingFrom: least)
            var book = Book()
            for _ in 0..<150 {
                let fact = random.fact(book)
                book.apply(fact)
                ledger.tell(fact)
            }
            #expect(ledger.book == book, "seed \(seed)")
            ledger.close()
            // The record of a whole job.
            #expect(rig.folder.text("state/state.log").contains(" job job=") == (least == 1_000), "seed \(seed)")
            #expect(try rig.onDisk() == book, "seed \(seed)")
            #expect(rig.events == [], "seed \(seed)")
        }
    }

    @Test("killed at a call: all that was kept is loaded, and at most the fact that was on its way", arguments: 0..<6)
    func kill(_ round: Int) async throws {
        let step = 29
        for call in stride(from: 1 + Int.random(in: 0..<step), to: .max, by: step) {
            await Task.yield()
            let (rig, seed) = (try LedgerRig(), UInt64.random(in: 0 ... .max))
            var random = RandomState(seed: seed)
            rig.files.change { ($0.failing, $0.stays) = (call, true) }
            let ledger = rig.ledger(compactingFrom: 1_000)
            #expect(ledger.acquireSoon())
            _ = try ledger.load()
            var (books, isAlive) = ([ledger.book], true)
            while isAlive, books.count <= 80 {
                isAlive = ledger.tell(random.fact(ledger.book))
                books.append(ledger.book)
            }
            let isOver = rig.files.state.failures == 0
            // Seen by another process: a copy, since this one still has the lock.
            let copy = LedgerRig(rig.folder, "copy")
            try FileManager.default.createDirectory(atPath: copy.path, withIntermediateDirectories: false)
            try? FileManager.default.copyItem(atPath: rig.logPath, toPath: copy.logPath)
            let found = try copy.onDisk()
            let possible = isAlive ? books.suffix(1) : books.suffix(2)
            #expect(possible.contains(found), "call \(call) of seed \(seed)")
            ledger.kill()
            if isOver { return }
        }
    }
}
