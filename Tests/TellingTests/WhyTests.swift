import Clockwork
import Schedule
import Testing

@testable import Telling

@Suite("Why: what became of a slot")
struct WhyTests {
    /// A Wednesday, 12:00:00Z.
    private static let now = Moment(seconds: 1_795_608_000)
    private static let id = RunID(1, 2)

    private func clockwork(
        _ line: String,
        tz: String = "UTC",
        freezes: String = "",
        grace: Duration = .zero,
        buildDate: Moment = .epoch,
        looks: Bool = true,
        isExempt: Bool = false,
        known: (inout JobState) throws -> Void = { _ in }
    ) throws -> Clockwork {
        var job = try Fixture.job("a", line, tz: tz)
        job.isFreezeExempt = isExempt
        var zones = ZoneCache(directory: ZoneDirectory(environment: [:]))
        let windows = freezes.isEmpty ? [] : [try FreezeWindow(parsing: freezes, in: .utc, zones: &zones)]
        let calendar = FreezeCalendar(windows)
        let rules = Clockwork.Rules(tick: .seconds(30), buildDate: buildDate)
        var clockwork = Clockwork(jobs: [job], freezes: calendar, rules: rules, random: SystemRandomNumberGenerator())
        var state = JobState(name: "a")
        (state.schedule, state.zone) = (job.scheduleText, job.zoneText)
        state.seen = try Moment(parsing: "2026-11-01T00:00Z")
        try known(&state)
        _ = clockwork.load([state], graceEnd: grace, at: reading)
        if looks { _ = clockwork.look(at: reading) }
        return clockwork
    }

    private var reading: Reading { Reading(now: Self.now, uptime: .zero) }

    private func why(
        _ clockwork: Clockwork,
        _ time: String? = nil,
        leftOut: LeftOutSlots = LeftOutSlots()
    ) throws -> String {
        let entry = try #require(clockwork.entries.first)
        let asked = try time.map { try Moment(parsing: $0) }
        return Why(entry, at: asked, in: clockwork, leftOut: leftOut, now: reading).text
    }

    private static func run(
        _ slot: String,
        _ outcome: Outcome = .ok,
        status: Int = 200,
        trigger: Run.Trigger = .schedule,
        attempts: Int = 1,
        reason: String = ""
    ) throws -> RunRecord {
        let slot = try Moment(parsing: slot)
        var run = RunRecord(
            id: id,
            slot: slot,
            trigger: trigger,
            began: slot,
            attempts: attempts,
            outcome: outcome,
            status: status,
            milliseconds: 304
        )
        run.reason = reason
        return run
    }

    private static let next = " The next slot that runs is 2026-11-26T03:00:00Z."

    @Test(
        "runs on record",
        arguments: [
            (
                "2026-11-25T03:00Z",
                """
                2026-11-25T03:00:00Z is a slot of job a (daily 03:00). Its run began at 2026-11-25T03:00:00Z and ended ok \
                (HTTP 200, 304 ms, run_id \(id)).\(next)
                """
            ),
            (
                "2026-11-25T11:30Z",
                """
                2026-11-25T11:30:00Z is no slot of job a (daily 03:00): 11:30 is not 03:00. The slot before it is \
                2026-11-25T03:00:00Z. Its run began at 2026-11-25T03:00:00Z and ended ok (HTTP 200, 304 ms, run_id \
                \(id)).\(next)
                """
            ),
            (
                "2026-11-24T03:00Z",
                """
                2026-11-24T03:00:00Z is a slot of job a (daily 03:00). Its run began at 2026-11-24T03:00:00Z and ended \
                failed (HTTP 500 after 3 attempts, 304 ms, run_id \(id)): it\\nbroke.\(next)
                """
            ),
            (
                "2026-11-22T03:00Z",
                """
                2026-11-22T03:00:00Z is a slot of job a (daily 03:00). It was caught up: its run began at \
                2026-11-22T03:00:00Z and ended timeout (304 ms, run_id \(id)): no answer.\(next)
                """
            ),
            (
                "2026-11-21T03:00Z",
                """
                2026-11-21T03:00:00Z is a slot of job a (daily 03:00). It was missed. The run of 2026-11-22T03:00:00Z \
                caught up: it began at 2026-11-22T03:00:00Z and ended timeout (304 ms, run_id \(id)): no answer.\(next)
                """
            ),
            (
                "2026-11-23T03:00Z",
                """
                2026-11-23T03:00:00Z is a slot of job a (daily 03:00). It was not run; why is not on record any more.\(next)
                """
            ),
            (
                "2026-10-23T03:00Z",
                """
                2026-10-23T03:00:00Z is a slot of job a (daily 03:00). It lies before the job was first seen here, at \
                2026-11-01T00:00:00Z.\(next)
                """
            ),
            (
                "2026-11-27T03:00Z",
                """
                2026-11-27T03:00:00Z is a slot of job a (daily 03:00). It is still to come.
                """
            ),
        ] as [(String, String)]
    )
    func runs(_ time: String, text: String) throws {
        let clockwork = try clockwork("daily 03:00") { state in
            state.runs = [
                try Self.run("2026-11-22T03:00Z", .timeout, status: 0, trigger: .catchup, reason: "no answer"),
                try Self.run("2026-11-24T03:00Z", .failed, status: 500, attempts: 3, reason: "it\nbroke"),
                try Self.run("2026-11-25T03:00Z"),
                try Self.run("2026-11-25T09:00Z", trigger: .manual),
            ]
            state.last = try Moment(parsing: "2026-11-25T03:00Z")
        }
        #expect(try why(clockwork, time) == text)
    }

