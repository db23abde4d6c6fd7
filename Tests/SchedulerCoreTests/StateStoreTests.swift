import Foundation
import Glibc
import Locking
import Schedule
import TestSupport
import Testing

@testable import SchedulerCore

@Suite("State: the store in a directory")
struct StateStoreTests {
    private let folder: TemporaryFolder
    private let rig: StoreRig

    init() throws {
        folder = try TemporaryFolder()
        rig = StoreRig(folder.path("state"))
    }

    private var logPath: String { rig.path + "/state.log" }

    private static func begin(_ number: Int = 1) -> RunBegin {
        let slot = Moment(seconds: 1_780_000_000 + Int64(number) * 60)
        return RunBegin(id: RunID(1, UInt64(number)), slot: slot, trigger: .schedule, at: slot, attempt: 1)
    }

    private static func end(_ number: Int = 1, _ outcome: Outcome = .ok) -> RunRecord {
        RunRecord(
            id: RunID(1, UInt64(number)),
            slot: begin(number).slot,
            trigger: .schedule,
            began: begin(number).slot,
            attempts: 1,
            outcome: outcome,
            status: 200,
            milliseconds: 12,
            lateMilliseconds: 3
        )
    }

    @Test("what is recorded is there after a kill, and after a close")
    func kept() throws {
        let store = try rig.opened()
        #expect(store.isWritable)
        #expect(store.begin("a", Self.begin()))
        store.record([.configured("b", schedule: "every 1h", zone: "", last: .epoch)])
        #expect(store.begin("b", Self.begin(2)))
        store.withdraw("b", Self.begin(2).id)
        let book = store.book
        store.kill()
        let second = try rig.opened()
        #expect(second.book == book)
        #expect(second.book["a"]?.inFlight?.begin == Self.begin())
        #expect(second.book["b"]?.last == .epoch)
        second.end("a", Self.end())
        second.close()
        #expect(try rig.onDisk() == second.book)
        #expect(try rig.onDisk()["A"]?.runs == [Self.end()])
        #expect(rig.events == [])
    }

    @Test(
        "files are for their owner alone, whatever the umask; missing directories are made",
        arguments: [0, 0o777, 0o022]
    )
    func modes(_ mask: UInt32) throws {
        let deep = rig.path + "/deep/er"
        // With a umask of its own; the threads of a store get theirs from the one that starts them.
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            #expect(Self.unshareFS() == 0)
            umask(mask)
            let store = try? StoreRig(deep).opened()
            store?.begin("a", Self.begin())
            store?.close()
            done.signal()
        }
        thread.start()
        done.wait()
        for (path, mode) in [
            (rig.path, 0o40700), (rig.path + "/deep", 0o40700), (deep, 0o40700), (deep + "/state.log", 0o100600),
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
        unsafe chmod(logPath, 0o644)
        unsafe chmod(rig.path + "/lock", 0o666)
        try rig.opened().close()
        for path in [logPath, rig.path + "/lock"] {
            var status = stat()
            #expect(unsafe lstat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
        }
    }

