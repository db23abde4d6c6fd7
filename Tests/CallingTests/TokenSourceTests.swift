import Clockwork
import Files
import Foundation
import HTTPClient
import HTTPServer
import TestSupport
import Testing

@testable import Calling

@Suite("Token source")
struct TokenSourceTests {
    private let rig: CallingRig
    private let folder: TemporaryFolder
    private let learned = Told<String>()

    init() throws { (rig, folder) = (try CallingRig(), try TemporaryFolder()) }

    @Test("the file is read each time: after a rename, a rewrite in the same instant, a flip of a symbolic link")
    func rotation() throws {
        let path = try folder.write("token", "token-1")
        let source = try source(path)
        #expect(source.current() == Secret("token-1"))
        try folder.write("token", "token-2")
        #expect(source.current() == Secret("token-2"))
        for number in 3..<10 {
            try folder.overwrite("token", "token-\(number)")
            #expect(source.current() == Secret("token-\(number)"))
        }
        #expect(rig.told == Array(repeating: "changed: SCHEDULER_API_TOKEN_FILE", count: 8))
        let mounted = try MountedSecret("mounted-1")
        let other = try self.source(mounted.path)
        try mounted.flip(to: "mounted-2")
        #expect(other.current() == Secret("mounted-2"))
        // Each was made known, so that it is masked; the first as well as the last.
        #expect(Set(learned.all) == Set((1..<10).map { "token-\($0)" } + ["mounted-1", "mounted-2"]))
    }

    @Test("a token is made known to whoever masks it before anyone has it")
    func learnedFirst() throws {
        let path = try folder.write("token", "token-1")
        let source = try source(path)
        #expect(learned.all == ["token-1"])
        try folder.write("token", "token-2")
        let token = source.current().reveal
        #expect(learned.all.last == token)
    }

    @Test("a file that was bad and is good again is told of, also where SIGHUP has it read, and with another token")
    func isMended() throws {
        let source = try source(try folder.write("token", "good"))
        for content in ["good", "better"] {
            try folder.write("token", "")
            _ = source.current()
            try folder.write("token", content)
            source.reopen()
        }
        let bad = "bad: SCHEDULER_API_TOKEN_FILE holds no token: the file is empty"
        #expect(
            rig.told == [
                bad, "good: SCHEDULER_API_TOKEN_FILE", bad, "changed: SCHEDULER_API_TOKEN_FILE (mended)",
            ]
        )
    }

    @Test("a file that goes bad: the last token stays, one warning for each time it does")
    func goesBad() throws {
        let path = try folder.write("token", "good")
        let source = try source(path)
        let (empty, good) = (
            "bad: SCHEDULER_API_TOKEN_FILE holds no token: the file is empty",
            "good: SCHEDULER_API_TOKEN_FILE"
        )
        try folder.write("token", "")
        for _ in 0..<3 { #expect(source.current() == Secret("good")) }
        try FileManager.default.removeItem(atPath: path)
        #expect(source.current() == Secret("good"))
        #expect(rig.told == [empty])
        source.reopen()
        #expect(rig.told == [empty, "bad: SCHEDULER_API_TOKEN_FILE does not exist"])
        try folder.write("token", "good")
        #expect(source.current() == Secret("good"))
        #expect(rig.told.dropFirst(2) == [good])
        try folder.write("token", "a b")
        _ = source.current()
        #expect(
            rig.told.dropFirst(3) == [
                "bad: SCHEDULER_API_TOKEN_FILE holds a blank, a control character or a non-ASCII character; only visible "
                    + "ASCII is allowed, and one newline at the end"
            ]
        )
    }

    @Test("many threads see old tokens and then new ones, never the other way")
    func threads() async throws {
        let path = try folder.write("token", "token-1000")
        let source = try source(path)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var last = ""
                    for _ in 0..<500 {
                        let token = source.current().reveal
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
        var asked = 0
        let end = try rig.runner(target.url, token: try source(path)).make(rig.attempt(), with: Client()) {
            asked += 1
            return true
        }
        #expect(end.outcome == .denied)
        #expect(end.status == status)
        #expect(end.requests == 2)
        #expect(target.seen.map { $0.header("Authorization") } == ["Bearer token-1", "Bearer token-2"])
        #expect(target.seen.map { $0.header("X-Scheduler-Attempt") } == ["1", "2"])
        for name in ["Idempotency-Key", "X-Request-ID", "X-Scheduler-Slot"] {
            #expect(Set(target.seen.map { $0.header(name) }).count == 1)
        }
        // The run has begun with the first request; that of the second is not asked about.
        #expect(asked == 1)
        #expect(rig.told.filter { $0.hasPrefix("again") } == ["again: data-refresh 00000000000000010000000000000001"])
    }

    @Test("no second attempt: the same token, another outcome, a shutdown")
    func noMore() throws {
        let path = try folder.write("token", "token-1")
        let folder = folder
        func requests(_ target: TestServer, isStopping: Bool = false) throws -> Int {
            let runner = try rig.runner(target.url, token: try source(path), isStopping: { isStopping })
            return runner.make(rig.attempt(), with: Client()) { true }.requests
        }
        let same = try TestServer { _, reply in reply.send(.text(401, "no")) }
        #expect(try requests(same) == 1)
        let other = try TestServer { _, reply in
            _ = try? folder.write("token", "token-2")
            reply.send(.text(500, "no"))
        }
        #expect(try requests(other) == 1)
        let denying = try TestServer { _, reply in
            _ = try? folder.write("token", "token-3")
            reply.send(.text(401, "no"))
        }
        #expect(try requests(denying, isStopping: true) == 1)
        #expect([same, other, denying].map(\.seen.count) == [1, 1, 1])
    }

    @Test("a stop that comes while the token is read once more: no second request")
    func stopBetween() throws {
        let path = try folder.write("token", "token-1")
        let folder = folder
        let target = try TestServer { _, reply in
            _ = try? folder.write("token", "token-2")
            reply.send(.text(401, "no"))
        }
        let asked = Told<Bool>()
        let runner = try rig.runner(target.url, token: try source(path)) {
            asked.add(true)
            return asked.all.count > 1
        }
        let end = runner.make(rig.attempt(), with: Client()) { true }
        #expect(target.seen.count == 1)
        #expect(asked.all.count == 2)
        #expect(end.outcome == .aborted)
    }

    private func source(_ path: String) throws -> TokenSource {
        let file = TokenFile(path, variable: "SCHEDULER_API_TOKEN_FILE")
        return TokenSource(
            TokenOrigin(try file.read(), file: file),
            learn: { [learned] in learned.add($0.reveal) },
            tell: { [events = rig.events] in events.add($0) }
        )
    }
}
