import FoundationEssentials
import HTTPServer
import Testing

@testable import target_app

@Suite("Records of sidecars")
struct StateStoreTests {
    private let open = Authorization(token: "", letsAllIn: true)

    private func ask(
        _ store: StateStore,
        _ method: String,
        _ name: String = "nightly",
        _ headers: [Header] = [],
        _ body: String = ""
    ) -> Response {
        let target = "\(StateStore.prefix)/\(name)"
        return store.answer(Request(method: method, target: target, headers: headers, body: Array(body.utf8)), by: open)
    }

    private func tag(_ response: Response) throws -> String {
        try #require(response.headers.first { $0.name == "ETag" }?.value)
    }

    private let making = [Header("If-None-Match", "*")]

    @Test("made once, swapped by its tag alone, removed by it")
    func contract() throws {
        let store = try #require(StateStore(file: nil))
        #expect(ask(store, "GET").status == 404)
        let made = ask(store, "PUT", "nightly", making, "one")
        #expect(made.status == 201)
        #expect(ask(store, "PUT", "nightly", making, "two").status == 412)
        let read = ask(store, "GET")
        #expect(read.status == 200 && read.body == Array("one".utf8))
        #expect(try tag(read) == tag(made))
        let match = [Header("If-Match", try tag(made))]
        let swapped = ask(store, "PUT", "nightly", match, "two")
        #expect(swapped.status == 204)
        #expect(try tag(swapped) != tag(made))
        #expect(ask(store, "PUT", "nightly", match, "three").status == 412)
        #expect(ask(store, "PUT", "other", match, "three").status == 412)
        #expect(ask(store, "DELETE", "nightly", match).status == 412)
        #expect(ask(store, "GET").body == Array("two".utf8))
        #expect(ask(store, "DELETE", "nightly", [Header("If-Match", "\"x\", \(try tag(swapped))")]).status == 204)
        #expect(ask(store, "GET").status == 404)
    }

    @Test("no condition, both, another one; no name; a method that there is not; bytes that are no text")
    func refusals() throws {
        let store = try #require(StateStore(file: nil))
        #expect(ask(store, "PUT").status == 428)
        #expect(ask(store, "DELETE").status == 428)
        #expect(ask(store, "PUT", "a", making + [Header("If-Match", "*")]).status == 400)
        #expect(ask(store, "PUT", "a", [Header("If-None-Match", "\"1\"")]).status == 400)
        #expect(ask(store, "DELETE", "a", making).status == 400)
        #expect(ask(store, "GET", "").status == 404)
        #expect(ask(store, "POST").status == 405)
        let bytes = Request(method: "PUT", target: "\(StateStore.prefix)/a", headers: making, body: [0xFF])
        #expect(store.answer(bytes, by: open).status == 415)
        let closed = Authorization(token: token, letsAllIn: false)
        let request = Request(method: "GET", target: "\(StateStore.prefix)/a")
        #expect(store.answer(request, by: closed).status == 401)
    }

    @Test("with the fault it takes a stale tag, and makes what is there")
    func stale() throws {
        let store = try #require(StateStore(file: nil))
        _ = ask(store, "PUT", "nightly", making, "one")
        let target = "\(StateStore.prefix)/nightly"
        for headers in [making, [Header("If-Match", "\"old\"")]] {
            let request = Request(method: "PUT", target: target, headers: headers, body: Array("two".utf8))
            #expect(store.answer(request, by: open, takesStale: true).status == 204)
        }
    }

    @Test("a file keeps records over a restart, in which no old tag matches")
    func file() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "state-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "records").path
        let old = try tag(ask(try #require(StateStore(file: path)), "PUT", "a:b", making, "{\"é\":1}"))
        let store = try #require(StateStore(file: path))
        #expect(ask(store, "GET", "a:b").body == Array("{\"é\":1}".utf8))
        #expect(ask(store, "PUT", "a:b", [Header("If-Match", old)]).status == 412)
        try Data("not ours".utf8).write(to: folder.appending(path: "records"))
        #expect(StateStore(file: path) == nil)
        let nowhere = try #require(StateStore(file: folder.appending(path: "no/records").path))
        #expect(ask(nowhere, "PUT", "a", making).status == 500)
        #expect(ask(nowhere, "GET", "a").status == 404)
    }
}
