import Foundation
import HTTPClient
import HTTPServer
import Schedule
import TestSupport
import Testing

@testable import Ledger

@Suite("etcd: endpoints, users, members that die")
struct EtcdStoreTests {
    @Test("an endpoint that is dead costs one refusal; the one that answered is remembered")
    func nextEndpoint() async throws {
        let etcd = try await Etcd()
        let dead = "http://127.0.0.1:\(try ListeningSocket.quietPort())"
        let relay = try FaultyRelay(to: etcd.ports[0])
        let store = try EtcdStore([dead, relay.url])
        let client = Client()
        _ = try store.swap("jobs/a", from: nil, to: "a".bytes, with: client)
        #expect(try store.read("jobs/a", with: client)?.bytes == "a".bytes)
        #expect(relay.connections == 1)
        relay.set(.refuse)
        let failure = #expect(throws: StoreFailure.self) { try store.read("jobs/a", with: Client()) }
        // The remembered one first, the dead one last: its words are the failure's.
        #expect(failure?.why.hasPrefix("\(dead): ") == true, "\(String(describing: failure))")
    }

    @Test("three members, one killed, one stopped: it goes on with a majority, and says so without one")
    func members() async throws {
        let etcd = try await Etcd(members: 3)
        let store = try EtcdStore(etcd.endpoints)
        let version = try #require(try store.swap("jobs/a", from: nil, to: "1".bytes, with: Client()).version)
        etcd.kill(0)
        let next = await inThread { Self.swapped(store, version, "2") }
        #expect(next != nil)
        etcd.signal(SIGSTOP, to: 1)
        let failure = await inThread {
            #expect(throws: StoreFailure.self) { try store.swap("jobs/a", from: next, to: "3".bytes, with: Client()) }
        }
        #expect(failure?.mayHaveHappened == true)
        etcd.signal(SIGCONT, to: 1)
        // The write that nobody answered may have landed since: the same swap again wins either way.
        let last = await inThread { Self.swapped(store, next, "3") }
        #expect(try store.read("jobs/a", with: Client()) == last.map { StoredRecord(version: $0, bytes: "3".bytes) })
    }

