import Calling
import Files
import Foundation
import Schedule
import TestSupport
import Testing

@testable import SchedulerCore

@Suite("Token variables")
struct TokenVariableTests {
    private static let long = String(repeating: "0123456789abcdef", count: 2)
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    // MARK: - The file

    @Test(
        "one newline at the end is cut, with its carriage return if it has one",
        arguments: [
            ("abc", "abc"), ("abc\n", "abc"), ("abc\r\n", "abc"), ("a!~b", "a!~b"),
            (String(repeating: "x", count: 65_536), String(repeating: "x", count: 65_536)),
        ]
    )
    func accepts(_ content: String, token: String) throws {
        let file = TokenFile(try folder.write("token", content), variable: "A")
        #expect(try file.read() == Secret(token))
    }

    @Test(
        "anything else is a fault",
        arguments: [
            ("", TokenFile.Fault.empty), ("\n", .empty), ("\r\n", .empty), ("abc\n\n", .notVisibleASCII),
            ("abc\r", .notVisibleASCII), (" abc", .notVisibleASCII), ("abc ", .notVisibleASCII),
            ("abc\0", .notVisibleASCII), ("a\r\nX-Evil: 1", .notVisibleASCII), ("tokén", .notVisibleASCII),
            ("\u{FEFF}abc", .notVisibleASCII), ("$(TOKEN)", .reference), ("${TOKEN:-a b}", .reference),
            (String(repeating: "x", count: 65_537), .unreadable(.tooLarge(limit: 65_536))),
        ]
    )
    func rejects(_ content: String, fault: TokenFile.Fault) throws {
        let file = TokenFile(try folder.write("token", content), variable: "A")
        #expect(throws: fault) { try file.read() }
    }

    // MARK: - The variables

    @Test("each fault of a token file, whole")
    func faults() throws {
        let advice = "write the path of a file that holds the token alone"
        let empty = try folder.write("empty", "\n")
        let blank = try folder.write("blank", "hunter2 hunter2")
        let reference = try folder.write("reference", "$(TOKEN)")
        let directory = folder.url.path
        let pipe = folder.path("pipe")
        #expect(unsafe mkfifo(pipe, 0o600) == 0)
        let rows: [(String, String)] = [
            ("/nowhere/token", #"SCHEDULER_API_TOKEN_FILE="/nowhere/token" does not exist; \#(advice)"#),
            (directory, #"SCHEDULER_API_TOKEN_FILE="\#(directory)" is not a regular file; \#(advice)"#),
            (pipe, #"SCHEDULER_API_TOKEN_FILE="\#(pipe)" is not a regular file; \#(advice)"#),
            ("/dev/zero", #"SCHEDULER_API_TOKEN_FILE="/dev/zero" is not a regular file; \#(advice)"#),
            (empty, #"SCHEDULER_API_TOKEN_FILE="\#(empty)" holds no token: the file is empty; \#(advice)"#),
            (
                blank,
                #"SCHEDULER_API_TOKEN_FILE="\#(blank)" holds a blank, a control character or a non-ASCII character; "#
                    + "only visible ASCII is allowed, and one newline at the end; \(advice)"
            ),
            (
                reference,
                #"SCHEDULER_API_TOKEN_FILE="\#(reference)" holds a reference, $(NAME) or ${NAME}, that nothing has "#
                    + "replaced; write the token itself into it"
            ),
            (
                "hunter2hunter2",
                "SCHEDULER_API_TOKEN_FILE (its value is not shown, as it does not begin with / and may be a token) "
                    + "does not exist; \(advice)"
            ),
            (
                "",
                #"SCHEDULER_API_TOKEN_FILE="" is empty; write the path of a file with the token, or leave the variable "#
                    + "out"
            ),
        ]
        for (value, message) in rows {
            let found = try failure(["SCHEDULER_API_TOKEN_FILE": value, "SCHEDULER_REQUIRE_TOKEN": "true"])
            #expect(found == [SettingsFault(variable: "SCHEDULER_API_TOKEN_FILE", message: message)])
        }
    }

    @Test("both variables are a fault, and so is neither if a token is required")
    func combinations() throws {
        let path = try folder.write("token", Self.long)
        let both = try failure(["SCHEDULER_API_TOKEN": Self.long, "SCHEDULER_API_TOKEN_FILE": path])
        #expect(
            both.map(\.message) == [
                #"SCHEDULER_API_TOKEN_FILE="\#(path)" and SCHEDULER_API_TOKEN are both set; leave one of them out"#
            ]
        )
        for environment in [[:], ["SCHEDULER_API_TOKEN": ""]] {
            let required = environment.merging(["SCHEDULER_REQUIRE_TOKEN": "true"]) { $1 }
            #expect(
                try failure(required).map(\.message) == [
                    "SCHEDULER_REQUIRE_TOKEN=true, but there is no token; set SCHEDULER_API_TOKEN_FILE or "
                        + "SCHEDULER_API_TOKEN"
                ]
            )
            #expect(try Settings(environment: environment).token == nil)
        }
        let file = try Settings(environment: [
            "SCHEDULER_API_TOKEN": "", "SCHEDULER_API_TOKEN_FILE": path, "SCHEDULER_REQUIRE_TOKEN": "true",
        ])
        #expect(
            file.token == TokenOrigin(Secret(Self.long), file: TokenFile(path, variable: "SCHEDULER_API_TOKEN_FILE"))
        )
        #expect(file.warnings.isEmpty)
    }

    @Test("a short token is warned of, by the name of where it stands")
    func shortToken() throws {
        let path = try folder.write("token", String(Self.long.dropLast()))
        let text =
            "the token has fewer than 32 characters: it may be guessed, and the documented app refuses it; make one with: "
            + "openssl rand -hex 32"
        #expect(
            try Settings(environment: ["SCHEDULER_API_TOKEN": "hunter2"]).warnings == [
                SettingsFault(variable: "SCHEDULER_API_TOKEN", message: "SCHEDULER_API_TOKEN: \(text)")
            ]
        )
        #expect(
            try Settings(environment: ["SCHEDULER_API_TOKEN_FILE": path]).warnings.map(\.message) == [
                "SCHEDULER_API_TOKEN_FILE: \(text)"
            ]
        )
    }

