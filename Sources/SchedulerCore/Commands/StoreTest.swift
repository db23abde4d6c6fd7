internal import Clockwork
internal import Glibc
internal import HTTPClient
internal import Ledger
internal import Locking
internal import Telling
internal import Threads

/// Makes, swaps and removes a record of its own, and says what a store gets wrong.
///
/// What counts is that of two swaps from one version one loses: by that alone replicas know who runs a slot.
struct StoreTest {
    struct Line: Equatable {
        let text: String
        let isGood: Bool
    }

    private let store: any SharedStore
    private let key: String
    private let client = Client()

    /// `id` names the record; no job's name is so long by chance.
    init(_ store: any SharedStore, id: RunID) {
        self.store = store
        key = "jobs/probe-\(id.description.prefix(16))"
    }

    func perform() -> [Line] {
        var lines: [Line] = []
        do throws(StoreFailure) {
            try probe { lines.append($0) }
        } catch {
            lines.append(bad("stopped: \(Escaping.quotable(error.why))"))
        }
        let wrong = lines.count { !$0.isGood }
        let verdict = wrong == 0 ? "fit: of two swaps one loses" : "not fit: \(counted(wrong, "fault"))"
        return lines + [Line(text: "store \(store.name) is \(verdict)", isGood: wrong == 0)]
    }

    private func good(_ text: String) -> Line { Line(text: "store \(store.name): \(text)", isGood: true) }
    private func bad(_ text: String) -> Line { Line(text: "store \(store.name): wrong: \(text)", isGood: false) }

    private func probe(_ tell: (Line) -> Void) throws(StoreFailure) {
        guard case .won(let first) = try swap(key, nil, 1) else {
            return tell(bad("a record that is not there could not be made"))
        }
        tell(good("a record is made"))
        tell(judge(try swap(key, nil, 2), "made twice", "it can be made twice"))
        guard let read = try store.read(key, with: client) else {
            return tell(bad("a record that was made is not there"))
        }
        tell(read.bytes == text(1) ? good("it is read as it was written") : bad("it is read as something else"))
        guard case .won(let second) = try swap(key, read.version, 3) else {
            return tell(bad("the version that was read is not taken"))
        }
        tell(second == first ? bad("a swap leaves the version as it was") : good("it is swapped"))
        tell(
            judge(
                try swap(key, first, 4),
                "swapped with a stale version",
                "a stale version is taken: two replicas would run one slot"
            )
        )
        let missing = try swap("\(key)-missing", second, 5)
        if case .won = missing {
            tell(bad("a record that is not there is swapped"))
            try clean("\(key)-missing")
        }
        tell(race())
        tell(try removal(stale: first))
        tellClock(tell)
        if let etcd = store as? EtcdStore { tell(size(of: etcd)) }
    }

    private func text(_ number: Int) -> [UInt8] { Array("{\"probe\":\(number)}".utf8) }

    /// Sent again unchanged where the answer is lost, as a replica does.
    private func swap(_ key: String, _ version: StoreVersion?, _ number: Int) throws(StoreFailure) -> Swap {
        do throws(StoreFailure) {
            return try store.swap(key, from: version, to: text(number), with: client)
        } catch {
            guard error.mayHaveHappened else { throw error }
            return try store.swap(key, from: version, to: text(number), with: client)
        }
    }

    private func judge(_ swap: Swap, _ what: String, _ fault: String) -> Line {
        guard case .won = swap else { return good("it is not \(what)") }
        return bad(fault)
    }

    // MARK: - Parts

    private static let racers = 8

    /// Several swaps from one version at once: an app that reads and then writes lets two of them pass.
    private func race() -> Line {
        for round in 0..<4 {
            guard let version = try? store.read(key, with: client)?.version else {
                return bad("it could not be read again")
            }
            let wins = Mutex(0)
            let threads = (0..<Self.racers).compactMap { racer in
                try? SystemThread.start { [store, key] in
                    let bytes = Array("{\"probe\":\"race \(round) \(racer)\"}".utf8)
                    let swap = try? store.swap(key, from: version, to: bytes, with: Client())
                    if case .won? = swap { wins.withLock { $0 += 1 } }
                }.get()
            }
            for thread in threads { pthread_join(thread, nil) }
            switch wins.withLock({ $0 }) {
            case 1: continue
            case 0: return bad("of \(Self.racers) swaps at once none is taken")
            case let count:
                return bad("of \(Self.racers) swaps at once \(count) are taken: two replicas would run one slot")
            }
        }
        return good("of \(Self.racers) swaps at once one is taken")
    }

    private func removal(stale: StoreVersion) throws(StoreFailure) -> Line {
        let now = try store.read(key, with: client)
        do throws(StoreFailure) {
            if try store.remove(key, stale, with: client) { return bad("it is removed by a stale version") }
            guard let now, try store.remove(key, now.version, with: client) else { return bad("it cannot be removed") }
        } catch {
            // Nothing else removes a job's record.
            return good("it cannot be removed and stays (\(Escaping.quotable(error.why)))")
        }
        guard try store.read(key, with: client) == nil else { return bad("it is there after it was removed") }
        return good("it is removed")
    }

    private func clean(_ key: String) throws(StoreFailure) {
        if let record = try store.read(key, with: client) { _ = try store.remove(key, record.version, with: client) }
    }

    /// More than this, and a replica claims nothing.
    private static let farthest = 5

    private func tellClock(_ tell: (Line) -> Void) {
        guard let seconds = store.clockOffset?.components.seconds else {
            return tell(good("its answers have no Date, so that clocks cannot be compared"))
        }
        let words = seconds == 0 ? "shows the same second" : "is \(abs(seconds))s \(seconds > 0 ? "ahead" : "behind")"
        if abs(seconds) > Self.farthest {
            tell(bad("its clock \(words); over \(Self.farthest)s nothing is claimed"))
        } else {
            tell(good("its clock \(words)" + (abs(seconds) > 2 ? "; over 2s is warned of" : "")))
        }
    }

    /// etcd's own, where none is set.
    private static let standardQuota = 2 * 1024 * 1024 * 1024

    private func size(of etcd: EtcdStore) -> Line {
        let database: (size: Int, quota: Int?)
        do throws(StoreFailure) {
            database = try etcd.quota(with: client)
        } catch {
            // A user may swap and yet not ask for that.
            return good("the size of its database is not known (\(Escaping.quotable(error.why)))")
        }
        let quota = database.quota ?? Self.standardQuota
        let mib = { (bytes: Int) in "\(bytes / 1024 / 1024) MiB" }
        let words = "its database has \(mib(database.size)) of \(mib(quota))"
        let advice = database.size > quota / 2 ? "; set --auto-compaction-retention, and defragment it" : ""
        return good(words + (database.quota == nil ? ", etcd's default" : "") + advice)
    }
}