    @Test("without a time it is the last slot")
    func now() throws {
        let clockwork = try clockwork("daily 03:00", tz: "Europe/Prague") { state in
            state.runs = [try Self.run("2026-11-25T02:00Z")]
            state.last = try Moment(parsing: "2026-11-25T02:00Z")
        }
        #expect(
            try why(clockwork) == """
                The last slot of job a (daily 03:00 Europe/Prague) is 2026-11-25T02:00:00Z (2026-11-25T03:00:00+01:00). \
                Its run began at 2026-11-25T02:00:00Z and ended ok (HTTP 200, 304 ms, run_id \(Self.id)). The next slot \
                that runs is 2026-11-26T02:00:00Z (2026-11-26T03:00:00+01:00).
                """
        )
    }

    @Test(
        "clock changes: a wall time that comes twice, and one that is left out",
        arguments: [
            (
                "2026-10-25T01:30Z",
                """
                2026-10-25T01:30:00Z (2026-10-25T02:30:00+01:00) is no slot of job a (daily 02:30 Europe/Prague): its wall \
                time came before, and a clock change brings it twice. The slot before it is 2026-10-25T00:30:00Z \
                (2026-10-25T02:30:00+02:00).
                """
            ),
            (
                "2026-03-29T01:00Z",
                """
                2026-03-29T01:00:00Z (2026-03-29T03:00:00+02:00) is a slot of job a (daily 02:30 Europe/Prague): the first \
                moment after wall times that a clock change left out.
                """
            ),
        ]
    )
    func clockChanges(_ time: String, begin: String) throws {
        #expect(try why(clockwork("daily 02:30", tz: "Europe/Prague"), time).hasPrefix(begin))
    }

    @Test("every: slots are counted from the last one")
    func elapsed() throws {
        let clockwork = try clockwork("every 1h") {
            $0.last = try Moment(parsing: "2026-11-25T11:10Z")
            $0.highest = $0.last
        }
        #expect(
            try why(clockwork, "2026-11-25T11:40Z") == """
                2026-11-25T11:40:00Z is no slot of job a (every 1h): its slots are counted from the last one, \
                2026-11-25T11:10:00Z. The slot before it is 2026-11-25T11:10:00Z. It was not run; why is not on record any \
                more. The next slot that runs is 2026-11-25T12:10:00Z.
                """
        )
        #expect(
            try why(clockwork, "2026-11-25T14:10Z")
                == "2026-11-25T14:10:00Z is a slot of job a (every 1h). It is still to come."
        )
    }

    @Test("the moment at which a job that waits for its first slot was seen is none")
    func firstSeen() throws {
        let clockwork = try clockwork("every 1h") { $0.last = try Moment(parsing: "2026-11-25T11:50Z") }
        #expect(
            try why(clockwork)
                == "Job a (every 1h) has had no slot yet. The next slot that runs is 2026-11-25T12:50:00Z."
        )
    }

    @Test("what an interval did before the runs that are kept is not known, and not denied")
    func beforeRecord() throws {
        let clockwork = try clockwork("every 1h") {
            $0.runs = [try Self.run("2026-11-25T10:30Z"), try Self.run("2026-11-25T11:30Z")]
            ($0.last, $0.highest) = ($0.runs[1].slot, $0.runs[1].slot)
        }
        #expect(
            try why(clockwork, "2026-11-25T08:30Z").hasPrefix(
                "2026-11-25T08:30:00Z is no slot of job a (every 1h): its slots are counted from the last one, and those "
                    + "before the 20 runs that are kept are not known any more."
            )
        )
    }

    @Test("what passed while this process saw it")
    func leftOut() throws {
        let clockwork = try clockwork("daily 03:00") { $0.last = try Moment(parsing: "2026-11-25T03:00Z") }
        let slot = try Moment(parsing: "2026-11-25T03:00Z")
        var job = try #require(clockwork.entries.first?.job)
        job.catchup = .skip
        let group = Obstacle.group("llm", heldBy: [Obstacle.Holder(job: "summary", time: .seconds(1_860))])
        for (fact, text) in [
            (Fact.passed("a", slot: slot, about: job), "It was missed, and is not caught up (catchup=skip)."),
            (
                .skips("a", left: 0, slot: slot, about: SkipNote(job: job, count: 1)),
                "It was skipped, as somebody asked."
            ),
            (.slotHeld(job, slot: slot, .running), "It was held: the run before it had not ended."),
            (
                .slotHeld(job, slot: slot, .abandoned),
                "It was held: the last attempt may still have been running in the app."
            ),
            (.slotHeld(job, slot: slot, .throttled), "It was held: the app had asked to be left alone."),
            (
                .slotGivenUp(job, slot: slot, count: 1, after: .seconds(1_200), group, isFirst: true),
                "It was not run: it waited 20m for group llm (held by summary, 31m), in vain."
            ),
        ] as [(Fact, String)] {
            var book = LeftOutSlots()
            book.note(fact, at: Self.now)
            #expect(
                try why(clockwork, "2026-11-25T03:00Z", leftOut: book)
                    == "2026-11-25T03:00:00Z is a slot of job a (daily 03:00). \(text)\(Self.next)"
            )
        }
    }

    @Test("a streak has an end; of each job twenty are kept")
    func streaks() throws {
        let job = try Fixture.job("a", "every 1m")
        var book = LeftOutSlots()
        func at(_ minute: Int) -> Moment { Self.now + .seconds(60 * minute) }
        book.note(.slotHeld(job, slot: at(0), .running), at: at(0))
        #expect(book.reason("a", at(7)) != nil)
        book.note(.slotsReleased(job, count: 3, .running), at: at(3))
        #expect(book.reason("a", at(3)) != nil)
        #expect(book.reason("a", at(4)) == nil)
        #expect(book.reason("b", at(1)) == nil)
        for minute in 10..<30 { book.note(.skips("a", left: 0, slot: at(minute)), at: at(minute)) }
        #expect(book.reason("a", at(1)) == nil)
        #expect(book.reason("a", at(10)) != nil)
        book.note(.gone("a", at: at(30)), at: at(30))
        #expect(book.reason("a", at(29)) == nil)
    }

    @Test("a pause and a freeze, that is and that was")
    func bars() throws {
        let last = try Moment(parsing: "2026-11-24T03:00Z")
        func paused(_ from: String, _ until: String, last: Moment = last) throws -> Clockwork {
            try clockwork("daily 03:00") { state in
                state.last = last
                state.pause = Pause(from: try Moment(parsing: from), until: try Moment(parsing: until), note: "move")
            }
        }
        let begin = "The last slot of job a (daily 03:00) is 2026-11-25T03:00:00Z."
        #expect(
            try why(paused("2026-11-24T09:00Z", "2026-11-25T15:00Z"))
                == "\(begin) It is not run: the job is paused until 2026-11-25T15:00:00Z (move).\(Self.next)"
        )
        #expect(
            try why(paused("2026-11-24T09:00Z", "2026-11-25T09:00Z"))
                == "\(begin) It was not run: the job was paused until 2026-11-25T09:00:00Z (move).\(Self.next)"
        )
        #expect(
            try why(
                paused("2026-11-25T09:00Z", "2026-11-29T09:00Z", last: last + .seconds(86_400)),
                "2026-11-28T03:00Z"
            ) == """
                2026-11-28T03:00:00Z is a slot of job a (daily 03:00). It will not be run: the job is paused until \
                2026-11-29T09:00:00Z (move). The next slot that runs is 2026-11-30T03:00:00Z.
                """
        )
        let frozen = try clockwork("daily 03:00", freezes: "2026-11-25T01:00Z/2026-11-26T05:00Z") { $0.last = last }
        #expect(
            try why(frozen) == """
                \(begin) It is not run: the job is frozen until 2026-11-26T05:00:00+00:00 \
                (2026-11-25T01:00Z/2026-11-26T05:00Z). The next slot that runs is 2026-11-27T03:00:00Z.
                """
        )
        let exempt = try clockwork("daily 03:00", freezes: "2026-11-25T13:00Z/2026-11-26T05:00Z", isExempt: true) {
            $0.last = last
        }
        #expect(try why(exempt, "2026-11-26T03:00Z").hasSuffix(" It is still to come."))
    }

    @Test("skips that are asked for")
    func skips() throws {
        let clockwork = try clockwork("daily 03:00") { state in
            (state.last, state.skips) = (try Moment(parsing: "2026-11-25T03:00Z"), 2)
        }
        #expect(
            try why(clockwork, "2026-11-26T03:00Z") == """
                2026-11-26T03:00:00Z is a slot of job a (daily 03:00). It will be skipped, as somebody asked. The next slot \
                that runs is 2026-11-28T03:00:00Z (2 slots before it to be skipped).
                """
        )
    }

    @Test("what is under way, and what it waits for")
    func stages() throws {
        let begin = "The last slot of job a (daily 03:00) is 2026-11-25T03:00:00Z."
        let last = try Moment(parsing: "2026-11-24T03:00Z")
        let grace = try clockwork("daily 03:00", grace: .seconds(20), looks: false) { $0.last = last }
        #expect(try why(grace) == "\(begin) It waits for the end of the grace, in 20 s.")
        let wrong = try clockwork("daily 03:00", buildDate: Self.now + .seconds(60)) { $0.last = last }
        #expect(try why(wrong).contains(" Nothing runs: the wall clock stands before this program was built."))
        var connecting = try clockwork("daily 03:00", looks: false) { $0.last = last }
        let order = try #require(connecting.look(at: reading).last)
        guard case .start(let attempt) = order else {
            Issue.record("no attempt")
            return
        }
        #expect(try why(connecting) == "\(begin) Its run is connecting.\(Self.next)")
        _ = connecting.connected(attempt, begin: reading, at: reading)
        #expect(
            try why(connecting)
                == "\(begin) Its run is in flight for 0 ms (attempt 1, run_id \(attempt.id)).\(Self.next)"
        )
        var waiting = try clockwork("daily 03:00", looks: false) { $0.last = last }
        for (reason, told) in [(nil, ""), ("login.example.com answered 503", " (login.example.com answered 503)")] {
            _ = waiting.lacksToken(reason, at: reading)
            _ = waiting.look(at: reading)
            #expect(
                try why(waiting) == """
                    \(begin) Its run waits for a token, and there has been none since 2026-11-25T12:00:00Z\(told).
                    """
            )
        }
        var down = try clockwork("daily 03:00", looks: false) { $0.last = last }
        guard case .start(let lost)? = down.look(at: reading).last else {
            Issue.record("no attempt")
            return
        }
        var end = AttemptEnd(.unreachable)
        (end.excerpt, end.wasSent) = ("Connection refused", false)
        _ = down.ended(lost, begin: reading, end, at: reading)
        #expect(
            try why(down) == """
                \(begin) Its run waits for the app, which has been out of reach since 2026-11-25T12:00:00Z (Connection \
                refused).
                """
        )
    }
}
