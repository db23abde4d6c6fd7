import HTTPClient
import HTTPServer
import TestSupport
import Testing

@testable import Ledger

@Suite("The app as a store")
struct AppStoreTests {
    @Test("what goes over the wire: a job's record by its name, the rest behind an underscore, with the app's token")
    func wire() throws {
        let app = try RecordingApp()
        let (store, client) = (try app.store(), Client())
        let version = try #require(try store.swap("jobs/nightly", from: nil, to: "{}".bytes, with: client).version)
        _ = try store.swap("jobs/nightly", from: version, to: "[]".bytes, with: client)
        _ = try store.swap("fleet", from: nil, to: "{}".bytes, with: client)
        _ = try store.swap("replicas/web 1#a", from: nil, to: "{}".bytes, with: client)
        let seen = app.server.seen.map {
            "\($0.method) \($0.path) \($0.header("If-Match") ?? $0.header("If-None-Match") ?? "-")"
        }
        #expect(
            seen == [
                "PUT /state/nightly *", "PUT /state/nightly \(version.text)", "PUT /state/_fleet *",
                "GET /state/_replicas -", "PUT /state/_replicas *",
            ]
        )
        #expect(app.server.seen.allSatisfy { $0.header("Authorization") == "Bearer t" })
    }

    @Test("a server without strong tags is no store, and that is said")
    func tags() throws {
        for (wrong, why) in [
            (RecordingApp.Wrong.noTag, "has no ETag"),
            (.weakTag, "has a weak ETag, which never matches; a proxy that compresses answers makes it so"),
        ] {
            let app = try RecordingApp(wrong)
            let store = try app.store()
            let put = #expect(throws: StoreFailure.self) { try store.swap("jobs/a", from: nil, to: [], with: Client()) }
            #expect(put == StoreFailure("its answer to PUT a \(why)", mayHaveHappened: true))
            let get = #expect(throws: StoreFailure.self) { try store.read("jobs/a", with: Client()) }
            #expect(get == StoreFailure("its answer to GET a \(why)"))
        }
    }

    @Test("409 for a record that is there, as Azure's Blob service says it, has lost")
    func conflict() throws {
        let app = try RecordingApp(.conflictOnMaking)
        let store = try app.store()
        let version = try #require(try store.swap("jobs/a", from: nil, to: "1".bytes, with: Client()).version)
        let swap = try store.swap("jobs/a", from: nil, to: "2".bytes, with: Client())
        #expect(swap == .lost(StoredRecord(version: version, bytes: "1".bytes)))
        withExtendedLifetime(app) {}
    }

    @Test(
        "other answers are failures; of 5xx nobody knows",
        arguments: [(401, false), (403, false), (405, false), (413, false), (302, true), (500, true), (503, true)]
    )
    func refusals(_ status: Int, mayHaveHappened: Bool) throws {
        let server = try TestServer { _, reply in
            reply.send(HTTPServer.Response(status: status, body: Array("no\n way".utf8)))
        }
        let store = AppStore(
            try BaseURL(parsing: server.url),
            path: "/state",
            authorized: { send throws(StoreFailure) in try send([:]) },
            now: { .systemNow }
        )
        let failure = #expect(throws: StoreFailure.self) { try store.swap("jobs/a", from: nil, to: [], with: Client()) }
        #expect(failure == StoreFailure("PUT a: HTTP \(status): no way", mayHaveHappened: mayHaveHappened))
    }

    @Test(
        "where a key is kept",
        arguments: [
            ("jobs/nightly", .record("nightly")), ("fleet", .record("_fleet")),
            ("replicas/web-2#5c1e", .entry("web-2#5c1e", folder: "_replicas")),
            ("replicas/a/b", .entry("a/b", folder: "_replicas")), ("jobs/a b/é", .record("a%20b%2F%C3%A9")),
        ] as [(String, Place)]
    )
    func places(_ key: String, place: Place) { #expect(Place(key) == place) }
}
