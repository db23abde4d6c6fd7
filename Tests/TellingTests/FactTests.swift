import Schedule
import TestSupport
import Testing

@testable import Clockwork
@testable import Telling

/// One fact, the line that tells of it without its time, and what it adds to the counters of job `a`.
private struct Row: Sendable, CustomTestStringConvertible {
    let fact: Fact
    var line: String?
    var counts: [String] = []

    init(_ fact: Fact, _ line: String? = nil, counts: [String] = []) {
        (self.fact, self.line, self.counts) = (fact, line, counts)
    }

    var testDescription: String { line ?? "\(FactName(fact)), of which nothing is said" }
}

/// A fact without what it says: a case that is added does not compile here, and then fails until the table has it.
private enum FactName: CaseIterable {
    case configured, gone, dropped, passed, paused, skips, notRun, pauseBegan, pauseIsOver, frozen, freezeIsOver, began,
        withdrawn, failed, ended
    case attemptEnded, slotHeld, slotsReleased, slotsGaveWay, slotGivenUp, targetIsDown, targetIsStillDown, targetIsUp
    case limited
    case clockIsWrong, clockIsRight, clockWentBack
    case trouble, closing, alert

    init(_ fact: Fact) {
        self =
            switch fact {
            case .configured: .configured
            case .gone: .gone
            case .dropped: .dropped
            case .passed: .passed
            case .paused: .paused
            case .skips: .skips
            case .notRun: .notRun
            case .pauseBegan: .pauseBegan
            case .pauseIsOver: .pauseIsOver
            case .frozen: .frozen
            case .freezeIsOver: .freezeIsOver
            case .began: .began
            case .withdrawn: .withdrawn
            case .failed: .failed
            case .ended: .ended
            case .attemptEnded: .attemptEnded
            case .slotHeld: .slotHeld
            case .slotsReleased: .slotsReleased
            case .slotsGaveWay: .slotsGaveWay
            case .slotGivenUp: .slotGivenUp
            case .targetIsDown: .targetIsDown
            case .targetIsStillDown: .targetIsStillDown
            case .targetIsUp: .targetIsUp
            case .limited: .limited
            case .clockIsWrong: .clockIsWrong
            case .clockIsRight: .clockIsRight
            case .clockWentBack: .clockWentBack
            case .trouble: .trouble
            case .closing: .closing
            case .alert: .alert
            }
    }
}

@Suite("Facts, as log and metrics tell them")
struct FactTests {
    private static let run = "job=a slot=2026-01-01T00:00:00Z run_id=00000000000000010000000000000001"

    @Test("each fact has its line or none, and counts what it counts")
    func table() throws {
        let table = try Self.attempts() + Self.slots() + Self.ends() + Self.world() + Self.silent()
        for row in table {
            let book = LogBook()
            book.log(level: .debug).tell(row.fact, target: "http://app:8000")
            #expect(book.lines == row.line.map { ["\(LogBook.time) \($0)\n"] } ?? [])
            #expect(try Self.added(by: row.fact) == row.counts, "\(row.testDescription)")
        }
        #expect(Set(table.map { FactName($0.fact) }) == Set(FactName.allCases))
    }

    @Test("a log of another level says less, and counts the same")
    func level() throws {
        let book = LogBook()
        for row in try Self.attempts() + Self.slots() + Self.ends() + Self.world() {
            book.log(level: .error).tell(row.fact, target: "")
        }
        #expect(book.lines.allSatisfy { $0.contains(" ERROR ") })
        #expect(book.lines.count == 5)
    }

    // MARK: - The table

