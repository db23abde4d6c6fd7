import Foundation
import HTTPClient
import HTTPServer
import Schedule
import TestSupport
import Testing

@testable import SchedulerCore

@Suite("Token source")
struct TokenSourceTests {
    private let book = LogBook()
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

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
        let file = TokenFile(path, variable: "SCHEDULER_API_TOKEN_FILE")
        return (TokenSource(TokenOrigin(try file.read(), file: file), secrets: secrets), secrets)
    }

    private func run(against target: TestServer, _ path: String, isStopping: Bool = false) throws -> RunEnd {
        let settings = try Settings(environment: ["API_URL": target.url, "SCHEDULER_API_TOKEN_FILE": path])
        let credentials = settings.makeCredentials()
        let runner = Runner(
            settings,
            token: credentials.token,
            log: book.log(secrets: credentials.secrets),
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
