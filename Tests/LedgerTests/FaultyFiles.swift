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
        /// Only if it is to this file; nil: to any.
        var heldFile: String?
        /// No more than so many.
        var holds = Int.max
        var isWaiting = false
        var log: [FileCall] = []
        /// The same with the file's name, `sync state.log`.
        var steps: [String] = []
        var names: [Int32: String] = [:]
        /// How often one has failed.
        var failures = 0
    }

    private let plan = Mutex(Plan())
    private let system = SystemFiles()

    func change(_ body: (inout Plan) -> Void) { plan.withLock { body(&$0) } }
    var state: Plan { plan.withLock { $0 } }

    /// What has changed something, in order, calls that did nothing for the disk left out.
    var changes: [String] {
        let kinds: [FileCall] = [.create, .write, .sync, .rename, .link, .mkdir]
        return state.steps.filter { step in kinds.contains { step.hasPrefix("\($0) ") } }
    }

    private func reach(_ call: FileCall, _ descriptor: Int32) throws(StateFailure) {
        try reach(call, plan.withLock { $0.names[descriptor] } ?? "?")
    }

    private func reach(_ call: FileCall, _ path: String) throws(StateFailure) {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        plan.withLock { plan in
            plan.log.append(call)
            plan.steps.append("\(call) \(name)")
        }
        let isHeld = plan.withLock { plan in
            let isHeld = plan.held == call && plan.heldFile.map { $0 == name } ?? true && plan.holds > 0
            if isHeld { (plan.isWaiting, plan.holds) = (true, plan.holds - 1) }
            return isHeld
        }
        if isHeld {
            while plan.withLock({ $0.held == call }) { usleep(200) }
            plan.withLock { $0.isWaiting = false }
        }
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
        try reach(.open, path)
        return try named(path, system.open(path, writable: writable))
    }

    func create(_ path: String) throws(StateFailure) -> Int32 {
        try reach(.create, path)
        return try named(path, system.create(path))
    }

    private func named(_ path: String, _ descriptor: Int32) -> Int32 {
        plan.withLock { $0.names[descriptor] = path }
        return descriptor
    }

    func close(_ descriptor: Int32) { system.close(descriptor) }

    func read(_ descriptor: Int32, into buffer: inout [UInt8], at index: Int, offset: Int) throws(StateFailure) -> Int {
        try reach(.read, descriptor)
        return try system.read(descriptor, into: &buffer, at: index, offset: offset)
    }

    /// One that fails has written the half.
    func write(_ descriptor: Int32, _ bytes: [UInt8], offset: Int) throws(StateFailure) {
        do throws(StateFailure) {
            try reach(.write, descriptor)
        } catch {
            try? system.write(descriptor, Array(bytes.prefix(bytes.count / 2)), offset: offset)
            throw error
        }
        try system.write(descriptor, bytes, offset: offset)
    }

    func truncate(_ descriptor: Int32) throws(StateFailure) {
        try reach(.truncate, descriptor)
        try system.truncate(descriptor)
    }

    func sync(_ descriptor: Int32) throws(StateFailure) {
        try reach(.sync, descriptor)
        try system.sync(descriptor)
    }

    func syncDirectory(_ path: String) throws(StateFailure) {
        try reach(.sync, path)
        try system.syncDirectory(path)
    }

    func setMode(_ descriptor: Int32, _ mode: UInt32) throws(StateFailure) {
        try reach(.chmod, descriptor)
        try system.setMode(descriptor, mode)
    }

    func lock(_ descriptor: Int32) throws(StateFailure) -> Bool {
        try reach(.lock, descriptor)
        return try system.lock(descriptor)
    }

    func status(_ descriptor: Int32) throws(StateFailure) -> FileStatus {
        try reach(.stat, descriptor)
        return try system.status(descriptor)
    }

    func status(_ path: String) throws(StateFailure) -> FileStatus? {
        try reach(.stat, path)
        return try system.status(path)
    }

    func rename(_ path: String, to new: String) throws(StateFailure) {
        try reach(.rename, path)
        try system.rename(path, to: new)
        plan.withLock { plan in
            for (descriptor, name) in plan.names where name == path { plan.names[descriptor] = new }
        }
    }

    func link(_ path: String, to new: String) throws(StateFailure) {
        try reach(.link, path)
        try system.link(path, to: new)
    }

    func remove(_ path: String) throws(StateFailure) {
        try reach(.remove, path)
        try system.remove(path)
    }

    func isDirectory(_ path: String) -> Bool { system.isDirectory(path) }

    func makeDirectory(_ path: String) throws(StateFailure) -> Bool {
        try reach(.mkdir, path)
        return try system.makeDirectory(path)
    }

    func names(in directory: String) throws(StateFailure) -> [String] {
        try reach(.list, directory)
        return try system.names(in: directory)
    }
}
