import Schedule
import Testing

@testable import Clockwork

@Suite("Pauses, skipped slots, freezes")
struct BarringTests {
    private static func freezes(_ texts: String...) throws -> FreezeCalendar {
        var zones = ZoneCache(directory: ZoneDirectory(environment: [:]))
        return FreezeCalendar(try texts.map { try FreezeWindow(parsing: $0, in: .utc, zones: &zones) })
    }

    private static func span(_ from: Int, _ to: Int) -> Pause { Pause(from: Rig.at(from), until: Rig.at(to)) }

    /// One that runs each hour, and ran last an hour ago.
    private func hourly(_ schedule: String = "cron 0 * * * *", _ change: (inout Job) -> Void = { _ in }) throws -> Rig {
        let a = try job("a", schedule, change)
        return Rig([a], states: [ran(a, at: -3_600)])
    }

    private func told(_ rig: Rig) -> [String] {
        rig.told.map(\.brief).filter { !$0.hasPrefix("began") && !$0.hasPrefix("attempt") && !$0.hasPrefix("ended") }
    }

    @Test("in a pause nothing starts; what passed is left out, counted, told once at each end, and not missed later")
    func pause() throws {
        var rig = try hourly()
        rig.pause(["a"], until: 9_000)
        #expect(rig.run(to: 8_999, answer: 200).isEmpty)
        #expect(try rig.entry("a").stage == .idle)
        #expect(try rig.nextSlot("a") == Rig.at(10_800))
        // It outlives a restart.
        rig = rig.restarted()
        #expect(rig.run(to: 10_799, answer: 200).isEmpty)
        #expect(told(rig) == ["released a 3 paused", "pause of a is over, 3 passed", "passed a 7200"])
        #expect(rig.run(to: 10_800, answer: 200).map(\.brief) == ["a 10800 schedule"])
    }

    @Test("with freeze-catchup=one the latest slot that passed runs once after the end, by its slot; an interval too")
    func catchUp() throws {
        for schedule in ["cron 0 * * * *", "every 1h"] {
            var rig = try hourly(schedule) { ($0.freezeCatchup, $0.catchup) = (.one, .skip) }
            rig.pause(["a"], until: 9_000)
            #expect(rig.run(to: 8_999, answer: 200).isEmpty)
            #expect(rig.run(to: 9_000, answer: 200).map(\.brief) == ["a 7200 catchup"])
            #expect(rig.run(to: 10_800, answer: 200).map(\.brief) == ["a 10800 schedule"])
        }
    }

    @Test("an interval keeps its phase over a pause")
    func phase() throws {
        var rig = try hourly("every 1h")
        rig.pause(["a"], until: 9_000)
        #expect(rig.run(to: 100).isEmpty)
        #expect(try rig.nextSlot("a") == Rig.at(10_800))
        #expect(rig.run(to: 10_799, answer: 200).isEmpty)
        #expect(rig.run(to: 10_800, answer: 200).map(\.brief) == ["a 10800 schedule"])
    }

    @Test("a slot that was due before the pause runs after it; a call in flight and its retries go on")
    func before() throws {
        var rig = try running(["every 1h"])
        let a = try job("a", "cron 0 * * * *") { $0.retries = 1 }
        let b = try job("b", "cron 0 * * * *")
        rig = Rig([a, b], states: [ran(a, at: -3_600), ran(b, at: -3_600)], threads: 1)
        let first = try #require(rig.look(at: 0).first)
        _ = rig.connect(first)
        rig.pass(to: 1)
        rig.pause(["a", "b"], until: 1_000)
        #expect(try rig.entry("b").stage == .idle)
        #expect(rig.answer(first, status: 500).isEmpty)
        #expect(rig.run(to: 999, answer: 200).map(\.brief) == ["a 0 schedule #2"])
        #expect(rig.run(to: 1_000, answer: 200).map(\.brief) == ["b 0 catchup"])
    }

