import Clockwork
import Schedule
import Testing

@testable import SchedulerCore

@Suite("Command")
struct CommandTests {
    @Test(
        "what is asked for",
        arguments: [
            ([], Command.run), (["run"], .run), (["check"], .check(asJSON: false)),
            (["check", "--json"], .check(asJSON: true)), (["--json", "check"], .check(asJSON: true)),
            (["fire", "a"], .fire(Command.FireRequest(job: "a"))),
            (["fire", "--json", "a"], .fire(Command.FireRequest(job: "a", asJSON: true))),
            (
                ["fire", "a", "--force", "--no-wait", "--here"],
                .fire(Command.FireRequest(job: "a", here: true, force: true, noWait: true))
            ),
            (["pause", "a", "--for", "2h"], .operate(.pause("a", .after(seconds: 7_200), note: ""), asJSON: false)),
            (
                ["pause", "--json", "--note=--for us", "--for=90", "all"],
                .operate(.pause("all", .after(seconds: 90), note: "--for us"), asJSON: true)
            ),
            (
                ["pause", "a", "--until", "1970-01-01T01:00+01:00"],
                .operate(.pause("a", .at(.epoch, text: "1970-01-01T01:00+01:00"), note: ""), asJSON: false)
            ),
            (["resume", "all"], .operate(.resume("all"), asJSON: false)),
            (["skip", "a"], .operate(.skip("a", count: 1), asJSON: false)),
            (["skip", "--count", "3", "a", "--json"], .operate(.skip("a", count: 3), asJSON: true)),
            (["skip", "a", "--off"], .operate(.skip("a", count: 0), asJSON: false)),
            (["why", "a"], .operate(.why("a", at: nil), asJSON: false)),
            (["why", "a", "1970-01-01T00:00Z"], .operate(.why("a", at: .epoch), asJSON: false)),
            (["status"], .status(asJSON: false)), (["status", "--json"], .status(asJSON: true)),
            (["healthcheck"], .healthcheck), (["help"], .help()), (["--help"], .help()),
            (["check", "--help"], .help()),
            (["help", "jobs"], .help(.jobs)), (["help", "variables"], .help(.variables)),
            (["check", "--env-file", ".env"], .check(asJSON: false, envFile: ".env")),
            (["check", "--send-test"], .check(asJSON: false, sendsTest: true)),
            (["check", "--store"], .check(asJSON: false, triesStore: true)),
            (["check", "--env-file=a b", "--json"], .check(asJSON: true, envFile: "a b")),
            (["pressure"], .pressure(day: nil, asJSON: false)),
            (["pressure", "--json", "--day=1970-01-02"], .pressure(day: CalendarDay(daysSinceEpoch: 1), asJSON: true)),
            (["version"], .version()), (["--version"], .version()),
            (["version", "--libraries"], .version(libraries: true)),
            (["--libraries", "--version"], .version(libraries: true)),
        ]
    )
    func parses(_ arguments: [String], command: Command) throws {
        #expect(try Command(arguments) == command)
    }

