import Clockwork
import JSON
import Schedule
import Testing

@testable import Telling

@Suite("Slots that were not run")
struct MissedSlotsTests {
    @Test("what happened, and what it is listed as")
    func facts() throws {
        let job = try Fixture.caller { $0.catchup = .skip }
        let rows: [([Fact], [String])] = [
            ([.passed("a", slot: Fixture.slot, about: job)], ["1 skipped missed, and not caught up (catchup=skip)"]),
            ([.passed("a", slot: Fixture.slot)], []),
            (
                [
                    .slotGivenUp(
                        job,
                        slot: Fixture.slot,
                        count: 2,
                        after: .seconds(1_200),
                        .group("llm", heldBy: []),
                        isFirst: false
                    )
                ],
                ["2 group waited 20m for group llm (held by ), in vain"]
            ),
            (
                [.slotsGaveWay(job, count: 3, .targetDown, from: Fixture.slot)],
                ["3 target_down the app could not be reached, and a later slot came first"]
            ),
            (
                [.slotHeld(job, slot: Fixture.slot, .running)],
                ["? running held: the run before it had not ended"]
            ),
            (
                [.slotHeld(job, slot: Fixture.slot, .paused), .slotsReleased(job, count: 7, .paused)],
                ["7 paused the job was paused"]
            ),
            ([.passed("a", slot: Fixture.slot, about: job), .gone("a", at: Fixture.slot)], []),
        ]
        for (facts, listed) in rows {
            var missed = MissedSlots()
            for fact in facts { missed.note(fact) }
            #expect(
                missed.items.map { "\($0.count.map(String.init) ?? "?") \($0.reason.rawValue) \($0.why)" } == listed
            )
        }
    }

    @Test("the last 100, each job's together, newest first")
    func order() throws {
        var missed = MissedSlots()
        for number in 0..<120 {
            var job = try Fixture.caller { $0.catchup = .skip }
            job.name = number % 2 == 0 ? "even" : "odd"
            missed.note(.passed(job.name, slot: Fixture.slot + .seconds(number), about: job))
        }
        #expect(missed.items.count == 100)
        let list = missed.byJob
        #expect(list.map(\.job) == Array(repeating: "odd", count: 50) + Array(repeating: "even", count: 50))
        #expect(list.first?.slot == Fixture.slot + .seconds(119) && list.last?.slot == Fixture.slot + .seconds(20))
        #expect(list.first?.command == "scheduler fire odd")
    }
}

@Suite("Slots to come, and what holds them")
struct ComingSlotTests {
    private func coming(_ entry: StatusSnapshot.Entry, _ freezes: [String] = []) throws -> [String] {
        var snapshot = Fixture.snapshot([entry])
        var zones = ZoneCache(directory: ZoneDirectory(environment: [:]))
        snapshot.freezes = FreezeCalendar(try freezes.map { try FreezeWindow(parsing: $0, in: .utc, zones: &zones) })
        return ComingSlot.next(of: entry, in: snapshot).map { slot in
            [slot.slot.description, slot.reason?.rawValue, slot.why.isEmpty ? nil : slot.why].compactMap(\.self)
                .joined(separator: " ")
        }
    }

    @Test("of every from the last one, of all others from now")
    func phases() throws {
        let every = try Fixture.entry("a", "every 15m", runs: [Fixture.run(.ok, ago: 600, ms: 0)])
        #expect(try coming(every).prefix(2) == ["2026-11-21T12:05:00Z", "2026-11-21T12:20:00Z"])
        #expect(try coming(every).count == 10)
        let daily = try Fixture.entry("a", "daily 03:00", runs: [Fixture.run(.ok, ago: 999_999)])
        #expect(try coming(daily).first == "2026-11-22T03:00:00Z")
        #expect(
            try coming(try Fixture.entry("a", "every 15m")).prefix(2) == [
                "2026-11-21T12:04:00Z", "2026-11-21T12:19:00Z",
            ]
        )
        #expect(try coming(try Fixture.entry("a", "monthly 1 03:00", next: nil)).first == "2026-12-01T03:00:00Z")
    }

    @Test("a pause, and then skips, which a paused slot does not use up")
    func holds() throws {
        var entry = try Fixture.entry("a", "daily 13:00", runs: [Fixture.run(.ok, ago: 60)])
        entry.state?.pause = Pause(from: Fixture.noon, until: Fixture.noon + .seconds(86_400), note: "<b>")
        entry.state?.skips = 1
        #expect(
            try coming(entry).prefix(3) == [
                "2026-11-21T13:00:00Z paused paused until 2026-11-22T12:00:00Z (<b>)",
                "2026-11-22T13:00:00Z skipped_once skipped, as somebody asked", "2026-11-23T13:00:00Z",
            ]
        )
        let window = "2026-11-22T00:00:00Z/2026-11-24T00:00:00Z"
        #expect(
            try coming(entry, [window]).prefix(4).map { $0.prefix(33) } == [
                "2026-11-21T13:00:00Z paused pause", "2026-11-22T13:00:00Z frozen froze",
                "2026-11-23T13:00:00Z frozen froze", "2026-11-24T13:00:00Z skipped_once",
            ]
        )
    }
}