    private static func attempts() throws -> [Row] {
        var twice = AttemptEnd.answer(200)
        twice.requests = 2
        let answered = #"scheduler_attempts_total{job="a",outcome="ok"} 1"#
        return [
            Row(
                .began("a", Fixture.begin(late: .seconds(3)), about: try Fixture.attempt()),
                "INFO  Running job: a (every 1m) \(run) trigger=schedule",
                counts: [
                    #"scheduler_wait_duration_seconds_count{group=""} 1"#, "scheduler_start_lateness_seconds_sum 3",
                    "scheduler_start_lateness_seconds_count 1",
                ]
            ),
            // A delay that is meant is no lateness.
            Row(
                .began(
                    "a",
                    Fixture.begin(late: .seconds(3)),
                    about: try Fixture.attempt(due: Fixture.slot + .seconds(5))
                ),
                "INFO  Running job: a (every 1m) \(run) trigger=schedule",
                counts: [
                    #"scheduler_wait_duration_seconds_count{group=""} 1"#, "scheduler_start_lateness_seconds_count 1",
                ]
            ),
            Row(.began("a", Fixture.begin(2), about: try Fixture.attempt(2))),
            Row(.attemptEnded(try Fixture.attempt(), .answer(200)), counts: [answered]),
            Row(
                .attemptEnded(try Fixture.attempt(), twice),
                counts: [answered, #"scheduler_attempts_total{job="a",outcome="denied"} 1"#]
            ),
            Row(
                .attemptEnded(try Fixture.attempt(), .answer(503)),
                counts: [#"scheduler_attempts_total{job="a",outcome="throttled"} 1"#]
            ),
            Row(
                .attemptEnded(try Fixture.attempt(), .none(.unreachable, "a=b refused")),
                counts: [#"scheduler_attempts_total{job="a",outcome="unreachable"} 1"#]
            ),
            Row(
                .failed(
                    "a",
                    Fixture.record(.failed, status: 500),
                    nil,
                    about: try retry(.answer(500), .seconds(10), 0)
                ),
                "WARNING Retrying job: a in 10s, attempt 2 of 2: HTTP 500 \(run) outcome=failed status=500"
            ),
            Row(
                .failed(
                    "a",
                    Fixture.record(.timeout),
                    nil,
                    about: try retry(.none(.timeout, "slow"), .seconds(0.2), 3)
                ),
                "WARNING Retrying job: a in 1s, attempt 2 of 4: slow \(run) outcome=timeout status=0"
            ),
        ]
    }

    private static func retry(_ end: AttemptEnd, _ wait: Duration, _ retries: Int) throws -> Fact.RetryNote {
        let attempt = Attempt(
            job: try Fixture.caller { $0.retries = retries },
            run: Run(slot: Fixture.slot, trigger: .schedule),
            id: Fixture.id
        )
        return Fact.RetryNote(attempt: attempt, end: end, wait: wait)
    }

    private static func slots() throws -> [Row] {
        let slot = "job=a slot=2026-01-01T00:00:00Z"
        func heldBy(_ outcome: Outcome, _ status: Int, _ reason: SlotReason, _ why: String) throws -> Row {
            let note = Fact.HoldNote(
                until: Fixture.slot + .seconds(90),
                run: Fixture.record(outcome, status: status)
            )
            return Row(
                .slotHeld(try Fixture.caller(), slot: Fixture.slot, reason, by: note),
                "INFO  Job a \(why); its slots are held until 2026-01-01T00:01:30Z. \(slot)"
            )
        }
        let held = #"scheduler_slots_held_total{job="a",reason="#
        let job = try Fixture.caller()
        let skipped = [held + #""skipped"} 1"#]
        let pause = Pause(from: Fixture.slot, until: Fixture.slot + .seconds(7_200), note: #"deploy "x""#)
        func span(_ text: String) throws -> FreezeSpan {
            var zones = ZoneCache(directory: ZoneDirectory(environment: [:]))
            var calendar = FreezeCalendar([try FreezeWindow(parsing: text, in: .utc, zones: &zones)])
            let span = calendar.span(containing: Fixture.slot)
            return try #require(span)
        }
        func givenUp(_ obstacle: Obstacle, count: Int = 1, isFirst: Bool = true) -> Fact {
            .slotGivenUp(
                job,
                slot: Fixture.slot,
                count: count,
                after: .seconds(1_200),
                obstacle,
                isFirst: isFirst
            )
        }
        return [
            Row(
                .passed("a", slot: Fixture.slot, about: try Fixture.caller { $0.catchup = .skip }),
                "WARNING Job a missed its slot, which is not caught up (catchup=skip). \(slot)",
                counts: skipped
            ),
            Row(
                .passed("a", slot: Fixture.slot, about: try Fixture.caller { $0.catchupWindowSeconds = 90 }),
                "WARNING Job a missed its slot, which is not caught up (catchup-window=90s). \(slot)",
                counts: skipped
            ),
            Row(
                .slotHeld(job, slot: Fixture.slot, .running),
                "INFO  Job a is still running; its slots are held until it ends. \(slot)"
            ),
            try heldBy(.timeout, 0, .abandoned, "may still be running in the app (its last call timed out)"),
            try heldBy(
                .aborted,
                0,
                .abandoned,
                "may still be running in the app (its last call was cut off by a stop)"
            ),
            try heldBy(.interrupted, 0, .abandoned, "may still be running in the app (nobody saw its last call end)"),
            try heldBy(
                .failed,
                504,
                .abandoned,
                "may still be running in the app (its last call was given up by a proxy, HTTP 504)"
            ),
            try heldBy(.throttled, 429, .throttled, "was asked to wait (HTTP 429)"),
            Row(
                .slotsReleased(job, count: 1, .running),
                "INFO  Job a was held for 1 slot. job=a slots=1",
                counts: [held + #""running"} 1"#]
            ),
            Row(
                .slotsReleased(job, count: 1_001, .throttled),
                "INFO  Job a was held for 1000 or more slots. job=a slots=1000",
                counts: [held + #""throttled"} 1001"#]
            ),
            Row(.paused("a", pause)),
            Row(.notRun("a", Fixture.id)),
            Row(
                .pauseBegan(["a"], pause),
                #"INFO  Job a is paused until 2026-01-01T02:00:00Z. jobs=1 note="deploy \"x\"""#
            ),
            Row(
                .pauseBegan(["a", "b"], Pause(from: Fixture.slot, until: pause.until)),
                "INFO  2 jobs (a, b) are paused until 2026-01-01T02:00:00Z. jobs=2"
            ),
            Row(.pauseIsOver(["a"], slots: 3), "INFO  Job a is not paused any more; 3 slots passed. jobs=1 slots=3"),
            Row(.skips("a", left: 2), "INFO  Job a skips its next 2 slots. job=a left=2"),
            Row(.skips("a", left: 0), "INFO  Job a skips no slot any more. job=a left=0"),
            Row(
                .skips("a", left: 1, slot: Fixture.slot, about: SkipNote(job: job, count: 2)),
                "INFO  Job a skips its slot 2026-01-01T00:00:00Z, as it was asked to; 1 more slot to skip. \(slot)",
                counts: [held + #""skipped_once"} 2"#]
            ),
            Row(
                .frozen(try span("cron 0 22 * * WED for 58h"), held: 4, exempt: ["backup"]),
                "INFO  Frozen until 2026-01-03T08:00:00+00:00 (cron 0 22 * * WED for 58h); 4 jobs held, backup exempt."
            ),
            Row(.freezeIsOver(slots: 12, runs: 2), "INFO  The freeze is over; 12 slots passed, 2 run now."),
            Row(.slotHeld(job, slot: Fixture.slot, .paused)), Row(.slotHeld(job, slot: Fixture.slot, .frozen)),
            Row(.slotsReleased(job, count: 3, .paused), counts: [held + #""paused"} 3"#]),
            Row(.slotsReleased(job, count: 2, .frozen), counts: [held + #""frozen"} 2"#]),
            Row(.slotsGaveWay(job, count: 3, .targetDown), counts: [held + #""target_down"} 3"#]),
            Row(.slotsGaveWay(job, count: 2, .threads), counts: [held + #""threads"} 2"#]),
            Row(
                givenUp(.group("llm", heldBy: [.init(job: "summary", time: .seconds(1_860))])),
                "WARNING Job a waited 20m for group llm (held by summary, 31m); its slot 2026-01-01T00:00:00Z is not run. "
                    + "\(slot) reason=group",
                counts: [held + #""group"} 1"#]
            ),
            Row(
                givenUp(.threads, count: 3),
                "WARNING Job a waited 20m for a free thread; its slot 2026-01-01T00:00:00Z is not run. "
                    + "\(slot) reason=threads",
                counts: [held + #""threads"} 3"#]
            ),
            Row(givenUp(.threads, isFirst: false), counts: [held + #""threads"} 1"#]),
        ]
    }

    private static func ends() throws -> [Row] {
        let end = "trigger=schedule attempts=1"
        func counts(_ outcome: String) -> [String] {
            [
                #"scheduler_runs_total{job="a",outcome="\#(outcome)"} 1"#,
                #"scheduler_run_duration_seconds_sum{job="a"} 1.5"#,
                #"scheduler_run_duration_seconds_count{job="a"} 1"#,
            ]
        }
        let now = Moment(seconds: 1_763_696_695, nanoseconds: 123_999_999)
        func hold(_ reason: Hold.Reason, _ milliseconds: Int) -> Hold {
            let until = now + .milliseconds(milliseconds)
            return Hold(from: now - .seconds(60), until: until, reason: reason)
        }
        func cut(_ outcome: Outcome, _ hold: Hold?, job: Job?) -> Fact {
            .ended("a", Fixture.record(outcome), hold, about: Fact.EndNote(job: job))
        }
        let last = "ms=1500 late_ms=12 bytes=0"
        return [
            Row(
                try Fixture.ended(.answer(200, "ok")),
                "INFO  Job /api/x?y=1: 200 \(run) \(end) outcome=ok status=200 ms=1500 late_ms=12 bytes=2",
                counts: counts("ok")
            ),
            Row(
                try Fixture.ended(.none(.tls, "no trust")),
                "ERROR Job /api/x?y=1 failed: no trust \(run) \(end) outcome=tls status=0 \(last)",
                counts: counts("tls")
            ),
            // Nobody saw the end, so nobody knows how long it took.
            Row(
                cut(.interrupted, hold(.abandoned, 1_001), job: try Fixture.caller()),
                "ERROR Job /api/x?y=1 failed: the scheduler ended while it was in flight; it may still go on in the app, "
                    + "so the job is held for 2s \(run) \(end) outcome=interrupted status=0 \(last)",
                counts: [#"scheduler_runs_total{job="a",outcome="interrupted"} 1"#]
            ),
            Row(
                cut(.throttled, hold(.throttled, 5_000), job: try Fixture.caller()),
                "ERROR Job /api/x?y=1 failed: the scheduler ended before its next attempt; the app asked to be left "
                    + "alone, so the job is held for 5s \(run) \(end) outcome=throttled status=0 \(last)",
                counts: counts("throttled")
            ),
            // A hold that is over is not told, and a job that is no longer configured has no path.
            Row(
                cut(.interrupted, hold(.abandoned, 0), job: nil),
                "ERROR Job a failed: the scheduler ended while it was in flight \(run) \(end) outcome=interrupted "
                    + "status=0 \(last)",
                counts: [#"scheduler_runs_total{job="a",outcome="interrupted"} 1"#]
            ),
            Row(
                .ended("a", Fixture.record(.failed), nil),
                "ERROR Job a failed: the scheduler ended before its next attempt \(run) \(end) outcome=failed status=0 "
                    + last,
                counts: counts("failed")
            ),
        ]
    }

    @Test("where only warnings are shown, so is the end of what one told of")
    func ends() {
        let book = LogBook()
        book.log(level: .warning).tell(.targetIsUp("app", after: .seconds(61), waited: 1), target: "http://app:8000")
        book.log(level: .warning).tell(.clockIsRight(Moment(seconds: 5)), target: "http://app:8000")
        #expect(book.lines.map { $0.contains(" INFO ") } == [true, true])
        book.log(level: .error).tell(.targetIsUp("app", after: .seconds(61), waited: 1), target: "http://app:8000")
        #expect(book.lines.count == 2)
    }

    private static func world() throws -> [Row] {
        let many = try (1...21).map { number in try Fixture.caller { $0.name = "job-\(number)" } }
        let names = many.prefix(20).map(\.name).joined(separator: ", ")
        return [
            Row(
                .targetIsDown(try Fixture.attempt(), .none(.unreachable, "refused")),
                "WARNING Target http://app:8000 is down: refused; due runs wait for it. job=a slot=2026-01-01T00:00:00Z"
            ),
            Row(
                .targetIsUp("app", after: .milliseconds(61_500), waited: 1),
                "INFO  Target http://app:8000 is up again after 61s; 1 run waited. down_ms=61500 waited=1"
            ),
            Row(
                .targetIsStillDown(try Fixture.attempt(), .none(.unreachable, "refused")),
                "DEBUG Target is still down: refused. job=a"
            ),
            Row(
                .limited(try Fixture.caller(), .thread(11)),
                "WARNING The system refused a thread (error 11): runs wait for the threads that are there. Raise the limit "
                    + "on processes (pids) of the container. job=a"
            ),
            Row(
                .limited(try Fixture.caller(), .call("no descriptor")),
                "WARNING The system refused what a call needs: no descriptor. It is made when another one ends, or "
                    + "after a second. Raise the limits on processes (pids) and open files (nofile) of the container. job=a"
            ),
            Row(
                .clockIsWrong(Moment(seconds: 5), buildDate: Fixture.slot),
                "WARNING The wall clock says 1970-01-01T00:00:05Z, which is before this program was built "
                    + "(2026-01-01T00:00:00Z): nothing runs until the clock is right."
            ),
            Row(
                .clockIsRight(Fixture.slot),
                "INFO  The wall clock is believed again: 2026-01-01T00:00:00Z."
            ),
            Row(
                .clockWentBack([try Fixture.caller()], Fixture.slot),
                "WARNING The wall clock went back to 2026-01-01T00:00:00Z, behind the last slots of 1 job by more than "
                    + "their gaps; they count as having run now: a."
            ),
            Row(
                .clockWentBack(many, Fixture.slot),
                "WARNING The wall clock went back to 2026-01-01T00:00:00Z, behind the last slots of 21 jobs by more than "
                    + "their gaps; they count as having run now: \(names), …."
            ),
        ]
    }

    /// What is only kept; a fact that was read back from a disk has nobody to be told of.
    private static func silent() throws -> [Row] {
        [
            Row(.configured("a", Fact.Configuration(schedule: "every 1m", zone: ""))),
            Row(.gone("a", at: Fixture.slot)),
            Row(.dropped("a")),
            Row(.withdrawn("a", Fixture.id)),
            Row(.began("a", Fixture.begin())),
            Row(.failed("a", Fixture.record(.failed), nil)),
            Row(
                .passed("a", slot: Fixture.slot)
            ),
            Row(.trouble("a", nil)), Row(.closing("a", nil)),
            Row(.alert(Alert(.opened, job: "a", Incident(slot: Fixture.slot, since: Fixture.slot), key: "k"))),
        ]
    }

    // MARK: - Counting

    /// The lines that are another after the fact than before it, the buckets left out.
    private static func added(by fact: Fact) throws -> [String] {
        let entries = [try Fixture.entry("a")]
        func lines(_ metrics: Metrics) -> [Substring] {
            MetricsText.render(Fixture.snapshot(entries, metrics: metrics)).split(separator: "\n")
        }
        var metrics = Metrics()
        let before = Set(lines(metrics))
        metrics.count(fact)
        return lines(metrics).filter { !before.contains($0) && !$0.contains("_bucket{") }.map(String.init)
    }
}

@Suite("The fields of a run")
struct RunFieldTests {
    /// No two of its members are alike.
    private static let record = RunRecord(
        id: RunID(11, 12),
        slot: Moment(seconds: 1_767_225_613),
        trigger: .catchup,
        began: Moment(seconds: 1_767_225_614),
        attempts: 15,
        outcome: .throttled,
        status: 516,
        milliseconds: 17,
        lateMilliseconds: 18,
        end: end
    )
    private static let end = {
        var end = AttemptEnd(.throttled)
        (end.status, end.excerpt, end.location, end.items) = (516, "busy=19", "/20", 21)
        return end
    }()

    @Test("each member of a run's record has one row of the table, which finds that member and no other")
    func table() {
        let members = Mirror(reflecting: Self.record).children.map { child in
            (child.value as? Int?).flatMap { $0.map { "\($0)" } } ?? String(describing: child.value)
        }
        #expect(RunField.all.map { $0.text(of: Self.record) }.sorted() == members.sorted())
        for names in [RunField.all.map(\.name.description), RunField.all.map(\.key.description)] {
            #expect(Set(names).count == RunField.all.count)
        }
    }

    @Test("a run's last line carries every field, but the begin, which its first line has the time of")
    func line() throws {
        let book = LogBook()
        let end = AttemptEnd.answer(516)
        book.log().tell(.ended("a", Self.record, nil, about: Fact.EndNote(job: nil, end: end)), target: "")
        let line = try #require(book.lines.first).dropLast() + " "
        for field in RunField.all where field.isLogged {
            #expect(line.contains(" \(field.name)=\(field.text(of: Self.record)) "), "\(field.name)")
        }
    }

    @Test("a run of which the app says no count has none, neither in its last line nor in /status")
    func withoutItems() throws {
        let run = Fixture.record(.ok, status: 200)
        let book = LogBook()
        book.log().tell(.ended("a", run, nil, about: Fact.EndNote(end: .answer(200))), target: "")
        #expect(book.lines.first?.contains("items") == false)
        #expect(StatusJSON.text(Fixture.snapshot([try Fixture.entry("a", runs: [run])])).contains(#""items":null"#))
    }

    @Test("/status carries every field of each run")
    func status() throws {
        let text = StatusJSON.text(Fixture.snapshot([try Fixture.entry("a", runs: [Self.record])]))
        for field in RunField.all {
            let value = field.text(of: Self.record)
            let written =
                switch field.access {
                case .number, .count: value
                case .moment, .id, .text, .word: "\"\(value)\""
                }
            #expect(text.contains("\"\(field.name)\":\(written)"), "\(field.name)")
        }
    }
}