    @Test("libcurl's text is a line for each library: revisions whole, none twice, no word that is no library")
    func libraries() {
        let text = "libcurl/7.88.1-10+deb12u15 OpenSSL/3.0.22 libpsl/0.21.2 (+libidn2/2.3.3) libidn2/2.3.3 WinIDN"
        #expect(
            Version.names(inCurls: text)
                == ["libcurl 7.88.1-10+deb12u15", "OpenSSL 3.0.22", "libpsl 0.21.2", "libidn2 2.3.3"]
        )
    }

    @Test("next takes its options in any order and both forms")
    func next() throws {
        let command = try Command([
            "next", "--count=3", "--json", "--from", "2026-01-01T00:00:00Z", "--tz", "Europe/Prague", "--schedule",
            "every 15m",
        ])
        guard case .next(let request) = command else {
            Issue.record("not next")
            return
        }
        #expect(request.count == 3)
        #expect(request.asJSON)
        #expect(request.from == Moment(seconds: 1_767_225_600))
        #expect(request.zone == "Europe/Prague")
        #expect(request.schedule?.description == "every 15m")
        #expect(request.job == nil)
        guard case .next(let plain) = try Command(["next", "marketplaces"]) else {
            Issue.record("not next")
            return
        }
        #expect(plain.job == "marketplaces")
        #expect(plain.count == 5)
        #expect(plain.from == nil)
    }

    @Test(
        "what makes no sense, with a hint where there is one",
        arguments: [
            (["chekc"], #"command "chekc" is not known; did you mean check?"#),
            (["start"], #"command "start" is not known"#),
            (["run", "--json"], #"option "--json" is not known here"#),
            (["check", "--josn"], #"option "--josn" is not known here"#),
            (["healthcheck", "--json"], #"option "--json" is not known here"#),
            (["status", "now"], #"argument "now" is one too many"#),
            (["helthcheck"], #"command "helthcheck" is not known; did you mean healthcheck?"#),
            (["version", "--library"], #"option "--library" is not known here"#),
            (["check", "now"], #"argument "now" is one too many"#),
            ([""], #"command "" is not known"#),
            (["help", "cron"], #"help knows nothing of "cron"; write jobs, schedules, variables, commands"#),
            (["help", "jobs", "now"], #"argument "now" is one too many"#),
            (["check", "--env-file"], "option --env-file needs a value after it"),
            (
                ["python", "-m", "services.scheduler"],
                #"command "python" is not one of ours; take the line command: python -m services.scheduler out of the "#
                    + "compose file (args: in Kubernetes): the image runs the clock by itself"
            ),
            (
                ["/bin/sh", "-c", "curl -u user:hunter2 x"],
                #"command "sh" is not one of ours; take the line command: sh … out of the compose file (args: in "#
                    + "Kubernetes): the image runs the clock by itself"
            ),
            (
                ["scheduler", "run"],
                #"command "scheduler" is not one of ours; take the line command: scheduler … out of the compose file "#
                    + "(args: in Kubernetes): the image runs the clock by itself"
            ),
            (["fire"], "fire needs the name of a job; scheduler check prints them"),
            (["pause", "--for", "2h"], "pause needs the name of a job, or all; scheduler check prints them"),
            (["resume"], "resume needs the name of a job, or all; scheduler check prints them"),
            (["skip"], "skip needs the name of a job; scheduler check prints them"),
            (["why"], "why needs the name of a job; scheduler check prints them"),
            (
                ["pause", "a"],
                "pause needs an end, at most 30d from now: write --for 2h or --until 2026-11-21T18:00+01:00"
            ),
            (["pause", "a", "--for", "1h", "--until", "x"], "give pause --for or --until, not both"),
            (
                ["pause", "a", "--for", "31d"],
                #"--for "31d" is not a time from 1s to 30d; write one such as 90s, 30m, 2h or 1d12h"#
            ),
            (
                ["pause", "a", "--for", "0"],
                #"--for "0" is not a time from 1s to 30d; write one such as 90s, 30m, 2h or 1d12h"#
            ),
            (
                ["pause", "a", "--for", "-2h"],
                #"--for "-2h" is not a time from 1s to 30d; write one such as 90s, 30m, 2h or 1d12h"#
            ),
            (
                ["pause", "a", "--until", "6pm"],
                #"--until: time "6pm" is not a moment; write RFC 3339 with an offset, 2026-03-08T02:30:00Z or "#
                    + "2026-03-08T02:30:00+01:00"
            ),
            (
                ["pause", "a", "--for", "1h", "--note", String(repeating: "n", count: 201)],
                "--note has 201 characters; at most 200 are kept"
            ),
            (["pause", "a", "b", "--for", "1h"], #"argument "b" is one too many"#),
            (["resume", "a", "--for", "1h"], #"option "--for" is not known here"#),
            (
                ["skip", "a", "--count", "0"],
                #"--count "0" is not a whole number from 1 to 1000; --off skips none any more"#
            ),
            (
                ["skip", "a", "--count", "1001"],
                #"--count "1001" is not a whole number from 1 to 1000; --off skips none any more"#
            ),
            (["skip", "a", "--off", "--count", "2"], "give skip --count or --off, not both"),
            (
                ["why", "a", "yesterday"],
                #"TIME: time "yesterday" is not a moment; write RFC 3339 with an offset, 2026-03-08T02:30:00Z or "#
                    + "2026-03-08T02:30:00+01:00"
            ),
            (["puase", "a"], #"command "puase" is not known; did you mean pause?"#),
            (["pressure", "--day"], "option --day needs a value after it"),
            (["pressure", "--day", "tomorrow"], #"--day "tomorrow" is not a date; write one such as 2026-11-21"#),
            (["pressure", "--day", "2026-02-29"], #"--day "2026-02-29" is not a date; write one such as 2026-11-21"#),
            (["pressure", "a"], #"argument "a" is one too many"#),
            (["next", "--count", "2", "--count=3"], "option --count is given twice"),
            (["next", "--count"], "option --count needs a value after it"),
            (["next", "--count", "0"], #"--count "0" is not a whole number from 1 to 10000"#),
            (["next", "--count", "x"], #"--count "x" is not a whole number from 1 to 10000"#),
            (["next", "a", "--schedule", "every 1m"], "give next a job or --schedule, not both"),
            (
                ["next", "--schedule", "daily 25:00"],
                #"--schedule: time "25:00" is not a time of day; write HH:MM from 00:00 to 23:59, two digits each"#
            ),
            (
                ["next", "--from", "noon"],
                #"--from: time "noon" is not a moment; write RFC 3339 with an offset, 2026-03-08T02:30:00Z or "#
                    + "2026-03-08T02:30:00+01:00"
            ),
        ]
    )
    func rejects(_ arguments: [String], message: String) throws {
        let error = try #require(throws: UsageError.self) { try Command(arguments) }
        #expect(error.description == message)
    }

    @Test("a pause ends in whole seconds, later than now, and within 30 days")
    func pauseEnds() throws {
        let now = Moment(seconds: 1_000, nanoseconds: 5)
        #expect(try Command.PauseEnd.after(seconds: 60).moment(now) == Moment(seconds: 1_061))
        #expect(try Command.PauseEnd.after(seconds: 60).moment(Moment(seconds: 1_000)) == Moment(seconds: 1_060))
        let latest = now + .seconds(30 * 86_400)
        #expect(try Command.PauseEnd.at(latest, text: "").moment(now) == latest)
        for (end, message) in [
            (now, #"--until "T" has passed: it is 1970-01-01T00:16:40Z now"#),
            (
                latest + .seconds(1),
                #"--until "T" is more than 30d from now; write 1970-01-31T00:16:40Z or an earlier time"#
            ),
        ] {
            let error = try #require(throws: UsageError.self) { try Command.PauseEnd.at(end, text: "T").moment(now) }
            #expect(error.description == message)
        }
    }

    @Test("arguments that the system has not told are not none: the clock does not start")
    func untold() throws {
        #expect(try Command([]) == .run)
        let error = try #require(throws: UsageError.self) { try Command(nil) }
        #expect(error.description == "the system has not told the arguments, so nothing is done")
    }
}
