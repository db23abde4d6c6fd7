import Foundation
import TestSupport
import Testing

@testable import Threads

@Suite("ProgramMemory")
struct ProgramMemoryTests {
    /// One mapping of this process, by /proc/self/smaps.
    private struct Mapping {
        var range: Range<UInt>
        var mode: Substring
        var file: Substring
        var sizes: [Substring: Int] = [:]
    }

    private func mappings() throws -> [Mapping] {
        var mappings: [Mapping] = []
        for line in try processFile("/proc/self/smaps").split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            let ends = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            if ends.count == 2 {
                let file = words.count > 5 ? words[5] : ""
                mappings.append(Mapping(range: ends[0]..<ends[1], mode: words[1], file: file))
            } else if words.count == 3 {
                mappings[mappings.count - 1].sizes[words[0].dropLast()] = Int(words[1])
            }
        }
        return mappings
    }

    @Test("code and constants are given back, and nothing that this process has written")
    func parts() throws {
        let parts = ProgramMemory.constantParts
        #expect(!parts.isEmpty)
        func theirs() throws -> [Mapping] {
            try mappings().filter { mapping in parts.contains { $0.overlaps(mapping.range) } }
        }
        let before = try theirs()
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        #expect(Set(before.map(\.file)) == [Substring(program)])
        #expect(Set(before.map(\.mode)).isSubset(of: ["r--p", "r-xp"]))
        #expect(before.contains { $0.mode == "r-xp" })
        #expect(before.allSatisfy { $0.sizes["Anonymous"] == 0 })

        // Another test's thread may do the same meanwhile, or touch what was given back: then once more.
        let isGivenBack = try (0..<20).contains { _ in
            let touched = Self.touch(parts)
            let full = resident(try theirs())
            ProgramMemory.giveBack()
            let rest = resident(try theirs())
            return full >= touched && rest < full / 2
        }
        #expect(isGivenBack)
    }

    @Test("the last thread that has nothing to do gives them back")
    func idleThread() throws {
        let parts = ProgramMemory.constantParts
        let full = Self.touch(parts)
        let pool = WorkerPool<Void>(width: 1, patience: .milliseconds(10))
        pool.submit {}
        defer {
            pool.stop()
            pool.join()
        }
        let end = ContinuousClock.now + .seconds(20)
        var rest = full
        while rest >= full / 2, ContinuousClock.now < end {
            Thread.sleep(forTimeInterval: 0.01)
            rest = resident(try mappings().filter { mapping in parts.contains { $0.overlaps(mapping.range) } })
        }
        #expect(rest < full / 2)
    }

    private func resident(_ mappings: [Mapping]) -> Int { mappings.reduce(0) { $0 + ($1.sizes["Rss"] ?? 0) } }

    /// Brings every page in; gives how many kB they are.
    private static func touch(_ parts: [Range<UInt>]) -> Int {
        for part in parts {
            // By the kernel: a sanitizer would mind reads of what lies between two constants.
            unsafe madvise(UnsafeMutableRawPointer(bitPattern: part.lowerBound), part.count, MADV_POPULATE_READ)
        }
        return parts.reduce(0) { $0 + $1.count } / 1_024
    }
}
