import Clockwork
import JSON
import Schedule
import Testing

@testable import SchedulerCore

@Suite("Pressure")
struct PressureTests {
    private static func pressure(
        _ jobs: [String: String],
        day: String = "2026-03-10",
        zone: String = "UTC",
        freeze: String? = nil,
        limit: Int = 6_000_000
    ) throws -> Pressure {
        var environment = ["SCHEDULER_BUILTIN_JOBS": "false", "SCHEDULER_TIMEZONE": zone]
        for (name, line) in jobs { environment["SCHEDULER_JOB_\(name)"] = line }
        environment["SCHEDULER_FREEZE"] = freeze
        let settings = try Settings(environment: environment)
        return Pressure(
            settings.jobs,
            on: try #require(CalendarDay(parsing: day)),
            in: settings.zone,
            freezes: settings.freezes,
            seed: settings.seed,
            limit: limit
        )
    }

    private static func runs(_ pressure: Pressure) -> [Int] {
        pressure.hours.map { hour in pressure.minutes(of: hour).reduce(0) { $0 + pressure.runs[$1] } }
    }

    @Test("a line says how many runs start, the emptiest minute, and the busiest ones with their jobs")
    func text() throws {
        let report = PressureReport(
            try Self.pressure([
                "A": "cron */30 3 * * * POST /a", "B": "daily 03:00 POST /b", "C": "cron 30 3 * * * POST /c",
                "D": "daily 03:10 POST /d", "E": "daily 00:00,23:59 POST /e",
            ])
        )
        let lines = report.text.split(separator: "\n")
        #expect(lines.count == 24)
        #expect(
            lines[0]
                == "00:00+00:00   1 run   emptiest 00:01 (0)  most 1 job at 00:00 (e)".replacing("   1", with: "  1")
        )
        #expect(lines[3] == "03:00+00:00  5 runs  emptiest 03:01 (0)  most 2 jobs at 03:00 (a, b), 03:30 (a, c)")
        #expect(lines[4] == "04:00+00:00  0 runs  emptiest 04:00 (0)")
        #expect(report.notes == [])
        #expect(throws: Never.self) { try JSONValue(parsing: Array(report.json.utf8)) }
        #expect(
            report.json.hasPrefix(
                #"{"day":"2026-03-10","tz":"UTC","hours":[{"hour":"2026-03-10T00:00:00+00:00","runs":1,"#
            )
        )
        #expect(
            report.json.contains(
                #"{"hour":"2026-03-10T03:00:00+00:00","runs":5,"busiest":["#
                    + #"{"minute":"2026-03-10T03:00:00+00:00","jobs":2,"names":["a","b"]},"#
                    + #"{"minute":"2026-03-10T03:30:00+00:00","jobs":2,"names":["a","c"]}],"#
                    + #""emptiest":{"minute":"2026-03-10T03:01:00+00:00","runs":0}}"#
            )
        )
    }

    @Test(
        "hours as the clock shows them where it is changed",
        arguments: [
            ("2026-03-29", "Europe/Berlin", 23, "02:00", "03:00+02:00"),
            ("2026-10-25", "Europe/Berlin", 25, "", "02:00+01:00"),
            ("2026-03-08", "America/New_York", 23, "02:00", "03:00-04:00"),
            ("2026-11-01", "America/New_York", 25, "", "01:00-05:00"),
            // Half an hour: one that is short.
            ("2026-10-04", "Australia/Lord_Howe", 24, "02:00", "02:30+11:00"),
            ("2026-04-05", "Australia/Lord_Howe", 25, "", "01:30+10:30"),
            ("2028-02-29", "UTC", 24, "", "23:00+00:00"), ("2011-12-30", "Pacific/Apia", 0, "00:00", ""),
            ("0001-01-01", "Europe/Berlin", 25, "", ""), ("9999-12-31", "UTC", 24, "", ""),
        ]
    )
    func hours(_ day: String, zone: String, count: Int, missing: String, shown: String) throws {
        let lines = PressureReport(try Self.pressure(["A": "cron */7 * * * * POST /a"], day: day, zone: zone)).text
            .split(separator: "\n")
        // Local mean time begins between two hours.
        #expect(day == "0001-01-01" ? [24, 25].contains(lines.count) : lines.count == count)
        #expect(missing.isEmpty || !lines.contains { $0.hasPrefix(missing) })
        #expect(shown.isEmpty || lines.contains { $0.hasPrefix(shown) })
    }

    @Test("every counts from the start of the day, which is said")
    func every() throws {
        let pressure = try Self.pressure(["A": "every 15m POST /a", "B": "every 7h POST /b", "C": "every 2d POST /c"])
        #expect(Self.runs(pressure).prefix(9) == [6, 4, 4, 4, 4, 4, 4, 5, 4])
        #expect(
            PressureReport(pressure).notes == [
                "slots of every count from the start of the day here; scheduler status has the running sidecar's"
            ]
        )
    }

    @Test("every second, in steps of a minute")
    func everySecond() throws {
        let pressure = try Self.pressure(
            ["A": "every 1s POST /a", "B": "every 7s POST /b jitter=5s", "C": "daily 12:00 POST /c"],
            freeze: "2026-03-10T02:00:30Z/2026-03-10T02:59:15Z"
        )
        #expect(pressure.runs[0] == 60 + 9)
        let sevenths = stride(from: 0, to: 86_400, by: 7).filter { !(7_230..<10_755).contains($0) }
        let all = 86_400 - 3_525 + sevenths.count + 1
        #expect(pressure.runs.reduce(0, +) == all)
        #expect(pressure.runs[120] == 30 + sevenths.filter { (7_200..<7_230).contains($0) }.count)
        #expect(pressure.runs[121] == 0)
        #expect(pressure.jobs[720] == 3)
        #expect(pressure.names(720) == ["a", "b", "c"])
    }

    @Test("jitter and H are counted as they come to be, over midnight too")
    func jitter() throws {
        let pressure = try Self.pressure(["A": "daily 23:59 POST /a jitter=2h", "H": "cron H H * * * POST /h"])
        #expect(pressure.runs.reduce(0, +) <= 3)
        let settings = try Settings(environment: [
            "SCHEDULER_BUILTIN_JOBS": "false", "SCHEDULER_JOB_A": "daily 23:59 POST /a jitter=2h",
            "SCHEDULER_JOB_H": "cron H H * * * POST /h",
        ])
        let (begin, end) = (try Moment(parsing: "2026-03-10T00:00Z"), try Moment(parsing: "2026-03-11T00:00Z"))
        var expected = [Int](repeating: 0, count: 1_440)
        for job in settings.jobs {
            var slot = begin - .seconds(86_400)
            while let next = job.timetable.next(after: slot), next < end {
                let start = next + job.jitter(of: next, seed: settings.seed)
                if start >= begin, start < end { expected[Int((start - begin).components.seconds / 60)] += 1 }
                slot = next
            }
        }
        #expect(pressure.runs == expected)
        #expect(expected.reduce(0, +) >= 2)
    }

    @Test("frozen slots are not counted, but those of exempt jobs are")
    func frozen() throws {
        let pressure = try Self.pressure(
            ["A": "cron 0 * * * * POST /a", "B": "cron 0 * * * * POST /b freeze=exempt"],
            freeze: "daily 02:00 for 3h; daily 23:30 for 1h"
        )
        #expect(Self.runs(pressure) == [1, 2, 1, 1, 1] + [Int](repeating: 2, count: 19))
        #expect(try Self.pressure(["A": "every 1s POST /a"], freeze: "daily 00:00 for 24h").runs.allSatisfy { $0 == 0 })
    }

    @Test("what is left out since it would take too long is named")
    func cut() throws {
        let pressure = try Self.pressure(
            ["A": "cron * * * * * * POST /a", "B": "daily 03:00 POST /b", "C": "daily 04:00 POST /c"],
            limit: 1_000
        )
        #expect(pressure.uncounted == ["b", "c"])
        #expect(PressureReport(pressure).notes == ["2 jobs with too many slots left out: b, c"])
    }

    @Test("ten thousand jobs, those that are alike counted once")
    func many() throws {
        var jobs: [String: String] = [:]
        for number in 0..<10_000 {
            jobs["J\(number)"] = number % 2 == 0 ? "every 1s POST /a" : "cron * * * * * * POST /a"
        }
        let pressure = try Self.pressure(jobs)
        #expect(pressure.uncounted == [])
        #expect(pressure.runs.allSatisfy { $0 == 600_000 })
        #expect(pressure.jobs.allSatisfy { $0 == 10_000 })
        #expect(
            PressureReport(pressure).text.split(separator: "\n").allSatisfy {
                $0.hasSuffix("(j0, j1, j10, j100, j1000, j1001, j1002, j1003 and 9992 more) and 57 more")
            }
        )
    }
}
