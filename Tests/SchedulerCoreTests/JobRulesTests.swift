import Clockwork
import Schedule
import TestSupport
import Testing

@testable import SchedulerCore

@Suite("Settings: what jobs come to when all sources are read")
struct JobRulesTests {
    private static func headers(_ name: String, _ count: Int) -> String {
        (0..<count).map { "header.X-\(name)\($0)=x" }.joined(separator: " ")
    }

    @Test("a job has at most 64 headers, those of the defaults among them")
    func headers() throws {
        let defaults = ["SCHEDULER_JOB_DEFAULTS": Self.headers("D", 40)]
        let line = { (count: Int) in ["SCHEDULER_JOB_A": "every 1m POST /x \(Self.headers("A", count))"] }
        #expect(try jobs(defaults.merging(line(24)) { $1 }).last?.headers.count == 64)
        let bad = try #require(throws: SettingsFaults.self) { try jobs(defaults.merging(line(25)) { $1 }) }
        #expect(bad.faults.map(\.message) == ["SCHEDULER_JOB_A: has 65 headers; at most 64 are allowed"])
        let own = try #require(throws: SettingsFaults.self) { try jobs(defaults.merging(line(65)) { $1 }) }
        #expect(own.faults.map(\.message) == ["SCHEDULER_JOB_A: has 65 headers; at most 64 are allowed"])
    }

    @Test("expect= has no place in a HEAD, wherever it is said, unless the job takes it back")
    func expectInHead() throws {
        let fault = "SCHEDULER_JOB_A: expect=: has no place in a HEAD, which is answered without a body; write GET"
        for (line, defaults) in [("expect=ok:true", nil), ("", "expect=ok:true")] {
            var environment = ["SCHEDULER_JOB_A": "every 1m HEAD /x \(line)"]
            environment["SCHEDULER_JOB_DEFAULTS"] = defaults
            let bad = try #require(throws: SettingsFaults.self) { try jobs(environment) }
            #expect(bad.faults.map(\.message) == [fault])
        }
        let off = ["SCHEDULER_JOB_A": "every 1m HEAD /x expect=off", "SCHEDULER_JOB_DEFAULTS": "expect=ok:true"]
        #expect(try jobs(off).last?.expectation == nil)
        #expect(try jobs(off).first?.expectation == Job.Expectation(member: ["ok"], value: "true"))
    }

    @Test("where no job is left, the fault says what leaves none")
    func noJob() throws {
        let file = DocumentedJobs.rows.map { "\($0.name): off\n" }.joined()
        let off = try #require(throws: SettingsFaults.self) {
            try jobs(["SCHEDULER_JOBS_FILE": "FILE", "SCHEDULER_JOB_HEALTH_CHECK": "off"], file: file)
        }
        #expect(off.faults.map(\.variable) == ["FILE:1"])
        #expect(
            off.faults.map(\.message) == [
                "FILE:1: no job is left, since this and 10 more switch all of them off; take one off out, "
                    + "or stop the scheduler if nothing is to run; one that runs can be told: scheduler pause all --for 2h"
            ]
        )
        let empty = try #require(throws: SettingsFaults.self) {
            try jobs(["SCHEDULER_JOBS_FILE": "FILE", "SCHEDULER_BUILTIN_JOBS": "false"], file: "# none yet\n")
        }
        #expect(
            empty.faults.map(\.message) == [
                "SCHEDULER_BUILTIN_JOBS=false: no job is left, since SCHEDULER_JOBS_FILE holds none; "
                    + "write a job line, SCHEDULER_JOB_<NAME> or in a file"
            ]
        )
        #expect(try jobs(["SCHEDULER_JOBS_FILE": "FILE"], file: "").count == 11)
    }

    @Test(
        "a job that never ran is due at once if it is a documented one or counts elapsed time, else at its next slot",
        arguments: [
            ("daily 03:00 POST /x", .wait), ("weekly mon 09:45 POST /x", .wait), ("monthly 1 03:00 POST /x", .wait),
            ("cron * * * * * POST /x", .wait), ("every 1h POST /x", .now), ("daily 03:00 POST /x first=now", .now),
            ("every 1h POST /x first=wait", .wait),
        ] as [(String, Job.First)]
    )
    func first(_ line: String, first: Job.First) throws {
        #expect(try jobs(["SCHEDULER_JOB_A": line]).last?.first == first)
        #expect(try jobs(["SCHEDULER_JOBS_FILE": "FILE"], file: "a: \(line)").last?.first == first)
        for given in Job.First.allCases where !line.contains("first=") {
            let environment = ["SCHEDULER_JOB_A": line, "SCHEDULER_JOB_DEFAULTS": "first=\(given.rawValue)"]
            #expect(try jobs(environment).allSatisfy { $0.first == given })
        }
    }

    @Test("a documented job with another schedule stays one that is due at once")
    func firstOfDocumented() throws {
        let jobs = try jobs([
            "SCHEDULER_JOB_DATA_REFRESH": "daily 05:00", "SCHEDULER_JOB_MARKETPLACES": "weekly mon 05:00",
        ])
        #expect(jobs.allSatisfy { $0.first == .now })
    }

    private func jobs(_ environment: [String: String], file: String? = nil) throws -> [Job] {
        let sources = file.map { SettingsSources.only(["FILE": $0]) }
        return try Settings(environment: environment, sources: sources ?? .live).jobs
    }
}
