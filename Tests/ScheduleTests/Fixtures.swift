import Foundation
import Testing

@testable import Schedule

/// The zones of the machine that runs the tests; without them the tests fail rather than pass unseen.
enum Fixtures {
    static let directory = ZoneDirectory(environment: ProcessInfo.processInfo.environment)

    static func zone(_ name: String) throws -> Zone {
        do {
            return try Zone(named: name, in: directory)
        } catch ZoneError.noDirectory {
            throw Missing(what: "there is no zone directory \(directory.path): install tzdata (apt-get install tzdata)")
        } catch ZoneError.unknown {
            throw Missing(what: "\(directory.path) has no \(name): install tzdata, on newer systems tzdata-legacy too")
        }
    }

    static func moment(_ text: String) throws -> Moment { try Moment(parsing: text) }

    static func timetable(_ schedule: String, in zone: String = "UTC", hashKey: HashKey = HashKey()) throws -> Timetable
    {
        Timetable(try Schedule(parsing: schedule), in: try self.zone(zone), hashKey: hashKey)
    }

    /// The lines of a file of JSON objects beside these tests.
    static func vectors<Line: Decodable>(_ name: String, _ path: String = #filePath) throws -> [Line] {
        let file = URL(filePath: path).deletingLastPathComponent().appending(path: "Vectors/\(name)")
        let decoder = JSONDecoder()
        return try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).map {
            try decoder.decode(Line.self, from: Data($0))
        }
    }

    struct Missing: Error, CustomStringConvertible {
        let what: String
        var description: String { what }
    }
}

extension Timetable {
    func slots(after moment: Moment, count: Int) -> [Moment] {
        var slots: [Moment] = []
        while slots.count < count, let slot = next(after: slots.last ?? moment) { slots.append(slot) }
        return slots
    }
}

/// SplitMix64: small, seeded, the same everywhere, so that a failure can be repeated from its seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
