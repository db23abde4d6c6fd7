import JSON
import Schedule
import Telling
import TestSupport
import Testing

@testable import SchedulerCore

/// No message about a job line shows more than the first wrong word, and of that 20 characters.
@Suite("JobLine: secrets")
struct JobLineSecretsTests {
    private static let secret = "sk_live_51Hcanary"

    @Test("nothing of a secret is in a fault or a warning, as a variable, in a file or as defaults", arguments: lines)
    func hidden(_ line: String) throws {
        for (environment, file) in [
            (["SCHEDULER_JOB_A": line], ""), (["SCHEDULER_JOB_A": "every 1h \(line)"], ""),
            (["SCHEDULER_JOB_DEFAULTS": line], ""), ([:], "a: \(line)\n"), ([:], line), ([:], "\(line): off"),
        ] {
            let report = Self.report(environment, file: file)
            // A path is shown where a job is good; all else is a message.
            for message in report where !message.hasPrefix("POST /") {
                #expect(!message.contains("sk_l") && !message.contains("51H"), "\(message)")
            }
        }
    }

    @Test("whatever else a line has, nothing behind a flag, off, a header's name or body= is in a message")
    func random() {
        let words = [
            "daily", "03:00", "every", "1h", "weekly", "mon", "monthly", "last", "cron", "*", "*/5", "0", "5", "POST",
            "GET",
            "/x", "/y?a=b", "retries=2", "timeout=x", "tz=UTC", "first=now", "header.X-A=b", "header.X-B=\"c d\"", "x",
            "colour=blue", "data=1", "@daily", "curl", "--retry", "\"", "a=\"b c\"", "-s",
        ]
        let marks = [
            "-H ", "-H", "-H '", "-H \"X-Key: ", "-H X-Key: ", "-d ", "-d", "-d k=", "-d '{\"k\": \"", "--data k=",
            "body=",
            "body= ", "body={\"k\":\"", "Body={\"k\": \"", "header.X-Key=", "header.X-Key=\"", "header.X-Key: ",
            "header.X-Key:", "header.X-Key=Bearer ", "header.X-Key='a' ", "X-Key: ", "X-Key:", "Authorization: Bearer ",
        ]
        let ends = ["", "==", "\"", "'", " x", "=a", ":a", "\"}", " retries=x", " POST /x", "\"} timeout=y"]
        var random = SplitMix(seed: 7)
        func some(_ words: [String], upTo most: Int) -> [String] {
            (0..<Int.random(in: 0...most, using: &random)).compactMap { _ in words.randomElement(using: &random) }
        }
        for _ in 0..<20_000 {
            let mark = marks.randomElement(using: &random) ?? "", end = ends.randomElement(using: &random) ?? ""
            let start = some(words, upTo: 6) + ["\(mark)\(Self.secret)\(end)"] + some(words, upTo: 2)
            let line = (Bool.random(using: &random) ? start : ["off"] + start).joined(separator: " ")
            for faults in [JobLine.parse(line).faults, JobLine.parseDefaults(line).faults] {
                let shown = faults.filter { $0.description.contains("sk_l") || $0.description.contains("51H") }
                #expect(shown == [], "\(line)")
            }
        }
    }

