import Clockwork
import Foundation
import Schedule
import TestSupport
import Testing

@testable import Ledger

@Suite("State: all that is known of a job is kept")
struct StateFieldsTests {
    private let rig: LedgerRig

    init() throws { rig = try LedgerRig() }

    private static let hold = Hold(
        from: Moment(seconds: 1_780_000_000, nanoseconds: 1_000_000),
        until: Moment(seconds: 1_780_000_060),
        reason: .abandoned
    )

    private static let incident = Incident(slot: .epoch, since: .epoch + .seconds(1))

    private static var closed: Incident {
        var incident = incident
        (incident.failures, incident.last, incident.run) = (3, .epoch + .seconds(2), RunID(1, 2))
        (incident.opened, incident.told) = (.epoch + .seconds(3), .epoch + .seconds(4))
        incident.closed = .epoch + .seconds(5)
        return incident
    }

    /// In the order of the members.
    private static let changes: [(member: String, change: @Sendable (inout JobState) -> Void)] = [
        ("name", { $0.name = "A" }), ("schedule", { $0.schedule = "daily 03:00" }),
        ("zone", { $0.zone = "Europe/Prague" }), ("seedHash", { $0.seedHash = 7 << 60 | 1 }),
        ("seen", { $0.seen = .epoch }), ("last", { $0.last = .epoch }),
        ("highest", { ($0.last, $0.highest) = (.epoch, .epoch) }),
        (
            "inFlight",
            {
                $0.last = RunBegin.numbered().slot
                $0.inFlight = .init(.numbered(), previous: .epoch, previousHighest: .epoch + .seconds(1))
            }
        ),
        ("unfinished", { ($0.last, $0.unfinished) = (.epoch, .numbered(2, .failed)) }), ("hold", { $0.hold = hold }),
        ("pause", { $0.pause = Pause(from: .epoch, until: .epoch + .seconds(60), note: "two words") }),
        ("skips", { $0.skips = 7 }),
        ("runs", { ($0.last, $0.runs) = (.epoch, (1...3).map { .numbered($0) }) }),
        ("lastSuccess", { $0.lastSuccess = .epoch }),
        ("consecutiveFailures", { $0.consecutiveFailures = 3 }), ("trouble", { $0.trouble = incident }),
        ("closing", { $0.closing = closed }), ("gone", { $0.gone = .epoch }),
    ]

    @Test("each member by itself, and all of them, come back from a file that is written anew")
    func members() {
        let empty = JobState(name: "a")
        // A member that is boxed is stored under a name of its own.
        let members = Mirror(reflecting: empty).children.compactMap { $0.label?.replacing("_", with: "") }
        #expect(members == Self.changes.map(\.member), "add the new one")
        var all = empty
        for (member, change) in Self.changes {
            var state = empty
            change(&state)
            change(&all)
            #expect(state != empty, "\(member)")
            for state in [state, all] {
                let (book, tally) = StateText.read(StateText.bytes(state))
                #expect(book["a"] == state, "\(member)")
                #expect(tally.damaged == 0, "\(member)")
            }
        }
    }

    @Test("the count of items is kept, up to the largest; a record without one is of a run without one")
    func items() {
        for count in [nil, 0, 42, 1 << 53 - 1] {
            var run = RunRecord.numbered()
            run.items = count
            let bytes = StateText.bytes([Fact.ended("a", run, nil)])
            #expect(String(decoding: bytes, as: UTF8.self).contains(" items=") == (count != nil))
            #expect(StateText.read(bytes).0["a"]?.runs == [run])
        }
    }

    @Test("a hold may have any reason", arguments: Hold.Reason.allCases)
    func reasons(_ reason: Hold.Reason) {
        var hold = Self.hold
        hold.reason = reason
        let facts: [Fact] = [.failed("a", .numbered(1, .failed), hold), .ended("b", .numbered(2, .timeout), hold)]
        let (book, _) = StateText.read(StateText.bytes(facts))
        #expect(book["a"]?.hold == hold)
        #expect(book["b"]?.hold == hold)
    }

    @Test("hold, unfinished run, first sight, highest and passed slots: after a kill, a compaction, and damage")
    func lives() async throws {
        var ledger = try rig.opened(compactingFrom: 1)
        let begin = RunBegin.numbered(5)
        let configuration = Fact.Configuration(schedule: "every 1h", zone: "", seen: RunBegin.numbered().slot)
        ledger.tell(.configured("a", configuration))
        ledger.tell(.configured("b", Fact.Configuration(schedule: "every 1h", zone: "", seen: .epoch)))
        ledger.tell(.began("a", begin))
        ledger.tell(.failed("a", .numbered(5, .throttled), Self.hold))
        ledger.tell(.passed("b", slot: RunBegin.numbered(3).slot))
        // A clock that was wrong: the last slot goes back, the highest does not.
        let back = begin.slot - .seconds(60)
        ledger.tell(.configured("a", Fact.Configuration(schedule: "every 1h", zone: "", last: back)))
        let book = ledger.book
        var state = JobState(name: "a")
        (state.schedule, state.seen) = ("every 1h", configuration.seen)
        (state.last, state.highest) = (back, begin.slot)
        (state.unfinished, state.hold) = (.numbered(5, .throttled), Self.hold)
        #expect(book["a"] == state)
        #expect(book["b"]?.last == RunBegin.numbered(3).slot)
        #expect(book["b"]?.highest == nil)
        ledger.kill()

        ledger = try rig.opened(compactingFrom: 1)
        #expect(ledger.book == book, "after a kill")
        // Each append may begin a compaction now.
        let inode = try SystemFiles().status(rig.logPath)?.inode
        var number = 0
        try await awaitTrue {
            number += 1
            ledger.tell(.passed("c", slot: RunBegin.numbered(number).slot))
            return (try? SystemFiles().status(rig.logPath))??.inode != inode
        }
        ledger.close()
        var later = ledger.book
        later.apply(.dropped("c"))
        #expect(later == book)
        #expect(try rig.onDisk() == ledger.book, "after a compaction")
        #expect(rig.folder.text("state/state.log").contains(" unfinished job=a "))

        let handle = try FileHandle(forWritingTo: URL(filePath: rig.logPath))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("torn".utf8))
        try handle.close()
        for round in 0..<2 { #expect(try rig.onDisk() == ledger.book, "round \(round) after damage") }
        #expect(!rig.folder.text("state/state.log").contains("torn"))
    }

