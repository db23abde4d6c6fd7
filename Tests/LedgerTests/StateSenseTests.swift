import Clockwork
import Foundation
import Schedule
import TestSupport
import Testing

@testable import Ledger

/// Sound records that nobody can have written: a time that no clock shows, a slot a year after its run, a hold of years.
@Suite("State: records that make no sense")
struct StateSenseTests {
    private static let id = "run=00000000000000000000000000000001"
    private static let at = "2026-01-01T00:00:00Z"
    private static let begin = "job=a slot=\(at) \(id) trigger=schedule at=\(at) attempt=1"
    private static let run = begin.replacing("attempt=1", with: "attempts=1 outcome=timeout status=0 ms=5 late=0")
    private static let job =
        "job job=a last=\(at) success=\(at) failures=0 gone=- runs=0 flight=- zone=UTC schedule=x seen=\(at) highest=\(at)"
    private static let hold = "hold=abandoned from=\(at) until=2026-01-01T00:01:00Z"

    /// Each kind of record, whole.
    private static let sound = [
        "begin \(begin)", "end \(run) \(hold)", "failed \(run) \(hold)", "run \(run)", "unfinished \(run)",
        "flight \(begin) previous=\(at) peak=\(at)", "\(job) \(hold)", "passed job=a slot=\(at)", "gone job=a at=\(at)",
        "configured job=a last=\(at) zone=UTC schedule=x seen=\(at)",
    ]
    private static let never = [
        "0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "2999-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z", "2199-12-31T23:59:60Z",
    ]

    @Test("the records that they are made of make sense", arguments: sound)
    func sensible(_ payload: String) {
        #expect(RecordFile.loaded(StateText.line(payload)).tally.damaged == 0)
    }

    /// The record with another value in one field, for each field that has a time.
    private static func changed(_ payload: String, _ values: [String]) -> [String] {
        let fields = payload.split(separator: " ").map(String.init)
        return fields.indices.filter { fields[$0].hasSuffix("Z") }.flatMap { index in
            values.map { value in
                var fields = fields
                fields[index] = "\(fields[index].prefix { $0 != "=" })=\(value)"
                return fields.joined(separator: " ")
            }
        }
    }

    @Test("a time that no clock shows is damage, in whatever field", arguments: sound.flatMap { changed($0, never) })
    func times(_ payload: String) {
        let (loader, tally) = RecordFile.loaded(StateText.line(payload))
        #expect((loader.book, tally.damaged) == (Book(), 1))
    }

    @Test(
        "so is a slot more than a year after its run's begin, a hold of years, and an end past all time",
        arguments: [
            begins("begin", "slot", "2027-01-03T00:00:00Z"), begins("end", "slot", "2027-01-03T00:00:00Z"),
            begins("failed", "slot", "2099-01-01T00:00:00Z"), begins("run", "slot", "2099-01-01T00:00:00Z"),
            begins("unfinished", "slot", "2099-01-01T00:00:00Z"), begins("flight", "slot", "2099-01-01T00:00:00Z"),
            "begin " + begin.replacing("attempt=1", with: "attempt=1000001"),
            "end " + run.replacing("at=\(at)", with: "at=2199-12-31T23:59:59Z").replacing("ms=5", with: "ms=1000"),
            "end \(run) " + hold.replacing("2026-01-01T00:01", with: "2026-02-19T00:01"),
            "failed \(run) " + hold.replacing("2026-01-01T00:01", with: "2029-01-01T00:01"),
            "\(job) " + hold.replacing("2026-01-01T00:01", with: "2036-01-01T00:01"),
            "\(job) hold=throttled from=\(at) until=2026-01-01T00:15:01Z",
            "end \(run) hold=throttled from=\(at) until=2026-01-02T00:00:00Z",
        ]
    )
    func senseless(_ payload: String) {
        let (loader, tally) = RecordFile.loaded(StateText.line(payload), holds: ["a": .seconds(60)])
        #expect((loader.book, tally.damaged) == (Book(), 1))
    }