    @Test("of a wrong word 20 characters are shown, and of several the first alone")
    func cut() {
        #expect(
            JobLine.parse("every 1m POST /x abcdefghijklmnopqrstuvwxyz b c=d e").faults.map(\.description) == [
                #""abcdefghijklmnopqrst…" is not understood; what follows the path are options, each as name=value"#
            ]
        )
        #expect(
            JobLine.parse("every 1m POST /x header.X-Key=Bearer abc").faults == [.behindHeader]
        )
        #expect(
            JobLine.parse("abcdefghijklmnopqrstuvwxyz -b c=d POST /x").faults.map(\.description) == [
                #"schedule "abcdefghijklmnopqrst… …" is not known; begin with every, daily, weekly, monthly or cron, "#
                    + #"such as "every 15m", "daily 03:00" or "cron 0 5 * * 1""#
            ]
        )
    }

    /// Everything that is printed or logged of an environment, message by message.
    private static func report(_ environment: [String: String], file: String) -> [String] {
        let result = Result { () throws(SettingsFaults) in
            try Settings(
                environment: environment.merging(["SCHEDULER_JOBS_FILE": "FILE"]) { $1 },
                sources: .only(["FILE": file])
            )
        }
        let now = Moment(seconds: 1_767_225_600)
        let reports = [false, true].map { CheckReport(result, asJSON: $0, now: now) }
        let table = reports[0].standardOutput.split(separator: "\n").map { String($0).trimmed }
        return table + reports[0].standardError.split(separator: "\n").map(String.init)
    }

    private static let lines = [
        #"weekly -H timeout=sk_live_51Hcanary POST /x"#,
        #"POST /x -H timeout=sk_live_51Hcanary"#,
        #"POST /x -d=1 timeout=sk_live_51Hcanary"#,
        #"POST -H retries=sk_live_51Hcanary"#,
        #"daily 03:00 POST /x {"key":"sk_live_51Hcanary"}"#,
        #"daily 03:00 POST /x {"key": "sk_live_51Hcanary"}"#,
        #"daily 03:00 POST /x '{"key":"=sk_live_51Hcanary"}'"#,
        #"daily 03:00 POST /x body:{"key": "sk_live_51Hcanary"}"#,
        #"POST /sk_live_51Hcanary daily 03:00"#,
        #"daily 03:00 EST POST /sk_live_51Hcanary?x"#,
        #"POST /x headers.X-Api-Key=sk_live_51Hcanary sk_live_51Hcanary"#,
        #"POST /x content-type=a sk_live_51Hcanary"#,
        #"daily 03:00 POST /x -H X-Api-Key: sk_live_51Hcanary"#,
        #"daily 03:00 POST /x -H "X-Api-Key: sk_live_51Hcanary""#,
        #"daily 03:00 POST /x -H X-Api-Key: sk_live_51Hcanary=="#,
        #"daily 03:00 POST /x -HX-Api-Key:sk_live_51Hcanary"#,
        #"daily 03:00 POST /x -HX-Api-Key:sk_live_51Hcanary=="#,
        #"daily 03:00 POST /x -u user:sk_live_51Hcanary"#,
        #"daily 03:00 POST /x -uuser:sk_live_51Hcanary"#,
        #"daily 03:00 POST /x -d sk_live_51Hcanary"#,
        #"daily 03:00 POST /x -d '{"key":"sk_live_51Hcanary"}'"#,
        #"daily 03:00 POST /x -d'key=sk_live_51Hcanary'"#,
        #"daily 03:00 POST /x --data=sk_live_51Hcanary"#,
        #"daily 03:00 POST /x --header=X-Api-Key:sk_live_51Hcanary"#,
        #"daily 03:00 -H X-Api-Key: sk_live_51Hcanary POST /x"#,
        #"daily 03:00 -H X-Api-Key: sk_live_51Hcanary== POST /x"#,
        #"-H X-Api-Key:sk_live_51Hcanary POST /x"#,
        #"weekly -H sk_live_51Hcanary== POST /x"#,
        #"POST /x header.X-Api-Key: sk_live_51Hcanary"#,
        #"POST /x header.X-Api-Key:sk_live_51Hcanary"#,
        #"POST /x header.X-Api-Key:sk_live_51Hcanary=="#,
        #"POST /x header.X-Api-Key=Bearer sk_live_51Hcanary"#,
        #"POST /x header.X-Api-Key=Bearer sk_live_51Hcanary=="#,
        #"POST /x header.X-Api-Key="Bearer sk_live_51Hcanary"#,
        #"POST /x header.X-Api-Key="a"sk_live_51Hcanary"#,
        #"POST /x X-Api-Key: sk_live_51Hcanary"#,
        #"POST /x X-Api-Key:sk_live_51Hcanary"#,
        #"POST /x X-Api-Key=sk_live_51Hcanary"#,
        #"POST /x Body={"key": "sk_live_51Hcanary"}"#,
        #"POST /x data={"key": "sk_live_51Hcanary"}"#,
        #"POST /x data="{"key": "sk_live_51Hcanary"}""#,
        #"POST /x body = sk_live_51Hcanary"#,
        #"POST /x json='{"a":1}'sk_live_51Hcanary"#,
        #"off body={"key":"sk_live_51Hcanary"}"#,
        #"off sk_live_51Hcanary"#,
        #"off header.X="sk_live_51Hcanary"#,
        #"OFF sk_live_51Hcanary"#,
        #"POST -H X-Api-Key: sk_live_51Hcanary /x"#,
        #"POST http://u:sk_live_51Hcanary@app/x"#,
        #"POST /x?key=sk_live_51Hcanary#top"#,
        #"curl -H X-Api-Key:sk_live_51Hcanary http://app/x"#,
        #"*/5 * * * * curl -H X-Api-Key:sk_live_51Hcanary http://app/x"#,
        #"GET /x body=sk_live_51Hcanary"#,
        #"POST /x body={"key":"sk_live_51Hcanary""#,
        #"POST /x body='{"key":"sk_live_51Hcanary"}'"#,
        #"POST /x body=@sk_live_51Hcanary"#,
        #"POST /x body=hello header.X-Api-Key=sk_live_51Hcanary"#,
        #"POST /x header.X-Api-Key=sk_live_51Hcanary header.Expect=sk_live_51Hcanary"#,
        #"POST /x header.X-Api-Key=${sk_live_51Hcanary}"#,
        #"POST /x retries=0000000000000000000000sk_live_51Hcanary"#,
        #"POST /x tz=000000000000000000/000000sk_live_51Hcanary"#,
        #"POST /x first=000000000000000000/000000sk_live_51Hcanary"#,
        #"POST /x timeout=000000000000000000/000000sk_live_51Hcanary"#,
        #"POST /x 000000000000000000000000sk_live_51Hcanary"#,
        #"00000000000000000000000000sk_live_51Hcanary"#,
        #"daily 0000000000000000000000sk_live_51Hcanary POST /x"#,
        #"cron 0 0 0000000000000000000000sk_live_51Hcanary POST /x"#,
        #"cron 0 0 0000000000000000000000sk_live_51Hcanary * * POST /x"#,
        #"cron @0000000000000000000000sk_live_51Hcanary POST /x"#,
        #"every 0000000000000000000000sk_live_51Hcanary POST /x"#,
        #"monthly 00000000000000000000000sk_live_51Hcanary 03:00 POST /x"#,
        #"weekly 00000000000000000000000sk_live_51Hcanary 03:00 POST /x"#,
        #"daily 0000000000000000000000sk_live_51Hcanary x POST /x"#,
        #"SKLIVE000000000000000000000sk_live_51Hcanary /x"#,
        #"every 1m POST 0000000000000000000000sk_live_51Hcanary"#,
        #"every 1m POST /0000000000000000000000sk_live_51Hcanary/../x"#,
    ]
}
