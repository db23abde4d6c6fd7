import Glibc
import Locking

@testable import Ledger

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
