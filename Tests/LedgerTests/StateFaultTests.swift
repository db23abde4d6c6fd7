import Foundation
import Glibc
import Schedule
import TestSupport
import Testing

@testable import SchedulerCore

/// A life of a store in which the n-th call to the disk fails, for every n.
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
        var books: [StateBook] = []
        /// The step after which all was known to be on the disk.
        var safe = 0
        var promised: [String: Moment] = [:]
    }

    /// Runs begin and end, until the file is written anew; then it is killed.
    private static func live(_ store: DirectoryStore, _ story: inout Story) throws {
        func step(_ isKept: Bool) {
            story.books.append(store.book)
            if isKept { story.safe = story.books.count - 1 }
        }
        for number in 1...4 {
            let isKept = store.begin("a", RunBegin.numbered(number))
            step(isKept)
            if isKept { story.promised["a"] = RunBegin.numbered(number).slot }
            store.end("a", RunRecord.numbered(number))
            step(false)
            store.begin("w", RunBegin.numbered(number))
            store.withdraw("w", RunBegin.numbered(number).id)
            step(false)
            if number == 2 {
                store.record((100..<130).map { .end("many", RunRecord.numbered($0)) })
                #expect(store.settle(atMost: .seconds(60)))
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
            let folder = try TemporaryFolder()
            let rig = StoreRig(folder.path("state"))
            var story = Story()
            if fault.before != .nothing { story.promised["old"] = try prepare(rig, fault.before) }
            rig.files.change { ($0.failing, $0.stays, $0.number) = (call, fault.stays, fault.number) }
            let store = rig.store(compactingFrom: 4_096)
            #expect(store.acquireSoon())
            _ = try store.load()
            story.books.append(store.book)
            try Self.live(store, &story)
            #expect(store.settle(atMost: .seconds(60)))
            reached = rig.files.state.failures

            // Seen by another process after a kill: a copy, since this one still has the lock.
            let copy = StoreRig(folder.path("copy"))
            try FileManager.default.createDirectory(atPath: copy.path, withIntermediateDirectories: false)
            let bytes = try? Data(contentsOf: URL(filePath: rig.path + "/state.log"))
            try bytes?.write(to: URL(filePath: copy.path + "/state.log"))
            try check(story, copy.onDisk(), fault, call)

            rig.files.change { $0.failing = nil }
            // Again, since the last try may have been about to end.
            for _ in 0..<100_000 {
                rig.advance(.seconds(6))
                store.tend()
                if store.isWritable { break }
                try await Task.sleep(for: .microseconds(200))
            }
            #expect(store.begin("last", RunBegin.numbered(9)), "call \(call) of \(fault)")
            store.kill()
            let again = try rig.onDisk()
            #expect(again == store.book, "call \(call) of \(fault)")
            #expect(again["old"]?.last == story.promised["old"])
            if reached == 0 {
                #expect(call > 40, "the life is too short")
                return
            }
        }
    }

    /// A file of before; the last slot of a job in it.
    private func prepare(_ rig: StoreRig, _ before: Before) throws -> Moment {
        let store = try StoreRig(rig.path).opened()
        store.begin("old", RunBegin.numbered(77))
        store.close()
        if before == .damage {
            let handle = try FileHandle(forWritingTo: URL(filePath: rig.path + "/state.log"))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("half a rec".utf8))
            try handle.close()
        }
        return RunBegin.numbered(77).slot
    }

    private func check(_ story: Story, _ book: StateBook, _ fault: Fault, _ call: Int) throws {
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
    private func isBetween(_ book: StateBook, _ story: Story) -> Bool {
        book.jobs.allSatisfy { key, state in
            key == "w" || key == "many" || story.books[story.safe...].contains { $0.jobs[key] == state }
        }
    }
}