    private static let inQuotes = "the token stands in quotes, which are sent as a part of it"
    private static let inBoth = inQuotes + ", as the app keeps them too; take them out for both"
    private static let named =
        "the token begins with NAME=, as a line of an .env file does, and that is sent; write the value alone"

    @Test(
        "what looks like more than a token is sent as it is, and warned of",
        arguments: [
            ("\"\(long)\"", [inBoth]), ("'\(long)'", [inBoth]), ("TOKEN=\(long)", [named]),
            ("\"TOKEN=\(long)\"", [inBoth, named]), ("token=\"\(long)\"", [named]), ("\(long)=", []), ("\(long)==", []),
            ("a==\(long)", []), ("-a=\(long)", []), ("\"\(long)", []),
        ]
    )
    func oddTokens(_ text: String, sentences: [String]) throws {
        let settings = try Settings(environment: ["SCHEDULER_API_TOKEN": text])
        #expect(settings.token?.token == Secret(text))
        #expect(settings.warnings.map(\.message) == sentences.map { "SCHEDULER_API_TOKEN: \($0)" })
        let path = try folder.write("token", text)
        let file = try Settings(environment: ["SCHEDULER_API_TOKEN_FILE": path])
        #expect(file.token?.token == Secret(text))
        let told = sentences.map { $0 == Self.inBoth ? Self.inQuotes + "; take them out" : $0 }
        #expect(file.warnings.map(\.message) == told.map { "SCHEDULER_API_TOKEN_FILE: \($0)" })
    }

    @Test("quotes around nothing are no token", arguments: ["\"\"", "''"])
    func emptyQuotes(_ text: String) throws {
        #expect(try Settings(environment: ["SCHEDULER_API_TOKEN": text]).token == nil)
    }

    @Test("no token is told by check and at the start, once")
    func none() throws {
        let message =
            "SCHEDULER_API_TOKEN is not set: calls go out without Authorization, and the app has to let them in (as it "
            + "does in its development mode). Set it in production."
        let told = try Settings(environment: [:]).warnings(at: .epoch).map(\.message)
        #expect(told.filter { $0.hasPrefix("SCHEDULER_API_TOKEN") } == [message])
        #expect(
            !(try Settings(environment: ["SCHEDULER_API_TOKEN": Self.long]).warnings(at: .epoch).map(\.message)
                .contains(message))
        )
    }

    @Test(
        "plain http beyond this machine, with a token, is warned of",
        arguments: [
            ("http://app.example.org", true), ("http://app.example.org:8000/x", true), ("http://10.0.0.5", true),
            ("http://127.0.0.1.example.org", true), ("http://[2001:db8::1]", true), ("http://app:8000", false),
            ("http://localhost", false), ("http://LOCALHOST.", false), ("http://app.localhost", false),
            ("http://127.0.0.1:8000", false), ("http://127.9.9.9", false), ("http://[::1]:8000", false),
            ("https://app.example.org", false),
        ]
    )
    func plainHTTP(_ url: String, isWarnedOf: Bool) throws {
        let message = #"API_URL="\#(url)" is plain http: anyone on the way can read the token; write https://…"#
        let with = try Settings(environment: ["API_URL": url, "SCHEDULER_API_TOKEN": Self.long])
        #expect(with.warnings == (isWarnedOf ? [SettingsFault(variable: "API_URL", message: message)] : []))
        #expect(try Settings(environment: ["API_URL": url]).warnings.isEmpty)
    }

    @Test("a token that stands in another variable too is masked in what is said of that")
    func maskedFaults() throws {
        let found = try failure(["SCHEDULER_API_TOKEN": Self.long, "SCHEDULER_LOG_LEVEL": Self.long])
        #expect(
            found.map(\.message) == [#"SCHEDULER_LOG_LEVEL="***" is not known; write DEBUG, INFO, WARNING or ERROR"#]
        )
    }

    private func failure(_ environment: [String: String]) throws -> [SettingsFault] {
        try #require(throws: SettingsFaults.self) { try Settings(environment: environment) }.faults
    }
}
