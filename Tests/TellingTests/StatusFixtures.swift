import Clockwork
import HTTPServer
import Schedule

@testable import Telling

/// Snapshots made by hand.
enum Fixture {
    /// 2026-11-21T12:00:00Z, a Saturday.
    static let noon = Moment(seconds: 1_795_262_400)

    static func job(_ name: String, _ line: String, tz: String = "UTC") throws -> Job {
        let zone = try Zone(named: tz, in: ZoneDirectory(environment: [:]))
        let timetable = Timetable(try Schedule(parsing: line), in: zone)
        return Job(name: name, timetable: timetable, method: "POST", path: "/api/x?key=hidden", timeoutSeconds: 60)
    }

    static func run(_ outcome: Outcome, status: Int = 200, ago: Int, ms: Int = 300) -> RunRecord {
        let began = noon - .seconds(ago) - .milliseconds(ms)
        return RunRecord(
            id: RunID(1, 2),
            slot: began,
            trigger: .schedule,
            began: began,
            attempts: 1,
            outcome: outcome,
            status: status,
            milliseconds: ms,
            lateMilliseconds: 4
        )
    }

    /// A job with runs, of which the last `failures` are taken as failures in a row.
    static func entry(
        _ name: String,
        _ line: String = "every 15m",
        zone: String = "UTC",
        number: Int = 0,
        next: Int? = 240,
        activity: StatusSnapshot.Activity = .idle,
        runs: [RunRecord] = [],
        failures: Int = 0
    ) throws -> StatusSnapshot.Entry {
        let job = try job(name, line, tz: zone)
        var state = JobState(name: name)
        (state.schedule, state.zone, state.last, state.runs) = (line, zone, runs.last?.slot, runs)
        state.lastSuccess = runs.last { $0.outcome == .ok }?.ended
        state.consecutiveFailures = failures
        return StatusSnapshot.Entry(
            job,
            number: number,
            next: next.map { noon + .seconds($0) },
            activity: activity,
            state: runs.isEmpty && failures == 0 ? nil : state
        )
    }

    static func snapshot(
        _ entries: [StatusSnapshot.Entry],
        age: Duration = .milliseconds(20),
        phase: StatusSnapshot.Phase = .running,
        targetDown: Duration? = nil,
        targetReason: String? = nil,
        waiting: Int = 0,
        isStateWritable: Bool = true,
        groups: [GroupState] = [],
        metrics: Metrics? = nil
    ) -> StatusSnapshot {
        StatusSnapshot(
            pulse: Pulse(age: age, tick: .seconds(30)),
            now: noon,
            started: noon - .seconds(3_600),
            phase: phase,
            target: "http://app:8000",
            targetDown: targetDown,
            targetReason: targetReason,
            waiting: waiting,
            isStateWritable: isStateWritable,
            groups: groups,
            entries: entries,
            metrics: metrics ?? Metrics()
        )
    }

    static func many(_ count: Int) throws -> StatusSnapshot {
        let job = try job("j", "every 1m")
        let state = try entry("j", runs: [run(.ok, ago: 5)]).state
        var metrics = Metrics()
        let entries = (0..<count).map { number in
            var job = job
            job.name = "job-\(number)"
            metrics.run(job.name, .ok, ms: 5)
            return StatusSnapshot.Entry(job, number: number, next: noon + .seconds(30), state: state)
        }
        return snapshot(entries, metrics: metrics)
    }

    static func get(_ target: String, method: String = "GET", headers: [Header] = []) -> Request {
        Request(method: method, target: target, headers: headers)
    }
}

extension Response {
    var text: String { String(decoding: body, as: UTF8.self) }

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

extension Metrics {
    /// A run that ended, with nothing else about it.
    mutating func run(_ job: String, _ outcome: Outcome, ms: Int) {
        count(.ended(job, Fixture.run(outcome, ago: 0, ms: ms), nil))
    }
}
