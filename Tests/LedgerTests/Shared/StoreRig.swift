import Foundation
import HTTPClient
import HTTPServer
import Locking
import Schedule
import TestSupport

@testable import Ledger

/// An app that keeps records by the rules of RFC 9110 §13, with what it does wrong.
final class RecordingApp: Sendable {
    struct Wrong: OptionSet {
        let rawValue: Int
        static let noTag = Wrong(rawValue: 1)
        static let weakTag = Wrong(rawValue: 2)
        static let conflictOnMaking = Wrong(rawValue: 4)
    }

    let server: TestServer

    init(_ wrong: Wrong = []) throws {
        let records = Mutex<[String: (tag: Int, body: [UInt8])]>([:])
        let counter = Mutex(0)
        server = try TestServer { request, reply in
            let response = records.withLock { records -> HTTPServer.Response in
                let old = records[request.path]
                func answer(_ status: Int, _ tag: Int? = nil, _ body: [UInt8] = []) -> HTTPServer.Response {
                    let text = tag.map { wrong.contains(.weakTag) ? "W/\"\($0)\"" : "\"\($0)\"" }
                    let headers = wrong.contains(.noTag) ? [] : text.map { [Header("ETag", $0)] } ?? []
                    return HTTPServer.Response(status: status, headers: headers, body: body)
                }
                switch request.method {
                case "GET": return old.map { answer(200, $0.tag, $0.body) } ?? answer(404)
                case "PUT", "DELETE":
                    if request.header("If-None-Match") == "*", old != nil {
                        return answer(wrong.contains(.conflictOnMaking) ? 409 : 412)
                    }
                    if let tag = request.header("If-Match"), old.map({ "\"\($0.tag)\"" }) != tag { return answer(412) }
                    guard request.method == "PUT" else {
                        records[request.path] = nil
                        return answer(204)
                    }
                    let tag = counter.withLock { number -> Int in
                        number += 1
                        return number
                    }
                    records[request.path] = (tag, request.body)
                    return answer(old == nil ? 201 : 204, tag)
                default: return answer(405)
                }
            }
            reply.send(response)
        }
    }

    func store(_ url: String? = nil, token: String = "t") throws -> AppStore {
        AppStore(
            try BaseURL(parsing: url ?? server.url),
            path: "/state",
            authorized: { send throws(StoreFailure) in try send(["Authorization": "Bearer \(token)"]) },
            now: { .systemNow }
        )
    }
}

extension Moment {
    static var systemNow: Moment {
        let time = Date().timeIntervalSince1970
        return Moment(seconds: Int64(time), nanoseconds: Int32(time.truncatingRemainder(dividingBy: 1) * 1e9))
    }
}

extension EtcdStore {
    convenience init(_ endpoints: [String], login: EtcdLogin? = nil) throws {
        self.init(
            try endpoints.map { try BaseURL(parsing: $0) },
            prefix: "/test",
            login: login,
            now: { .systemNow }
        )
    }
}

/// What is the same in both engines.
struct StoreCase: Sendable {
    let store: any SharedStore
    /// Held, since it ends with its owner.
    let owner: any Sendable

    static func make(_ name: String) async throws -> StoreCase {
        if name == "etcd" {
            let etcd = try await Etcd()
            return StoreCase(store: try EtcdStore(etcd.endpoints), owner: etcd)
        }
        let app = try RecordingApp()
        return StoreCase(store: try app.store(), owner: app)
    }
}

extension String {
    var bytes: [UInt8] { Array(utf8) }
}

extension Swap {
    var version: StoreVersion? {
        guard case .won(let version) = self else { return nil }
        return version
    }
}
