import Foundation
import Testing

@testable import Schedule

@Suite("Zone files")
struct TZifTests {
    /// Bytes of a zone file, by default a sound one with two changes and a rule.
    struct File {
        var magic = "TZif"
        var version: UInt8 = UInt8(ascii: "2")
        var times: [Int64] = [1_000_000_000, 1_100_000_000]
        var indices: [UInt8] = [1, 0]
        var offsets: [Int32] = [3600, 7200]
        var leaps = 0
        var footer = "\nCET-1CEST,M3.5.0,M10.5.0/3\n"
        var typeCount: UInt32?

        var bytes: [UInt8] {
            version == 0 ? block(timeSize: 4) : block(timeSize: 4) + block(timeSize: 8) + Array(footer.utf8)
        }

        private func block(timeSize: Int) -> [UInt8] {
            var bytes = Array(magic.utf8) + [version] + [UInt8](repeating: 0, count: 15)
            let counts: [UInt32] = [0, 0, UInt32(leaps), UInt32(times.count), typeCount ?? UInt32(offsets.count), 4]
            for count in counts { bytes += big(count) }
            for time in times { bytes += big(time).suffix(timeSize) }
            bytes += indices
            for offset in offsets { bytes += big(offset) + [0, 0] }
            return bytes + Array("CET\0".utf8) + [UInt8](repeating: 0, count: leaps * (timeSize + 4))
        }

        private func big(_ value: some FixedWidthInteger) -> [UInt8] {
            (0..<value.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        }
    }

    @Test("versions 1 to 4, with and without a rule", arguments: [0, 0x32, 0x33, 0x34, 0x39] as [UInt8])
    func versions(_ version: UInt8) throws {
        let data = try TZif.read(File(version: version).bytes)
        #expect(data.stretch(at: 999_999_999) == .init(start: .min, end: 1_000_000_000, offset: 3600))
        #expect(data.stretch(at: 1_000_000_000) == .init(start: 1_000_000_000, end: 1_100_000_000, offset: 7200))
        // 2026-07-01: the rule of the footer, which version 1 does not have
        #expect(data.stretch(at: 1_782_864_000).offset == (version == 0 ? 3600 : 7200))
        let plain = try TZif.read(File(version: version, footer: "\n\n").bytes)
        #expect(plain.stretch(at: .max) == .init(start: 1_100_000_000, end: .max, offset: 3600))
    }

    @Test(
        "refuses what is damaged",
        arguments: [
            (File(magic: "TZjf"), .notTZif), (File(times: [5, 5]), .timesNotAscending),
            (File(times: [9, 5]), .timesNotAscending),
            (File(indices: [1, 2]), .badType), (File(offsets: [3600, 100_000]), .badOffset),
            (File(offsets: [.min, 0]), .badOffset),
            (File(leaps: 1), .leapSeconds), (File(times: [], indices: [], offsets: []), .badCounts),
            (File(typeCount: 200), .truncated), (File(typeCount: .max), .truncated), (File(footer: ""), .truncated),
            (File(footer: "\nUTC0"), .truncated), (File(footer: "UTC0\n"), .badRule),
            (File(footer: "\nUTC\n"), .badRule),
            (File(footer: "\nEST5EDT\n"), .badRule), (File(footer: "\nEST5EDT,M13.1.0,M11.1.0\n"), .badRule),
            (File(footer: "\nEST5EDT,M3.2.0/168,M11.1.0\n"), .badRule), (File(footer: "\nEST5EDT,J0,J365\n"), .badRule),
            (File(footer: "\nEST5EDT,M3.2.0,M11.1.0,\n"), .badRule), (File(footer: "\nE5\n"), .badRule),
            (File(footer: "\n<+0330-3\n"), .badRule), (File(footer: "\nEST99\n"), .badRule),
        ] as [(File, TZif.Fault)]
    )
    func refuses(_ file: File, fault: TZif.Fault) {
        #expect(throws: fault) { try TZif.read(file.bytes) }
    }

