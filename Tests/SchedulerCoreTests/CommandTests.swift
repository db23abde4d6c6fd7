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
            (["fire", "a"], .fire(job: "a", asJSON: false)), (["fire", "--json", "a"], .fire(job: "a", asJSON: true)),
            (["status"], .status(asJSON: false)), (["status", "--json"], .status(asJSON: true)),
            (["healthcheck"], .healthcheck), (["help"], .help()), (["--help"], .help()),
            (["check", "--help"], .help()),
            (["help", "jobs"], .help(.jobs)), (["help", "variables"], .help(.variables)),
            (["check", "--env-file", ".env"], .check(asJSON: false, envFile: ".env")),
            (["check", "--env-file=a b", "--json"], .check(asJSON: true, envFile: "a b")),
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

    @Test("arguments that the system has not told are not none: the clock does not start")
    func untold() throws {
        #expect(try Command([]) == .run)
        let error = try #require(throws: UsageError.self) { try Command(nil) }
        #expect(error.description == "the system has not told the arguments, so nothing is done")
    }
}
