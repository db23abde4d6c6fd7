import Glibc
import Locking
import Schedule
import TestSupport

@testable import SchedulerCore

/// The files of the system, where a test decides which call fails or waits.
final class FaultyFiles: FileLayer {
    struct Plan: Sendable {
        var calls = 0
        /// The call that fails, counted from 1; those after it as well if it stays.
        var failing: Int?
        var stays = false
        /// Only calls of these kinds are counted and fail.
        var kinds = Set(FileCall.allCases)
        var number = EIO
        /// A call that waits until it is let go.
        var held: FileCall?
        var isWaiting = false
        var log: [FileCall] = []
        /// How often one has failed.
        var failures = 0
    }

    private let plan = Mutex(Plan())
    private let system = SystemFiles()

    func change(_ body: (inout Plan) -> Void) { plan.withLock { body(&$0) } }
    var state: Plan { plan.withLock { $0 } }

    private func reach(_ call: FileCall) throws(StateFailure) {
        plan.withLock { $0.log.append(call) }
        while plan.withLock({ plan in
            plan.isWaiting = plan.held == call
            return plan.isWaiting
        }) { usleep(200) }
        try plan.withLock { plan throws(StateFailure) in
            guard plan.kinds.contains(call) else { return }
            plan.calls += 1
            guard let failing = plan.failing, plan.calls == failing || plan.stays && plan.calls > failing else {
                return
            }
            plan.failures += 1
            throw .system(call, number: plan.number)
        }
    }

    func open(_ path: String, writable: Bool) throws(StateFailure) -> Int32 {
        try reach(.open)
        return try system.open(path, writable: writable)
    }

    func create(_ path: String) throws(StateFailure) -> Int32 {
        try reach(.create)
        return try system.create(path)
    }

    func close(_ descriptor: Int32) { system.close(descriptor) }

    func read(_ descriptor: Int32, into buffer: inout [UInt8], at index: Int, offset: Int) throws(StateFailure) -> Int {
        try reach(.read)
        return try system.read(descriptor, into: &buffer, at: index, offset: offset)
    }

    /// One that fails has written the half.
    func write(_ descriptor: Int32, _ bytes: [UInt8], offset: Int) throws(StateFailure) {
        do throws(StateFailure) {
            try reach(.write)
        } catch {
            try? system.write(descriptor, Array(bytes.prefix(bytes.count / 2)), offset: offset)
            throw error
        }
        try system.write(descriptor, bytes, offset: offset)
    }

    func truncate(_ descriptor: Int32) throws(StateFailure) {
        try reach(.truncate)
        try system.truncate(descriptor)
    }

    func sync(_ descriptor: Int32) throws(StateFailure) {
        try reach(.sync)
        try system.sync(descriptor)
    }

    func syncDirectory(_ path: String) throws(StateFailure) {
        try reach(.sync)
        try system.syncDirectory(path)
    }

    func setMode(_ descriptor: Int32, _ mode: UInt32) throws(StateFailure) {
        try reach(.chmod)
        try system.setMode(descriptor, mode)
    }

    func lock(_ descriptor: Int32) throws(StateFailure) -> Bool {
        try reach(.lock)
        return try system.lock(descriptor)
    }

    func status(_ descriptor: Int32) throws(StateFailure) -> FileStatus {
        try reach(.stat)
        return try system.status(descriptor)
    }

    func status(_ path: String) throws(StateFailure) -> FileStatus? {
        try reach(.stat)
        return try system.status(path)
    }

    func rename(_ path: String, to new: String) throws(StateFailure) {
        try reach(.rename)
        try system.rename(path, to: new)
    }

    func link(_ path: String, to new: String) throws(StateFailure) {
        try reach(.link)
        try system.link(path, to: new)
    }

    func remove(_ path: String) throws(StateFailure) {
        try reach(.remove)
        try system.remove(path)
    }

    func makeDirectory(_ path: String) throws(StateFailure) {
        try reach(.mkdir)
        try system.makeDirectory(path)
    }

    func names(in directory: String) throws(StateFailure) -> [String] {
        try reach(.list)
        return try system.names(in: directory)
    }
}

/// A store in a folder, its events, and a clock that a test turns.
final class StoreRig: Sendable {
    let path: String
    let files = FaultyFiles()
    private let uptime = Mutex(Duration.zero)
    private let kept = Mutex<[StateEvent]>([])

    init(_ path: String) { self.path = path }

    var events: [StateEvent] { kept.withLock { $0 } }

    func forget() { kept.withLock { $0 = [] } }

    func advance(_ time: Duration) { uptime.withLock { $0 += time } }

    func store(patience: Duration = .seconds(60), compactingFrom least: Int = 65_536) -> DirectoryStore {
        let time = TimeSource(now: { Moment(seconds: 1_795_232_695) }, uptime: { self.uptime.withLock { $0 } })
        return DirectoryStore(path, time: time, layer: files, patience: patience, compactingFrom: least) { event in
            self.kept.withLock { $0.append(event) }
        }
    }