    @Test("any cut and any flipped byte is a fault or a zone, never a crash")
    func damaged() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let sound = File().bytes
        for length in 0..<sound.count {
            #expect(throws: TZif.Fault.self) { try TZif.read(Array(sound.prefix(length))) }
        }
        let moments: [Int64] = [.min, -62_135_596_800, 0, 1_050_000_000, 4_000_000_000, 253_402_300_799, .max]
        for _ in 0..<3000 {
            var bytes = sound
            for _ in 0...Int.random(in: 0...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            guard let data = try? TZif.read(bytes) else { continue }
            for moment in moments {
                let stretch = data.stretch(at: moment)
                try #require(stretch.start <= moment && (moment < stretch.end || stretch.end == .max), "seed \(seed)")
            }
            let timetable = Timetable(try Schedule(parsing: "daily 02:30"), in: Zone(name: "x", data: data))
            for moment in moments {
                if let next = timetable.next(after: Moment(seconds: moment)) {
                    try #require(next.seconds > moment, "seed \(seed)")
                }
            }
        }
    }

    @Test("changes at the ends of 64 bits, where adding an offset would overflow")
    func extremeTimes() throws {
        for times: [Int64] in [[.min, .max], [.min + 1, .max - 1], [-1 << 59, 1 << 59]] {
            let zone = Zone(name: "x", data: try TZif.read(File(times: times, footer: "\n\n").bytes))
            for text in ["cron * * * * *", "daily 02:30"] {
                let timetable = Timetable(try Schedule(parsing: text), in: zone)
                let last = try #require(timetable.latest(after: .epoch, through: Moment(seconds: .max)))
                #expect(timetable.next(after: last) == nil)
                #expect(timetable.next(after: Moment(seconds: .min)) != nil)
            }
        }
    }

    /// Expected values from another implementation's reading of the same strings.
    @Test(
        "rules of the footer",
        arguments: [
            ("UTC0", "2030-07-01T00:00:00Z", 0), ("<+0330>-3:30", "2030-07-01T00:00:00Z", 12_600),
            ("CET-1CEST,M3.5.0,M10.5.0/3", "2030-03-31T00:59:59Z", 3600),
            ("CET-1CEST,M3.5.0,M10.5.0/3", "2030-03-31T01:00:00Z", 7200),
            ("CET-1CEST,M3.5.0,M10.5.0/3", "2030-10-27T00:59:59Z", 7200),
            ("CET-1CEST,M3.5.0,M10.5.0/3", "2030-10-27T01:00:00Z", 3600),
            // the southern half of the year, and a year's end inside it
            ("AEST-10AEDT,M10.1.0,M4.1.0/3", "2030-12-31T23:59:59Z", 39_600),
            ("AEST-10AEDT,M10.1.0,M4.1.0/3", "2031-06-01T00:00:00Z", 36_000),
            // negative saving: Dublin's summer is standard
            ("IST-1GMT0,M10.5.0,M3.5.0/1", "2030-07-01T00:00:00Z", 3600),
            ("IST-1GMT0,M10.5.0,M3.5.0/1", "2030-01-01T00:00:00Z", 0),
            // hours before the day and past its end (RFC 9636 section 3.3.2)
            ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2030-03-31T00:59:59Z", -7200),
            ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2030-03-31T01:00:00Z", -3600),
            ("IST-2IDT,M3.4.4/26,M10.5.0", "2030-03-28T23:59:59Z", 7200),
            ("IST-2IDT,M3.4.4/26,M10.5.0", "2030-03-29T00:00:00Z", 10_800),
            // saving all year
            ("EST5EDT,0/0,J365/25", "2030-01-01T04:59:59Z", -14_400),
            ("EST5EDT,0/0,J365/25", "2030-01-01T05:00:00Z", -14_400),
            ("XXX3EDT4,0/0,J365/23", "2030-07-01T00:00:00Z", -14_400),
            ("XXX3EDT4,0/0,J365/23", "2031-01-01T03:00:00Z", -14_400),
            // days by number, with and without February 29
            ("AAA0BBB,J60/0,J300", "2032-03-01T00:00:00Z", 3600), ("AAA0BBB,J60/0,J300", "2032-02-29T23:59:59Z", 0),
            ("AAA0BBB,J59/0,J300", "2032-02-28T00:00:00Z", 3600), ("AAA0BBB,J59/0,J300", "2032-02-27T23:59:59Z", 0),
            ("AAA0BBB,59/0,300", "2032-02-29T00:00:00Z", 3600), ("AAA0BBB,59/0,300", "2032-02-28T23:59:59Z", 0),
            ("AAA0BBB-2:30,J1,J2", "2032-01-01T02:00:00Z", 9000),
        ]
    )
    func rules(_ text: String, _ moment: String, offset: Int64) throws {
        let data = try TZif.read(File(times: [], indices: [], footer: "\n\(text)\n").bytes)
        #expect(data.stretch(at: try Moment(parsing: moment).seconds).offset == offset)
    }
}
