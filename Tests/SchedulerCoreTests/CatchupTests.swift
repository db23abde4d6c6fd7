import Schedule
import Testing

@testable import SchedulerCore

/// 2026-01-01T00:00:00Z.
private let midnight = Moment(seconds: 1_767_225_600)

private func at(_ seconds: Int64) -> Moment { midnight + .seconds(seconds) }

/// A ticker of one job that ran last at midnight; its tick is 30 s.
private func ticker(_ schedule: String, window: Int? = nil) throws -> Ticker {
    let timetable = Timetable(try Schedule(parsing: schedule))
    let windows = window.map { [0: Duration.seconds($0)] } ?? [:]
    var ticker = Ticker([("a", timetable)], windows: windows, tick: .seconds(30))
    ticker.begin(at: midnight, assumed: [0: midnight])
    return ticker
}

@Suite("Missed slots")
struct CatchupTests {
    @Test(
        "a missed slot runs, or is left out, by its age",
        arguments: [
            // Schedule, window, when the loop looks, what it does, when the job is due after that.
            ("daily 01:00", nil, 90_000 - 1, .start(0, 3_600, .catchup), 90_000),
            ("daily 01:00", 0, 3_630, .start(0, 3_600, .schedule), 90_000),
            ("daily 01:00", 0, 3_631, .skip(3_600), 90_000),
            ("daily 01:00", 60, 3_660, .start(0, 3_600, .catchup), 90_000),
            ("daily 01:00", 60, 3_661, .skip(3_600), 90_000),
            // Of several the latest counts.
            ("daily 01:00", 60, 2 * 86_400 + 3_610, .start(0, 2 * 86_400 + 3_600, .schedule), 3 * 86_400 + 3_600),
            ("daily 01:00", 60, 2 * 86_400 + 7_000, .skip(2 * 86_400 + 3_600), 3 * 86_400 + 3_600),
            // A window shorter than a tick changes nothing: such a slot is not missed.
            ("daily 01:00", 1, 3_620, .start(0, 3_600, .schedule), 90_000),
            // An interval keeps its phase when a slot is left out, and begins a new one when it is caught up.
            ("every 1h", 0, 3_700, .skip(3_600), 7_200),
            ("every 1h", nil, 3_700, .start(3_700, 3_600, .catchup), 7_300),
            ("every 1h", 0, 100_000, .skip(97_200), 100_800),
        ] as [(String, Int?, Int64, Expected, Int64)]
    )
    func age(_ schedule: String, _ window: Int?, _ now: Int64, _ expected: Expected, _ next: Int64) throws {
        var ticker = try ticker(schedule, window: window)
        #expect(ticker.look(at: at(now)) == [expected.action])
        if case .start = expected { _ = ticker.ended(0, at: at(now)) }
        #expect(ticker.look(at: at(now)) == [])
        #expect(ticker.nextDue == at(next))
    }

    enum Expected: Sendable {
        /// The slot, or 0 for the same as due; due; trigger.
        case start(Int64, Int64, Run.Trigger)
        case skip(Int64)

        var action: Ticker.Action {
            switch self {
            case .start(let slot, let due, let trigger):
                .start(Run(job: 0, slot: at(slot == 0 ? due : slot), due: at(due), trigger: trigger))
            case .skip(let slot): .skip(job: 0, slot: at(slot))
            }
        }
    }

    @Test("a slot held by a run is missed when that ends more than a tick later")
    func heldSlot() throws {
        for (end, isSkipped) in [(7_230, false), (7_231, true)] as [(Int64, Bool)] {
            var ticker = try ticker("every 1h", window: 0)
            _ = ticker.look(at: at(3_600))
            #expect(ticker.look(at: at(7_200)) == [.hold(job: 0, slot: at(7_200))])
            _ = ticker.ended(0, at: at(end))
            let run = Run(job: 0, slot: at(7_200), trigger: .schedule)
            #expect(ticker.look(at: at(end)) == [isSkipped ? .skip(job: 0, slot: at(7_200)) : .start(run)])
            #expect(ticker.nextDue == at(10_800))
        }
    }

    @Test("a first run is never missed")
    func firstRun() throws {
        var ticker = Ticker(
            [("a", Timetable(try Schedule(parsing: "daily 03:00")))],
            windows: [0: .zero],
            tick: .seconds(30)
        )
        ticker.begin(at: midnight)
        #expect(ticker.look(at: at(500)) == [.start(Run(job: 0, slot: at(500), trigger: .first))])
    }

    @Test("a run that waited is left out once its slot is too old; a delay that was meant does not count")
    func waited() throws {
        var late = try ticker("daily 01:00", window: 0)
        _ = late.look(at: at(3_600))
        #expect(late.renewed(0, at: at(3_631), hasBegun: false) == .skip(slot: at(3_600)))
        #expect(!late.isRunning(0))
        #expect(late.nextDue == at(90_000))

        var delayed = try ticker("daily 01:00", window: 0)
        _ = delayed.look(at: at(3_600))
        let run = Run(job: 0, slot: at(3_600), trigger: .schedule)
        #expect(delayed.renewed(0, at: at(3_700), hasBegun: false, delay: .seconds(80)) == .run(run))
    }

    @Test("a run that waits keeps its slot when the schedule changes: nothing before the change is missed")
    func changedWhileWaiting() throws {
        var ticker = try ticker("every 30s")
        _ = ticker.look(at: at(30))
        let other = Timetable(try Schedule(parsing: "cron 35 0 * * * *"))
        ticker.replace([("a", other)], at: at(50))
        #expect(ticker.renewed(0, at: at(54), hasBegun: false) == .keep)
        // Until the new schedule has a slot.
        let run = Run(job: 0, slot: at(3_635), trigger: .schedule)
        #expect(ticker.renewed(0, at: at(3_640), hasBegun: false) == .run(run))
    }

    @Test("a last slot that no other follows does not silence its job")
    func endOfTime() throws {
        for schedule in ["every 1m", "daily 03:00"] {
            var ticker = Ticker([("a", Timetable(try Schedule(parsing: schedule)))], tick: .seconds(30))
            ticker.begin(at: midnight, assumed: [0: Moment(seconds: 253_402_300_799)])
            #expect(ticker.look(at: midnight) == [.clockWentBack(jobs: [0])])
            #expect(ticker.nextDue.map { $0 < at(86_400) } == true)
        }
    }

    @Test("a run that the app has seen gives way to a later slot, even to one that is too old itself")
    func begun() throws {
        var ticker = try ticker("every 1h", window: 0)
        _ = ticker.look(at: at(3_600))
        #expect(ticker.renewed(0, at: at(7_000), hasBegun: true) == .keep)
        #expect(ticker.renewed(0, at: at(7_300), hasBegun: true) == .skip(slot: at(7_200)))
        #expect(ticker.nextDue == at(10_800))
    }
}
