import Schedule
import SchedulerCore
import Testing

/// A day to play on: 2026-01-01T00:00:00Z.
private let midnight = Moment(seconds: 1_767_225_600)

private func at(_ seconds: Int64) -> Moment { midnight + .seconds(seconds) }

private func ticker(_ jobs: [(String, String)], tick: Int = 30, buildDate: Moment = .epoch) throws -> Ticker {
    let jobs = try jobs.map { (name: $0.0, timetable: Timetable(try Schedule(parsing: $0.1))) }
    return Ticker(jobs, tick: .seconds(tick), buildDate: buildDate)
}

private func start(_ job: Int, _ slot: Moment, due: Moment? = nil, _ trigger: Run.Trigger) -> Ticker.Action {
    .start(Run(job: job, slot: slot, due: due, trigger: trigger))
}

@Suite("Ticker")
struct TickerTests {
    @Test("every job that never ran is due at once, by name, and only once")
    func firstRuns() throws {
        var ticker = try ticker([("b", "every 1m"), ("a", "daily 03:00")])
        ticker.begin(at: at(10))
        #expect(ticker.look(at: at(10)) == [start(1, at(10), .first), start(0, at(10), .first)])
        #expect(ticker.look(at: at(11)) == [])
    }

    @Test("the next run comes an interval after the slot, not after the end")
    func phase() throws {
        var ticker = try ticker([("a", "every 1m")])
        ticker.begin(at: at(0))
        _ = ticker.look(at: at(0))
        let isDue = ticker.ended(0, at: at(20))
        #expect(!isDue)
        #expect(ticker.nextDue == at(60))
        #expect(ticker.look(at: at(59)) == [])
        #expect(ticker.look(at: at(60)) == [start(0, at(60), .schedule)])
    }

    @Test("a run that starts within a tick keeps its slot; lateness counts from it")
    func slightlyLate() throws {
        var ticker = try ticker([("a", "every 1m")])
        ticker.begin(at: at(0))
        _ = ticker.look(at: at(0))
        _ = ticker.ended(0, at: at(1))
        #expect(ticker.look(at: at(90)) == [start(0, at(60), .schedule)])
    }

    @Test("an interval missed by more than a tick begins a new phase; several slots are one run")
    func missedInterval() throws {
        var ticker = try ticker([("a", "every 1m")])
        ticker.begin(at: at(0))
        _ = ticker.look(at: at(0))
        _ = ticker.ended(0, at: at(1))
        #expect(ticker.look(at: at(1000)) == [start(0, at(1000), due: at(960), .catchup)])
        _ = ticker.ended(0, at: at(1001))
        #expect(ticker.nextDue == at(1060))
    }

    @Test("a daily slot missed over midnight is caught up under its own slot")
    func missedDaily() throws {
        var ticker = try ticker([("a", "daily 23:55")])
        ticker.begin(at: at(0), assumed: [0: at(-600)])
        #expect(ticker.nextDue == at(-300))
        #expect(ticker.look(at: at(3600)) == [start(0, at(-300), .catchup)])
    }

    @Test("a job in flight is not started again; one action per streak; due when it ends")
    func dedup() throws {
        var ticker = try ticker([("a", "every 1m")])
        ticker.begin(at: at(0))
        _ = ticker.look(at: at(0))
        #expect(ticker.look(at: at(60)) == [.hold(job: 0, slot: at(60))])
        #expect(ticker.look(at: at(120)) == [])
        #expect(ticker.look(at: at(180)) == [])
        let isDue = ticker.ended(0, at: at(185))
        #expect(isDue)
        #expect(ticker.look(at: at(185)) == [start(0, at(180), .schedule)])
        #expect(ticker.look(at: at(240)) == [.hold(job: 0, slot: at(240))])
    }

    @Test("the offset of a job that counts as having run: interval less offset after the grace")
    func assumed() throws {
        var ticker = try ticker([("bq-metadata-refresh", "every 4h")])
        ticker.begin(at: at(0), assumed: [0: at(-412)])
        #expect(ticker.nextDue == at(4 * 3600 - 412))
        #expect(ticker.look(at: at(4 * 3600 - 413)) == [])
        #expect(ticker.look(at: at(4 * 3600 - 412)) == [start(0, at(4 * 3600 - 412), .schedule)])
    }

