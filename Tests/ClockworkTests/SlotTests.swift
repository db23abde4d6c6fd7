import Schedule
import Testing

@testable import Clockwork

@Suite("Slots")
struct SlotTests {
    @Test("every job that never ran is due at once, by name, and only once")
    func firstRuns() throws {
        var rig = Rig([try job("b", "every 1m"), try job("a", "daily 03:00")], at: 10)
        #expect(rig.look(at: 10).map(\.brief) == ["a 10 first", "b 10 first"])
        #expect(rig.look(at: 11).isEmpty)
    }

    @Test("the next run comes an interval after the slot, not after the end, and not a nanosecond early")
    func phase() throws {
        var rig = Rig([try job("a", "every 1m")])
        let first = try #require(rig.look(at: 0).first)
        rig.pass(to: 20)
        _ = rig.answer(first, status: 200)
        #expect(rig.next == 60)
        #expect(rig.look(at: 59.999).isEmpty)
        #expect(rig.look(at: 60).map(\.brief) == ["a 60 schedule"])
        #expect(rig.look(at: 60).isEmpty)
    }

    /// The job ran at midnight; its tick is 30 s.
    @Test(
        "a slot runs or is left out by its age, and what comes after it",
        arguments: [
            // Schedule, window, when the loop looks, what it does, when the job is due after that.
            ("daily 01:00", nil, 90_000 - 1, "a 3600 catchup", 90_000),
            ("daily 01:00", 0, 3_630, "a 3600 schedule", 90_000),
            ("daily 01:00", 0, 3_630.001, "passed a 3600", 90_000),
            ("daily 01:00", 60, 3_660, "a 3600 catchup", 90_000),
            ("daily 01:00", 60, 3_660.001, "passed a 3600", 90_000),
            // Of several the latest counts.
            ("daily 01:00", nil, 2 * 86_400 + 7_000, "a 176400 catchup", 3 * 86_400 + 3_600),
            ("daily 01:00", 60, 2 * 86_400 + 3_610, "a 176400 schedule", 3 * 86_400 + 3_600),
            ("daily 01:00", 60, 2 * 86_400 + 7_000, "passed a 176400", 3 * 86_400 + 3_600),
            // A window shorter than a tick changes nothing: such a slot is not missed.
            ("daily 01:00", 1, 3_620, "a 3600 schedule", 90_000),
            // An interval keeps its phase when a slot is left out or a little late, and begins a new one when it is caught up.
            ("every 1h", 0, 3_700, "passed a 3600", 7_200),
            ("every 1h", nil, 3_630, "a 3600 schedule", 7_200),
            ("every 1h", nil, 3_700, "a 3700 catchup", 7_300),
            ("every 1h", 0, 100_000, "passed a 97200", 100_800),
            // Ten years of seconds are one decision.
            ("every 1s", nil, 315_360_000, "a 315360000 schedule", 315_360_001),
            ("cron * * * * * *", nil, 315_360_000, "a 315360000 schedule", 315_360_001),
        ] as [(String, Int?, Double, String, Double)]
    )
    func age(_ schedule: String, _ window: Int?, _ now: Double, _ expected: String, _ next: Double) throws {
        let a = try job("a", schedule) { $0.catchupWindowSeconds = window }
        var rig = Rig([a], states: [ran(a, at: 0)])
        let attempts = rig.look(at: now)
        #expect(attempts.map(\.brief) + rig.facts.map(\.brief) == [expected])
        for attempt in attempts { _ = rig.answer(attempt, status: 200) }
        #expect(rig.look(at: now).isEmpty)
        #expect(rig.next == next)
    }

    @Test("a caught-up interval counts its lateness from its slot, and so does a calendar job")
    func lateness() throws {
        let jobs = [try job("a", "every 1h"), try job("b", "daily 01:00")]
        var rig = Rig(jobs, states: jobs.map { ran($0, at: 0) })
        let attempts = rig.look(at: 3_700)
        #expect(attempts.map(\.run.due) == [Rig.at(3_600), Rig.at(3_600)])
        for attempt in attempts { _ = rig.answer(attempt, status: 200) }
        #expect(rig.ends.map(\.lateMilliseconds) == [100_000, 100_000])
    }

    @Test(
        "a slot held by a run is missed when that ends more than a tick later",
        arguments: [(7_230.0, "a 7200 schedule"), (7_231, "passed a 7200")]
    )
    func heldSlot(end: Double, expected: String) throws {
        let a = try job("a", "every 1h") { $0.catchup = .skip }
        var rig = Rig([a], states: [ran(a, at: 0)])
        let first = try #require(rig.look(at: 3_600).first)
        _ = rig.connect(first)
        #expect(rig.look(at: 7_200).isEmpty)
        #expect(rig.facts.map(\.brief) == ["held a 7200 running"])
        rig.pass(to: end)
        let attempts = rig.answer(first, status: 200)
        #expect((attempts.map(\.brief) + rig.facts.map(\.brief)).contains(expected))
        #expect(attempts.count == (expected.hasPrefix("passed") ? 0 : 1))
        #expect(try rig.nextSlot("a") == Rig.at(10_800))
    }

