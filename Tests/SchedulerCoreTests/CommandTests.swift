import SchedulerCore
import Testing

@Suite("Command")
struct CommandTests {
    @Test(
        "what is asked for",
        arguments: [
            ([], Command.run), (["run"], .run), (["check"], .check(asJSON: false)),
            (["check", "--json"], .check(asJSON: true)),
            (["--json", "check"], .check(asJSON: true)), (["help"], .help), (["--help"], .help),
            (["check", "--help"], .help),
            (["version"], .version), (["--version"], .version),
        ]
    )
    func parses(_ arguments: [String], command: Command) throws {
        #expect(try Command(arguments) == command)
    }

    @Test(
        "what makes no sense, with a hint where there is one",
        arguments: [
            (["chekc"], #"command "chekc" is not known; did you mean check?"#),
            (["start"], #"command "start" is not known"#),
            (["run", "--json"], #"option "--json" is not known here"#),
            (["check", "--josn"], #"option "--josn" is not known here"#),
            (["check", "now"], #"argument "now" is one too many"#),
            ([""], #"command "" is not known"#),
        ]
    )
    func rejects(_ arguments: [String], message: String) throws {
        let error = try #require(throws: UsageError.self) { try Command(arguments) }
        #expect(error.description == message)
    }
}
