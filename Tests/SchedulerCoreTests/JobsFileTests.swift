import Testing

@testable import SchedulerCore

@Suite("JobsFile")
struct JobsFileTests {
    @Test("names end at the first colon with a blank after it; comments and blank lines are skipped")
    func file() {
        let (entries, bad) = JobsFile.parse(
            "# comment\n\n  a:b: every 1m POST /x\r\nc: off\nno colon here\n d:\n:x: y\n"
        )
        #expect(
            entries == [
                JobsFile.Entry(number: 3, name: "a:b", text: "every 1m POST /x"),
                JobsFile.Entry(number: 4, name: "c", text: "off"), JobsFile.Entry(number: 6, name: "d", text: ""),
                JobsFile.Entry(number: 7, name: ":x", text: "y"),
            ]
        )
        #expect(bad.map(\.number) == [5])
        #expect(bad.map(\.fault) == [.noName])
    }

    @Test(
        "a line of a crontab is answered with the line to write",
        arguments: [
            ("*/5 * * * * curl -fsS -X POST http://app:8000/sync", "cron */5 * * * * POST /sync"),
            (#"0 3 * * 1-5 curl -H "X-Api-Key: sk_live_51H" http://app/x"#, "cron 0 3 * * 1-5 GET /x"),
            ("0 3 * * MON\troot /usr/bin/curl app:8000/d -dk=v", "cron 0 3 * * MON POST /d"),
            ("30 */10 * * * * curl http://app", "cron 30 */10 * * * * GET /"),
            ("@daily curl -I http://app/x", "cron @daily HEAD /x"),
            ("@every 5m wget -qO- http://app/x", "every 5m GET /x"),
            ("0 5 * * MON 2027 curl http://app/x", "cron 0 5 * * MON GET /x"),
        ]
    )
    func crontabCall(_ line: String, instead: String) {
        let (entries, bad) = JobsFile.parse(line + "\n")
        #expect(entries == [])
        #expect(
            bad.map(\.fault.description) == [
                #"is a line of a crontab; write "name: \#(instead)", with a name of your own"#
            ]
        )
    }

    @Test(
        "where no call can be said the path is one's own",
        arguments: [
            ("0\t3 *  * MON\troot /usr/bin/sync", "cron 0 3 * * MON"), ("@daily curl $URL/x", "cron @daily"),
            ("*/5 * * * * curl -X OPTIONS http://app/x", "cron */5 * * * *"),
        ]
    )
    func crontab(_ line: String, schedule: String) {
        let (entries, bad) = JobsFile.parse(line + "\n")
        #expect(entries == [])
        #expect(
            bad.map(\.fault.description) == [
                #"is a line of a crontab; write "name: \#(schedule) POST /path", with a name and path of your own"#
            ]
        )
    }

    @Test(
        "what else a crontab has",
        arguments: [
            ("@reboot curl http://app/x", .atReboot), ("MAILTO=ops@example.com", .setting),
            (#"SHELL = "a: b""#, .setting), ("CRON_TZ=Europe/Prague", .setting), ("61 * * * * x", .noName),
            ("* * * *", .noName), ("@nonsense x", .noName),
            ("*/5 * * * *", .crontab(schedule: "cron */5 * * * *", call: nil)),
        ] as [(String, JobsFile.Fault)]
    )
    func others(_ line: String, fault: JobsFile.Fault) {
        #expect(JobsFile.parse(line).bad.map(\.fault) == [fault])
    }

    @Test("a job line with = or a cron schedule is none of a crontab's")
    func notCrontab() {
        let file = "a: cron */5 * * * * POST /x?b=c timeout=5\nhome: off\nx=y: off\n"
        #expect(JobsFile.parse(file).entries.map(\.name) == ["a", "home"])
    }
}
