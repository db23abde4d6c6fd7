import Clockwork
import Foundation
import Schedule
import TestSupport
import Testing

@testable import Telling

@Suite("Metrics")
struct MetricsTests {
    private func lines(_ snapshot: StatusSnapshot, _ prefix: String) -> [String] {
        MetricsText.render(snapshot).split(separator: "\n").filter { $0.hasPrefix(prefix) }.map(String.init)
    }

    @Test("tokens that are fetched have their counters, all results from the start; others have none")
    func tokens() throws {
        var snapshot = Fixture.snapshot([try Fixture.entry("a")])
        #expect(lines(snapshot, "scheduler_token").isEmpty)
        snapshot.metrics.token = TokenCounts(["ok", "refused", "unreachable"])
        #expect(
            lines(snapshot, "scheduler_token") == [
                #"scheduler_token_requests_total{result="ok"} 0"#,
                #"scheduler_token_requests_total{result="refused"} 0"#,
                #"scheduler_token_requests_total{result="unreachable"} 0"#,
                "scheduler_token_expiry_timestamp_seconds 0",
            ]
        )
        snapshot.metrics.token?.requests["ok"] = 2
        snapshot.metrics.token?.end = Moment(seconds: 1_795_620_130, nanoseconds: 500_000_000)
        #expect(lines(snapshot, #"scheduler_token_requests_total{result="ok"}"#).last?.hasSuffix(" 2") == true)
        #expect(lines(snapshot, "scheduler_token_expiry").last?.hasSuffix(" 1795620130.5") == true)
    }

    @Test("every outcome and reason of every job is there from the start, as 0")
    func fromTheStart() throws {
        let snapshot = Fixture.snapshot([try Fixture.entry("a"), try Fixture.entry("b:c", number: 1)])
        let runs = lines(snapshot, "scheduler_runs_total")
        #expect(runs.count == 2 * (Outcome.allCases.count - 1))
        #expect(runs.allSatisfy { $0.hasSuffix("} 0") })
        #expect(runs.first == #"scheduler_runs_total{job="a",outcome="ok"} 0"#)
        #expect(lines(snapshot, "scheduler_attempts_total").count == 2 * (Outcome.allCases.count - 1))
        #expect(
            lines(snapshot, #"scheduler_slots_held_total{job="b:c""#) == [
                #"scheduler_slots_held_total{job="b:c",reason="running"} 0"#,
                #"scheduler_slots_held_total{job="b:c",reason="abandoned"} 0"#,
                #"scheduler_slots_held_total{job="b:c",reason="throttled"} 0"#,
                #"scheduler_slots_held_total{job="b:c",reason="target_down"} 0"#,
                #"scheduler_slots_held_total{job="b:c",reason="token"} 0"#,
                #"scheduler_slots_held_total{job="b:c",reason="threads"} 0"#,
                #"scheduler_slots_held_total{job="b:c",reason="group"} 0"#,
                #"scheduler_slots_held_total{job="b:c",reason="paused"} 0"#,
                #"scheduler_slots_held_total{job="b:c",reason="skipped_once"} 0"#,
                #"scheduler_slots_held_total{job="b:c",reason="frozen"} 0"#,
                #"scheduler_slots_held_total{job="b:c",reason="skipped"} 0"#,
            ]
        )
        for name in ["last_slot_timestamp_seconds", "last_success_timestamp_seconds", "consecutive_failures"] {
            #expect(lines(snapshot, "scheduler_job_\(name){").count == 2)
        }
    }

    @Test("of each group limit, places taken and runs that wait; waits under each group, those without one under none")
    func groups() throws {
        let groups = [
            GroupState(
                group: Group(name: "llm", limit: 2),
                jobs: ["a", "b"],
                holders: [Obstacle.Holder(job: "b", time: .seconds(9))],
                waiting: 3
            ),
            GroupState(group: Group(name: "night", limit: 1), jobs: ["a"], holders: [], waiting: 0),
        ]
        var metrics = Metrics()
        for groups in [[], ["llm"], ["llm", "night"]] {
            let job = try Fixture.caller { $0.groups = groups }
            let attempt = Attempt(
                job: job,
                run: Run(slot: Fixture.slot, trigger: .schedule),
                id: Fixture.id,
                waited: .seconds(groups.count * 40)
            )
            metrics.count(.began("a", Fixture.begin(), about: attempt))
        }
        let snapshot = Fixture.snapshot([try Fixture.entry("a")], groups: groups, metrics: metrics)
        #expect(
            ["limit", "running", "waiting"].flatMap { lines(snapshot, "scheduler_group_\($0){") } == [
                #"scheduler_group_limit{group="llm"} 2"#, #"scheduler_group_limit{group="night"} 1"#,
                #"scheduler_group_running{group="llm"} 1"#, #"scheduler_group_running{group="night"} 0"#,
                #"scheduler_group_waiting{group="llm"} 3"#, #"scheduler_group_waiting{group="night"} 0"#,
            ]
        )
        #expect(
            (lines(snapshot, "scheduler_wait_duration_seconds_sum")
                + lines(snapshot, "scheduler_wait_duration_seconds_count"))
                == [
                    #"scheduler_wait_duration_seconds_sum{group=""} 0"#,
                    #"scheduler_wait_duration_seconds_sum{group="llm"} 120"#,
                    #"scheduler_wait_duration_seconds_sum{group="night"} 80"#,
                    #"scheduler_wait_duration_seconds_count{group=""} 1"#,
                    #"scheduler_wait_duration_seconds_count{group="llm"} 2"#,
                    #"scheduler_wait_duration_seconds_count{group="night"} 1"#,
                ]
        )
        #expect(lines(Fixture.snapshot([try Fixture.entry("a")]), "scheduler_group_limit").isEmpty)
    }

    @Test("items are added up, and a sum that is too large stays the largest")
    func items() throws {
        var metrics = Metrics()
        func value() throws -> Substring? {
            let text = MetricsText.render(Fixture.snapshot([try Fixture.entry("a")], metrics: metrics))
            return text.split(separator: "\n").first { $0.hasPrefix("scheduler_job_items_total{") }
        }
        #expect(try value() == #"scheduler_job_items_total{job="a"} 0"#)
        var run = Fixture.record(.ok)
        for count in [nil, 0, 40, 2] {
            run.items = count
            metrics.count(.ended("a", run, nil))
        }
        #expect(try value() == #"scheduler_job_items_total{job="a"} 42"#)
        metrics.keep(only: ["a"])
        run.items = .max
        metrics.count(.ended("a", run, nil))
        #expect(try value() == #"scheduler_job_items_total{job="a"} 9223372036854775807"#)
        metrics.keep(only: [])
        #expect(try value() == #"scheduler_job_items_total{job="a"} 0"#)
    }

    @Test("what was counted comes out; times in seconds without a rounding error")
    func counts() throws {
        let (job, attempt) = (try Fixture.caller(), try Fixture.attempt())
        var metrics = Metrics()
        metrics.count(.attemptEnded(attempt, .answer(500)))
        metrics.count(.attemptEnded(attempt, .answer(200)))
        metrics.run("a", .ok, ms: 700)
        metrics.run("a", .timeout, ms: 7_200_000)
        metrics.count(.slotsReleased(job, count: 7, .abandoned))
        metrics.count(.began("a", Fixture.begin(late: .milliseconds(10)), about: attempt))
        metrics.count(.began("a", Fixture.begin(late: .seconds(400)), about: attempt))
        let runs = [Fixture.run(.ok, ago: 30), Fixture.run(.failed, ago: 10)]
        let snapshot = Fixture.snapshot([try Fixture.entry("a", runs: runs, failures: 1)], metrics: metrics)
        let text = MetricsText.render(snapshot)
        for line in [
            #"scheduler_runs_total{job="a",outcome="ok"} 1"#, #"scheduler_runs_total{job="a",outcome="timeout"} 1"#,
            #"scheduler_attempts_total{job="a",outcome="failed"} 1"#,
            #"scheduler_slots_held_total{job="a",reason="abandoned"} 7"#,
            #"scheduler_run_duration_seconds_bucket{job="a",le="0.5"} 0"#,
            #"scheduler_run_duration_seconds_bucket{job="a",le="1"} 1"#,
            #"scheduler_run_duration_seconds_bucket{job="a",le="3600"} 1"#,
            #"scheduler_run_duration_seconds_bucket{job="a",le="+Inf"} 2"#,
            #"scheduler_run_duration_seconds_sum{job="a"} 7200.7"#,
            #"scheduler_run_duration_seconds_count{job="a"} 2"#,
            #"scheduler_start_lateness_seconds_bucket{le="0.01"} 1"#,
            #"scheduler_start_lateness_seconds_bucket{le="+Inf"} 2"#, "scheduler_start_lateness_seconds_sum 400.01",
            #"scheduler_job_last_slot_timestamp_seconds{job="a"} 1795262389.7"#,
            #"scheduler_job_last_success_timestamp_seconds{job="a"} 1795262370"#,
            #"scheduler_job_next_slot_timestamp_seconds{job="a"} 1795262640"#,
            #"scheduler_job_consecutive_failures{job="a"} 1"#, #"scheduler_target_up{target="app"} 1"#,
            "scheduler_state_writable 1",
            "scheduler_last_look_age_seconds 0.02", "process_start_time_seconds 1795258800",
            #"scheduler_build_info{version="0.2.0"} 1"#,
        ] {
            #expect(text.contains("\n\(line)\n"), "\(line)")
        }
    }

    @Test("a name with quote, backslash and line end is escaped so that a parser gives it back")
    func escaping() {
        #expect(MetricsText.escaped("a\"b\\c\nd") == #"a\"b\\c\nd"#)
    }

    @Test("no series twice; each name has its help and type once, before its lines")
    func noneTwice() throws {
        for snapshot in [Fixture.snapshot([try Fixture.entry("a"), try Fixture.entry("b")]), try Fixture.many(600)] {
            let lines = MetricsText.render(snapshot).split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.last == "")
            let series = lines.dropLast().filter { !$0.hasPrefix("#") }.map { $0.prefix { $0 != " " } }
            #expect(Set(series).count == series.count)
            let heads = lines.filter { $0.hasPrefix("# TYPE") }
            #expect(Set(heads).count == heads.count)
            #expect(!MetricsText.render(snapshot).contains("\r"))
        }
    }

    @Test("with many jobs a job has what has come, and two outcomes at least")
    func many() throws {
        var snapshot = try Fixture.many(600)
        snapshot.metrics.run("job-3", .timeout, ms: 1_000)
        #expect(
            lines(snapshot, #"scheduler_runs_total{job="job-3""#) == [
                #"scheduler_runs_total{job="job-3",outcome="ok"} 1"#,
                #"scheduler_runs_total{job="job-3",outcome="failed"} 0"#,
                #"scheduler_runs_total{job="job-3",outcome="timeout"} 1"#,
            ]
        )
    }

    @Test("below a megabyte for 500 jobs", arguments: [200, 500])
    func size(_ jobs: Int) throws {
        #expect(MetricsText.render(try Fixture.many(jobs)).utf8.count < 1_000_000)
    }

    @Test("promtool has nothing to say")
    func promtool() throws {
        var metrics = Metrics()
        metrics.run("a", .ok, ms: 5)
        let entries = [try Fixture.entry("a", runs: [Fixture.run(.ok, ago: 5)]), try Fixture.entry("b", number: 1)]
        let folder = try TemporaryFolder()
        try folder.write("metrics", MetricsText.render(Fixture.snapshot(entries, metrics: metrics)))
        try Tool.run("promtool", ["check", "metrics"], in: folder.url, input: folder.path("metrics"))
    }

    @Test("a wall clock that moves alone is a step; one that is adjusted by milliseconds is none")
    func clockSteps() {
        var metrics = Metrics()
        let looks: [(now: Double, uptime: Double, steps: Int)] = [
            (0, 0, 0), (30, 30, 0), (60.4, 60, 0), (3_660, 90, 1), (3_690, 120, 1), (90, 150, 2), (120, 180, 2),
        ]
        for look in looks {
            let now = Fixture.noon + .milliseconds(Int(look.now * 1_000))
            metrics.look(at: Reading(now: now, uptime: .milliseconds(Int(look.uptime * 1_000))))
            #expect(metrics.clockSteps == look.steps)
        }
    }

    @Test("a job has counters from its first fact on, and keeps them as long as it is among the jobs")
    func keep() {
        var metrics = Metrics()
        for name in ["a", "b", "c"] { metrics.run(name, .ok, ms: 5) }
        metrics.run("c", .failed, ms: 2_000)
        #expect(metrics.runs("d", .ok) == 0)
        let before = metrics
        metrics.keep(only: ["a", "b", "c", "d"])
        #expect(metrics == before)
        metrics.keep(only: ["a", "c"])
        #expect(["a", "b", "c"].map { metrics.runs($0, .ok) } == [1, 0, 1])
        #expect(metrics.runs("c", .failed) == 1)
        #expect(metrics.durations("c").sum == 2_005)
        #expect(metrics.durations("b") == Metrics().durations("b"))
        metrics.run("b", .busy, ms: 1)
        #expect(metrics.runs("b", .busy) == 1)
        #expect(metrics.runs("c", .busy) == 0)
    }
}