    @Test("resume ends a pause at once, and what is not paused is left as it is; pausing again replaces")
    func resume() throws {
        var rig = try hourly()
        rig.resume(["a"])
        #expect(rig.facts.isEmpty)
        rig.pause(["a"], until: 90_000)
        #expect(rig.run(to: 4_000, answer: 200).isEmpty)
        rig.pause(["a"], until: 100_000)
        #expect(rig.facts.map(\.brief) == ["paused a 0-100000", "pause of a until 100000"])
        #expect(rig.run(to: 5_000, answer: 200).isEmpty)
        rig.resume(["a"])
        #expect(rig.facts.map(\.brief) == ["paused a 0-5000", "released a 2 paused", "pause of a is over, 2 passed"])
        #expect(rig.run(to: 7_200, answer: 200).map(\.brief) == ["a 7200 schedule"])
    }

    @Test("skipped slots are not run and not caught up; a paused one uses up no skip")
    func skip() throws {
        var rig = try hourly()
        rig.skip("a", 2)
        #expect(rig.facts.map(\.brief) == ["skips a left=2"])
        #expect(rig.run(to: 10, answer: 200).isEmpty)
        rig.pause(["a"], until: 4_000)
        #expect(rig.run(to: 7_200, answer: 200).isEmpty)
        #expect(
            told(rig).filter { $0.hasPrefix("skips") } == [
                "skips a left=2", "skips a left=1 0 (1)", "skips a left=0 7200 (1)",
            ]
        )
        rig = rig.restarted()
        #expect(rig.run(to: 10_800, answer: 200).map(\.brief) == ["a 10800 schedule"])
    }

    @Test(
        "skips that are asked for while the sidecar is down pass with their slots; more slots than skips leave one to run"
    )
    func skipWhileDown() throws {
        var rig = try hourly()
        #expect(rig.run(to: 0, answer: 200).count == 1)
        rig.skip("a", 1)
        rig = rig.restarted(after: 8_000)
        #expect(rig.run(to: 8_000, answer: 200).map(\.brief) == ["a 7200 catchup"])
        #expect(told(rig).contains("skips a left=0 (1)"))
        rig.skip("a", 3)
        rig.skip("a", 0)
        #expect(rig.facts.map(\.brief) == ["skips a left=0"])
    }

    @Test("no job starts in a freeze but those that are exempt; its begin and its end are a line each")
    func freeze() throws {
        let jobs = [
            try job("a", "cron */30 * * * *"), try job("b", "cron 30 * * * *") { $0.freezeCatchup = .one },
            try job("c", "cron 0 * * * *") { $0.isFreezeExempt = true },
        ]
        let freezes = try Self.freezes("daily 01:00 for 2h")
        var rig = Rig(jobs, states: jobs.map { ran($0, at: 0) }, freezes: freezes, at: 1)
        // A slot at the start is frozen, one at the end runs.
        #expect(
            rig.run(to: 10_800, answer: 200).map(\.brief) == [
                "a 1800 schedule", "b 1800 schedule", "c 3600 schedule", "c 7200 schedule", "b 9000 catchup",
                "a 10800 schedule", "c 10800 schedule",
            ]
        )
        #expect(
            told(rig).filter { !$0.hasPrefix("conf") } == [
                "frozen until 10800, 2 held, exempt c", "released a 4 frozen", "released b 2 frozen",
                "freeze is over, 6 passed, 2 run",
            ]
        )
    }

    @Test("a first run in a freeze is left out, or runs after it; what a freeze held before a restart is not missed")
    func first() throws {
        let freezes = try Self.freezes("daily 00:00 for 1h")
        let jobs = [try job("a", "every 25m"), try job("b", "every 25m") { $0.freezeCatchup = .one }]
        var rig = Rig(jobs, freezes: freezes, at: 60)
        #expect(rig.run(to: 3_599, answer: 200).isEmpty)
        rig = rig.restarted(after: 0.5)
        #expect(rig.run(to: 3_600, answer: 200).map(\.brief) == ["b 3060 first"])
        #expect(rig.run(to: 4_560, answer: 200).map(\.brief) == ["a 4560 schedule", "b 4560 schedule"])
        // Killed before the freeze, started after it: 00:15 and 00:40 are frozen, 01:05 is not.
        rig = Rig([jobs[0]], states: [ran(jobs[0], at: -600)], freezes: freezes, at: 3_800)
        #expect(rig.run(to: 3_800, answer: 200).isEmpty)
        #expect(rig.told.map(\.brief).contains("passed a 2400"))
        #expect(rig.run(to: 3_900, answer: 200).map(\.brief) == ["a 3900 schedule"])
    }

    @Test("a slot missed before the freeze is caught up after it, those in it are not")
    func missedBefore() throws {
        let a = try job("a", "cron 0 * * * *")
        var rig = Rig([a], states: [ran(a, at: -7_200)], freezes: try Self.freezes("daily 00:00 for 1h"), at: 600)
        #expect(rig.run(to: 3_599, answer: 200).isEmpty)
        #expect(rig.run(to: 3_600, answer: 200).map(\.brief) == ["a 3600 schedule"])
        rig = Rig([a], states: [ran(a, at: -7_200)], freezes: try Self.freezes("daily 00:00 for 59m"), at: 600)
        #expect(rig.run(to: 3_540, answer: 200).map(\.brief) == ["a -3600 catchup"])
        #expect(rig.run(to: 3_600, answer: 200).map(\.brief) == ["a 3600 schedule"])
    }

    @Test("what a freeze held stays left out when SIGHUP takes it away: not missed, no skip used up, or its last run")
    func lifted() throws {
        for (catchup, runs) in [(Job.Catchup.skip, []), (.one, ["a 3600 catchup"])] {
            var rig = try hourly { ($0.freezeCatchup, $0.catchup) = (catchup, .skip) }
            let a = try rig.entry("a").job
            rig.replace([a], freezes: try Self.freezes("daily 00:00 for 24h"))
            rig.skip("a", 1)
            #expect(rig.run(to: 4_000, answer: 200).isEmpty)
            rig.replace([a], freezes: FreezeCalendar())
            rig.skip("a", catchup == .one ? 0 : 1)
            #expect(rig.run(to: 7_100, answer: 200).map(\.brief) == runs)
            #expect(rig.disk["a"]?.trouble == nil && !told(rig).contains { $0.hasPrefix("skips a left=0 7200") })
            #expect(told(rig).contains("freeze is over, 2 passed, \(runs.count) run"))
            if catchup == .skip { #expect(rig.run(to: 7_200, answer: 200).isEmpty && rig.disk["a"]?.skips == 0) }
        }
    }

    @Test("a job that SIGHUP makes exempt runs from its next slot on; what the freeze held before is left out")
    func madeExemptLater() throws {
        var rig = try hourly()
        var a = try rig.entry("a").job
        rig.replace([a], freezes: try Self.freezes("daily 00:00 for 24h"))
        #expect(rig.run(to: 4_000, answer: 200).isEmpty)
        a.isFreezeExempt = true
        rig.replace([a])
        #expect(rig.run(to: 7_100, answer: 200).isEmpty)
        #expect(rig.run(to: 7_200, answer: 200).map(\.brief) == ["a 7200 schedule"])
    }

    @Test("in the grace a freeze is on, and ends; a job in it has its next slot behind it")
    func freezeInGrace() throws {
        let a = try job("a", "cron 0 * * * *")
        let b = try job("b", "every 1h")
        var rig = Rig([a, b], states: [ran(a, at: -3_600)], freezes: try Self.freezes("daily 00:00 for 5h"), grace: 60)
        _ = rig.look(at: 1)
        #expect(rig.clockwork.freeze != nil)
        #expect(try rig.nextSlot("a") == Rig.at(5 * 3_600))
        // One that never ran as well.
        #expect(try rig.nextSlot("b") == Rig.at(5 * 3_600))
        _ = rig.look(at: 61)
        #expect(told(rig).count { $0.hasPrefix("frozen") } == 1)
        #expect(try rig.nextSlot("b") == Rig.at(5 * 3_600))
    }

    @Test("with freeze-catchup=one the next slot that is shown in a pause is the last one that passes in it")
    func shownInPause() throws {
        var rig = try hourly { $0.freezeCatchup = .one }
        _ = rig.run(to: 0, answer: 200)
        rig.pause(["a"], until: 9_000)
        _ = rig.run(to: 3_700)
        #expect(try rig.nextSlot("a") == Rig.at(7_200))
    }

    @Test("SIGHUP brings a freeze and takes it away")
    func reload() throws {
        var rig = try hourly()
        let a = try rig.entry("a").job
        rig.replace([a], freezes: try Self.freezes("daily 00:00 for 24h"))
        #expect(rig.run(to: 4_000, answer: 200).isEmpty)
        rig.replace([a], freezes: FreezeCalendar())
        #expect(rig.run(to: 4_000, answer: 200).isEmpty)
        #expect(told(rig).suffix(3) == ["released a 2 frozen", "freeze is over, 2 passed, 0 run", "passed a 3600"])
    }
}