    @Test("a second store waits for the first, and takes over when it ends or is killed", arguments: [true, false])
    func standby(_ isClosed: Bool) throws {
        let first = try rig.opened()
        first.begin("a", Self.begin())
        let second = rig.store()
        for _ in 0..<3 { #expect(!second.acquire()) }
        #expect(folder.text("state/lock").hasPrefix("pid \(getpid()) since "))
        if isClosed { first.close() } else { first.kill() }
        #expect(second.acquireSoon())
        #expect(try second.load()["a"]?.last == Self.begin().slot)
        second.close()
        #expect(rig.events == [])
    }

    @Test("after a close nothing is touched any more")
    func closed() throws {
        let store = try rig.opened()
        store.begin("a", Self.begin())
        store.close()
        rig.files.change { $0.log = [] }
        // A thread that was sent before the close, and comes after it.
        store.flush()
        store.close()
        #expect(!store.begin("a", Self.begin(2)))
        store.end("a", Self.end(2))
        store.tend()
        rig.advance(.seconds(60))
        store.tend()
        #expect(!store.isWritable)
        #expect(rig.files.state.log == [])
        #expect(try rig.onDisk()["a"]?.last == Self.begin().slot)
    }

    @Test("a newer file is left alone")
    func newer() throws {
        try FileManager.default.createDirectory(atPath: rig.path, withIntermediateDirectories: false)
        let text = StateText.line("scheduler-state version=2 shape=round") + Array("something else\n".utf8)
        try Data(text).write(to: URL(filePath: logPath))
        let store = rig.store()
        #expect(store.acquireSoon())
        #expect(throws: StateError.newerVersion(path: logPath, version: 2)) { try store.load() }
        store.record([.dropped("a")])
        #expect(!store.begin("a", Self.begin()))
        store.tend()
        store.close()
        #expect(Array(try Data(contentsOf: URL(filePath: logPath))) == text)
        #expect(rig.events == [])
    }

    @Test("what was damaged is used, kept aside and told; five of them are kept")
    func damaged() throws {
        var store = try rig.opened()
        for number in 1...3 { store.begin("job-\(number)", Self.begin(number)) }
        store.close()
        var asides: [String] = []
        for round in 0..<12 {
            var bytes = Array(try Data(contentsOf: URL(filePath: logPath)))
            bytes += Array("torn".utf8)
            try Data(bytes).write(to: URL(filePath: logPath))
            rig.forget()
            store = try rig.opened()
            #expect(store.book.count == 3)
            #expect(store.isWritable)
            guard case .damaged(logPath, let good, 1, 4, let aside?) = rig.events.first, rig.events.count == 1 else {
                Issue.record("\(rig.events)")
                return
            }
            #expect(good == (round == 0 ? 4 : 7))
            asides.append(aside)
            #expect(Array(try Data(contentsOf: URL(filePath: aside))) == bytes)
            store.begin("job-1", Self.begin(10 + round))
            store.close()
            #expect(try rig.onDisk() == store.book)
            // The next one is as small again.
            try Data(StateText.bytes(store.book)).write(to: URL(filePath: logPath))
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: rig.path).filter { $0.contains("damaged") }
        #expect(left.sorted() == asides.suffix(5).map { URL(filePath: $0).lastPathComponent }.sorted())
    }

    @Test("an empty file is no reason not to start")
    func empty() throws {
        try FileManager.default.createDirectory(atPath: rig.path, withIntermediateDirectories: false)
        try Data().write(to: URL(filePath: logPath))
        let store = try rig.opened()
        #expect(store.isWritable)
        #expect(rig.events == [.damaged(path: logPath, good: 0, places: 0, bytes: 0, aside: nil)])
        store.close()
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
        let victim = try folder.write("victim", "precious")
        let kind: FileStatus.Kind
        switch thing {
        case .directory:
            try FileManager.default.createDirectory(atPath: path + "/full", withIntermediateDirectories: true)
            kind = .directory
        case .fifo:
            #expect(unsafe mkfifo(path, 0o600) == 0)
            kind = .fifo
        case .link:
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: victim)
            kind = .link
        case .zero:
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/zero")
            kind = .link
        case .socket:
            #expect(unsafe mknod(path, S_IFSOCK | 0o600, 0) == 0)
            kind = .socket
        }
        let store = try rig.opened()
        #expect(store.isWritable)
        #expect(store.begin("a", Self.begin()))
        store.close()
        let aside = path + ".damaged-20261121T034455Z"
        #expect(rig.events == [.setAside(path: path, kind, to: aside)])
        #expect(try SystemFiles().status(aside)?.kind == kind)
        #expect(folder.text("victim") == "precious")
        #expect(try rig.onDisk() == store.book)
    }

    @Test("a gigabyte of nothing is read over in seconds, and costs no memory", .timeLimit(.minutes(2)))
    func gigabyte() throws {
        let begins = StateText.bytes([.begin("a", Self.begin())])
        try FileManager.default.createDirectory(atPath: rig.path, withIntermediateDirectories: false)
        try Data(begins).write(to: URL(filePath: logPath))
        #expect(unsafe truncate(logPath, 1 << 30) == 0)
        let before = Self.residentPages()
        let store = try rig.opened()
        #expect(store.book["a"]?.last == Self.begin().slot)
        #expect(Self.residentPages() - before < 16 * 1024, "64 MiB")
        guard case .damaged(logPath, 2, 1, let bytes, _?) = rig.events.first else {
            Issue.record("\(rig.events)")
            return
        }
        #expect(bytes == (1 << 30) - begins.count)
        #expect(store.begin("a", Self.begin(2)))
        store.close()
        #expect(try FileManager.default.attributesOfItem(atPath: logPath)[.size] as? Int ?? 0 < 2_000)
    }

