import CLinux
import Clockwork
import Glibc
import Ledger
import Schedule
import SchedulerCore
import Threads

/// What it costs to keep a run on the disk, and how long a start with a long history takes.
enum LedgerBenchmarks {
    private static let now = Moment(seconds: 1_780_000_000)

    static func run() throws {
        // Not /tmp: that may be memory.
        var template = Array("/var/tmp/scheduler-bench-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { return print("  no directory for the state: errno \(errno)") }
        let folder = String(decoding: template.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        try begins(folder)
        try costs(folder)
        try start(folder)
        for name in ["state.log", "lock", "bare"] { unsafe unlink(folder + "/" + name) }
        unsafe rmdir(folder)
    }

    /// Runs that begin when that is on the disk, beside a bare loop of write and sync.
    private static func begins(_ folder: String) throws {
        var table = Table("State: runs recorded per second, each begin on the disk", "", "per second", "ratio")
        let rounds = 1_000
        let file = unsafe open(folder + "/bare", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        let line = [UInt8](repeating: 0x41, count: 330)
        let bare = ContinuousClock().measure {
            for _ in 0..<rounds {
                _ = unsafe write(file, line, line.count)
                fdatasync(file)
            }
        }
        close(file)
        table.add("write and fdatasync", perSecond(bare / rounds), "1.0x")
        for writers in [1, 16] {
            let ledger = try opened(folder)
            let pool = WorkerPool<Void>(width: writers)
            let time = ContinuousClock().measure {
                for writer in 0..<writers {
                    pool.submit {
                        var state = JobState(name: "job-\(writer)")
                        for number in 0..<rounds / writers {
                            if let last = keep(.began(state.name, begin(number)), &state, ledger) {
                                _ = ledger.wait(for: last)
                            }
                            _ = keep(.ended(state.name, end(number), nil), &state, ledger)
                        }
                    }
                }
                while pool.load > 0 { usleep(200) }
            }
            pool.stop()
            pool.join()
            ledger.close()
            let count = rounds / writers * writers
            table.add(
                writers == 1 ? "1 writer" : "\(writers) writers",
                perSecond(time / count),
                Figure.ratio(bare / rounds, to: time / count)
            )
        }
        table.show()
    }

    /// The part of a run that nobody waits for, writing the file anew from time to time included.
    private static func costs(_ folder: String) throws {
        var table = Table(
            "State: cost of a run, by jobs",
            "jobs",
            "time",
            "processor",
            "bytes written",
            "size of the file"
        )
        for jobs in [10, 100_000] {
            let ledger = try opened(folder)
            var states = (0..<jobs).map { JobState(name: "job-\($0)") }
            for job in 0..<jobs { _ = keep(configured(states[job].name), &states[job], ledger) }
            _ = ledger.settle(atMost: .seconds(600))
            let runs = max(400_000, 10 * jobs)
            let (before, processor) = (writtenBytes(), processorTime())
            let time = ContinuousClock().measure {
                for number in 0..<runs {
                    let (job, name) = (number % jobs, states[number % jobs].name)
                    _ = keep(.began(name, begin(number)), &states[job], ledger)
                    _ = keep(.ended(name, end(number), nil), &states[job], ledger)
                }
                _ = ledger.settle(atMost: .seconds(600))
            }
            let used = processorTime() - processor
            ledger.close()
            table.add(
                Figure.count(jobs),
                Figure.time(time / runs),
                Figure.time(used / runs),
                Figure.count((writtenBytes() - before) / runs),
                Figure.count(size(folder + "/state.log"))
            )
            unsafe unlink(folder + "/state.log")
        }
        table.show()
    }

    /// A start with a history.
    private static func start(_ folder: String) throws {
        var table = Table(
            "State: a start",
            "jobs",
            "runs of each",
            "size of the file",
            "written whole",
            "read",
            "processor"
        )
        for (jobs, runs) in [(10, 20), (10_000, 20), (100_000, 0), (100_000, 20)] {
            var ledger = try opened(folder)
            let kept = (0..<runs).map { end($0) }
            for number in 0..<jobs {
                var state = JobState(name: "job-\(number)")
                state.runs = kept
                _ = keep(configured(state.name), &state, ledger)
            }
            _ = ledger.settle(atMost: .seconds(600))
            // What is known is written whole when the file is gone.
            unsafe unlink(folder + "/state.log")
            let writing = ContinuousClock().measure {
                var state = JobState(name: "job-0")
                state.runs = kept
                _ = keep(configured(state.name), &state, ledger)
                _ = ledger.settle(atMost: .seconds(600))
            }
            ledger.close()
            ledger = DirectoryLedger(folder, now: reading, report: report)
            _ = ledger.acquire()
            let processor = processorTime()
            var found = 0
            let loading = try ContinuousClock().measure { found = try ledger.load().count }
            let used = processorTime() - processor
            if found != jobs { print("  \(found) jobs were read") }
            ledger.close()
            table.add(
                Figure.count(jobs),
                "\(runs)",
                Figure.count(size(folder + "/state.log")),
                Figure.time(writing),
                Figure.time(loading),
                Figure.time(used)
            )
            unsafe unlink(folder + "/state.log")
        }
        table.show()
    }

    private static func opened(_ folder: String) throws -> DirectoryLedger {
        let ledger = DirectoryLedger(folder, now: reading, report: report)
        _ = ledger.acquire()
        _ = try ledger.load()
        return ledger
    }

    @Sendable private static func reading() -> Reading {
        Reading(now: TimeSource.system.now(), uptime: TimeSource.system.uptime())
    }

    /// Tells what should not happen here.
    @Sendable private static func report(_ event: StateEvent) {
        switch event {
        case .unwritable(_, .replaced, _), .writable: break
        default: print("  \(event)")
        }
    }

    /// As the clockwork does.
    private static func keep(_ fact: Fact, _ state: inout JobState, _ ledger: DirectoryLedger) -> UInt64? {
        state.apply(fact)
        return ledger.keep([KeptFact(fact) { _ in state }].compactMap(\.self))
    }

    private static func configured(_ name: String) -> Fact {
        .configured(name, Fact.Configuration(schedule: "every 15m", zone: "", last: now))
    }

    private static func begin(_ number: Int) -> RunBegin {
        let slot = now + .seconds(number)
        return RunBegin(
            id: RunID(UInt64(number), 0x0123_4567_89ab_cdef),
            slot: slot,
            trigger: .schedule,
            at: slot + .milliseconds(7),
            attempt: 1
        )
    }

    private static func end(_ number: Int) -> RunRecord {
        let begin = begin(number)
        return RunRecord(
            id: begin.id,
            slot: begin.slot,
            trigger: begin.trigger,
            began: begin.at,
            attempts: 1,
            outcome: .ok,
            status: 200,
            milliseconds: 1_234,
            lateMilliseconds: 7
        )
    }

    private static func perSecond(_ time: Duration) -> String {
        Figure.count(Int(1e9 / max(Figure.nanoseconds(time), 0.001)))
    }

    private static func size(_ path: String) -> Int {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    private static func processorTime() -> Duration {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// Of all files (proc_pid_io(5)); what is printed meanwhile counts as well, and for nothing.
    private static func writtenBytes() -> Int {
        guard let file = unsafe fopen("/proc/self/io", "r") else { return 0 }
        defer { unsafe fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        while unsafe fgets(&line, 128, file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            if text.hasPrefix("wchar: ") { return Int(text.dropFirst(7).filter(\.isNumber)) ?? 0 }
        }
        return 0
    }
}
