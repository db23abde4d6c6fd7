import Clockwork
import Foundation
import Glibc
import Schedule
import TestSupport
import Testing

@testable import Ledger

/// A life of a ledger in which the n-th call to the disk fails, for every n.
@Suite("State: each call to the disk fails once, or from then on")
struct StateFaultTests {
    struct Fault: CustomTestStringConvertible, Sendable {
        var number: Int32
        var stays: Bool
        /// What is in the directory before.
        var before: Before

        var testDescription: String { "\(before), errno \(number)\(stays ? " from then on" : "")" }
    }

    enum Before { case nothing, state, damage }

    private static let faults = [
        Fault(number: EIO, stays: false, before: .nothing), Fault(number: ENOSPC, stays: true, before: .nothing),
        Fault(number: EIO, stays: false, before: .state), Fault(number: ENOSPC, stays: true, before: .state),
        Fault(number: EROFS, stays: false, before: .state), Fault(number: EACCES, stays: true, before: .state),
        Fault(number: EIO, stays: false, before: .damage), Fault(number: EPERM, stays: true, before: .damage),
    ]

    /// What was promised, and what the book was after each step.
    private struct Story {
        var books: [Book] = []
        /// The step after which all was known to be on the disk.
        var safe = 0
        var promised: [String: Moment] = [:]
    }

    /// Runs begin and end, until the file is written anew; then it is killed.
    private static func live(_ ledger: DirectoryLedger, _ story: inout Story) throws {
        func step(_ isKept: Bool) {
            story.books.append(ledger.book)
            if isKept { story.safe = story.books.count - 1 }
        }
        for number in 1...4 {
            let isKept = ledger.begin("a", RunBegin.numbered(number))
            step(isKept)
            if isKept { story.promised["a"] = RunBegin.numbered(number).slot }
            ledger.end("a", RunRecord.numbered(number))
            step(false)
            ledger.begin("w", RunBegin.numbered(number))
            ledger.withdraw("w", RunBegin.numbered(number).id)
            step(false)
            if number == 2 {
                ledger.tellAtOnce((100..<130).map { .ended("many", RunRecord.numbered($0), nil) })
                #expect(ledger.settle(atMost: .seconds(60)))
                step(false)
            }
        }
    }

    @Test("no promise is broken, and nothing is missing when the disk is well again", arguments: faults)
    func everyCall(_ fault: Fault) async throws {
        var reached = 0
        // Of a disk that stays bad each third call is enough: those between are met by the others.
        for call in stride(from: 1, to: .max, by: fault.stays ? 3 : 1) {
            // Other tests have to come to their turn.
            await Task.yield()
            let rig = try LedgerRig()
            var story = Story()
            if fault.before != .nothing { story.promised["old"] = try prepare(rig, fault.before) }
            rig.files.change { ($0.failing, $0.stays, $0.number) = (call, fault.stays, fault.number) }
            let ledger = rig.ledger(compactingFrom: 4_096)
            #expect(ledger.acquireSoon())
            _ = try ledger.load()
            story.books.append(ledger.book)
            try Self.live(ledger, &story)
            #expect(ledger.settle(atMost: .seconds(60)))
            reached = rig.files.state.failures

            // Seen by another process after a kill: a copy, since this one still has the lock.
            let copy = LedgerRig(rig.folder, "copy")
            try FileManager.default.createDirectory(atPath: copy.path, withIntermediateDirectories: false)
            let bytes = try? Data(contentsOf: URL(filePath: rig.logPath))
            try bytes?.write(to: URL(filePath: copy.logPath))
            try check(story, copy.onDisk(), fault, call)

            rig.files.change { $0.failing = nil }
            // Again, since the last try may have been about to end.
            for _ in 0..<100_000 {
                rig.advance(.seconds(6))
                ledger.tend()
                if ledger.isWritable { break }
                try await Task.sleep(for: .microseconds(200))
            }
            #expect(ledger.begin("last", RunBegin.numbered(9)), "call \(call) of \(fault)")
            ledger.kill()
            let again = try rig.onDisk()
            #expect(again == ledger.book, "call \(call) of \(fault)")
            #expect(again["old"]?.last == story.promised["old"])
            if reached == 0 {
                #expect(call > 40, "the life is too short")
                return
            }
        }
    }

    /// A file of before; the last slot of a job in it.
    private func prepare(_ rig: LedgerRig, _ before: Before) throws -> Moment {
        let ledger = try LedgerRig(rig.folder).opened()
        ledger.begin("old", RunBegin.numbered(77))
        ledger.close()
        if before == .damage {
            let handle = try FileHandle(forWritingTo: URL(filePath: rig.logPath))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("half a rec".utf8))
            try handle.close()
        }
        return RunBegin.numbered(77).slot
    }

    private func check(_ story: Story, _ book: Book, _ fault: Fault, _ call: Int) throws {
        for (job, slot) in story.promised {
            let last = book[job]?.last
            #expect(last ?? .epoch >= slot, "call \(call) of \(fault): \(job)")
        }
        if fault.before == .nothing {
            let steps = story.books[story.safe...]
            // A withdrawal is kept as well when the call returns, but the step after it is only noted then.
            #expect(steps.contains(book) || isBetween(book, story), "call \(call) of \(fault): no state of the book")
        }
    }

    /// Within a step of several records: what is there of each job is what one of the steps says.
    private func isBetween(_ book: Book, _ story: Story) -> Bool {
        book.jobs.allSatisfy { key, state in
            key == "w" || key == "many" || story.books[story.safe...].contains { $0.jobs[key] == state }
        }
    }
}
