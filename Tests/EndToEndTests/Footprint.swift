import Foundation
import TestSupport
import Testing

/// What a process holds of the machine, by /proc.
struct Footprint {
    /// The most that was resident at once, in KiB.
    let peak: Int
    let resident: Int
    let threads: Int
    let descriptors: Int

    /// A sanitizer takes several times the memory, and a thread of its own.
    static let isSanitized = ProcessInfo.processInfo.environment.keys.contains {
        ["TSAN_OPTIONS", "ASAN_OPTIONS"].contains($0)
    }

    init(of binary: Binary) throws {
        let status = try String(contentsOfFile: "/proc/\(binary.processID)/status", encoding: .utf8)
        func number(_ name: String) throws -> Int {
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("\(name):") })
            return try #require(line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) })
        }
        peak = try number("VmHWM")
        resident = try number("VmRSS")
        threads = try number("Threads")
        descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(binary.processID)/fd").count
    }

    /// Where the program file's code is mapped.
    static func code(of binary: Binary, named end: String) throws -> Range<UInt> {
        let maps = try processFile("/proc/\(binary.processID)/maps")
        let line = try #require(maps.split(separator: "\n").first { $0.contains(" r-xp ") && $0.hasSuffix(end) })
        let ends = line.prefix { $0 != " " }.split(separator: "-").compactMap { UInt($0, radix: 16) }
        try #require(ends.count == 2)
        return ends[0]..<ends[1]
    }
}