    @Test("users: logged in by itself, and again when the token has ended or its member was restarted")
    func login() async throws {
        let etcd = try await Etcd(members: 1, ["--auth-token-ttl", "1"])
        etcd.enableAuthentication(password: "se cret\"é")
        let folder = try TemporaryFolder()
        let file = PasswordFile(try folder.write("password", "se cret\"é\n"))
        let store = try EtcdStore(etcd.endpoints, login: EtcdLogin(user: "root", file: file))
        let client = Client()
        let version = try #require(try store.swap("jobs/a", from: nil, to: "1".bytes, with: client).version)
        try await Task.sleep(for: .seconds(3))
        let next = try #require(try store.swap("jobs/a", from: version, to: "2".bytes, with: client).version)
        try await etcd.restart(0)
        #expect(try store.swap("jobs/a", from: next, to: "3".bytes, with: client).version != nil)
        // Without a user, and with a wrong password.
        let nobody = #expect(throws: StoreFailure.self) {
            try EtcdStore(etcd.endpoints).read("jobs/a", with: Client())
        }
        #expect(
            nobody?.why
                == "\(etcd.endpoints[0]): it wants a user: set SCHEDULER_STORE_USER and SCHEDULER_STORE_PASSWORD_FILE"
        )
        try folder.write("password", "wrong")
        let other = try EtcdStore(etcd.endpoints, login: EtcdLogin(user: "root", file: file))
        let wrong = #expect(throws: StoreFailure.self) { try other.read("jobs/a", with: Client()) }
        #expect(
            wrong?.why == "\(etcd.endpoints[0]): login: etcdserver: authentication failed, invalid user ID or password"
        )
        try FileManager.default.removeItem(atPath: file.path)
        let missing = #expect(throws: StoreFailure.self) {
            try EtcdStore(etcd.endpoints, login: EtcdLogin(user: "root", file: file)).read("a", with: Client())
        }
        #expect(
            missing?.why
                == "\(etcd.endpoints[0]): SCHEDULER_STORE_PASSWORD_FILE \(file.path) does not exist"
        )
    }

    @Test("a user where etcd has none is told")
    func noAuthentication() async throws {
        let etcd = try await Etcd()
        let folder = try TemporaryFolder()
        let login = EtcdLogin(user: "root", file: PasswordFile(try folder.write("password", "secret")))
        let failure = #expect(throws: StoreFailure.self) {
            try EtcdStore(etcd.endpoints, login: login).read("a", with: Client())
        }
        #expect(
            failure?.why
                == "\(etcd.endpoints[0]): login: its authentication is not enabled: take SCHEDULER_STORE_USER out"
        )
    }

    @Test("TLS of its own: an authority, and a client certificate")
    func tls() async throws {
        let authority = try CertificateAuthority()
        let (server, own) = (try authority.issue(), try authority.issue())
        let etcd = try await Etcd(
            scheme: "https",
            [
                "--cert-file", server.certificateFile, "--key-file", server.keyFile, "--client-cert-auth",
                "--trusted-ca-file", authority.file,
            ]
        )
        func store(_ tls: TLSOptions) throws -> EtcdStore {
            EtcdStore([try BaseURL(parsing: etcd.endpoints[0])], prefix: "/test", tls: tls, now: { .systemNow })
        }
        let good = TLSOptions(caFile: authority.file, certificateFile: own.certificateFile, keyFile: own.keyFile)
        #expect(try store(good).swap("jobs/a", from: nil, to: [], with: Client()).version != nil)
        for tls in [TLSOptions(caFile: authority.file), TLSOptions()] {
            let failure = #expect(throws: StoreFailure.self) {
                try store(tls).swap("jobs/b", from: nil, to: [], with: Client())
            }
            #expect(failure?.why.hasPrefix("\(etcd.endpoints[0]): ") == true)
        }
        #expect(try store(good).read("jobs/b", with: Client()) == nil)
        withExtendedLifetime((server, own)) {}
    }

    @Test("compaction takes nothing that a swap needs; a wiped disk takes the records")
    func compactedAndWiped() async throws {
        let etcd = try await Etcd()
        let (store, client) = (try EtcdStore(etcd.endpoints), Client())
        var version = try #require(try store.swap("jobs/a", from: nil, to: "0".bytes, with: client).version)
        for round in 1...5 {
            version = try #require(try store.swap("jobs/a", from: version, to: "\(round)".bytes, with: client).version)
        }
        #expect(etcd.post("kv/compaction", #"{"revision":"\#(version.text)","physical":true}"#).0 == 200)
        version = try #require(try store.swap("jobs/a", from: version, to: "6".bytes, with: client).version)
        let (size, quota) = try store.quota(with: client)
        #expect(size > 0 && quota == nil)
        try await etcd.restart(0)
        #expect(try store.read("jobs/a", with: client) == StoredRecord(version: version, bytes: "6".bytes))
        try await etcd.restart(0, wiped: true)
        #expect(try store.read("jobs/a", with: client) == nil)
        #expect(try store.swap("jobs/a", from: version, to: "7".bytes, with: client) == .lost(nil))
    }

    @Test("a full database is told as such")
    func noSpace() async throws {
        let etcd = try await Etcd(members: 1, ["--quota-backend-bytes", "65536"])
        let (store, client) = (try EtcdStore(etcd.endpoints), Client())
        let large = [UInt8](repeating: 0x41, count: 30_000)
        var failure: StoreFailure?
        for round in 0..<200 where failure == nil {
            do throws(StoreFailure) {
                _ = try store.swap("jobs/\(round)", from: nil, to: large, with: client)
            } catch {
                failure = error
            }
        }
        let why =
            "its database is full (NOSPACE): compact and defragment it, then disarm the alarm; set --auto-compaction-retention"
        #expect(failure == StoreFailure("\(etcd.endpoints[0]): \(why)"))
    }

    @Test("the clock: whole seconds, from the middle of the request")
    func clock() {
        // 06 Nov 1994 08:49:37
        let date = "Sun, 06 Nov 1994 08:49:37 GMT"
        let base = Moment(seconds: 784_111_777)
        for (ours, round, offset) in [
            (0, 0, 0), (999, 0, 0), (500, 0, 0), (-900, 0, 1), (3_000, 0, -2), (3_900, 0, -3), (-5_001, 0, 6),
            (0, 900, 1),
        ] {
            let received = base + .milliseconds(ours)
            let clock = StoreClock { received }
            #expect(clock.offset == nil)
            clock.note(nil, sent: received)
            clock.note("today", sent: received)
            #expect(clock.offset == nil)
            clock.note(date, sent: received - .milliseconds(round))
            #expect(clock.offset == .seconds(offset), "\(ours) \(round)")
        }
    }

    // MARK: - Parts

    /// As a caller does it: the same again, while it is not known.
    private static func swapped(_ store: EtcdStore, _ version: StoreVersion?, _ text: String) -> StoreVersion? {
        for _ in 0..<20 {
            if let swap = try? store.swap("jobs/a", from: version, to: text.bytes, with: Client()) {
                return swap.version
            }
            Thread.sleep(forTimeInterval: 0.2)
        }
        return nil
    }
}

