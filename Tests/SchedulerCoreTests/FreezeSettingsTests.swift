import Clockwork
import Files
import Schedule
import Testing

@testable import SchedulerCore

@Suite("Freeze windows in settings, check and next")
struct FreezeSettingsTests {
    /// Sunday.
    private static let now = Moment(seconds: 1_772_323_200)
    private static let job = ["SCHEDULER_BUILTIN_JOBS": "false", "SCHEDULER_JOB_A": "daily 03:00 POST /a"]

    private static func settings(_ environment: [String: String], file: String? = nil) throws -> Settings {
        var sources = SettingsSources.live
        if let file { sources.read = { _, _ in .success(Array(file.utf8)) } }
        return try Settings(environment: job.merging(environment) { $1 }, sources: sources)
    }

    @Test("windows of the variable and of the file are one calendar")
    func union() throws {
        let settings = try Self.settings(
            [
                "SCHEDULER_FREEZE": "'daily 22:00 for 8h;\tweekly sun 00:00 for 1d tz=UTC'",
                "SCHEDULER_FREEZE_FILE": "/f", "SCHEDULER_TIMEZONE": "Europe/Berlin",
            ],
            file:
                "\u{FEFF}# comment\r\n\r\n  2026-12-23T18:00Z/2027-01-04T06:00Z   # holidays\r\n\tcron 0 5 1 * MON#1 for 1h\n"
        )
        #expect(
            settings.freezes.windows.map(\.description) == [
                "daily 22:00 for 8h", "weekly sun 00:00 for 1d tz=UTC", "2026-12-23T18:00Z/2027-01-04T06:00Z",
                "cron 0 5 1 * MON#1 for 1h",
            ]
        )
        var freezes = settings.freezes
        let span = freezes.next(after: try Moment(parsing: "2026-03-03T12:00Z"))
        #expect(span?.startText == "2026-03-03T22:00:00+01:00")
        #expect(try Self.settings([:]).freezes.isEmpty)
        #expect(try Self.settings(["SCHEDULER_FREEZE_FILE": "/f"], file: "# none yet\n").freezes.isEmpty)
    }

    @Test(
        "faults name each window, all at once",
        arguments: [
            (
                [
                    "SCHEDULER_FREEZE":
                        "daily 22:00 for 8h; every 2h for 1h;; daily 22:00 for 0s; 2026-12-23T18:00/2027-01-04T06:00Z; "
                        + "cron 0 22 * * FRI for 58h tz=Europe/Berlinnnnnnnnnnnnnnnnnnn"
                ], nil,
                [
                    #"SCHEDULER_FREEZE: window 2: "every" knows no clock; write a schedule with one: daily, weekly, monthly or cron, as in "daily 22:00 for 8h""#,
                    #"SCHEDULER_FREEZE: window 3: it is empty; write "cron 0 22 * * FRI for 58h" or "2026-12-23T18:00+01:00/2027-01-04T06:00+01:00""#,
                    #"SCHEDULER_FREEZE: window 4: duration "0s" is too short; write 1s to 366d"#,
                    #"SCHEDULER_FREEZE: window 5: time "2026-12-23T18:00" has no offset; write Z or one such as +01:00 behind it"#,
                    #"SCHEDULER_FREEZE: window 6: zone "Europe/Berlinnnnnnnn…" is not known in /usr/share/zoneinfo; write an IANA name such as Europe/Prague, or UTC"#,
                ]
            ),
            (
                ["SCHEDULER_FREEZE_FILE": "/f"], "# a\ndaily 22:00\n2026-02-02T00:00Z/2026-01-01T00:00Z\n",
                [
                    #"/f:2: it does not say how long; write for and a duration behind the schedule: "daily 22:00 for 8h""#,
                    "/f:3: its end lies before its start; write the earlier moment first",
                ]
            ),
            (
                ["SCHEDULER_FREEZE": "", "SCHEDULER_FREEZE_FILE": "/nowhere/freezes"], nil,
                [
                    #"SCHEDULER_FREEZE="" is empty; write windows such as cron 0 22 * * FRI for 58h, with ; between them, or leave the variable out"#,
                    #"SCHEDULER_FREEZE_FILE="/nowhere/freezes" does not exist; name a file of windows, one a line"#,
                ]
            ),
        ] as [([String: String], String?, [String])]
    )
    func faults(_ environment: [String: String], file: String?, messages: [String]) throws {
        let error = try #require(throws: SettingsFaults.self) { try Self.settings(environment, file: file) }
        #expect(error.faults.map(\.message) == messages)
    }

    @Test("a file that is no text is a fault")
    func notText() throws {
        var sources = SettingsSources.live
        sources.read = { _, _ in .success([0x64, 0xFF]) }
        let error = try #require(throws: SettingsFaults.self) {
            try Settings(environment: ["SCHEDULER_FREEZE_FILE": "/f"], sources: sources)
        }
        #expect(error.faults.map(\.message) == [#"SCHEDULER_FREEZE_FILE="/f" is not UTF-8 text"#])
    }

    @Test("a thousand windows are no fault, more than ten thousand are")
    func many() throws {
        func file(_ count: Int) -> String { String(repeating: "daily 22:00 for 8h\n", count: count) }
        #expect(try Self.settings(["SCHEDULER_FREEZE_FILE": "/f"], file: file(10_000)).freezes.windows.count == 10_000)
        let error = try #require(throws: SettingsFaults.self) {
            try Self.settings(["SCHEDULER_FREEZE_FILE": "/f"], file: file(10_001))
        }
        #expect(
            error.faults.map(\.message) == [
                "SCHEDULER_FREEZE_FILE: there are 10001 windows; at most 10000 are allowed, so write what returns as one "
                    + "cron schedule"
            ]
        )
    }

    @Test("options of a job, and defaults for all")
    func options() throws {
        let environment = [
            "SCHEDULER_JOB_A": "daily 03:00 POST /a freeze=exempt", "SCHEDULER_JOB_B": "daily 03:00 POST /b",
            "SCHEDULER_JOB_DEFAULTS": "freeze-catchup=one",
        ]
        let jobs = try Self.settings(environment).jobs
        #expect(jobs.map(\.isFreezeExempt) == [true, false])
        #expect(jobs.map(\.freezeCatchup) == [.one, .one])
        #expect(try Self.settings([:]).jobs.map(\.freezeCatchup) == [.skip])
        let all = try Self.settings(["SCHEDULER_JOB_DEFAULTS": "freeze=exempt"])
        #expect(all.jobs.map(\.isFreezeExempt) == [true])
    }

    @Test(
        "an option's wrong word",
        arguments: [
            ("freeze=no", #"SCHEDULER_JOB_A: freeze=: "no" is not known; write exempt, or leave it out"#),
            ("freeze-catchup=all", #"SCHEDULER_JOB_A: freeze-catchup=: "all" is not known; write one or skip"#),
            ("freeze=", "SCHEDULER_JOB_A: freeze=: has no value"),
        ]
    )
    func wrongOption(_ option: String, message: String) throws {
        let error = try #require(throws: SettingsFaults.self) {
            try Self.settings(["SCHEDULER_JOB_A": "daily 03:00 POST /a \(option)"])
        }
        #expect(error.faults.map(\.message) == [message])
    }

    // MARK: - check

    @Test("check shows the freeze that there is and the next one, both ends in the window's zone")
    func check() throws {
        let settings = try Self.settings([
            "SCHEDULER_FREEZE":
                "2026-02-28T18:00-05:00/2026-03-02T06:00+01:00; cron 0 22 * * FRI for 58h tz=Europe/Berlin"
        ])
        let table = CheckReport(.success(settings), asJSON: false, now: Self.now)
        let current = "from 2026-02-27T22:00:00+01:00 until 2026-03-02T08:00:00+01:00"
        #expect(
            table.standardOutput.hasSuffix(
                """
                frozen \(current) (2026-02-28T18:00-05:00/2026-03-02T06:00+01:00, cron 0 22 * * FRI for 58h)
                next freeze from 2026-03-06T22:00:00+01:00 until 2026-03-09T08:00:00+01:00 (cron 0 22 * * FRI for 58h)

                """
            )
        )
        let json = CheckReport(.success(settings), asJSON: true, now: Self.now).standardOutput
        #expect(
            json.contains(
                #","freezes":[{"start":"2026-02-27T22:00:00+01:00","end":"2026-03-02T08:00:00+01:00","windows":["#
                    + #""2026-02-28T18:00-05:00/2026-03-02T06:00+01:00","cron 0 22 * * FRI for 58h"]},"#
                    + #"{"start":"2026-03-06T22:00:00+01:00","end":"2026-03-09T08:00:00+01:00","windows":["#
                    + #""cron 0 22 * * FRI for 58h"]}],"#
            )
        )
        #expect(
            CheckReport(.success(try Self.settings([:])), asJSON: true, now: Self.now).standardOutput
                .contains(#","freezes":[],"#)
        )
    }

    @Test(
        "warnings of windows that leave no slot, and of those that never end",
        arguments: [
            (
                "daily 02:00 for 2h",
                [
                    "SCHEDULER_JOB_A: job a never runs, since all its slots lie in freeze windows (SCHEDULER_FREEZE); move its schedule or a window, or write freeze=exempt"
                ]
            ),
            (
                "daily 03:00 for 1s",
                [
                    "SCHEDULER_JOB_A: job a never runs, since all its slots lie in freeze windows (SCHEDULER_FREEZE); move its schedule or a window, or write freeze=exempt"
                ]
            ),
            // A slot at the end runs.
            ("daily 02:00 for 1h", []),
            // In summer it runs.
            ("daily 03:00 for 1h tz=Europe/Berlin; daily 04:00 for 30m tz=Europe/Berlin", []),
            ("2026-02-01T00:00Z/2028-02-01T00:00Z", []),
            (
                "daily 22:00 for 25h",
                [
                    "SCHEDULER_FREEZE: the freeze is now and never ends (daily 22:00 for 25h); it stops a, c; shorten it, or write freeze=exempt at what is to run"
                ]
            ),
            (
                "monthly 1 00:00 for 31d; 2026-04-10T00:00Z/2026-04-11T00:00Z",
                [
                    "SCHEDULER_FREEZE: the freeze is now and never ends (monthly 1 00:00 for 31d, 2026-04-10T00:00Z/2026-04-11T00:00Z); it stops a, c; shorten it, or write freeze=exempt at what is to run"
                ]
            ),
        ]
    )
    func warnings(_ freeze: String, messages: [String]) throws {
        let settings = try Self.settings([
            "SCHEDULER_FREEZE": freeze, "SCHEDULER_JOB_B": "daily 03:00 POST /b freeze=exempt",
            "SCHEDULER_JOB_C": "every 1d POST /c",
        ])
        let found = settings.warnings(at: Self.now).filter {
            $0.message.contains("freeze") || $0.message.contains("FREEZE")
        }
        #expect(found.map(\.message) == messages)
    }

    @Test("where all jobs are exempt, one that never ends stops none")
    func allExempt() throws {
        let settings = try Self.settings([
            "SCHEDULER_FREEZE": "daily 22:00 for 24h", "SCHEDULER_JOB_DEFAULTS": "freeze=exempt",
            "SCHEDULER_API_TOKEN": "0123456789abcdef0123456789abcdef",
        ])
        #expect(
            settings.warnings(at: Self.now).map(\.message) == [
                "SCHEDULER_FREEZE: the freeze is now and never ends (daily 22:00 for 24h); it stops no job, since all are exempt"
            ]
        )
    }

    // MARK: - next

    private static func next(
        _ freeze: String,
        _ lines: [String: String] = [:],
        runsOnly: Bool = false,
        asJSON: Bool = false,
        count: Int = 3
    ) throws -> [String] {
        let settings = try settings(lines.merging(["SCHEDULER_FREEZE": freeze]) { $1 })
        let rows = settings.jobs.map { job in
            NextReport.Row(
                job: job.name,
                timetable: job.timetable,
                zone: job.timetable.zone,
                isFrozen: !job.isFreezeExempt
            )
        }
        var report = NextReport(rows: rows, from: now, count: count)
        (report.freezes, report.runsOnly) = (settings.freezes, runsOnly)
        return report.text(asJSON: asJSON).split(separator: "\n").map(String.init)
    }

    @Test("next marks frozen slots, and leaves them out where runs are asked for")
    func next() throws {
        let freeze = "2026-03-01T03:00+01:00/2026-03-02T04:00+01:00"
        let line = ["SCHEDULER_JOB_A": "daily 03:00 POST /a tz=Europe/Berlin"]
        let frozen = "2026-03-01T02:00:00Z  a  2026-03-01T03:00:00+01:00  frozen until 2026-03-02T04:00:00+01:00"
        let second = "2026-03-02T02:00:00Z  a  2026-03-02T03:00:00+01:00  frozen until 2026-03-02T04:00:00+01:00"
        let third = "2026-03-03T02:00:00Z  a  2026-03-03T03:00:00+01:00"
        #expect(try Self.next(freeze, line) == [frozen, second, third])
        let runs = try Self.next(freeze, line, runsOnly: true)
        #expect(
            runs == [
                third, "2026-03-04T02:00:00Z  a  2026-03-04T03:00:00+01:00",
                "2026-03-05T02:00:00Z  a  2026-03-05T03:00:00+01:00",
            ]
        )
        let exempt = ["SCHEDULER_JOB_A": "daily 03:00 POST /a tz=Europe/Berlin freeze=exempt"]
        #expect(try Self.next(freeze, exempt).allSatisfy { !$0.contains("frozen") })
        #expect(
            try Self.next(freeze, line, asJSON: true).first
                == #"{"job":"a","slot":"2026-03-01T02:00:00Z","local":"2026-03-01T03:00:00+01:00","frozen_until":"2026-03-02T03:00:00Z"}"#
        )
    }

    @Test("runs of every keep its phase over a freeze, and come at its end")
    func nextOfEvery() throws {
        let line = ["SCHEDULER_JOB_A": "every 7h POST /a"]
        let runs = try Self.next("2026-03-01T05:00Z/2026-03-10T03:00Z", line, runsOnly: true, count: 1)
        #expect(runs == ["2026-03-10T08:00:00Z  a  2026-03-10T08:00:00+00:00"])
        let atEnd = try Self.next("2026-03-01T05:00Z/2026-03-01T14:00Z", line, runsOnly: true, count: 1)
        #expect(atEnd == ["2026-03-01T14:00:00Z  a  2026-03-01T14:00:00+00:00"])
    }

    @Test("a slot of a freeze without an end, and none that runs")
    func nextWithoutEnd() throws {
        #expect(
            try Self.next("daily 22:00 for 25h", count: 1) == [
                "2026-03-01T03:00:00Z  a  2026-03-01T03:00:00+00:00  frozen until never"
            ]
        )
        #expect(try Self.next("daily 22:00 for 25h", asJSON: true, count: 1)[0].hasSuffix(#""frozen_until":"never"}"#))
        #expect(try Self.next("daily 22:00 for 25h", runsOnly: true) == [])
        #expect(try Self.next("daily 02:00 for 2h", runsOnly: true) == [])
    }
}
