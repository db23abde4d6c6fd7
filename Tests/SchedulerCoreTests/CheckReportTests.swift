import SchedulerCore
import Testing

@Suite("CheckReport")
struct CheckReportTests {
    @Test("JSON has the documented members")
    func json() throws {
        let report = try CheckReport(.success(Settings(environment: ["SCHEDULER_TICKS": "1"])), asJSON: true)
        #expect(report.isGood)
        #expect(report.standardError == "")
        #expect(
            report.standardOutput.hasPrefix(
                #"{"jobs":[{"name":"data-refresh","schedule":"every 15m","method":"POST","path":"/api/sync/trigger","#
                    + #""timeout_seconds":120,"tz":"UTC"},"#
            )
        )
        #expect(
            report.standardOutput.hasSuffix(
                #""tick_seconds":30,"startup_grace_seconds":60,"warnings":[{"variable":"SCHEDULER_TICKS","#
                    + #""message":"SCHEDULER_TICKS is read by nothing; see .env.example for the names that are"}]}"#
                    + "\n"
            )
        )
    }

    @Test("faults: JSON on standard output, lines on standard error")
    func faults() throws {
        let bad = try #require(throws: SettingsFaults.self) { try Settings(environment: ["LOG_FORMAT": "xml"]) }
        let json = CheckReport(.failure(bad), asJSON: true)
        #expect(!json.isGood)
        #expect(json.standardError == "")
        #expect(
            json.standardOutput
                == #"{"faults":[{"variable":"LOG_FORMAT","message":"LOG_FORMAT=\"xml\" is not known; write text or json"}],"#
                + #""warnings":[]}"# + "\n"
        )
        let text = CheckReport(.failure(bad), asJSON: false)
        #expect(text.standardOutput == "")
        #expect(text.standardError == "fault: LOG_FORMAT=\"xml\" is not known; write text or json\n")
    }

    @Test("the table has a line for each job")
    func table() throws {
        let report = CheckReport(.success(try Settings(environment: [:])), asJSON: false)
        let lines = report.standardOutput.split(separator: "\n")
        #expect(lines.count == 13)
        #expect(
            lines[4] == "marketplaces                    daily 03:00  UTC   POST    /api/marketplaces/sync-all"
                + "                               900s"
        )
        #expect(lines[12] == "11 jobs for http://localhost:8000, tick 30s, startup grace 60s")
    }
}
