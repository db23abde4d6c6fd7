import Foundation
import HTTPClient
import HTTPServer
import Locking
import Schedule
import TestSupport
import Testing

@testable import SchedulerCore

@Suite("Token")
struct TokenTests {
    private static let long = String(repeating: "0123456789abcdef", count: 2)
    private let book = LogBook()
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
        let file = TokenFile(try folder.write("token", content))
        #expect(try file.read() == Secret(token))
    }

    @Test(
        "anything else is a fault",
        arguments: [
            ("", TokenFile.Fault.empty), ("\n", .empty), ("\r\n", .empty), ("abc\n\n", .notVisibleASCII),
            ("abc\r", .notVisibleASCII), (" abc", .notVisibleASCII), ("abc ", .notVisibleASCII),
            ("abc\0", .notVisibleASCII), ("a\r\nX-Evil: 1", .notVisibleASCII), ("tokén", .notVisibleASCII),
            ("\u{FEFF}abc", .notVisibleASCII),
            (String(repeating: "x", count: 65_537), .unreadable(.tooLarge(limit: 65_536))),
        ]
    )
    func rejects(_ content: String, fault: TokenFile.Fault) throws {
        let file = TokenFile(try folder.write("token", content))
        #expect(throws: fault) { try file.read() }
    }

    // MARK: - The variables

    @Test("each fault of a token file, whole")
    func faults() throws {
        let advice = "write the path of a file that holds the token alone"
        let empty = try folder.write("empty", "\n")
        let blank = try folder.write("blank", "hunter2 hunter2")
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
        #expect(file.token?.current(book.log()) == Secret(Self.long))
        #expect(file.warnings.isEmpty)
    }

    @Test("a short token is warned of, by the name of where it stands")
    func shortToken() throws {
        let path = try folder.write("token", String(Self.long.dropLast()))
        let text = "the token has fewer than 32 characters and may be guessed; make one with: openssl rand -hex 32"
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
        let found = try failure(["SCHEDULER_API_TOKEN": Self.long, "LOG_LEVEL": Self.long])
        #expect(found.map(\.message) == [#"LOG_LEVEL="***" is not known; write DEBUG, INFO, WARNING or ERROR"#])
    }

    // MARK: - While running

    @Test("the file is read each time: after a rename, a rewrite in the same instant, a flip of a symbolic link")
    func rotation() throws {
        let path = try folder.write("token", "token-1")
        let (source, secrets) = try source(path)
        let log = book.log(secrets: secrets)
        #expect(source.current(log) == Secret("token-1"))
        try folder.write("token", "token-2")
        #expect(source.current(log) == Secret("token-2"))
        for number in 3..<10 {
            try folder.overwrite("token", "token-\(number)")
            #expect(source.current(log) == Secret("token-\(number)"))
        }
        #expect(book.lines.filter { $0.contains("SCHEDULER_API_TOKEN_FILE has changed") }.count == 8)
        let mounted = try MountedSecret("mounted-1")
        let (other, _) = try self.source(mounted.path)
        try mounted.flip(to: "mounted-2")
        #expect(other.current(log) == Secret("mounted-2"))
        // All of them stay masked, the first as well as the last.
        log.info("\("token-1 token-2 token-9")")
        #expect(book.lines.last?.hasSuffix("*** *** ***\n") == true)
    }

    @Test("a file that goes bad: the last token stays, one warning for each time it does")
    func goesBad() throws {
        let path = try folder.write("token", "good")
        let (source, _) = try source(path)
        let log = book.log()
        func warnings() -> Int { book.lines.filter { $0.contains(" WARNING SCHEDULER_API_TOKEN_FILE=") }.count }
        try folder.write("token", "")
        for _ in 0..<3 { #expect(source.current(log) == Secret("good")) }
        try FileManager.default.removeItem(atPath: path)
        #expect(source.current(log) == Secret("good"))
        #expect(warnings() == 1)
        #expect(
            book.lines.first?.hasSuffix(
                #"SCHEDULER_API_TOKEN_FILE="\#(path)" holds no token: the file is empty; the last token stays in use "#
                    + "until this is mended.\n"
            ) == true
        )
        source.reopen(log)
        #expect(warnings() == 2)
        try folder.write("token", "good")
        #expect(source.current(log) == Secret("good"))
        #expect(book.lines.last?.contains("can be read again; the token is the same") == true)
        try folder.write("token", "a b")
        _ = source.current(log)
        #expect(warnings() == 3)
    }

    @Test("many threads see old tokens and then new ones, never the other way")
    func threads() async throws {
        let path = try folder.write("token", "token-1000")
        let (source, _) = try source(path)
        let log = book.log(level: .error)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var last = ""
                    for _ in 0..<500 {
                        let token = source.current(log).reveal
                        if token < last { return false }
                        last = token
                    }
                    return true
                }
            }
            for number in 1001..<1100 { _ = try? folder.write("token", "token-\(number)") }
            for await isOrdered in group { #expect(isOrdered) }
        }
    }

    @Test("a hundred tokens that were replaced stay masked, and those of other variables for ever")
    func longMemory() {
        let secrets = SecretBook([Secret("fixed-secret")])
        for number in 1000..<1200 { secrets.addToken(Secret("token-\(number)")) }
        secrets.addToken(Secret("token-1199"))
        let log = book.log(secrets: secrets)
        log.info("\("fixed-secret token-1199 token-1100")")
        #expect(book.lines.last?.hasSuffix("*** *** ***\n") == true)
        #expect(secrets.needles.count == 101)
    }

    // MARK: - A run

    @Test("denied with a token that has been replaced: one more attempt with the new one", arguments: [401, 403])
    func oneMore(_ status: Int) throws {
        let path = try folder.write("token", "token-1")
        let folder = folder
        let target = try TestServer { request, reply in
            // Each answer finds the file changed again: still only one more attempt.
            let number = request.header("Authorization")?.last.flatMap { Int(String($0)) } ?? 0
            _ = try? folder.write("token", "token-\(number + 1)")
            reply.send(.text(status, "no"))
        }
        let end = try run(against: target, path)
        #expect(end.outcome == .denied)
        #expect(end.attempts == 2)
        #expect(target.seen.map { $0.header("Authorization") } == ["Bearer token-1", "Bearer token-2"])
        #expect(target.seen.map { $0.header("X-Scheduler-Attempt") } == ["1", "2"])
        for name in ["Idempotency-Key", "X-Request-ID", "X-Scheduler-Slot"] {
            #expect(Set(target.seen.map { $0.header(name) }).count == 1)
        }
        #expect(book.lines.last?.contains(" attempts=2 outcome=denied status=\(status) ") == true)
    }

    @Test("no second attempt: the same token, another outcome, a shutdown")
    func noMore() throws {
        let path = try folder.write("token", "token-1")
        let folder = folder
        let same = try TestServer { _, reply in reply.send(.text(401, "no")) }
        #expect(try run(against: same, path).attempts == 1)
        let other = try TestServer { _, reply in
            _ = try? folder.write("token", "token-2")
            reply.send(.text(500, "no"))
        }
        #expect(try run(against: other, path).attempts == 1)
        let denying = try TestServer { _, reply in
            _ = try? folder.write("token", "token-3")
            reply.send(.text(401, "no"))
        }
        #expect(try run(against: denying, path, isStopping: true).attempts == 1)
        #expect([same, other, denying].map(\.seen.count) == [1, 1, 1])
    }

    // MARK: - Fixtures

    private func source(_ path: String) throws -> (TokenSource, SecretBook) {
        let secrets = SecretBook()
        let file = TokenFile(path)
        return (TokenSource(try file.read(), file: file, secrets: secrets), secrets)
    }

    private func failure(_ environment: [String: String]) throws -> [SettingsFault] {
        try #require(throws: SettingsFaults.self) { try Settings(environment: environment) }.faults
    }

    private func run(against target: TestServer, _ path: String, isStopping: Bool = false) throws -> RunEnd {
        let settings = try Settings(environment: ["API_URL": target.url, "SCHEDULER_API_TOKEN_FILE": path])
        let runner = Runner(
            settings,
            log: book.log(secrets: settings.secrets),
            time: .system,
            reports: nil,
            cancellation: Cancellation(),
            isStopping: { isStopping },
            random: { 1 }
        )
        let run = Run(job: 0, slot: Moment(seconds: 1_767_225_600), trigger: .schedule)
        return runner.perform(run, of: settings.jobs[0], with: Client())
    }
}
