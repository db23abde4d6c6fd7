import Clockwork
import Schedule
import TestSupport
import Testing

@testable import SchedulerCore

@Suite("Settings: jobs of one's own")
struct JobSettingsTests {
    @Test("a variable's name is the job's; the documented jobs come first, then one's own by name")
    func names() throws {
        let jobs = try jobs([
            "SCHEDULER_JOB_NIGHTLY_REPORT": "daily 03:00 POST /api/reports/nightly timeout=900 retries=3",
            "SCHEDULER_JOB_A": "every 15s GET /a",
        ])
        #expect(jobs.count == 13)
        #expect(jobs.suffix(2).map(\.name) == ["a", "nightly-report"])
        #expect(jobs[12].timeoutSeconds == 900)
        #expect(jobs[12].retries == 3)
        #expect(jobs[11].timeoutSeconds == 60)
        #expect(jobs[11].scheduleText == "every 15s")
    }

    @Test("what is given replaces what a documented job says, the rest stays; off leaves it out")
    func overrides() throws {
        let jobs = try jobs([
            "SCHEDULER_JOB_MARKETPLACES": "daily 04:15", "SCHEDULER_JOB_DATA_REFRESH": "off",
            "SCHEDULER_JOB_SESSION_PROCESSOR_USAGE": "timeout=5",
        ])
        #expect(jobs.count == 10)
        let marketplaces = try #require(jobs.first { $0.name == "marketplaces" })
        #expect(marketplaces.scheduleText == "daily 04:15")
        #expect(marketplaces.path == "/api/marketplaces/sync-all")
        #expect(marketplaces.timeoutSeconds == 900)
        #expect(jobs.first { $0.name == "session-processor:usage" }?.timeoutSeconds == 5)
    }

