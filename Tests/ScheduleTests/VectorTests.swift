import Foundation
import Testing

@testable import Schedule

@Suite("Vectors from an independent implementation")
struct VectorTests {
    struct SlotsLine: Decodable {
        let schedule: String, tz: String, after: String, slots: [String]
    }

    struct ZoneLine: Decodable {
        let zone: String, offsetIn1970: Int, changes: [[Int64]], far: [[Int64]]

        enum CodingKeys: String, CodingKey {
            case zone, changes, far
            case offsetIn1970 = "at_1970"
        }
    }

    @Test("slots, forwards and backwards")
    func slots() throws {
        let lines: [SlotsLine] = try Fixtures.vectors("slots.jsonl")
        #expect(lines.count > 1000)
        for line in lines {
            let timetable = try Fixtures.timetable(line.schedule, in: line.tz)
            let after = try Moment(parsing: line.after)
            let slots = timetable.slots(after: after, count: line.slots.count)
            #expect(slots.map(\.description) == line.slots, "\(line.schedule) in \(line.tz) after \(line.after)")
            let last = try #require(slots.last)
            #expect(timetable.latest(after: after, through: last + .milliseconds(1)) == last)
        }
    }

    /// The vectors were made with release 2025b.
    ///
    /// Each release corrects some history and brings new rules, so on another one a few zones may differ.
    @Test("offsets, at each change and beyond the last")
    func zones() throws {
        let lines: [ZoneLine] = try Fixtures.vectors("zones.jsonl")
        #expect(lines.count > 500)
        let release = Fixtures.directory.version()
        var differing: [String] = []
        for line in lines {
            let zone = try Fixtures.zone(line.zone)
            var expected = [(Int64(0), line.offsetIn1970)]
            var offset = line.offsetIn1970
            for change in line.changes {
                expected.append((change[0] - 1, offset))
                offset = Int(change[1])
                expected.append((change[0], offset))
            }
            expected += line.far.map { ($0[0], Int($0[1])) }
            if !expected.allSatisfy({ zone.offset(at: Moment(seconds: $0)) == $1 }) { differing.append(line.zone) }
        }
        #expect(differing.count <= (release == "2025b" ? 0 : 40), "\(differing) with release \(release ?? "unknown")")
    }

    /// glibc reads the same files with other code, whatever their release.
    @Test("offsets as date(1) has them, for every zone of the machine")
    func systemLibrary() throws {
        let moments = stride(from: Int64(0), through: 7_000_000_000, by: 96_000_001).map { $0 }
        let zones = Fixtures.directory.names().filter { $0.contains("/") }
        try #require(zones.count > 300, "install tzdata")
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [
            "-c", #"while read -r zone; do printf '%s\n' "$0" | TZ="$zone" LC_ALL=C date -f - "+$zone %s %::z"; done"#,
            moments.map { "@\($0)" }.joined(separator: "\n"),
        ]
        process.environment = ["PATH": "/usr/bin:/bin", "TZDIR": Fixtures.directory.path]
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        // Less than a pipe holds, so that writing first cannot block.
        try input.fileHandleForWriting.write(contentsOf: Data((zones.joined(separator: "\n") + "\n").utf8))
        try input.fileHandleForWriting.close()
        let lines = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            .split(separator: "\n")
        process.waitUntilExit()
        #expect(lines.count == zones.count * moments.count)
        var cache = ZoneCache(directory: Fixtures.directory)
        for line in lines {
            let words = line.split(separator: " ")
            let parts = words[2].dropFirst().split(separator: ":").compactMap { Int($0) }
            let offset = (words[2].hasPrefix("-") ? -1 : 1) * (parts[0] * 3600 + parts[1] * 60 + parts[2])
            let moment = Moment(seconds: try #require(Int64(words[1])))
            let zone = try cache.zone(named: String(words[0]))
            if zone.offset(at: moment) != offset { Issue.record("\(line) is \(zone.offset(at: moment))") }
        }
    }
}
