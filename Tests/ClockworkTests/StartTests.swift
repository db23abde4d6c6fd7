import Schedule
import Testing

@testable import Clockwork

/// A state with a run that was cut off, or had failed once.
private func state(_ job: Job, _ facts: Fact...) -> JobState {
    var state = ran(job, at: -10_000)
    for fact in facts { state.apply(fact) }
    return state
}

private func began(_ name: String, _ id: UInt64, slot: Int, attempt: Int = 1, at begin: Int? = nil) -> Fact {
    let at = Rig.at(begin ?? slot)
    return .began(name, RunBegin(id: RunID(0, id), slot: Rig.at(slot), trigger: .schedule, at: at, attempt: attempt))
}

@Suite("A start, and what is known from before")
struct StartTests {
    @Test("a job that is seen for the first time is on record, with the moment; with first=wait that is its last slot")
    func firstSeen() throws {
        let jobs = [
            try job("a", "daily 03:00"), try job("b", "daily 03:00") { $0.first = .wait },
            try job("c", "every 4h") { $0.initialOffset = .seconds(412) },
        ]
        var rig = Rig(jobs, grace: 60, at: 7)
        #expect(
            rig.facts.map(\.brief) == [
                "configured a seen=7", "configured b seen=7 last=7", "configured c seen=7 last=-345",
            ]
        )
        #expect(rig.look(at: 66.9).isEmpty)
        #expect(rig.next == 67)
        #expect(rig.look(at: 67).map(\.brief) == ["a 7 first"])
        // An interval less the offset after the grace.
        #expect(try rig.nextSlot("c") == Rig.at(67 - 412 + 4 * 3_600))
    }

    @Test("a job that is known keeps its last slot, and nothing is told; its name may be written in another way")
    func known() throws {
        let other = try job("a.b", "daily 03:00")
        let rig = Rig([try job("a:b", "daily 03:00")], states: [ran(other, at: -100)])
        #expect(rig.facts.isEmpty)
        #expect(rig.clockwork.state(of: "A_B")?.last == Rig.at(-100))
    }

    @Test(
        "after another schedule or zone nothing before now is missed; the zone of an interval plays no part",
        arguments: [
            ("daily 04:00", "UTC", "daily 03:00", ["configured a last=0"]),
            ("daily 03:00", "Europe/Prague", "daily 03:00", ["configured a last=0"]),
            ("daily 03:00", "UTC", "daily 03:00", []), ("every 5m", "", "every 5m", []),
        ]
    )
    func changed(_ schedule: String, zone: String, new: String, facts: [String]) throws {
        var known = JobState(name: "a")
        known.apply(.configured("a", Fact.Configuration(schedule: schedule, zone: zone, last: Rig.at(-500))))
        let rig = Rig([try job("a", new)], states: [known])
        #expect(rig.facts.map(\.brief) == facts)
    }

    @Test("a job that is gone is kept for 30 days and then forgotten; one that comes back has missed nothing")
    func gone() throws {
        let jobs = [try job("a", "daily 03:00"), try job("old", "daily 03:00")]
        var rig = Rig([jobs[0]], states: jobs.map { ran($0, at: -5) })
        #expect(rig.facts.map(\.brief) == ["gone old"])
        rig = rig.restarted(after: Double(30 * day))
        #expect(rig.facts.isEmpty)
        let back = rig.restarted(jobs)
        #expect(back.facts.map(\.brief) == ["configured old last=\(30 * day)"])
        rig = rig.restarted(after: 1)
        #expect(rig.facts.map(\.brief) == ["dropped old"])
        #expect(rig.clockwork.state(of: "old") == nil)
    }

    @Test(
        "runs whose end the last process did not see end now, by slot and name: interrupted, or as their last attempt did"
    )
    func cutOff() throws {
        let jobs = try ["a", "b", "c", "d", "e"].map {
            try job($0, "every 1d", timeout: 40) { $0.abandonHoldSeconds = 50 }
        }
        let failed = RunRecord(id: RunID(0, 4), slot: Rig.at(-30), began: Rig.at(-29), outcome: .throttled, status: 503)
        let hold = Hold(from: Rig.at(-20), until: Rig.at(580), reason: .throttled)
        let states = [
            state(jobs[1], began("b", 2, slot: -50)), state(jobs[0], began("a", 1, slot: -50)),
            state(
                jobs[2],
                began("c", 3, slot: -90, at: -90),
                .failed("c", failed, nil),
                began("c", 3, slot: -90, attempt: 2, at: -20)
            ),
            state(jobs[3], began("d", 4, slot: -30), .failed("d", failed, hold)),
            state(jobs[4], began("e", 5, slot: -30), .ended("e", RunRecord(id: RunID(0, 5), outcome: .ok), nil)),
        ]
        let rig = Rig(jobs, states: states)
        #expect(
            rig.facts.map(\.brief) == [
                "ended c -90 interrupted until=70", "ended a -50 interrupted until=40",
                "ended b -50 interrupted until=40", "ended d -30 throttled until=580",
            ]
        )
        #expect(rig.records("c").last?.attempts == 2)
        #expect(rig.disk["a"]?.last == Rig.at(-50))
        #expect(rig.disk["a"]?.consecutiveFailures == 0)
        #expect(try rig.entry("d").stage == .held(until: .seconds(580), .throttled))
    }

    @Test("a run of the last process holds its job; the streak is told, with its count when it ends")
    func hold() throws {
        let a = try job("a", "every 10s", timeout: 20) { $0.abandonHoldSeconds = 15 }
        var known = ran(a, at: -20)
        known.apply(began("a", 1, slot: -10))
        var rig = Rig([a], states: [known])
        _ = rig.look(at: 0)
        #expect(rig.facts.map(\.brief) == ["held a 0 abandoned"])
        #expect(rig.next == 25)
        #expect(rig.look(at: 24.9).isEmpty)
        #expect(rig.look(at: 25).map(\.brief) == ["a 20 schedule"])
        #expect(rig.facts.map(\.brief) == ["released a 3 abandoned"])
    }

    @Test("a slot in the own grace is not missed: it runs right after it, by schedule, also with catchup=skip")
    func grace() throws {
        let jobs = try ["a", "b"].map { try job($0, "daily 00:00") { $0.catchup = .skip } }
        var rig = Rig(jobs, states: [ran(jobs[0], at: -day), ran(jobs[1], at: -day)], grace: 300, at: -10)
        #expect(rig.look(at: 100).isEmpty)
        let attempts = rig.look(at: 290)
        #expect(attempts.map(\.brief) == ["a 0 schedule", "b 0 schedule"])
        _ = rig.answer(attempts[0], status: 200)
        #expect(rig.ends.first?.lateMilliseconds == 290_000)
    }

    @Test(
        "what lay before the grace by more than a tick is missed all the same",
        arguments: [(-20, "a 0 schedule"), (-40, "passed a 0")]
    )
    func beforeGrace(seconds: Int, expected: String) throws {
        let a = try job("a", "daily 00:00") { $0.catchup = .skip }
        var rig = Rig([a], states: [ran(a, at: -day)], grace: 60, at: Double(-seconds))
        let attempts = rig.look(at: Double(60 - seconds))
        #expect(attempts.map(\.brief) + rig.facts.map(\.brief) == [expected])
    }

    @Test("first=wait, restarted four times within the grace over its slot: it runs")
    func firstWaitRestarted() throws {
        let a = try job("a", "daily 00:01") { $0.first = .wait }
        var rig = Rig([a], grace: 60)
        for _ in 0..<4 {
            _ = rig.look(at: rig.seconds + 50)
            rig = rig.restarted(grace: 60)
        }
        #expect(rig.run(to: 260).map(\.brief) == ["a 60 catchup"])
    }

    @Test(
        "the next slot that is shown in the grace is the one that then runs",
        arguments: [
            ("every 15m", -10_000, "", "a 60 catchup"), ("daily 23:00", -200_000, "", "a -3600 catchup"),
            ("daily 00:01", -day, "", "a 60 schedule"), ("daily 00:00", -day, "skip", "a 0 schedule"),
            ("daily 23:00", -day, "skip", "a 82800 schedule"), ("daily 03:00", nil, "", "a 0 first"),
            ("every 10s", nil, "", "a 60 first"), ("daily 03:00", nil, "wait", "a 10800 schedule"),
            ("every 4h", nil, "offset", "a \(60 - 400 + 4 * 3_600) schedule"),
        ] as [(String, Int?, String, String)]
    )
    func shown(_ schedule: String, _ last: Int?, option: String, expected: String) throws {
        let a = try job("a", schedule) {
            if option == "skip" { $0.catchup = .skip }
            if option == "wait" { $0.first = .wait }
            if option == "offset" { $0.initialOffset = .seconds(400) }
        }
        var rig = Rig([a], states: last.map { [ran(a, at: $0)] } ?? [], grace: 60)
        _ = rig.look(at: 30)
        let shown = try rig.nextSlot("a")
        let run = try #require(rig.run(to: 2 * Double(day), answer: 200).first)
        #expect(run.brief == expected)
        #expect(shown == run.run.slot)
    }

    @Test("a start on a clock at 1970 puts no such moment on record, and shows none")
    func wrongClock() throws {
        let a = try job("a", "every 1h")
        var rig = Rig(
            [try job("b", "every 1h")],
            states: [ran(a, at: 0)],
            grace: 60,
            buildDate: Rig.at(0),
            shift: .epoch - Rig.midnight
        )
        #expect(rig.facts.isEmpty)
        _ = rig.look(at: 60)
        #expect(rig.facts.map(\.brief) == ["clock is wrong"])
        #expect(try rig.nextSlot("b").map { $0 >= Rig.at(0) } == true)
        rig.shift = .zero
        #expect(rig.look(at: 90).map(\.brief) == ["b 90 first"])
        #expect(rig.facts.map(\.brief) == ["clock is right", "configured b seen=90", "gone a"])
    }

    @Test("another seed moves the slots of H: slots before that are not missed, and those of other schedules are")
    func otherSeed() throws {
        func seeded(_ schedule: String, _ seed: String) throws -> Job {
            try job("a", schedule) {
                $0.timetable = Timetable($0.timetable.schedule, hashKey: HashKey(seed: seed, job: "a"))
            }
        }
        func start(_ schedule: String, _ seed: String, _ known: JobState) throws -> [String] {
            var rig = Rig([try seeded(schedule, seed)], states: [known])
            let introduced = rig.facts.map(\.brief)
            return introduced + rig.look(at: 0).map(\.brief)
        }
        let hourly = ran(try seeded("cron H * * * *", "one"), at: -9_000)
        #expect(try start("cron H * * * *", "two", hourly) == ["configured a last=0"])
        #expect(try start("cron H * * * *", "one", hourly).map { $0.hasSuffix(" catchup") } == [true])
        let plain = ran(try seeded("cron 5 * * * *", "one"), at: -9_000)
        #expect(try start("cron 5 * * * *", "two", plain) == ["a -3300 catchup"])
        // Of a release that did not keep it: taken as the same, and kept from now on.
        var old = hourly
        old.seedHash = nil
        let told = try start("cron H * * * *", "two", old)
        #expect(told.first == "configured a")
        #expect(told.last?.hasSuffix(" catchup") == true)
    }
}
