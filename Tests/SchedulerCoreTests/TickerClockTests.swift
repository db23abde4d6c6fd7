import Schedule
import SchedulerCore
import Testing

/// A day to play on: 2026-01-01T00:00:00Z.
private let midnight = Moment(seconds: 1_767_225_600)

private func at(_ seconds: Int64, milliseconds: Int = 0) -> Moment {
    midnight + .seconds(seconds) + .milliseconds(milliseconds)
}

private func ticker(_ jobs: [String], tick: Int = 30, buildDate: Moment = .epoch) throws -> Ticker {
    let jobs = try jobs.map { (name: $0, timetable: Timetable(try Schedule(parsing: $0))) }
    return Ticker(jobs, tick: .seconds(tick), buildDate: buildDate)
}

/// A ticker whose jobs have run once, at `begin`.
private func running(_ jobs: [String], since begin: Moment = at(0), buildDate: Moment = .epoch) throws -> Ticker {
    var ticker = try ticker(jobs, buildDate: buildDate)
    ticker.begin(at: begin)
    _ = ticker.look(at: begin)
    for job in jobs.indices { _ = ticker.ended(job, at: begin) }
    return ticker
}

private func start(_ job: Int, _ slot: Moment, due: Moment? = nil, _ trigger: Run.Trigger) -> Ticker.Action {
    .start(Run(job: job, slot: slot, due: due, trigger: trigger))
}

@Suite("Ticker on a clock that is set, stands wrong, or runs out")
struct TickerClockTests {
    // MARK: Forward

    @Test("an hour forward: what was passed runs once, under its own slot or in a new phase")
    func hourForward() throws {
        var ticker = try running(["daily 00:30", "every 15m", "daily 03:00"])
        let now = at(3645)
        #expect(ticker.look(at: now) == [start(1, now, due: at(3600), .catchup), start(0, at(1800), .catchup)])
        for job in 0...1 { _ = ticker.ended(job, at: now) }
        #expect(ticker.look(at: now) == [])
        #expect(ticker.nextDue == now + .seconds(900))
    }

    @Test("the number of slots passed costs nothing: ten years of seconds are one decision")
    func manySlotsPassed() throws {
        let now = at(315_360_000)
        var everySecond = try running(["every 1s", "cron * * * * * *"])
        #expect(everySecond.look(at: now) == [start(1, now, .schedule), start(0, now, .schedule)])
    }

    // MARK: Back

    @Test("an hour back just after a run: its slot does not run again")
    func hourBack() throws {
        var ticker = try ticker(["daily 00:00"])
        ticker.begin(at: at(-60), assumed: [0: at(-86_400)])
        #expect(ticker.look(at: at(0)) == [start(0, at(0), .schedule)])
        _ = ticker.ended(0, at: at(0, milliseconds: 20))
        #expect(ticker.look(at: at(-3600)) == [])
        #expect(ticker.look(at: at(0)) == [])
        #expect(ticker.nextDue == at(86_400))
    }

    @Test("less than a second back is no news, however short the gap after the last slot")
    func slewed() throws {
        // The first run's slot is off the grid: a millisecond before the next one.
        var ticker = try running(["daily 00:00", "every 1s"], since: at(-1, milliseconds: 999))
        #expect(ticker.look(at: at(-1, milliseconds: 990)) == [])
        #expect(ticker.look(at: at(-1, milliseconds: 5)) == [])
        #expect(ticker.nextDue == at(0))
        #expect(ticker.look(at: at(0)) == [start(0, at(0), .schedule)])
        #expect(ticker.look(at: at(0, milliseconds: 999)) == [start(1, at(0, milliseconds: 999), .schedule)])
    }

    @Test("steps back add up, however small the last one; the gap itself is not too far")
    func stepsAddUp() throws {
        var ticker = try running(["every 15m"])
        #expect(ticker.look(at: at(-600)) == [])
        #expect(ticker.look(at: at(-900)) == [])
        let now = at(-901, milliseconds: 500)
        #expect(ticker.look(at: now) == [.clockWentBack(jobs: [0])])
        #expect(ticker.nextDue == now + .seconds(900))
    }