    private static func begins(_ kind: String, _ field: String, _ value: String) -> String {
        let payload = sound.first { $0.hasPrefix(kind + " ") } ?? ""
        return payload.replacing("\(field)=\(at)", with: "\(field)=\(value)")
    }

    @Test("a hold as long as the job's own options allow is one, and any of a job that is not configured")
    func longHolds() {
        let long = "end \(Self.run) " + Self.hold.replacing("2026-01-01T00:01", with: "2029-01-01T00:01")
        for holds in [["a": Duration.seconds(4 * 366 * 86_400)], [:]] {
            #expect(RecordFile.loaded(StateText.line(long), holds: holds).tally.damaged == 0)
        }
        // An earlier timeout may have been longer than the job's is now.
        let older = "end \(Self.run) " + Self.hold.replacing("2026-01-01T00:01", with: "2026-02-17T00:01")
        #expect(RecordFile.loaded(StateText.line(older), holds: ["a": .seconds(60)]).tally.damaged == 0)
    }

    @Test("a job of which a record makes no sense is not one that never ran, and the damage is told", arguments: sound)
    func neverRan(_ payload: String) throws {
        let rig = try LedgerRig()
        let broken = Self.changed(payload, ["9999-01-01T00:00:00Z"]).first ?? ""
        try FileManager.default.createDirectory(atPath: rig.path, withIntermediateDirectories: true)
        let file = StateText.bytes([]) + StateText.line(broken)
        _ = try rig.folder.write("state/state.log", String(decoding: file, as: UTF8.self))
        let ledger = try rig.opened()
        defer { ledger.close() }
        // The rig's clock.
        #expect(ledger.book["a"]?.last == Moment(seconds: 1_795_232_695))
        #expect(rig.events.map(\.kind) == ["damaged"])
        #expect(try rig.onDisk()["a"]?.last == Moment(seconds: 1_795_232_695))
    }

    @Test("what else is known of it counts more")
    func knownOtherwise() {
        let known = StateText.line("end \(Self.run)") + StateText.line("passed job=a slot=9999-01-01T00:00:00Z")
        #expect(RecordFile.loaded(known).loader.settled(at: .epoch)["a"]?.last == Moment(seconds: 1_767_225_600))
    }

    @Test("whatever stands in the fields, what is taken makes sense, can be written, and is read as it was")
    func fuzz() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix(seed: seed)
        let values =
            Self.never + [
                Self.at, "2026-06-01T00:00:00.5Z", "2198-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "-", "", "0", "-1",
                "1e308", "999999999999999", "\"\"", "abandoned", "throttled", "ok", "interrupted", "manual", "a", "b",
                "00000000000000000000000000000001", "ffffffffffffffff",
            ]
        for _ in 0..<1_000 {
            let file = (0..<4).flatMap { _ -> [UInt8] in
                var fields = Self.sound[Int.random(in: 0..<Self.sound.count, using: &random)].split(separator: " ")
                    .map(String.init)
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    let index = Int.random(in: 1..<fields.count, using: &random)
                    let value = values[Int.random(in: 0..<values.count, using: &random)]
                    fields[index] = "\(fields[index].prefix { $0 != "=" })=\(value)"
                }
                return StateText.line(fields.joined(separator: " "))
            }
            let (loader, _) = RecordFile.loaded(file, holds: ["a": .seconds(60)])
            let again = RecordFile.loaded(RecordFile.text(of: loader.book), holds: ["a": .seconds(60)])
            #expect(again.loader.book == loader.book && again.tally.damaged == 0, "seed \(seed)")
            for state in loader.book.jobs.values {
                let moments = [state.last, state.highest, state.seen, state.gone, state.lastSuccess, state.hold?.until]
                let all = moments.compactMap(\.self) + state.runs.flatMap { [$0.slot, $0.ended] }
                #expect(all.allSatisfy { RecordFields.believed.contains($0.seconds) }, "seed \(seed)")
                let longest = state.name == "a" ? Hold.usual : Hold.longest
                #expect(state.hold.map { $0.until - $0.from <= longest } ?? true, "seed \(seed)")
            }
        }
    }
}