    private static func residentPages() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }

    @Test("the directory is removed while it runs: it is made again, with all that is known")
    func removed() throws {
        let store = try rig.opened()
        store.begin("a", Self.begin())
        try FileManager.default.removeItem(atPath: rig.path)
        #expect(store.begin("b", Self.begin(2)))
        #expect(store.isWritable)
        #expect(rig.events.map(Self.kind) == ["unwritable replaced", "writable"])
        let second = rig.store()
        #expect(!second.acquire())
        second.close()
        store.close()
        #expect(try rig.onDisk() == store.book)
    }

    @Test("the directory is replaced by an older one: what only that knows is taken in, what is ours holds")
    func replaced() throws {
        let old = StoreRig(folder.path("old"))
        let other = try old.opened()
        other.begin("a", Self.begin(1))
        other.begin("old", Self.begin(9))
        other.close()
        let store = try rig.opened()
        store.begin("a", Self.begin(2))
        unsafe rename(rig.path, folder.path("away"))
        unsafe rename(old.path, rig.path)
        #expect(store.begin("b", Self.begin(3)))
        #expect(store.book["old"]?.last == Self.begin(9).slot)
        store.close()
        let book = try rig.onDisk()
        #expect(book == store.book)
        #expect(book["a"]?.last == Self.begin(2).slot)
    }

    @Test("the directory goes to another sidecar: said once, and not a byte is written there")
    func taken() async throws {
        let store = try rig.opened()
        store.begin("a", Self.begin(1))
        unsafe rename(rig.path, folder.path("away"))
        let other = try StoreRig(rig.path).opened()
        other.begin("x", Self.begin(2))
        for number in 3..<6 {
            #expect(!store.begin("a", Self.begin(number)))
            rig.advance(.seconds(6))
            store.tend()
            #expect(store.settle(atMost: .seconds(60)))
        }
        #expect(!store.isWritable)
        #expect(rig.events.map(Self.kind) == ["unwritable replaced", "another"])
        other.close()
        rig.advance(.seconds(6))
        try await awaitWritable(store, rig)
        #expect(store.book["x"]?.last == Self.begin(2).slot)
        store.close()
        #expect(try rig.onDisk() == store.book)
    }

    @Test("the file grows to a bound, and holds what is known at every size")
    func compaction() async throws {
        var store = try rig.opened()
        var largest = 0
        for number in 1...1_500 {
            store.record([.begin("job-\(number % 7)", Self.begin(number)), .end("job-\(number % 7)", Self.end(number))])
            if number % 10 == 0 {
                await Task.yield()
                #expect(store.settle(atMost: .seconds(60)))
                try await awaitTrue { store.state.withLock { !$0.isCompacting } }
                largest = max(largest, try SystemFiles().status(logPath)?.size ?? 0)
            }
            if number % 400 == 0 {
                store.close()
                let book = store.book
                store = try rig.opened()
                #expect(store.book == book)
            }
        }
        // What ten runs add comes on top.
        #expect((60_000..<75_000).contains(largest), "\(largest)")
        store.close()
        #expect(try rig.onDisk() == store.book)
        #expect(rig.events == [])
    }

    @Test("what is recorded during a compaction is in the new file")
    func compactionTail() async throws {
        let store = try rig.opened()
        store.record((1...400).map { .end("a", Self.end($0)) })
        #expect(store.settle(atMost: .seconds(60)))
        let before = try SystemFiles().status(logPath)
        #expect(before?.size ?? 0 > 65_536)
        // The next append starts it; its own first write is held.
        rig.files.change { $0.held = .create }
        store.record([.end("b", Self.end(1))])
        try await awaitTrue { rig.files.state.isWaiting }
        for number in 2...30 { store.record([.end("b", Self.end(number))]) }
        rig.files.change { $0.held = nil }
        try await awaitTrue {
            store.record([.end("c", Self.end(1))])
            return (try? SystemFiles().status(logPath))??.inode != before?.inode
        }
        store.close()
        #expect(try rig.onDisk() == store.book)
        #expect(rig.events == [])
    }

    @Test("a write that fails where a compaction was to begin: the file is written anew, and compacted later")
    func compactionAfterFailure() async throws {
        let store = try rig.opened()
        store.record((1...400).map { .end("a", Self.end($0)) })
        #expect(store.settle(atMost: .seconds(60)))
        let size = try SystemFiles().status(logPath)?.size ?? 0
        #expect(size > 65_536)
        rig.files.change { ($0.calls, $0.failing, $0.kinds) = (0, 1, [.write]) }
        store.record([.end("b", Self.end(1))])
        #expect(store.settle(atMost: .seconds(60)))
        try await awaitWritable(store, rig)
        #expect(!store.state.withLock { $0.isCompacting })
        // It grows past the bound once more, and is compacted then.
        var largest = 0
        for number in 1...1_000 {
            store.record([.end("a", Self.end(number))])
            if number % 20 == 0 {
                #expect(store.settle(atMost: .seconds(60)))
                try await awaitTrue { store.state.withLock { !$0.isCompacting } }
                largest = max(largest, try SystemFiles().status(logPath)?.size ?? 0)
            }
        }
        #expect(largest < 80_000, "\(largest)")
        store.close()
        #expect(try rig.onDisk() == store.book)
    }

    @Test("a record file that is cut short while it is open is written whole again")
    func cutShort() async throws {
        let store = try rig.opened()
        store.record((1...30).map { .end("a", Self.end($0)) })
        #expect(store.settle(atMost: .seconds(60)))
        #expect(unsafe truncate(logPath, 0) == 0)
        store.record([.end("b", Self.end(1))])
        #expect(store.settle(atMost: .seconds(60)))
        try await awaitWritable(store, rig)
        store.close()
        #expect(try rig.onDisk() == store.book)
        #expect(rig.events.map(Self.kind) == ["unwritable replaced", "writable"])
    }

    @Test("sixteen threads begin runs at once: each is kept when it is told so, and they share their syncs")
    func concurrent() async throws {
        let store = try rig.opened()
        let pool = WorkerPool(width: 16)
        let done = Mutex(0)
        rig.files.change { $0.log = [] }
        for thread in 0..<16 {
            pool.submit { _ in
                for number in 0..<25 {
                    let isKept = store.begin("job-\(thread)", Self.begin(number))
                    store.end("job-\(thread)", Self.end(number))
                    if isKept { done.withLock { $0 += 1 } }
                }
            }
        }
        try await awaitTrue { pool.load == 0 }
        pool.stop()
        pool.join()
        #expect(done.withLock { $0 } == 400)
        store.close()
        let syncs = rig.files.state.log.filter { $0 == .sync }.count
        // No thread begins its next run before the last one is on the disk.
        #expect((25..<800).contains(syncs), "\(syncs) syncs")
        #expect(try rig.onDisk() == store.book)
        #expect(try rig.onDisk().jobs.values.allSatisfy { $0.runs.count == 20 && $0.inFlight == nil })
    }

    @Test("a disk that hangs holds up one begin for as long as it has patience, and nothing else")
    func hang() throws {
        let store = try rig.opened(patience: .milliseconds(50))
        rig.files.change { $0.held = .sync }
        #expect(!store.begin("a", Self.begin(1)))
        #expect(!store.isWritable)
        let start = ContinuousClock.now
        for number in 2..<100 {
            #expect(!store.begin("a", Self.begin(number)))
            store.end("a", Self.end(number))
            store.tend()
        }
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(rig.events == [.unwritable(path: logPath, .hangs(.milliseconds(50)), directory: nil)])
        rig.files.change { $0.held = nil }
        #expect(store.settle(atMost: .seconds(60)))
        #expect(store.isWritable)
        #expect(rig.events.map(Self.kind) == ["unwritable hangs", "writable"])
        store.close()
        #expect(try rig.onDisk() == store.book)
    }

    @Test("a stop does not wait for a disk that hangs")
    func hangingClose() throws {
        let store = try rig.opened(patience: .milliseconds(10))
        rig.files.change { $0.held = .write }
        store.begin("a", Self.begin(1))
        let start = ContinuousClock.now
        store.close()
        #expect((.seconds(2)...(.seconds(20))).contains(ContinuousClock.now - start))
        rig.files.change { $0.held = nil }
        store.kill()
    }

    @Test("a directory that cannot be used is told with its owner, and used as soon as it can be")
    func unusable() async throws {
        // A file stands where a parent should be: so it is for root as well.
        try folder.write("state", "in the way")
        let store = rig.store()
        #expect(store.acquireSoon())
        #expect(try store.load() == StateBook())
        #expect(!store.begin("a", Self.begin()))
        #expect(rig.events.map(Self.kind) == ["unwritable mkdir"])
        let other = StoreRig(folder.path("other"))
        let old = try other.opened()
        old.begin("b", Self.begin(2))
        old.begin("a", Self.begin(7))
        old.close()
        unsafe rename(rig.path, folder.path("away"))
        unsafe rename(other.path, rig.path)
        store.tend()
        #expect(store.settle(atMost: .seconds(60)))
        #expect(!store.isWritable, "too early")
        rig.advance(.seconds(6))
        try await awaitWritable(store, rig)
        #expect(rig.events.map(Self.kind) == ["unwritable mkdir", "writable"])
        #expect(store.book["a"]?.last == Self.begin().slot)
        #expect(store.book["b"]?.last == Self.begin(2).slot)
        store.close()
        #expect(try rig.onDisk() == store.book)
    }

    @Test("a full disk: said once, the clock goes on, and with room again nothing is missing")
    func full() async throws {
        let disk = folder.path("disk")
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
        try #require(
            unsafe mount("tmpfs", disk, "tmpfs", 0, "size=256k") == 0,
            "a small file system cannot be mounted, which takes root: \(unsafe String(cString: strerror(errno)))"
        )
        defer { unsafe umount2(disk, Int32(MNT_DETACH)) }
        let rig = StoreRig(disk + "/state")
        let store = try rig.opened()
        #expect(store.begin("a", Self.begin(1)))
        let filler = FileManager.default
        #expect(filler.createFile(atPath: disk + "/filler", contents: nil))
        let handle = try FileHandle(forWritingTo: URL(filePath: disk + "/filler"))
        while (try? handle.write(contentsOf: Data(count: 4_096))) != nil {}
        try handle.close()
        var number = 1
        while store.isWritable, number < 1_000 {
            number += 1
            store.begin("a", Self.begin(number))
        }
        let lost = number
        for number in lost..<lost + 20 {
            store.begin("a", Self.begin(number))
            store.end("a", Self.end(number))
        }
        #expect(store.settle(atMost: .seconds(60)))
        rig.advance(.seconds(6))
        store.tend()
        #expect(store.settle(atMost: .seconds(60)))
        #expect(!store.isWritable)
        #expect(rig.events.count == 1)
        guard case .unwritable(_, .system(.write, ENOSPC), let owner?) = rig.events.first else {
            Issue.record("\(rig.events)")
            return
        }
        #expect(owner == "it belongs to 0:0, mode 0700")
        try FileManager.default.removeItem(atPath: disk + "/filler")
        rig.advance(.seconds(6))
        try await awaitWritable(store, rig)
        store.close()
        #expect(rig.events.map(Self.kind) == ["unwritable write", "writable"])
        #expect(try rig.onDisk() == store.book)
    }

    @Test("a read-only disk: what it holds is known, what is new stays in memory")
    func readOnly() async throws {
        let disk = folder.path("disk")
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
        try #require(
            unsafe mount("tmpfs", disk, "tmpfs", 0, "size=256k") == 0,
            "a small file system cannot be mounted, which takes root: \(unsafe String(cString: strerror(errno)))"
        )
        defer { unsafe umount2(disk, Int32(MNT_DETACH)) }
        let rig = StoreRig(disk + "/state")
        var store = try rig.opened()
        store.begin("a", Self.begin(1))
        store.close()
        #expect(unsafe mount("tmpfs", disk, "tmpfs", UInt(MS_REMOUNT | MS_RDONLY), "size=256k") == 0)
        store = try rig.opened()
        #expect(store.book["a"]?.last == Self.begin(1).slot)
        #expect(!store.isWritable)
        #expect(!store.begin("a", Self.begin(2)))
        #expect(rig.events.map(Self.kind) == ["unwritable open"])
        #expect(store.settle(atMost: .seconds(60)))
        #expect(unsafe mount("tmpfs", disk, "tmpfs", UInt(MS_REMOUNT), "size=256k") == 0)
        rig.advance(.seconds(6))
        try await awaitWritable(store, rig)
        store.close()
        #expect(try rig.onDisk() == store.book)
    }

    /// Asks again, since the last try may have been about to end.
    private func awaitWritable(_ store: DirectoryStore, _ rig: StoreRig) async throws {
        try await awaitTrue {
            rig.advance(.seconds(6))
            store.tend()
            return store.isWritable
        }
    }

    private static func kind(_ event: StateEvent) -> String {
        switch event {
        case .unwritable(_, .system(let call, _), _): "unwritable \(call)"
        case .unwritable(_, .hangs, _): "unwritable hangs"
        case .unwritable(_, let failure, _):
            "unwritable \(failure)" == "unwritable \(StateFailure.replaced)" ? "unwritable replaced" : "\(failure)"
        case .another: "another"
        case .writable: "writable"
        case .damaged: "damaged"
        case .setAside: "setAside"
        case .notShortened: "notShortened"
        }
    }
}