    @Test("a job of each second is not silent for longer than a second and a bit")
    func shortestGap() throws {
        var ticker = try running(["every 1s"])
        #expect(ticker.look(at: at(-1)) == [])
        #expect(ticker.look(at: at(-2, milliseconds: 999)) == [.clockWentBack(jobs: [0])])
    }

    @Test("far back while a run is in flight: the slots from then on count, also those that it lasts through")
    func farBackInFlight() throws {
        var ticker = try ticker(["daily 03:00"])
        ticker.begin(at: at(0))
        #expect(ticker.look(at: at(0)) == [start(0, at(0), .first)])
        #expect(ticker.look(at: at(-3 * 86_400)) == [.clockWentBack(jobs: [0])])
        let slot = at(-3 * 86_400 + 3 * 3600)
        #expect(ticker.nextDue == slot)
        #expect(ticker.look(at: slot) == [.hold(job: 0, slot: slot)])
        let wantsLook = ticker.ended(0, at: slot + .seconds(3600))
        #expect(wantsLook)
        #expect(ticker.look(at: slot + .seconds(3600)) == [start(0, slot, .catchup)])
    }

    @Test("far back just before a run ends: the next look says so, and its job is not silent")
    func farBackThenEnded() throws {
        var ticker = try ticker(["every 15m"])
        ticker.begin(at: at(0))
        _ = ticker.look(at: at(0))
        let now = at(-3 * 86_400)
        _ = ticker.ended(0, at: now)
        #expect(ticker.look(at: now) == [.clockWentBack(jobs: [0])])
        #expect(ticker.nextDue == now + .seconds(900))
    }

    @Test("back over a slot that was held: the end asks for a look, so that the slot is slept for")
    func backOverHeldSlot() throws {
        var ticker = try ticker(["every 15m"])
        ticker.begin(at: at(0))
        _ = ticker.look(at: at(0))
        #expect(ticker.look(at: at(900)) == [.hold(job: 0, slot: at(900))])
        #expect(ticker.look(at: at(890)) == [])
        let wantsLook = ticker.ended(0, at: at(891))
        #expect(wantsLook)
        #expect(ticker.look(at: at(891)) == [])
        #expect(ticker.nextDue == at(900))
    }

    @Test("a last slot from a state directory that lies in the future is moved when the clock begins")
    func assumedInTheFuture() throws {
        var ticker = try ticker(["every 15m", "daily 03:00"])
        ticker.begin(at: at(0), assumed: [0: at(86_400), 1: at(3 * 3600)])
        #expect(ticker.nextDue == at(900))
        #expect(ticker.look(at: at(0)) == [.clockWentBack(jobs: [0])])
        #expect(ticker.look(at: at(900)) == [start(0, at(900), .schedule)])
    }

    @Test("the clock goes back between begin and the first look: what never ran still runs at once")
    func backBeforeFirstLook() throws {
        var ticker = try ticker(["daily 03:00"])
        ticker.begin(at: at(0))
        #expect(ticker.look(at: at(-5)) == [start(0, at(-5), .first)])
    }

    // MARK: Wrong

    @Test("a clock at 1970 that is mended: nothing fires meanwhile, and no slot twice after")
    func lostClock() throws {
        var ticker = try ticker(["daily 00:00", "every 15m"], buildDate: at(-86_400))
        ticker.begin(at: at(-60), assumed: [0: at(-86_400), 1: at(-300)])
        #expect(ticker.look(at: at(0)) == [start(0, at(0), .schedule)])
        #expect(ticker.look(at: .epoch) == [.clockIsWrong])
        // The run ends while the clock shows 1970.
        let wantsLook = ticker.ended(0, at: .epoch + .seconds(5))
        #expect(!wantsLook)
        #expect(ticker.look(at: .epoch + .seconds(30)) == [])
        #expect(ticker.nextDue == nil)
        #expect(ticker.look(at: at(40)) == [.clockIsRight])
        #expect(ticker.nextDue == at(600))
    }