    @Test("a job in flight is not started again; a streak is told at its start, and at its end with its count")
    func streak() throws {
        var rig = Rig([try job("a", "every 10s")])
        let first = try #require(rig.look(at: 0).first)
        _ = rig.connect(first)
        _ = rig.look(at: 10)
        #expect(rig.facts.map(\.brief) == ["held a 10 running"])
        _ = rig.look(at: 20)
        #expect(rig.facts.isEmpty)
        _ = rig.look(at: 34)
        #expect(rig.answer(first, status: 200).map(\.brief) == ["a 30 schedule"])
        #expect(rig.facts.map(\.brief).contains("released a 3 running"))
    }

    @Test("a streak counts no slot before a change of the schedule, and none after")
    func streakOverChange() throws {
        var rig = Rig([try job("a", "every 10s")])
        let first = try #require(rig.look(at: 0).first)
        _ = rig.connect(first)
        _ = rig.look(at: 10)
        _ = rig.look(at: 25)
        rig.replace([try job("a", "every 7s")])
        #expect(rig.facts.map(\.brief) == ["released a 2 running", "configured a last=25"])
        _ = rig.look(at: 31)
        #expect(rig.facts.isEmpty)
        _ = rig.look(at: 32)
        #expect(rig.facts.map(\.brief) == ["held a 32 running"])
        rig.pass(to: 40)
        #expect(rig.answer(first, status: 200).map(\.brief) == ["a 39 schedule"])
        #expect(rig.facts.map(\.brief).contains("released a 2 running"))
    }

    @Test("exactly a tick late is on time, a nanosecond more is missed")
    func tickIsInclusive() throws {
        let jobs = [try job("a", "every 1m"), try job("b", "daily 00:01")]
        for (nanoseconds, triggers) in [(0, [Run.Trigger.schedule, .schedule]), (1, [.catchup, .catchup])] {
            var rig = Rig(jobs, states: jobs.map { ran($0, at: 0) })
            rig.shift = .nanoseconds(nanoseconds)
            #expect(rig.look(at: 90).map(\.run.trigger) == triggers)
        }
    }

    @Test("a first run is never too old, and is the schedule's latest slot once there is one")
    func firstIsNeverMissed() throws {
        let jobs = [try job("a", "daily 03:00") { $0.catchup = .skip }, try job("b", "every 10s")]
        var rig = Rig(jobs)
        #expect(rig.look(at: 500).map(\.brief) == ["a 0 first", "b 500 first"])
    }

    @Test("ten days of the documented intervals: as many runs as the schedules say, none early, none twice")
    func tenDays() throws {
        let perDay = ["every 15m": 96, "every 5m": 288, "every 17m": 86_400.0 / 1_020, "daily 03:00": 1, "every 4h": 6]
        let jobs = try perDay.keys.map { try job($0.replacing(" ", with: "-").replacing(":", with: "-"), $0) }
        var rig = Rig(jobs)
        let attempts = rig.run(to: 10 * 86_400 - 1, answer: 200)
        for job in jobs {
            let slots = attempts.filter { $0.job.name == job.name }.map(\.run.slot)
            #expect(Set(slots).count == slots.count)
            // "every 17m" does not divide ten days; a daily job's first run is an extra one.
            let expected =
                Int(((perDay[job.scheduleText] ?? 0) * 10).rounded(.up)) + (job.scheduleText == "daily 03:00" ? 1 : 0)
            #expect(slots.count == expected, "\(job.name)")
        }
    }

    @Test(
        "far years: nothing overflows, and after the last slot there is none",
        arguments: [2_147_483_647, 4_102_444_800, Moment.searchable.upperBound - 30, Moment.searchable.upperBound]
    )
    func farYears(seconds: Int64) throws {
        let begin = Moment(seconds: seconds)
        let schedules = ["every 1s", "cron * * * * * *", "daily 00:00", "monthly last 03:00"]
        let jobs = try zip(["a", "b", "c", "d"], schedules).map { try job($0, $1) }
        var rig = Rig(jobs, shift: begin - Rig.midnight)
        for second in 0...60 {
            var open = rig.look(at: Double(second))
            while let attempt = open.popLast() {
                #expect(attempt.run.slot >= begin)
                open += rig.answer(attempt, status: 200)
            }
            #expect(rig.next.map { $0 > Double(second) } ?? true)
        }
        rig.shift = Moment(seconds: Moment.searchable.upperBound + 60) - Rig.midnight
        for attempt in rig.look(at: 61) { _ = rig.answer(attempt, status: 200) }
        #expect(rig.clockwork.nextLook.moment == nil)
    }
}
