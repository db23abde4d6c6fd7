import Schedule
import Testing

@testable import SchedulerCore

/// 2026-01-01T00:00:00Z.
private let midnight = Moment(seconds: 1_767_225_600)

private func at(_ seconds: Int) -> Moment { midnight + .seconds(seconds) }

private func job(_ name: String = "report", _ schedule: String = "daily 03:00", timeout: Int = 60) throws -> Job {
    let timetable = Timetable(try Schedule(parsing: schedule))
    return Job(name: name, timetable: timetable, method: "POST", path: "/x", timeoutSeconds: timeout)
}

private func run(_ id: UInt64, slot: Int, outcome: Outcome = .ok, milliseconds: Int = 5) -> RunRecord {
    RunRecord(
        id: RunID(0, id),
        slot: at(slot),
        trigger: .schedule,
        began: at(slot),
        attempts: 1,
        outcome: outcome,
        status: outcome == .ok ? 200 : 0,
        milliseconds: milliseconds,
        lateMilliseconds: 0
    )
}

private func begin(_ id: UInt64, slot: Int, attempt: Int = 1, at begin: Int? = nil) -> RunBegin {
    RunBegin(id: RunID(0, id), slot: at(slot), trigger: .schedule, at: at(begin ?? slot), attempt: attempt)
}

private func book(_ records: StateRecord...) -> StateBook {
    var book = StateBook()
    for record in records { book.apply(record) }
    return book
}

private func configured(
    _ name: String = "report",
    _ schedule: String = "daily 03:00",
    zone: String = "UTC",
    last: Int? = nil
) -> StateRecord {
    .configured(name, schedule: schedule, zone: zone, last: last.map { at($0) })
}

@Suite("What is known from before")
struct PastTests {
    @Test("a job that is seen for the first time is recorded, with the last slot that it is given")
    func firstSeen() throws {
        let past = Past(StateBook(), [try job(), try job("wait")], 0...1, at: at(7), assumed: [1: at(7)])
        #expect(past.last == [1: at(7)])
        #expect(past.records == [configured(), configured("wait", last: 7)])
    }

    @Test("a job that is known keeps its last slot, and nothing is written")
    func known() throws {
        let known = book(configured(), .begin("report", begin(1, slot: -100)), .end("report", run(1, slot: -100)))
        let past = Past(known, [try job()], 0...0, at: midnight, assumed: [0: midnight])
        #expect(past.last == [0: at(-100)])
        #expect(past.records == [])
        #expect(past.holds.isEmpty)
    }

    @Test("the name may be written in another way")
    func foldedName() throws {
        let past = Past(book(configured("session.usage", last: 5)), [try job("session:usage")], 0...0, at: at(9))
        #expect(past.last == [0: at(5)])
    }

    @Test(
        "after another schedule or zone nothing before now is missed; the zone of an interval plays no part",
        arguments: [
            ("daily 04:00", "UTC", true), ("daily 03:00", "Europe/Prague", true), ("daily 03:00", "UTC", false),
        ]
    )
    func changed(_ schedule: String, zone: String, isChanged: Bool) throws {
        let known = book(configured("report", schedule, zone: zone, last: -500))
        let past = Past(known, [try job()], 0...0, at: midnight)
        #expect(past.last == [0: isChanged ? midnight : at(-500)])
        #expect(past.records == (isChanged ? [configured(last: 0)] : []))
        let every = Past(
            book(configured("a", "every 5m", zone: "", last: -9)),
            [try job("a", "every 5m")],
            0...0,
            at: at(0)
        )
        #expect(every.records == [])
    }

    @Test("a schedule that changed before the job ever ran changes nothing")
    func changedBeforeFirst() throws {
        let past = Past(book(configured("report", "daily 04:00")), [try job()], 0...0, at: midnight)
        #expect(past.last == [:])
        #expect(past.records == [configured()])
    }

    @Test("a job that is gone is marked, kept for 30 days, and then dropped; one that comes back has missed nothing")
    func gone() throws {
        let days = 86_400
        var known = book(configured("old", last: -5), configured())
        #expect(Past.gone(known, without: [try job()], at: midnight) == [.gone("old", at: midnight)])
        known.apply(.gone("old", at: midnight))
        #expect(Past.gone(known, without: [try job()], at: at(30 * days)) == [])
        #expect(Past.gone(known, without: [try job()], at: at(30 * days + 1)) == [.dropped("old")])
        let back = Past(known, [try job("old")], 0...0, at: at(10 * days))
        #expect(back.last == [0: at(10 * days)])
        #expect(back.records == [configured("old", last: 10 * days)])
        for record in back.records { known.apply(record) }
        #expect(known["old"]?.gone == nil)
        known.apply(.dropped("old"))
        #expect(known["old"] == nil)
    }