@Suite("Runs by hand")
struct FiringTests {
    private func rig(_ change: (inout Job) -> Void = { _ in }) throws -> Rig {
        let a = try job("a", "cron 0 * * * *", change)
        return Rig([a], states: [ran(a, at: 0)], at: 1)
    }

    @Test("a run by hand begins at once, moves no slot, and has its retries")
    func fires() throws {
        var rig = try rig { $0.retries = 1 }
        rig.pass(to: 60)
        let (id, first) = try rig.fire("a")
        #expect(first.map(\.brief) == ["a 60 manual"])
        #expect(first[0].id == id)
        #expect(rig.answer(first[0], status: 500).isEmpty)
        #expect(rig.run(to: 80, answer: 200).map(\.brief) == ["a 60 manual #2"])
        #expect(rig.records("a").map(\.outcome) == [.ok])
        #expect(rig.disk["a"]?.last == Rig.at(0))
        #expect(rig.run(to: 3_600, answer: 200).map(\.brief) == ["a 3600 schedule"])
    }

    @Test("in the grace its retries come in their time as well")
    func retriesInGrace() throws {
        var rig = Rig([try job("a", "every 1h") { $0.retries = 1 }], grace: 60)
        let (_, attempts) = try rig.fire("a")
        _ = rig.answer(try #require(attempts.first), status: 500)
        let next = try #require(rig.next)
        #expect(next < 10)
        #expect(rig.look(at: next).map(\.number) == [2])
    }

    @Test("one that waits is not called running")
    func waitsForGroup() throws {
        let jobs = try ["a", "b"].map { try job($0, "every 1h") { $0.groups = ["g"] } }
        var rig = Rig(jobs, groups: [Group(name: "g", limit: 1)], grace: 60)
        _ = try rig.fire("a")
        _ = try rig.fire("b")
        rig.pass(to: 3)
        for force in [false, true] {
            guard case .waiting(for: .seconds(3), .group("g", _))? = rig.refusal("b", force: force) else {
                Issue.record("no such refusal")
                return
            }
        }
    }

    @Test("a run by hand that passes over a hold does not end it")
    func holdStays() throws {
        var rig = Rig([try job("a", "every 1d", timeout: 10) { $0.abandonHoldSeconds = 600 }])
        let first = try #require(rig.look(at: 0).first)
        _ = rig.connect(first)
        rig.pass(to: 10)
        _ = rig.fail(first, .timeout, wasSent: true)
        guard case .held? = rig.refusal("a", force: false) else {
            Issue.record("not held")
            return
        }
        let (_, forced) = try rig.fire("a", force: true)
        _ = rig.answer(try #require(forced.first), status: 200)
        guard case .held(for: .seconds(600), .abandoned)? = rig.refusal("a", force: false) else {
            Issue.record("not held any more")
            return
        }
        rig = rig.restarted(after: 10)
        guard case .held? = rig.refusal("a", force: false) else {
            Issue.record("not held after a restart")
            return
        }
    }

    @Test("in the grace, and while the target is down: an unreachable one ends so, and does not stay due")
    func unreachable() throws {
        let a = try job("a", "cron 0 * * * *") { $0.retries = 3 }
        var rig = Rig([a], states: [ran(a, at: 0)], grace: 600, at: 1)
        let (id, first) = try rig.fire("a")
        #expect(rig.fail(first[0], .unreachable, wasSent: false).isEmpty)
        #expect(rig.facts.map(\.brief) == ["attempt a unreachable", "down", "ended a 1 unreachable"])
        #expect(rig.records("a").map(\.id) == [id])
        #expect(try rig.entry("a").stage == .idle)
        rig.pass(to: 5)
        let (_, second) = try rig.fire("a")
        #expect(second.map(\.brief) == ["a 5 manual"])
        #expect(rig.answer(second[0], status: 200).isEmpty)
        #expect(rig.told.map(\.brief).contains { $0.hasPrefix("up after") })
        #expect(rig.run(to: 3_600, answer: 200).map(\.brief) == ["a 3600 schedule"])
    }

    @Test("slots that pass meanwhile are held, and one runs when it is over")
    func slotsMeanwhile() throws {
        var rig = try rig()
        rig.pass(to: 3_590)
        let (_, first) = try rig.fire("a")
        _ = rig.connect(first[0])
        #expect(rig.run(to: 3_700).isEmpty)
        #expect(rig.answer(first[0], status: 200).map(\.brief) == ["a 3600 catchup"])
    }

    @Test("refused while it runs, between two attempts, held, paused, frozen; by force only never over a call")
    func refused() throws {
        var rig = try rig { ($0.retries, $0.abandonHoldSeconds) = (1, 900) }
        #expect(rig.refusal("b", force: true) == .unknownJob)
        rig.pause(["a"], until: 1_000)
        #expect(rig.refusal("a", force: false) == .paused(Pause(from: Rig.at(1), until: Rig.at(1_000))))
        let (_, first) = try rig.fire("a", force: true)
        _ = rig.connect(first[0])
        rig.pass(to: 10)
        #expect(rig.refusal("a", force: true) == .running(for: .seconds(9)))
        _ = rig.answer(first[0], status: 500)
        #expect(rig.refusal("a", force: true) == .betweenAttempts)
        let second = try #require(rig.run(to: 30).first)
        _ = rig.fail(second, .timeout, wasSent: true)
        #expect(rig.refusal("a", force: false) == .held(for: .seconds(900), .abandoned))
        #expect(try rig.fire("a", force: true).1.count == 1)
        rig.stop()
        #expect(rig.refusal("a", force: true) == .life(.draining))
    }

    @Test("a run by hand waits for its place in a group, and is given up like others; a stop drops it")
    func group() throws {
        let jobs = try ["a", "b"].map { try job($0, "cron 0 * * * *") { ($0.groups, $0.waitSeconds) = (["g"], 100) } }
        let groups = [Group(name: "g", limit: 1)]
        var rig = Rig(jobs, states: jobs.map { ran($0, at: 0) }, groups: groups, at: 1)
        let (_, first) = try rig.fire("a")
        _ = rig.connect(first[0])
        #expect(try rig.fire("b").1.isEmpty)
        let second = rig.answer(first[0], status: 200)
        #expect(second.map(\.brief) == ["b 1 manual"])
        _ = rig.connect(second[0])
        rig.pass(to: 10)
        #expect(try rig.fire("a").1.isEmpty)
        #expect(rig.run(to: 110).isEmpty)
        #expect(rig.told.map(\.brief).suffix(2) == ["givenUp a 10 after 100 g: b 109", "not run a"])
        #expect(try rig.fire("a").1.isEmpty)
        rig.stop()
        #expect(rig.facts.map(\.brief) == ["not run a"])
    }

    @Test("a slot that waits when a run is made by hand comes after it")
    func waitingSlot() throws {
        let jobs = try ["a", "b"].map { try job($0, "cron 0 * * * *") }
        var rig = Rig(jobs, states: jobs.map { ran($0, at: -3_600) }, threads: 1)
        let a = try #require(rig.look(at: 0).first)
        rig.pass(to: 5)
        #expect(try rig.fire("b").1.isEmpty)
        let b = rig.answer(a, status: 200)
        #expect(b.map(\.brief) == ["b 5 manual"])
        #expect(rig.answer(b[0], status: 200).map(\.brief) == ["b 0 schedule"])
    }
}
