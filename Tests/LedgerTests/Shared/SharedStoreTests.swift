import Foundation
import HTTPClient
import Locking
import Schedule
import TestSupport
import Testing

@testable import Ledger

@Suite("Shared stores: what etcd and the app have in common")
struct SharedStoreTests {
    static let engines = ["etcd", "app"]

    @Test("make, make twice, swap, swap with a stale version, read, list, remove", arguments: engines)
    func contract(_ engine: String) async throws {
        let rig = try await StoreCase.make(engine)
        let (store, client) = (rig.store, Client())
        for key in ["jobs/nightly", "fleet", "replicas/web-1#5c1e"] {
            #expect(try store.read(key, with: client) == nil, "\(key)")
            let first = try #require(try store.swap(key, from: nil, to: "one é \0".bytes, with: client).version)
            let made = StoredRecord(version: first, bytes: "one é \0".bytes)
            #expect(try store.read(key, with: client) == made)
            #expect(try store.swap(key, from: nil, to: "two".bytes, with: client) == .lost(made))
            let second = try #require(try store.swap(key, from: first, to: "two".bytes, with: client).version)
            #expect(second != first)
            let now = StoredRecord(version: second, bytes: "two".bytes)
            #expect(try store.swap(key, from: first, to: "three".bytes, with: client) == .lost(now))
            // Sent twice: the first one's answer was lost.
            #expect(try store.swap(key, from: first, to: "two".bytes, with: client) == .won(second))
            #expect(try store.remove(key, first, with: client) == false)
            #expect(try store.read(key, with: client) == now)
            #expect(try store.remove(key, second, with: client))
            #expect(try store.remove(key, second, with: client))
            #expect(try store.read(key, with: client) == nil)
            #expect(try store.swap(key, from: second, to: "four".bytes, with: client) == .lost(nil))
        }
        #expect(try store.list("replicas/", with: client).isEmpty)
        for name in ["a", "b/c", "ü"] {
            _ = try store.swap("replicas/\(name)", from: nil, to: "of \(name)".bytes, with: client)
        }
        _ = try store.swap("replicas0", from: nil, to: "no replica's".bytes, with: client)
        let all = try store.list("replicas/", with: client)
        #expect(
            all.mapValues { String(decoding: $0.bytes, as: UTF8.self) } == ["a": "of a", "b/c": "of b/c", "ü": "of ü"]
        )
        #expect(try store.read("replicas/a", with: client) == all["a"])
        #expect(store.clockOffset == .zero)
    }

    @Test("an empty record is a record", arguments: engines)
    func empty(_ engine: String) async throws {
        let rig = try await StoreCase.make(engine)
        let version = try #require(try rig.store.swap("jobs/a", from: nil, to: [], with: Client()).version)
        #expect(try rig.store.read("jobs/a", with: Client()) == StoredRecord(version: version, bytes: []))
    }

    @Test("of swaps from one version exactly one wins, also if eight threads try", arguments: engines)
    func race(_ engine: String) async throws {
        let rig = try await StoreCase.make(engine)
        let wins = Mutex<[StoreVersion?: Int]>([:])
        let store = rig.store
        await inThreads(8) { thread in
            let client = Client()
            var version: StoreVersion?
            for round in 0..<25 {
                switch try? store.swap("jobs/race", from: version, to: "\(thread)/\(round)".bytes, with: client) {
                case .won(let next)?:
                    wins.withLock { $0[version, default: 0] += 1 }
                    version = next
                case .lost(let now)?: version = now?.version
                case nil: Issue.record("a swap without an answer")
                }
            }
        }
        let counts = wins.withLock { $0 }
        #expect(counts.count >= 25 && counts.values.allSatisfy { $0 == 1 }, "\(counts)")
    }

    @Test(
        "an answer that is lost after the swap: libcurl or the caller sends it again, and it is won",
        arguments: engines
    )
    func lostAnswer(_ engine: String) async throws {
        let (owner, relay, store) = try await relayed(engine)
        let client = Client()
        var version: StoreVersion?
        for round in 0..<6 {
            if round > 1 { relay.set(.loseAnswers(1)) }
            version = try repeated(store, "jobs/a", version, "round \(round)", client)
        }
        #expect(
            try store.read("jobs/a", with: client) == version.map { StoredRecord(version: $0, bytes: "round 5".bytes) }
        )
        withExtendedLifetime(owner) {}
    }

    @Test("a store that says nothing is a failure after two seconds, and may have done it", arguments: engines)
    func silence(_ engine: String) async throws {
        let (owner, relay, store) = try await relayed(engine)
        relay.set(.silence)
        let failure = await inThread {
            let begin = ContinuousClock.now
            let failure = #expect(throws: StoreFailure.self) {
                try store.swap("jobs/a", from: nil, to: [], with: Client())
            }
            #expect(ContinuousClock.now - begin > .milliseconds(1_900))
            return failure
        }
        #expect(failure?.mayHaveHappened == true)
        #expect(failure?.why.contains("timed out after 2000 milliseconds") == true, "\(String(describing: failure))")
        withExtendedLifetime(owner) {}
    }

    @Test("a store that is not there has done nothing", arguments: engines)
    func refused(_ engine: String) throws {
        let url = "http://127.0.0.1:\(try ListeningSocket.quietPort())"
        let store: any SharedStore = engine == "etcd" ? try EtcdStore([url]) : try RecordingApp().store(url)
        let failure = #expect(throws: StoreFailure.self) {
            try store.swap("jobs/a", from: nil, to: [], with: Client())
        }
        #expect(failure?.mayHaveHappened == false)
        #expect(store.clockOffset == nil)
    }

    // MARK: - Parts

    private func relayed(_ engine: String) async throws -> (any Sendable, FaultyRelay, any SharedStore) {
        if engine == "etcd" {
            let etcd = try await Etcd()
            let relay = try FaultyRelay(to: etcd.ports[0])
            return (etcd, relay, try EtcdStore([relay.url]))
        }
        let app = try RecordingApp()
        let port = try #require(app.server.url.split(separator: ":").last.flatMap { UInt16($0) })
        let relay = try FaultyRelay(to: port)
        return (app, relay, try app.store(relay.url))
    }

    /// As a caller does it: unchanged, as long as it may have happened.
    private func repeated(
        _ store: any SharedStore,
        _ key: String,
        _ version: StoreVersion?,
        _ text: String,
        _ client: Client
    ) throws -> StoreVersion {
        for _ in 0..<3 {
            do throws(StoreFailure) {
                let swap = try store.swap(key, from: version, to: text.bytes, with: client)
                if let version = swap.version { return version }
                break
            } catch {
                #expect(error.mayHaveHappened)
            }
        }
        return try #require(nil, "a swap has lost, or three answers were")
    }
}

/// Has several threads do it, and waits for them.
func inThreads(_ count: Int, _ work: @escaping @Sendable (Int) -> Void) async {
    await withTaskGroup(of: Void.self) { group in
        for index in 0..<count { group.addTask { await inThread { work(index) } } }
    }
}

/// What blocks for long has a thread of its own: all tests share two.
func inThread<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in Thread { continuation.resume(returning: work()) }.start() }
}