    @Test("runs in flight at the end of the last process are interrupted, and have begun")
    func interrupted() throws {
        var known = book(
            configured("b"),
            .begin("b", begin(2, slot: 50)),
            .begin("a", begin(1, slot: 50)),
            .begin("c", begin(3, slot: 10, attempt: 2, at: 20)),
            .begin("over", begin(4, slot: 0)),
            .end("over", run(4, slot: 0))
        )
        let runs = Past.interrupted(known)
        #expect(runs.map(\.name) == ["c", "a", "b"])
        #expect(runs.first?.run.outcome == .interrupted)
        #expect(runs.first?.run.attempts == 2)
        #expect(runs.first?.run.began == at(20))
        for (name, run) in runs { known.apply(.end(name, run)) }
        #expect(Past.interrupted(known).isEmpty)
        #expect(known["b"]?.last == at(50))
        #expect(known["b"]?.consecutiveFailures == 0)
    }

    @Test(
        "what may go on in the app holds its job: until begin + timeout + hold, or end + hold after a timeout",
        arguments: [
            // Outcome, its length in ms, abandon-hold, seconds since its begin, how much longer it is held.
            (.interrupted, 0, nil, 10, 110), (.interrupted, 0, 0, 10, 50), (.interrupted, 0, 30, 89, 1),
            (.interrupted, 0, nil, 120, nil), (.timeout, 60_000, nil, 61, 59), (.timeout, 60_000, 0, 61, nil),
            (.timeout, 60_000, nil, 120, nil), (.failed, 60_000, nil, 61, nil), (.ok, 10, nil, 1, nil),
            // The clock went back: not longer than at first.
            (.interrupted, 0, nil, -5_000, 120),
        ] as [(Outcome, Int, Int?, Int, Int?)]
    )
    func holds(_ outcome: Outcome, _ milliseconds: Int, _ hold: Int?, _ now: Int, _ rest: Int?) throws {
        var job = try job()
        job.abandonHoldSeconds = hold
        let known = book(configured(), .end("report", run(1, slot: 0, outcome: outcome, milliseconds: milliseconds)))
        let past = Past(known, [job], 0...0, at: at(now))
        #expect(past.holds[0]?.rest == rest.map { .seconds($0) })
    }
}

@Suite("State book")
struct StateBookTests {
    @Test("a schedule that changes during a run stays changed: neither a later attempt nor a withdrawal goes behind it")
    func changedInFlight() {
        var book = book(configured(last: 1), .begin("report", begin(7, slot: 5)))
        book.apply(configured("report", "daily 04:00", last: 9))
        book.apply(.begin("report", begin(7, slot: 5, attempt: 2)))
        #expect(book["report"]?.last == at(9))
        #expect(book["report"]?.inFlight?.begin.attempt == 2)
        book.apply(.withdrawn("report", RunID(0, 7)))
        #expect(book["report"]?.last == at(9))
    }

    @Test("a run that the app never saw takes its job back to the slot before, after later attempts too")
    func withdrawn() {
        var book = book(
            configured(last: 1),
            .begin("report", begin(7, slot: 5)),
            .begin("report", begin(7, slot: 5, attempt: 2))
        )
        #expect(book["report"]?.last == at(5))
        book.apply(.withdrawn("report", RunID(0, 8)))
        #expect(book["report"]?.last == at(5))
        book.apply(.withdrawn("report", RunID(0, 7)))
        #expect(book["report"]?.last == at(1))
        #expect(book["report"]?.inFlight == nil)
    }

    @Test("the last 20 runs are kept, with the last success and the failures since")
    func runs() {
        var book = book(configured())
        for slot in 1...30 {
            book.apply(.end("report", run(UInt64(slot), slot: slot, outcome: slot == 12 ? .ok : .failed)))
        }
        #expect(book["report"]?.runs.map(\.slot) == (11...30).map { at($0) })
        #expect(book["report"]?.lastSuccess == at(12) + .milliseconds(5))
        #expect(book["report"]?.consecutiveFailures == 18)
        book.apply(.end("report", run(99, slot: 99, outcome: .busy)))
        #expect(book["report"]?.consecutiveFailures == 0)
        #expect(book["report"]?.lastSuccess == at(12) + .milliseconds(5))
    }

    @Test("an end that comes after the next run's begin leaves that in flight")
    func lateEnd() {
        let book = book(
            .begin("a", begin(1, slot: 1)),
            .begin("a", begin(2, slot: 2)),
            .end("a", run(1, slot: 1))
        )
        #expect(book["a"]?.inFlight?.begin.id == RunID(0, 2))
        #expect(book["a"]?.last == at(2))
    }
}