    @Test("the clock steps three days forward: one run per job")
    func stepForward() throws {
        var ticker = try ticker([("a", "every 1m"), ("b", "daily 03:00")])
        ticker.begin(at: at(0))
        _ = ticker.look(at: at(0))
        for job in 0...1 { _ = ticker.ended(job, at: at(1)) }
        let now = at(3 * 86_400 + 4 * 3600 + 45)
        #expect(
            ticker.look(at: now) == [
                start(0, now, due: now - .seconds(45), .catchup), start(1, at(3 * 86_400 + 3 * 3600), .catchup),
            ]
        )
        let areDue = (0...1).map { ticker.ended($0, at: now) }
        #expect(areDue == [false, false])
    }

    @Test("the clock steps back a little: no slot runs twice, and nothing is silent for longer than its gap")
    func stepBackLittle() throws {
        var ticker = try ticker([("a", "every 15m")])
        ticker.begin(at: at(0))
        _ = ticker.look(at: at(0))
        _ = ticker.ended(0, at: at(1))
        #expect(ticker.look(at: at(-600)) == [])
        #expect(ticker.look(at: at(0)) == [])
        #expect(ticker.look(at: at(900)) == [start(0, at(900), .schedule)])
    }

    @Test("the clock steps back by days: now counts as the last slot, and one action says so")
    func stepBackFar() throws {
        var ticker = try ticker([("a", "every 15m"), ("b", "daily 03:00")])
        ticker.begin(at: at(0))
        _ = ticker.look(at: at(0))
        for job in 0...1 { _ = ticker.ended(job, at: at(1)) }
        let now = at(-3 * 86_400)
        #expect(ticker.look(at: now) == [.clockWentBack(jobs: [0, 1])])
        #expect(ticker.look(at: now + .seconds(899)) == [])
        #expect(ticker.look(at: now + .seconds(900)) == [start(0, now + .seconds(900), .schedule)])
        #expect(ticker.look(at: now + .seconds(3 * 3600)).last == start(1, now + .seconds(3 * 3600), .schedule))
    }

    @Test("before the build date nothing fires, and it is said once each way")
    func buildDate() throws {
        var ticker = try ticker([("a", "every 1m")], buildDate: at(0))
        #expect(!ticker.believes(.epoch))
        #expect(ticker.look(at: .epoch) == [.clockIsWrong])
        #expect(ticker.look(at: .epoch + .seconds(3600)) == [])
        #expect(ticker.nextDue == nil)
        ticker.begin(at: at(5))
        #expect(ticker.look(at: at(5)) == [.clockIsRight, start(0, at(5), .first)])
    }

    @Test("ten days of the documented jobs: as many runs as the schedules say, none early, none twice")
    func tenDays() throws {
        let jobs = try Settings(environment: [:]).jobs
        var ticker = Ticker(jobs.map { (name: $0.name, timetable: $0.timetable) }, tick: .seconds(30))
        ticker.begin(at: at(0))
        var slots: [[Moment]] = Array(repeating: [], count: jobs.count)
        var now = at(0)
        while now < at(10 * 86_400) {
            for case .start(let run) in ticker.look(at: now) {
                #expect(run.slot <= now)
                slots[run.job].append(run.slot)
                _ = ticker.ended(run.job, at: now)
            }
            let next = try #require(ticker.nextDue)
            try #require(next > now)
            now = next
        }
        let perDay = [96, 288, 1440, 1, 144, 96, 144, 86_400.0 / 1020, 1, 96, 6]
        for (job, slots) in slots.enumerated() {
            #expect(Set(slots).count == slots.count)
            // "every 17m" does not divide ten days; a daily job's first run is an extra one.
            let isDaily = perDay[job] == 1
            #expect(slots.count == Int((perDay[job] * 10).rounded(.up)) + (isDaily ? 1 : 0), "\(jobs[job].name)")
        }
    }

    @Test("a new list of jobs: what stays keeps its phase, what changed misses nothing, what is gone ends")
    func replace() throws {
        func timetable(_ text: String) throws -> Timetable { Timetable(try Schedule(parsing: text)) }
        var ticker = try ticker([("stays", "every 1m"), ("changes", "every 1m"), ("goes", "every 1m")])
        ticker.begin(at: at(0))
        _ = ticker.look(at: at(0))
        for job in 0...1 { _ = ticker.ended(job, at: at(1)) }
        try ticker.replace(
            [
                ("stays", timetable("every 1m")), ("changes", timetable("every 2m")), ("goes", nil),
                ("new", timetable("every 1h")), ("waits", timetable("every 1m")),
            ],
            at: at(30),
            assumed: [4: at(30)]
        )
        #expect(ticker.look(at: at(30)) == [start(3, at(30), .first)])
        #expect(ticker.look(at: at(60)) == [start(0, at(60), .schedule)])
        // The run in flight of a job that is gone ends, and that is all.
        let isDue = ticker.ended(2, at: at(70))
        #expect(!isDue)
        #expect(ticker.look(at: at(90)) == [start(4, at(90), .schedule)])
        #expect(ticker.look(at: at(149)).contains(start(1, at(150), .schedule)) == false)
        #expect(ticker.look(at: at(150)).contains(start(1, at(150), .schedule)))
        #expect(ticker.nextDue(2, now: at(150)) == nil)
    }
}