    /// One that is ready.
    func opened(patience: Duration = .seconds(60)) throws -> DirectoryStore {
        let store = store(patience: patience)
        guard store.acquireSoon() else { throw StateFailure.heldByAnother }
        _ = try store.load()
        return store
    }

    /// What is on the disk, seen by another process after this one was killed.
    func onDisk() throws -> StateBook {
        let other = StoreRig(path)
        let store = other.store()
        _ = store.acquireSoon()
        defer { store.close() }
        return try store.load()
    }
}

extension DirectoryStore {
    /// A process that another test starts has copies of all open files until it becomes its program; a lock as well.
    func acquireSoon() -> Bool {
        for _ in 0..<5_000 {
            if acquire() { return true }
            usleep(1_000)
        }
        return false
    }

    /// Ends as in a kill: what is not on the disk is lost.
    func kill() {
        files.withLock { letGo(&$0) }
        pool.stop()
        pool.join()
    }
}

/// Records as they may be, from a seed.
struct RandomState {
    var random: SplitMix

    init(seed: UInt64) { random = SplitMix(seed: seed) }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    mutating func id() -> RunID { RunID(random.next(), random.next()) }

    mutating func moment() -> Moment {
        let choices: [Int32] = [0, 0, 123_000_000, 999_999_999, 1, 120_000]
        let nanoseconds = choices[number(0...5)]
        let edges = Moment.searchable
        return switch number(0...20) {
        case 0: Moment(seconds: edges.lowerBound)
        case 1: Moment(seconds: edges.upperBound - 1_000, nanoseconds: nanoseconds)
        case 2: Moment(seconds: -1, nanoseconds: nanoseconds)
        default: Moment(seconds: 1_780_000_000 + Int64(number(0...100_000_000)), nanoseconds: nanoseconds)
        }
    }

    mutating func optionalMoment() -> Moment? { number(0...2) == 0 ? nil : moment() }

    mutating func trigger() -> Run.Trigger { [.first, .schedule, .catchup, .manual][number(0...3)] }

    mutating func begin() -> RunBegin {
        RunBegin(id: id(), slot: moment(), trigger: trigger(), at: moment(), attempt: number(1...4))
    }

    mutating func run(_ id: RunID? = nil) -> RunRecord {
        RunRecord(
            id: id ?? self.id(),
            slot: moment(),
            trigger: trigger(),
            began: moment(),
            attempts: number(1...9),
            outcome: Outcome.allCases[number(0...Outcome.allCases.count - 1)],
            status: [0, 200, 503][number(0...2)],
            milliseconds: number(0...900_000),
            lateMilliseconds: number(0...1_000)
        )
    }

    mutating func text() -> String {
        let texts = [
            "", "-", "UTC", "Europe/Prague", "every 15m", "cron 0 5 * * 1", "a\"b\\c", "line\nbreak\r\t\u{0}",
            "háčky 日本",
            "=", " ", #"\x41"#, "x=\"", #"""#, #"\"#, "run=0 job=x",
        ]
        return texts[number(0...texts.count - 1)]
    }

    mutating func name() -> String {
        ["a", "data-refresh", "session-processor:usage", "Session_Processor.Usage", "X-\(number(0...9))"][number(0...4)]
    }

    mutating func job() -> JobState {
        var state = JobState(name: name(), schedule: text(), zone: text(), last: optionalMoment())
        if number(0...2) == 0 { state.inFlight = .init(begin(), previous: optionalMoment()) }
        for _ in 0..<number(0...JobState.keptRuns + 3) { state.runs.append(run()) }
        state.lastSuccess = optionalMoment()
        state.consecutiveFailures = number(0...99)
        if number(0...3) == 0 { state.gone = moment() }
        return state
    }

    mutating func record(_ book: StateBook) -> StateRecord {
        let name = name()
        let flight = book[name]?.inFlight?.begin.id
        return switch number(0...11) {
        case 0: .job(job())
        case 1: .gone(name, at: moment())
        case 2: number(0...3) == 0 ? .dropped(name) : .configured(name, schedule: text(), zone: text(), last: nil)
        case 3: .configured(name, schedule: text(), zone: text(), last: optionalMoment())
        case 4: .withdrawn(name, flight ?? id())
        case 5...8: .begin(name, begin())
        default: .end(name, run(number(0...4) == 0 ? nil : flight))
        }
    }
}

/// Text of records, and back.
enum StateText {
    static func bytes(_ records: [StateRecord], header: Bool = true) -> [UInt8] {
        var writer = RecordWriter()
        if header { writer.header() }
        for record in records { writer.append(record) }
        return writer.bytes
    }

    static func bytes(_ book: StateBook) -> [UInt8] { RecordFile.text(of: book) }

    /// A sound record of any payload.
    static func line(_ payload: String) -> [UInt8] { RecordFile.record(Array(payload.utf8)) }

    /// `piece` is how many bytes a read gives at most.
    static func read(_ bytes: [UInt8], piece: Int = .max) -> (book: StateBook, tally: RecordReader.Tally) {
        RecordFile.tallied(bytes, piece: piece)
    }
}
