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

    @Test("offsets, at each change and beyond the last")
    func zones() throws {
        let lines: [ZoneLine] = try Fixtures.vectors("zones.jsonl")
        #expect(lines.count > 500)
        for line in lines {
            let zone = try Fixtures.zone(line.zone)
            var offset = line.offsetIn1970
            #expect(zone.offset(at: .epoch) == offset, "\(line.zone) at 1970")
            for change in line.changes {
                #expect(zone.offset(at: Moment(seconds: change[0] - 1)) == offset, "\(line.zone) before \(change[0])")
                offset = Int(change[1])
                #expect(zone.offset(at: Moment(seconds: change[0])) == offset, "\(line.zone) from \(change[0])")
            }
            for far in line.far {
                #expect(zone.offset(at: Moment(seconds: far[0])) == Int(far[1]), "\(line.zone) at \(far[0])")
            }
        }
    }
}
