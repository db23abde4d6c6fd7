package import HTTPClient
internal import JSON
package import Schedule

/// Records that the app itself keeps, by GET and PUT with ETags (RFC 9110 §13).
///
/// A job's record is `<path>/<job>`. What is no job's stands behind an underscore, which no job's name begins with:
/// `_fleet`, and `_replicas`, one record for the whole folder, since HTTP has no listing.
package final class AppStore: SharedStore {
    /// Sends with the header lines that it is given, once or, where the app denied them, once more.
    package typealias Sender = (HeaderLines) throws(StoreFailure) -> Response

    private let base: String
    private let authorized: @Sendable (Sender) throws(StoreFailure) -> Response
    private let tls: TLSOptions
    private let proxy: ProxyURL?
    private let socket: String?
    private let cancellation: Cancellation
    private let clock: StoreClock

    /// `path` begins with a slash and ends without one; `authorized` has a request sent with the header lines that let it
    /// in, as they are at that moment.
    package init(
        _ app: BaseURL,
        path: String,
        authorized: @escaping @Sendable (Sender) throws(StoreFailure) -> Response,
        tls: TLSOptions = TLSOptions(),
        proxy: ProxyURL? = nil,
        socket: String? = nil,
        now: @escaping @Sendable () -> Moment,
        cancellation: Cancellation = Cancellation()
    ) {
        base = app.text + path
        (self.authorized, self.tls, self.proxy, self.socket) = (authorized, tls, proxy, socket)
        (self.cancellation, clock) = (cancellation, StoreClock(now))
    }

    package var name: String { "app" }
    package var clockOffset: Duration? { clock.offset }

    package func read(_ key: String, with client: Client) throws(StoreFailure) -> StoredRecord? {
        switch Place(key) {
        case .record(let name): try get(name, with: client)
        case .entry(let entry, let folder): try StoredFolder(try get(folder, with: client))[entry]
        }
    }

    package func swap(
        _ key: String,
        from version: StoreVersion?,
        to bytes: [UInt8],
        with client: Client
    ) throws(StoreFailure) -> Swap {
        switch Place(key) {
        case .record(let name): return try put(name, from: version, to: bytes, with: client)
        case .entry(let entry, let folder):
            return try change(folder, with: client) { all in
                guard all[entry]?.version == version else { return .lost(to: all[entry], with: bytes) }
                all.set(entry, bytes)
                return nil
            } ?? .won(StoredFolder.version(of: bytes))
        }
    }

    package func remove(_ key: String, _ version: StoreVersion, with client: Client) throws(StoreFailure) -> Bool {
        switch Place(key) {
        case .record(let name): return try delete(name, version, with: client)
        case .entry(let entry, let folder):
            let refusal = try change(folder, with: client) { all in
                guard all[entry]?.version == version else { return .lost(all[entry]) }
                all.set(entry, nil)
                return nil
            }
            return refusal == nil || refusal == .lost(nil)
        }
    }

    package func list(_ folder: String, with client: Client) throws(StoreFailure) -> [String: StoredRecord] {
        try StoredFolder(try get(Place.name(ofFolder: folder.dropLast()), with: client)).records
    }

    // MARK: - Folders

    /// Changes a folder's record until nobody else does so at the same time; what `decide` gives ends it.
    private func change(
        _ folder: String,
        with client: Client,
        _ decide: (inout StoredFolder) -> Swap?
    ) throws(StoreFailure) -> Swap? {
        var current = try get(folder, with: client)
        for _ in 0..<8 {
            var all = try StoredFolder(current)
            if let answer = decide(&all) { return answer }
            switch try put(folder, from: current?.version, to: all.bytes, with: client) {
            case .won: return nil
            case .lost(let other): current = other
            }
        }
        throw StoreFailure("\(folder) was changed by others eight times in a row")
    }

    // MARK: - Requests

    private func get(_ name: String, with client: Client) throws(StoreFailure) -> StoredRecord? {
        let response = try send("GET", name, with: client)
        switch response.status {
        case 200:
            guard response.bodyLength == response.body.count else {
                throw StoreFailure("GET \(name): its answer is over \(longestStoreAnswer) bytes long")
            }
            return StoredRecord(version: try tag(response, "GET", name), bytes: response.body)
        case 404: return nil
        default: throw refusal(response, "GET", name)
        }
    }

    private func put(
        _ name: String,
        from version: StoreVersion?,
        to bytes: [UInt8],
        with client: Client
    ) throws(StoreFailure) -> Swap {
        let condition = version.map { ("If-Match", $0.text) } ?? ("If-None-Match", "*")
        let response = try send("PUT", name, condition, bytes, with: client)
        switch response.status {
        case 200, 201, 204: return .won(try tag(response, "PUT", name))
        // 409: how Azure says that a record that is to be made is there.
        case 409, 412:
            do throws(StoreFailure) {
                return .lost(to: try get(name, with: client), with: bytes)
            } catch {
                // Whose bytes are there is not known.
                throw StoreFailure(error.why, mayHaveHappened: true)
            }
        case 404 where version != nil: return .lost(nil)
        default: throw refusal(response, "PUT", name)
        }
    }

    private func delete(_ name: String, _ version: StoreVersion, with client: Client) throws(StoreFailure) -> Bool {
        let response = try send("DELETE", name, ("If-Match", version.text), with: client)
        switch response.status {
        case 200, 202, 204, 404, 410: return true
        case 412: return try get(name, with: client) == nil
        default: throw refusal(response, "DELETE", name)
        }
    }

    private func send(
        _ method: String,
        _ name: String,
        _ condition: (String, String)? = nil,
        _ body: [UInt8]? = nil,
        with client: Client
    ) throws(StoreFailure) -> Response {
        try authorized { headers throws(StoreFailure) in
            var headers = headers
            if let (name, value) = condition { headers.add(name, value) }
            if body != nil { headers.add("Content-Type", "application/json") }
            let request = Request(
                method,
                "\(base)/\(name)",
                headers: headers,
                body: body,
                timeout: storeTimeout,
                connection: .kept,
                bodyLimit: longestStoreAnswer,
                wantedHeaders: ["Date", "ETag"],
                tls: tls,
                proxy: proxy,
                socket: socket
            )
            do throws(TransferError) {
                return try client.ask(request, clock, until: cancellation)
            } catch {
                throw StoreFailure(error.detail, mayHaveHappened: error.requestWasSent && method != "GET")
            }
        }
    }

    /// An entity tag that `If-Match` can find again (RFC 9110 §13.1.1).
    private func tag(_ response: Response, _ method: String, _ name: String) throws(StoreFailure) -> StoreVersion {
        let tag = response.headers["ETag"] ?? ""
        guard tag.isEmpty || tag.hasPrefix("W/") else { return StoreVersion(tag) }
        let why =
            tag.isEmpty
            ? "has no ETag" : "has a weak ETag, which never matches; a proxy that compresses answers makes it so"
        throw StoreFailure("its answer to \(method) \(name) \(why)", mayHaveHappened: method != "GET")
    }

    private func refusal(_ response: Response, _ method: String, _ name: String) -> StoreFailure {
        let isUnknown = method != "GET" && !(400..<500).contains(response.status)
        return StoreFailure("\(method) \(name): \(response.excerpt)", mayHaveHappened: isUnknown)
    }
}