    @Test("jobs taken anew while the clock stands at 1970: none of them is due for it")
    func replacedOnLostClock() throws {
        var ticker = try running(["daily 00:00"], since: at(0), buildDate: at(-86_400))
        _ = ticker.look(at: .epoch)
        ticker.replace([(name: "a", timetable: Timetable(try Schedule(parsing: "daily 00:01")))], at: .epoch)
        #expect(ticker.look(at: at(30)) == [.clockIsRight])
        #expect(ticker.nextDue == at(60))
    }

    @Test("a job taken anew whose last slot lies in the future is moved too")
    func replacedInTheFuture() throws {
        var ticker = try running(["every 1m"])
        let jobs = try ["every 1m", "every 15m"].map {
            (name: $0, timetable: Timetable?(Timetable(try Schedule(parsing: $0))))
        }
        ticker.replace(jobs, at: at(1), assumed: [1: at(86_400)])
        #expect(ticker.look(at: at(1)) == [.clockWentBack(jobs: [1])])
        #expect(ticker.look(at: at(901)).contains(start(1, at(901), .schedule)))
    }

    @Test("exactly at the build date the clock is believed")
    func atBuildDate() throws {
        var ticker = try ticker(["daily 03:00"], buildDate: at(0))
        ticker.begin(at: at(0))
        #expect(ticker.look(at: at(0)) == [start(0, at(0), .first)])
    }

    // MARK: Edges

    @Test("a slot is due from its very second on, and no nanosecond before")
    func slotIsInclusive() throws {
        var ticker = try running(["daily 00:01"])
        let before = Moment(seconds: at(59).seconds, nanoseconds: 999_999_999)
        #expect(ticker.look(at: before) == [])
        #expect(ticker.look(at: at(60)) == [start(0, at(60), .schedule)])
        #expect(ticker.look(at: at(60)) == [])
    }

    @Test("begun on a slot: the first run is that slot's run")
    func beginsOnSlot() throws {
        var ticker = try running(["daily 00:00", "cron * * * * *"])
        #expect(ticker.look(at: at(0, milliseconds: 1)) == [])
        #expect(ticker.nextDue == at(60))
    }

    @Test("assumed to have run on the slot that is now: it does not run again")
    func assumedNow() throws {
        var ticker = try ticker(["daily 00:00"])
        ticker.begin(at: at(0), assumed: [0: at(0)])
        #expect(ticker.look(at: at(0)) == [])
        #expect(ticker.nextDue == at(86_400))
    }

    @Test("exactly a tick late is on time; a nanosecond more is missed")
    func tickIsInclusive() throws {
        var ticker = try running(["every 1m", "daily 00:01"])
        var late = ticker
        #expect(ticker.look(at: at(90)) == [start(0, at(60), .schedule), start(1, at(60), .schedule)].reversed())
        let now = Moment(seconds: at(90).seconds, nanoseconds: 1)
        #expect(late.look(at: now) == [start(1, at(60), .catchup), start(0, at(90), due: at(60), .catchup)])
    }

    @Test(
        "far years: nothing overflows, and after the last slot there is none",
        arguments: [2_147_483_647, 4_102_444_800, Moment.searchable.upperBound - 30, Moment.searchable.upperBound]
    )
    func farYears(seconds: Int64) throws {
        let begin = Moment(seconds: seconds)
        var ticker = try running(["every 1s", "cron * * * * * *", "daily 00:00", "monthly last 03:00"], since: begin)
        for second in 1...60 {
            let now = begin + .seconds(second)
            for case .start(let run) in ticker.look(at: now) {
                #expect(run.slot <= now && run.slot > begin)
                _ = ticker.ended(run.job, at: now)
            }
            #expect(ticker.nextDue.map { $0 > now } ?? true)
        }
        let end = Moment(seconds: .max)
        _ = ticker.look(at: end)
        #expect(ticker.nextDue == nil)
        #expect(ticker.look(at: Moment(seconds: .min)) == [.clockIsWrong])
    }
}
