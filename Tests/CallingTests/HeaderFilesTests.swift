import Clockwork
import Files
import Foundation
import HTTPClient
import HTTPServer
import TestSupport
import Testing

@testable import Calling

@Suite("Headers from files")
struct HeaderFilesTests {
    private let rig: CallingRig
    private let folder: TemporaryFolder
    private let learned = Told<String>()

    init() throws { (rig, folder) = (try CallingRig(), try TemporaryFolder()) }

    private func files(_ paths: String...) throws -> HeaderFiles {
        let files = HeaderFiles(
            learn: { [learned] value, file in learned.add("\(file.variable) \(value.reveal)") },
            tell: { [events = rig.events] in events.add($0) }
        )
        files.add(try paths.map(origin))
        return files
    }

    private func origin(_ path: String) throws -> TokenOrigin {
        let file = TokenFile(path, variable: "A", content: .value)
        return TokenOrigin(try file.read(), file: file)
    }

    private func job(_ headers: (String, String)...) throws -> Job {
        try CallingRig.job { $0.headerFiles = headers.map { Job.HeaderFile(name: $0.0, path: $0.1) } }
    }

    private func attempt(_ job: Job) -> Attempt { Attempt(job: job, run: rig.attempt().run, id: RunID(1, 1)) }

    private func runner(_ url: String, _ files: HeaderFiles) throws -> Runner {
        Runner(
            Runner.Target(url: try BaseURL(parsing: url)),
            token: nil,
            headerFiles: files,
            cancellation: Cancellation(),
            random: { 1 },
            now: CallingRig.time,
            tell: { [events = rig.events] in events.add($0) }
        )
    }

    @Test("each attempt has the value of its moment: after a rewrite, a rename, a flip of a symbolic link")
    func rotation() throws {
        let (plain, mounted) = (try folder.write("key", "one\n"), try MountedSecret("eins"))
        let target = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let runner = try runner(target.url, try files(plain, mounted.path))
        let attempt = attempt(try job(("X-Key", plain), ("X-Other", mounted.path)))
        func sent() throws -> [String?] {
            _ = runner.make(attempt, with: Client()) { true }
            return ["X-Key", "X-Other"].map { target.seen.last?.header($0) }
        }
        #expect(try sent() == ["one", "eins"])
        try folder.overwrite("key", "two")
        try mounted.flip(to: "zwei")
        #expect(try sent() == ["two", "zwei"])
        try folder.write("key", "three")
        #expect(try sent() == ["three", "zwei"])
        #expect(try sent() == ["three", "zwei"])
        // Each is made known once.
        #expect(learned.all == ["A one", "A eins", "A two", "A zwei", "A three"])
        #expect(rig.told == Array(repeating: "changed: A", count: 3))
    }

    @Test("a file that goes bad: the last value stays, and one warning")
    func bad() throws {
        let path = try folder.write("key", "one")
        let files = try files(path)
        let job = try job(("X-Key", path))
        for content in ["", "a b", String(repeating: "x", count: 65_537)] {
            try folder.write("key", content)
            #expect(files.values(job) == [HeaderValue(name: "X-Key", value: Secret("one"))])
        }
        #expect(rig.told == ["bad: A holds no token: the file is empty"])
        files.reopen()
        #expect(rig.told.dropFirst() == ["bad: A is larger than 65536 bytes"])
    }

    @Test("denied with a value that has been replaced: one more attempt, with the new one")
    func denied() throws {
        let path = try folder.write("key", "one")
        let folder = folder
        let target = try TestServer { request, reply in
            _ = try? folder.write("key", "two")
            reply.send(.text(request.header("X-Key") == "two" ? 200 : 401, "no"))
        }
        let end = try runner(target.url, try files(path)).make(attempt(try job(("X-Key", path))), with: Client()) {
            true
        }
        #expect(end.outcome == .ok)
        #expect(end.requests == 2)
        #expect(target.seen.map { $0.header("X-Key") } == ["one", "two"])
    }

    @Test("a value from a file takes the place of what would be said by itself")
    func ownHeaders() throws {
        let path = try folder.write("type", "text/x")
        let target = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        var job = try job(("Content-Type", path), ("user-agent", path))
        job.body = "{}"
        _ = try runner(target.url, try files(path)).make(attempt(job), with: Client()) { true }
        let seen = try #require(target.seen.first)
        #expect(
            seen.headers.filter { ["content-type", "user-agent"].contains($0.name.lowercased()) }.map(\.value) == [
                "text/x", "text/x",
            ]
        )
        #expect(job.contentType == nil)
    }

    @Test("a reload adds files, and those that are there keep what they had")
    func reload() throws {
        let (one, two) = (try folder.write("one", "1"), try folder.write("two", "2"))
        let files = try files(one)
        try folder.write("one", "")
        files.add([TokenOrigin(Secret("other"), file: TokenFile(one, variable: "A", content: .value)), try origin(two)])
        #expect(files.values(try job(("X", one), ("Y", two))).map(\.value.reveal) == ["1", "2"])
    }
}
