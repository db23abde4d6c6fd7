import Clockwork
import Foundation
import Glibc
import Schedule
import TestSupport
import Testing

@testable import Ledger

@Suite("State: the ledger in a directory")
struct DirectoryLedgerTests {
    private let rig: LedgerRig

    init() throws { rig = try LedgerRig() }

    @Test("what is recorded is there after a kill, and after a close")
    func kept() throws {
        let ledger = try rig.opened()
        #expect(ledger.isWritable)
        #expect(ledger.begin("a", RunBegin.numbered()))
        ledger.tell([.configured("b", Fact.Configuration(schedule: "every 1h", zone: "", last: .epoch))])
        #expect(ledger.begin("b", RunBegin.numbered(2)))
        ledger.withdraw("b", RunBegin.numbered(2).id)
        let book = ledger.book
        ledger.kill()
        let second = try rig.opened()
        #expect(second.book == book)
        #expect(second.book["a"]?.inFlight?.begin == RunBegin.numbered())
        #expect(second.book["b"]?.last == .epoch)
        second.end("a", RunRecord.numbered())
        second.close()
        #expect(try rig.onDisk() == second.book)
        #expect(try rig.onDisk()["A"]?.runs == [RunRecord.numbered()])
        #expect(rig.events == [])
    }

    @Test(
        "files are for their owner alone, whatever the umask; missing directories are made",
        arguments: [0, 0o777, 0o022]
    )
    func modes(_ mask: UInt32) throws {
        let below = LedgerRig(rig.folder, "state/deep/er")
        let deep = below.path
        // With a umask of its own; the threads of a ledger get theirs from the one that starts them.
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            #expect(Self.unshareFS() == 0)
            umask(mask)
            let ledger = try? below.opened()
            ledger?.begin("a", RunBegin.numbered())
            ledger?.close()
            done.signal()
        }
        thread.start()
        done.wait()
        for (path, mode) in [
            (rig.path, 0o40700), (rig.path + "/deep", 0o40700), (deep, 0o40700), (below.logPath, 0o100600),
            (deep + "/lock", 0o100600),
        ] {
            var status = stat()
            #expect(unsafe lstat(path, &status) == 0)
            #expect(status.st_mode == UInt32(mode), "\(path)")
            #expect(status.st_uid == geteuid())
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: deep).sorted() == ["lock", "state.log"])
    }

    /// unshare(2) of CLONE_FS, which the headers show to GNU sources only.
    private static func unshareFS() -> Int32 {
        guard let symbol = unsafe dlsym(nil, "unshare") else { return -1 }
        return unsafe unsafeBitCast(symbol, to: (@convention(c) (Int32) -> Int32).self)(0x200)
    }

    @Test("a file of a looser mode is closed to others")
    func mode() throws {
        try rig.opened().close()
        unsafe chmod(rig.logPath, 0o644)
        unsafe chmod(rig.path + "/lock", 0o666)
        try rig.opened().close()
        for path in [rig.logPath, rig.path + "/lock"] {
            var status = stat()
            #expect(unsafe lstat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
        }
    }

    @Test("a second ledger waits for the first, and takes over when it ends or is killed", arguments: [true, false])
    func standby(_ isClosed: Bool) throws {
        let first = try rig.opened()
        first.begin("a", RunBegin.numbered())
        let second = rig.ledger()
        for _ in 0..<3 { #expect(!second.acquire()) }
        #expect(rig.folder.text("state/lock").hasPrefix("pid \(getpid()) since "))
        if isClosed { first.close() } else { first.kill() }
        #expect(second.acquireSoon())
        #expect(Book(try second.load())["a"]?.last == RunBegin.numbered().slot)
        second.close()
        #expect(rig.events == [])
    }

    @Test("after a close nothing is touched any more")
    func closed() throws {
        let ledger = try rig.opened()
        ledger.begin("a", RunBegin.numbered())
        ledger.close()
        rig.files.change { $0.log = [] }
        // A thread that was sent before the close, and comes after it.
        ledger.flush()
        ledger.close()
        #expect(!ledger.begin("a", RunBegin.numbered(2)))
        ledger.end("a", RunRecord.numbered(2))
        ledger.tend()
        rig.advance(.seconds(60))
        ledger.tend()
        #expect(!ledger.isWritable)
        #expect(rig.files.state.log == [])
        #expect(try rig.onDisk()["a"]?.last == RunBegin.numbered().slot)
    }

    @Test("a newer file is left alone")
    func newer() throws {
        try FileManager.default.createDirectory(atPath: rig.path, withIntermediateDirectories: false)
        let text = StateText.line("scheduler-state version=2 shape=round") + Array("something else\n".utf8)
        try Data(text).write(to: URL(filePath: rig.logPath))
        let ledger = rig.ledger()
        #expect(ledger.acquireSoon())
        #expect(throws: LedgerError.newerVersion(path: rig.logPath, version: 2)) { try ledger.load() }
        ledger.tell([.dropped("a")])
        #expect(!ledger.begin("a", RunBegin.numbered()))
        ledger.tend()
        ledger.close()
        #expect(Array(try Data(contentsOf: URL(filePath: rig.logPath))) == text)
        #expect(rig.events == [])
    }

    private static let heads: [(name: String, text: [UInt8], version: Int?)] = [
        ("later", StateText.line("scheduler-state version=2 shape=round") + Array("something else\n".utf8), 2),
        (
            "later, and then much",
            StateText.line("scheduler-state version=7") + [UInt8](repeating: 32, count: 100_000), 7
        ),
        ("later without the line's end", StateText.line("scheduler-state version=3").dropLast(), 3),
        ("ours", StateText.bytes([.gone("a", at: .epoch)]), nil), ("empty", [], nil), ("garbage", [0, 255, 10], nil),
        ("damaged", Array("00000000 000025 scheduler-state version=2\n".utf8), nil),
        (
            "a later header far behind",
            [UInt8](repeating: 10, count: 100_000) + StateText.line("scheduler-state version=2"), nil
        ),
    ]

    @Test("whether a file is of a later release is seen without doing anything to it", arguments: heads)
    func laterVersion(_ name: String, _ text: [UInt8], _ version: Int?) throws {
        #expect(DirectoryLedger.laterVersion(in: rig.path) == nil, "no directory")
        try FileManager.default.createDirectory(atPath: rig.path, withIntermediateDirectories: false)
        #expect(DirectoryLedger.laterVersion(in: rig.path) == nil, "no file")
        try Data(text).write(to: URL(filePath: rig.logPath))
        unsafe chmod(rig.logPath, 0o640)
        for directory in [rig.path, rig.path + "/"] {
            #expect(DirectoryLedger.laterVersion(in: directory, rig.files) == version)
        }
        #expect(Set(rig.files.state.log).isSubset(of: [.stat, .open, .read]))
        #expect(try FileManager.default.contentsOfDirectory(atPath: rig.path) == ["state.log"])
        #expect(Array(try Data(contentsOf: URL(filePath: rig.logPath))) == text)
        #expect(try SystemFiles().status(rig.logPath)?.mode == 0o640)
        for call in FileCall.allCases {
            rig.files.change { ($0.calls, $0.failing, $0.stays, $0.kinds) = (0, 1, true, [call]) }
            #expect([version, nil].contains(DirectoryLedger.laterVersion(in: rig.path, rig.files)), "no \(call)")
        }
    }

    @Test("what is no file is not looked into", .timeLimit(.minutes(1)), arguments: Thing.allCases)
    func laterVersionOfNoFile(_ thing: Thing) throws {
        try FileManager.default.createDirectory(atPath: rig.path, withIntermediateDirectories: false)
        let later = try rig.folder.write("victim", String(decoding: Self.heads[0].text, as: UTF8.self))
        _ = try make(thing, at: rig.logPath, to: later)
        #expect(DirectoryLedger.laterVersion(in: rig.path) == nil)
    }

    @Test("what was damaged is used, kept aside and told; five of them are kept")
    func damaged() throws {
        var ledger = try rig.opened()
        for number in 1...3 { ledger.begin("job-\(number)", RunBegin.numbered(number)) }
        ledger.close()
        var asides: [String] = []
        for round in 0..<12 {
            var bytes = Array(try Data(contentsOf: URL(filePath: rig.logPath)))
            bytes += Array("torn".utf8)
            try Data(bytes).write(to: URL(filePath: rig.logPath))
            rig.forget()
            ledger = try rig.opened()
            #expect(ledger.book.count == 3)
            #expect(ledger.isWritable)
            guard case .damaged(rig.logPath, let good, 1, 4, let aside?) = rig.events.first, rig.events.count == 1
            else {
                Issue.record("\(rig.events)")
                return
            }
            #expect(good == (round == 0 ? 4 : 7))
            asides.append(aside)
            #expect(Array(try Data(contentsOf: URL(filePath: aside))) == bytes)
            ledger.begin("job-1", RunBegin.numbered(10 + round))
            ledger.close()
            #expect(try rig.onDisk() == ledger.book)
            // The next one is as small again.
            try Data(StateText.bytes(ledger.book)).write(to: URL(filePath: rig.logPath))
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: rig.path).filter { $0.contains("damaged") }
        #expect(left.sorted() == asides.suffix(5).map { URL(filePath: $0).lastPathComponent }.sorted())
    }

    @Test("an empty file is no reason not to start")
    func empty() throws {
        try FileManager.default.createDirectory(atPath: rig.path, withIntermediateDirectories: false)
        try Data().write(to: URL(filePath: rig.logPath))
        let ledger = try rig.opened()
        #expect(ledger.isWritable)
        #expect(rig.events == [.damaged(path: rig.logPath, good: 0, places: 0, bytes: 0, aside: nil)])
        ledger.close()
    }

    enum Thing: String, CaseIterable { case directory, fifo, link, zero, socket }

    @Test(
        "what is no file is moved aside, never followed, never waited for",
        .timeLimit(.minutes(1)),
        arguments: Thing.allCases,
        ["state.log", "lock", "state.log.new"]
    )
    func noFile(_ thing: Thing, _ name: String) throws {
        try FileManager.default.createDirectory(atPath: rig.path, withIntermediateDirectories: false)
        let path = rig.path + "/" + name
        let victim = try rig.folder.write("victim", "precious")
        let kind = try make(thing, at: path, to: victim)
        let ledger = try rig.opened()
        #expect(ledger.isWritable)
        #expect(ledger.begin("a", RunBegin.numbered()))
        ledger.close()
        let aside = path + ".damaged-20261121T034455Z"
        #expect(rig.events == [.setAside(path: path, kind, to: aside)])
        #expect(try SystemFiles().status(aside)?.kind == kind)
        #expect(rig.folder.text("victim") == "precious")
        #expect(try rig.onDisk() == ledger.book)
    }

    private func make(_ thing: Thing, at path: String, to victim: String) throws -> FileStatus.Kind {
        switch thing {
        case .directory:
            try FileManager.default.createDirectory(atPath: path + "/full", withIntermediateDirectories: true)
            return .directory
        case .fifo:
            #expect(unsafe mkfifo(path, 0o600) == 0)
            return .fifo
        case .link:
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: victim)
            return .link
        case .zero:
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/zero")
            return .link
        case .socket:
            #expect(unsafe mknod(path, S_IFSOCK | 0o600, 0) == 0)
            return .socket
        }
    }

    @Test("a gigabyte of nothing is read over in seconds, and costs no memory", .timeLimit(.minutes(2)))
    func gigabyte() throws {
        let begins = StateText.bytes([.began("a", RunBegin.numbered())])
        try FileManager.default.createDirectory(atPath: rig.path, withIntermediateDirectories: false)
        try Data(begins).write(to: URL(filePath: rig.logPath))
        #expect(unsafe truncate(rig.logPath, 1 << 30) == 0)
        let before = Self.residentPages()
        let ledger = try rig.opened()
        #expect(ledger.book["a"]?.last == RunBegin.numbered().slot)
        #expect(Self.residentPages() - before < 16 * 1024, "64 MiB")
        guard case .damaged(rig.logPath, 2, 1, let bytes, _?) = rig.events.first else {
            Issue.record("\(rig.events)")
            return
        }
        #expect(bytes == (1 << 30) - begins.count)
        #expect(ledger.begin("a", RunBegin.numbered(2)))
        ledger.close()
        #expect(try FileManager.default.attributesOfItem(atPath: rig.logPath)[.size] as? Int ?? 0 < 2_000)
    }

    private static func residentPages() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }
}