    @Test("a variable overrides the file, the file a documented job, defaults what nobody sets")
    func precedence() throws {
        let file = """
            # ours
            marketplaces: daily 05:00 timeout=10
            report:x: every 1h POST /r jitter=5s header.X-A=file
            """
        let jobs = try jobs(
            [
                "SCHEDULER_JOBS_FILE": "FILE", "SCHEDULER_JOB_MARKETPLACES": "timeout=20",
                "SCHEDULER_JOB_REPORT_X": "header.x-a=variable",
                "SCHEDULER_JOB_DEFAULTS": "retries=2 jitter=10s timeout=7 header.X-B=defaults tz=Europe/Prague",
            ],
            file: file
        )
        let marketplaces = try #require(jobs.first { $0.name == "marketplaces" })
        #expect(marketplaces.scheduleText == "daily 05:00")
        #expect(marketplaces.timeoutSeconds == 20)
        #expect(marketplaces.retries == 2)
        #expect(marketplaces.jitterSeconds == 10)
        #expect(marketplaces.timetable.zone.name == "Europe/Prague")
        let report = try #require(jobs.last)
        #expect(report.name == "report:x")
        #expect(report.jitterSeconds == 5)
        #expect(report.timeoutSeconds == 7)
        #expect(
            report.headers == [Job.Header(name: "X-B", value: "defaults"), Job.Header(name: "x-a", value: "variable")]
        )
        #expect(jobs[0].timeoutSeconds == 120)
    }

    @Test("the tick has to fit only the intervals that are used")
    func tick() throws {
        let environment = ["SCHEDULER_TICK_SECONDS": "300"]
        #expect(throws: SettingsFaults.self) { try jobs(environment) }
        #expect(throws: SettingsFaults.self) {
            try jobs(environment.merging(["SCHEDULER_JOB_SCRIPT_RUNNER": "timeout=5"]) { $1 })
        }
        #expect(try jobs(environment.merging(["SCHEDULER_JOB_SCRIPT_RUNNER": "off"]) { $1 }).count == 10)
        #expect(try jobs(environment.merging(["SCHEDULER_JOB_SCRIPT_RUNNER": "every 10s"]) { $1 }).count == 11)
        #expect(
            try jobs([
                "SCHEDULER_TICK_SECONDS": "9999", "SCHEDULER_BUILTIN_JOBS": "false",
                "SCHEDULER_JOB_A": "every 1s GET /",
            ])
            .count == 1
        )
    }

    @Test(
        "one documented job counts as having run a while ago, from 1 s to the longest, as chance has it",
        arguments: [
            (nil, 0, 1), (nil, 411, 412), (nil, 899, 900), (nil, 900, 1), ("7", .max, 2), ("0", 5, nil), ("-1", 5, nil),
        ]
            as [(String?, UInt64, Int?)]
    )
    func initialOffset(_ longest: String?, random: UInt64, seconds: Int?) throws {
        var environment = ["SCHEDULER_JOB_A": "every 1m GET /"]
        environment["SCHEDULER_BQ_METADATA_INITIAL_OFFSET_MAX_SECONDS"] = longest
        let settings = try Settings(environment: environment, random: random)
        #expect(settings.metadataOffset == seconds ?? 0)
        let offsets = settings.jobs.filter { $0.initialOffset != nil }
        #expect(offsets.map(\.name) == (seconds == nil ? [] : ["bq-metadata-refresh"]))
        #expect(offsets.first?.initialOffset == seconds.map { .seconds($0) })
    }

    @Test("jobs that never ran are due at once, but for those that wait or have an offset")
    func assumedLast() throws {
        let jobs = try jobs([
            "SCHEDULER_JOB_A": "every 1m GET / first=wait", "SCHEDULER_JOB_B": "every 1m GET /",
        ])
        let rules = Clockwork.Rules(tick: .seconds(30))
        var clockwork = Clockwork(jobs: jobs, rules: rules, random: SplitMix(seed: 1))
        let now = Reading(now: Moment(seconds: 1_000), uptime: .zero)
        _ = clockwork.load([], graceEnd: .zero, at: now)
        let entries = clockwork.entries.suffix(4)
        #expect(entries.map(\.state.last) == [nil, Moment(seconds: 999), Moment(seconds: 1_000), nil])
        #expect(entries.map { clockwork.nextSlot(of: $0, at: now) == now.now } == [true, false, false, true])
    }

    @Test("the zone is that of the option, else of SCHEDULER_TIMEZONE, never that of TZ")
    func zones() throws {
        let jobs = try jobs([
            "TZ": "Asia/Tokyo", "SCHEDULER_TIMEZONE": "America/New_York", "SCHEDULER_JOB_A": "daily 03:00 GET /",
            "SCHEDULER_JOB_B": "daily 03:00 GET / tz=Europe/Prague",
        ])
        #expect(jobs.suffix(2).map(\.timetable.zone.name) == ["America/New_York", "Europe/Prague"])
        #expect(try self.jobs(["TZ": "Asia/Tokyo"])[3].timetable.zone == .utc)
    }

    @Test(
        "names each fault with where it stands",
        arguments: [
            (
                ["SCHEDULER_JOB_A": "daily 03:00"],
                "SCHEDULER_JOB_A: has no method and path; a new job needs schedule, method and path: "
                    + #"write for example "daily 03:00 POST /api/nightly timeout=15m""#
            ),
            (
                ["SCHEDULER_JOB_A": "POST /x"],
                "SCHEDULER_JOB_A: has no schedule; a new job needs schedule, method and path: "
                    + #"write for example "daily 03:00 POST /api/nightly timeout=15m""#
            ),
            (
                ["SCHEDULER_JOB_A": ""],
                #"SCHEDULER_JOB_A="" is empty; write a job line, or off, or leave the variable out"#
            ),
            (
                ["SCHEDULER_JOB_1A": "every 1m GET /"],
                #"SCHEDULER_JOB_1A: job name "1a" is not one; write a letter, then letters, digits and - _ : . up to 64 in all"#
            ),
            (
                ["SCHEDULER_JOB_A": "every 1m GET / body=x"],
                "SCHEDULER_JOB_A: body= has no place in a GET; write POST, PUT, PATCH or DELETE"
            ),
            (
                ["SCHEDULER_JOB_A": "every 1m GET / tz=Europe/Pragu"],
                #"SCHEDULER_JOB_A: tz=: zone "Europe/Pragu" is not known in /usr/share/zoneinfo; did you mean "Europe/Prague"?"#
            ),
            (
                ["SCHEDULER_JOB_A_B": "every 1m GET /", "SCHEDULER_JOB_a_b": "every 1m GET /"],
                "SCHEDULER_JOB_a_b: job a-b is defined a second time, first by SCHEDULER_JOB_A_B; keep one"
            ),
            (
                ["SCHEDULER_JOB_DEFAULTS": "body=x"],
                "SCHEDULER_JOB_DEFAULTS: body= has no place here; only options that many jobs can share"
            ),
            (
                ["SCHEDULER_JOB_DEFAULTS": "timeout=25d"],
                #"SCHEDULER_JOB_DEFAULTS: timeout=: "25d" is too long; write at most 24d"#
            ),
            (
                ["SCHEDULER_BUILTIN_JOBS": "false"],
                "SCHEDULER_BUILTIN_JOBS=false: no job is left, since there is none of your own; "
                    + "write a job line, SCHEDULER_JOB_<NAME> or in a file"
            ),
            (
                ["SCHEDULER_BUILTIN_JOBS": "false", "SCHEDULER_JOB_A": "off", "SCHEDULER_JOB_B": "off"],
                "SCHEDULER_BUILTIN_JOBS=false: no job is left, since your own are off (SCHEDULER_JOB_A and 1 more); "
                    + "write a job line, SCHEDULER_JOB_<NAME> or in a file; to stop all for a while, tell the one that runs: "
                    + "scheduler pause all --for 2h"
            ),
            (
                ["SCHEDULER_TIMEZONE": "utc"],
                #"SCHEDULER_TIMEZONE: zone "utc" is not known in /usr/share/zoneinfo; did you mean "UTC"?"#
            ),
            (
                ["SCHEDULER_JOBS_FILE": "/nonexistent"],
                #"SCHEDULER_JOBS_FILE="/nonexistent" does not exist; name a file of "name: job line" lines"#
            ),
            (
                ["SCHEDULER_JOBS_FILE": "/dev/zero"],
                #"SCHEDULER_JOBS_FILE="/dev/zero" is not a regular file; name a file of "name: job line" lines"#
            ),
            (
                ["SCHEDULER_MAX_CONCURRENCY": "0"],
                "SCHEDULER_MAX_CONCURRENCY=0 is too small; write threads from 1 to 256, digits only"
            ),
            (
                ["SCHEDULER_MAX_CONCURRENCY": "257"],
                "SCHEDULER_MAX_CONCURRENCY=257 is too large; write threads from 1 to 256, digits only"
            ),
        ]
    )
    func faults(_ environment: [String: String], message: String) throws {
        let bad = try #require(throws: SettingsFaults.self) { try jobs(environment) }
        #expect(bad.faults.map(\.message) == [message])
    }

    @Test("faults of a file name the line, all at once")
    func fileFaults() throws {
        let file = "a: every 0m GET /\n\nnothing\n9: off\nb: every 1m GET /\nb: off\ndefaults: off\n"
        let bad = try #require(throws: SettingsFaults.self) { try jobs(["SCHEDULER_JOBS_FILE": "FILE"], file: file) }
        #expect(
            bad.faults.map(\.message) == [
                #"FILE:3: has no name that ends with a colon and a blank; write "name: job line", or # before a comment"#,
                #"FILE:1: duration "0m" is too short; at least 1s is needed"#,
                #"FILE:4: job name "9" is not one; write a letter, then letters, digits and - _ : . up to 64 in all"#,
                "FILE:6: job b is defined a second time, first by FILE:5; keep one",
                "FILE:7: the name defaults is reserved for SCHEDULER_JOB_DEFAULTS; choose another",
            ]
        )
    }

    @Test("one fault of a line hides no other, and none is blamed on the wrong place")
    func allFaultsOfAJob() throws {
        let environment = [
            "SCHEDULER_JOBS_FILE": "FILE", "SCHEDULER_JOB_A": "timeout=5",
            "SCHEDULER_JOB_B": "daily 03:00 POST /a tz=Foo retries=x", "SCHEDULER_JOB_DEFAULTS": "tz=Europe/Pragu",
        ]
        let bad = try #require(throws: SettingsFaults.self) {
            try jobs(environment, file: "\u{FEFF}a: daily 3:00 POST /x\n")
        }
        #expect(
            bad.faults.map(\.message) == [
                "SCHEDULER_JOB_DEFAULTS: tz=: zone \"Europe/Pragu\" is not known in /usr/share/zoneinfo; "
                    + "did you mean \"Europe/Prague\"?",
                #"FILE:1: schedule "daily …" is not understood; write "daily 03:00""#,
                #"SCHEDULER_JOB_B: retries=: "x" is not a whole number from 0 to 100"#,
                #"SCHEDULER_JOB_B: tz=: zone "Foo" is not known in /usr/share/zoneinfo; "#
                    + "write an IANA name such as Europe/Prague, or UTC",
            ]
        )
    }

    @Test(
        "a path or a name with a line end cannot forge a line",
        arguments: ["a: every 1m GET /", "defaults: off", "9: off"]
    )
    func oneLineEach(_ line: String) throws {
        let environment = ["SCHEDULER_JOBS_FILE": "FILE\nERROR forged", "SCHEDULER_JOB_B\nERROR": ""]
        let bad = try #require(throws: SettingsFaults.self) { try jobs(environment, file: "\(line)\n\(line)\nx\n") }
        #expect(bad.faults.count >= 3)
        #expect(bad.faults.allSatisfy { !$0.message.contains("\n") && !$0.variable.contains("\n") })
    }

    @Test("off for a job that is not there is a warning, since its operator believes in it")
    func offWithoutJob() throws {
        for (name, hint) in [
            ("DATAREFRESH", "did you mean data-refresh?"), ("USAGE", "did you mean session-processor:usage?"),
            ("BLOCKED_PURGE", "did you mean store-blocked-purge?"), ("NIGHTLY", "scheduler check prints the jobs"),
        ] {
            let settings = try Settings(environment: ["SCHEDULER_JOB_\(name)": "off"])
            #expect(settings.jobs.count == 11)
            let job = name.lowercased().replacing("_", with: "-")
            #expect(
                settings.warnings.map(\.message) == [
                    "SCHEDULER_JOB_\(name): there is no job \(job) to switch off; \(hint)"
                ]
            )
        }
    }

    @Test("ten thousand jobs of a file are read, and threads stay few")
    func many() throws {
        let file = (0..<10_000).map { "job-\($0): every 15m POST /api/\($0) tz=Europe/Prague\n" }.joined()
        let environment = ["SCHEDULER_JOBS_FILE": "FILE", "SCHEDULER_BUILTIN_JOBS": "false"]
        let settings = try Settings(environment: environment, sources: .only(["FILE": file]))
        #expect(settings.jobs.count == 10_000)
        #expect(settings.maxConcurrency == 256)
    }

    private func jobs(_ environment: [String: String], file: String? = nil) throws -> [Job] {
        let path = environment["SCHEDULER_JOBS_FILE"] ?? ""
        let sources = file.map { SettingsSources.only([path: $0]) }
        return try Settings(environment: environment, sources: sources ?? .live).jobs
    }
}