@Suite("etcd: what its answers mean")
struct EtcdFaultTests {
    @Test(
        "by the code of gRPC, in the bodies of both generations",
        arguments: [
            (
                503, #"{"error":"etcdserver: no leader","message":"etcdserver: no leader","code":14}"#, .otherEndpoint,
                true
            ),
            (503, #"{"code":14, "message":"etcdserver: leader changed", "details":[]}"#, .otherEndpoint, true),
            (504, #"{"code":4,"message":"context deadline exceeded"}"#, .otherEndpoint, true),
            (500, "", .otherEndpoint, true),
            (401, #"{"error":"etcdserver: invalid auth token","code":16}"#, .login, false),
            (400, #"{"code":3,"message":"etcdserver: revision of auth store is old"}"#, .login, false),
            (400, #"{"code":3,"message":"etcdserver: user name is empty"}"#, .nothing, false),
            (403, #"{"code":7,"message":"etcdserver: permission denied"}"#, .nothing, false),
            (429, #"{"code":8,"message":"etcdserver: mvcc: database space exceeded"}"#, .nothing, false),
            (429, #"{"code":8,"message":"etcdserver: too many requests"}"#, .otherEndpoint, false),
            (400, #"{"code":9,"message":"etcdserver: rpc not supported for learner"}"#, .otherEndpoint, false),
            (412, #"{"code":9,"message":"etcdserver: authentication is not enabled"}"#, .nothing, false),
            (404, "404 page not found", .otherEndpoint, false), (421, "", .otherEndpoint, false),
            (400, "bad request", .otherEndpoint, false), (302, "", .otherEndpoint, true),
        ] as [(Int, String, EtcdFault.Next, Bool)]
    )
    func faults(_ status: Int, _ body: String, next: EtcdFault.Next, mayHaveHappened: Bool) throws {
        let bytes = Array(body.utf8)
        let response = HTTPClient.Response(status: status, body: bytes, bodyLength: bytes.count, location: nil)
        let fault = try #require(EtcdFault(response))
        #expect(fault.next == next && fault.mayHaveHappened == mayHaveHappened, "\(fault)")
        #expect(!fault.why.isEmpty)
    }

    @Test(
        "what is no etcd is told",
        arguments: [
            ("<html>hello</html>", "its answer is not etcd's (HTTP 200: <html>hello</html>)"),
            ("{}", "its answer is not etcd's (HTTP 200: {})"), ("", "its answer is not etcd's (HTTP 200)"),
        ]
    )
    func noEtcd(_ body: String, why: String) throws {
        let server = try TestServer { _, reply in reply.send(HTTPServer.Response(status: 200, body: Array(body.utf8))) }
        let failure = #expect(throws: StoreFailure.self) { try EtcdStore([server.url]).read("a", with: Client()) }
        #expect(failure == StoreFailure("\(server.url): \(why)", mayHaveHappened: true))
    }

    @Test("after a login an empty answer, or a token that is unknown, has it log in again, once")
    func loginOnce() throws {
        let folder = try TemporaryFolder()
        let login = EtcdLogin(user: "u", file: PasswordFile(try folder.write("password", "p")))
        let server = try TestServer { request, reply in
            if request.path == "/v3/auth/authenticate" {
                reply.send(HTTPServer.Response(status: 200, body: Array(#"{"header":{},"token":"abc"}"#.utf8)))
            } else {
                reply.end()
            }
        }
        let store = try EtcdStore([server.url], login: login)
        #expect(throws: StoreFailure.self) { try store.read("a", with: Client()) }
        let paths = server.seen.map(\.path).filter { $0 == "/v3/auth/authenticate" }
        #expect(paths.count == 2)
        #expect(server.seen.last?.header("Authorization") == "abc")
    }
}