    /// As release 0.1.0 wrote it: four jobs after a compaction, and what came then.
    private static let firstRelease = #"""
        1ccdb788 000025 scheduler-state version=1
        0c487789 000165 run job=report slot=2026-11-21T01:00:00Z run=00000000000000010000000000000001 trigger=first at=2026-11-21T01:00:00.007Z attempts=1 outcome=ok status=200 ms=12 late=7
        eaaafaa9 000168 run job=report slot=2026-11-21T02:00:00Z run=00000000000000010000000000000002 trigger=schedule at=2026-11-21T02:00:00.007Z attempts=1 outcome=ok status=200 ms=12 late=7
        713fa76b 000175 run job=report slot=2026-11-21T03:00:00Z run=00000000000000010000000000000003 trigger=schedule at=2026-11-21T03:00:00.007Z attempts=1 outcome=unreachable status=0 ms=12 late=7
        58ac4ef9 000149 job job=report last=2026-11-21T02:00:00Z success=2026-11-21T02:00:00.019Z failures=1 gone=- runs=3 flight=- zone=Europe/Prague schedule="daily 03:00"
        ff95dcf5 000163 flight job=sync slot=2026-11-21T04:00:00Z run=00000000000000010000000000000004 trigger=schedule at=2026-11-21T04:00:00.007Z attempt=1 previous=2026-11-21T03:00:00Z
        0538890c 000141 job job=sync last=2026-11-21T04:00:00Z success=- failures=0 gone=- runs=0 flight=00000000000000010000000000000004 zone="" schedule="every 1h"
        152cd336 000077 configured job=wait last=2026-11-21T01:00:00Z zone=UTC schedule="daily 07:00"
        cc5d0951 000127 begin job=late slot=2026-11-21T05:00:00Z run=00000000000000010000000000000005 trigger=catchup at=2026-11-21T05:01:00Z attempt=1
        7ef7bcc8 000169 end job=late slot=2026-11-21T05:00:00Z run=00000000000000010000000000000005 trigger=catchup at=2026-11-21T05:00:00.007Z attempts=1 outcome=failed status=500 ms=12 late=7
        5b502e39 000125 begin job=back slot=2026-11-21T06:00:00Z run=00000000000000010000000000000006 trigger=first at=2026-11-21T06:00:00Z attempt=1
        3ec60459 000055 withdrawn job=back run=00000000000000010000000000000006
        d576dc8c 000037 gone job=late at=2026-11-21T06:40:00Z

        """#

    @Test("a file of release 0.1.0: the latest slot that began is the highest, and no job was seen first at any time")
    func firstRelease() throws {
        var (book, tally) = StateText.read(Array(Self.firstRelease.utf8))
        #expect(tally == .init(good: 13, bytes: Self.firstRelease.utf8.count))
        let at = { (hour: Int) in Moment(seconds: 1_795_219_200 + Int64(hour) * 3_600) }
        let slots: [(job: String, last: Int?, highest: Int?)] = [
            ("report", 2, 2), ("sync", 4, 4), ("wait", 1, nil), ("late", 5, 5), ("back", nil, nil),
        ]
        #expect(book.count == slots.count)
        for (job, last, highest) in slots {
            #expect(book[job]?.last == last.map(at), "\(job)")
            #expect(book[job]?.highest == highest.map(at), "\(job)")
            #expect(book[job].map { $0.seen == nil && $0.hold == nil && $0.unfinished == nil } == true, "\(job)")
        }
        #expect(book["report"]?.runs.map(\.outcome) == [.ok, .ok, .unreachable])
        #expect(book["sync"]?.inFlight?.begin.id == RunID(1, 4))
        #expect(book["late"]?.gone == at(6) + .seconds(2_400))
        #expect(book["late"]?.consecutiveFailures == 1)
        // The run in flight is taken back: so are both slots.
        book.apply(.withdrawn("sync", RunID(1, 4)))
        #expect(book["sync"]?.last == at(3))
        #expect(book["sync"]?.highest == at(3))
        #expect(StateText.read(StateText.bytes(book)).book == book)
    }
}
