package import Files
package import HTTPClient
internal import JSON
package import Schedule

/// Records in etcd 3.4 or newer, through its JSON gateway.
package final class EtcdStore: SharedStore {
    private let gateway: EtcdGateway
    private let prefix: String

    /// Keys begin with `prefix`, which begins with a slash and ends without one; `learn` is told of each secret first.
    package init(
        _ endpoints: [BaseURL],
        prefix: String,
        login: EtcdLogin? = nil,
        tls: TLSOptions = TLSOptions(),
        now: @escaping @Sendable () -> Moment,
        cancellation: Cancellation = Cancellation(),
        learn: @escaping @Sendable (Secret) -> Void = { _ in }
    ) {
        self.prefix = prefix
        gateway = EtcdGateway(
            endpoints,
            login: login,
            tls: tls,
            clock: StoreClock(now),
            cancellation: cancellation,
            learn: learn
        )
    }

    package var name: String { "etcd" }
    package var clockOffset: Duration? { gateway.clock.offset }

    package func read(_ key: String, with client: Client) throws(StoreFailure) -> StoredRecord? {
        let answer = try gateway.post("kv/range", .object([("key", encoded(key))]), with: client)
        return try Self.records(in: answer).first?.record
    }

    package func swap(
        _ key: String,
        from version: StoreVersion?,
        to bytes: [UInt8],
        with client: Client
    ) throws(StoreFailure) -> Swap {
        let put = JSONValue.object([("key", encoded(key)), ("value", .string(Base64.encode(bytes)))])
        switch try change(key, version, .object([("request_put", put)]), with: client) {
        case .done(let version): return .won(version)
        case .refused(let record): return .lost(to: record, with: bytes)
        }
    }

    package func remove(_ key: String, _ version: StoreVersion, with client: Client) throws(StoreFailure) -> Bool {
        let delete = JSONValue.object([("key", encoded(key))])
        switch try change(key, version, .object([("request_delete_range", delete)]), with: client) {
        case .done: return true
        case .refused(let record): return record == nil
        }
    }

    package func list(_ folder: String, with client: Client) throws(StoreFailure) -> [String: StoredRecord] {
        let first = "\(prefix)/\(folder)"
        // All that begins so: up to the next byte after the last one, a slash.
        let end = Array(first.utf8.dropLast()) + [UInt8(ascii: "/") + 1]
        let range = JSONValue.object([
            ("key", .string(Base64.encode(first.utf8))), ("range_end", .string(Base64.encode(end))),
        ])
        return try Self.records(in: try gateway.post("kv/range", range, with: client))
            .reduce(into: [:]) { $0[String($1.key.dropFirst(first.count))] = $1.record }
    }

    /// The size of the database of the endpoint that answers, and what it may be, in bytes; nil: it does not say, as
    /// before 3.6.
    package func quota(with client: Client) throws(StoreFailure) -> (size: Int, quota: Int?) {
        let answer = try gateway.post("maintenance/status", .object([]), with: client)
        return (answer["dbSize"]?.number ?? 0, answer["dbSizeQuota"]?.number)
    }

    // MARK: - Parts

    private enum Change {
        case done(StoreVersion)
        case refused(StoredRecord?)
    }

    /// Does it if the record still has that version, and reads the record in the same request if not.
    private func change(
        _ key: String,
        _ version: StoreVersion?,
        _ operation: JSONValue,
        with client: Client
    ) throws(StoreFailure) -> Change {
        let key = encoded(key)
        // A record that is not there has been put 0 times.
        let (target, field, number) = version.map { ("MOD", "mod_revision", $0.text) } ?? ("VERSION", "version", "0")
        let compare = JSONValue.object([
            ("key", key), ("target", .string(target)), ("result", .string("EQUAL")), (field, .string(number)),
        ])
        let answer = try gateway.post(
            "kv/txn",
            .object([
                ("compare", .array([compare])),
                ("success", .array([operation])),
                ("failure", .array([.object([("request_range", .object([("key", key)]))])])),
            ]),
            with: client
        )
        // False is left out.
        guard answer["succeeded"] == .bool(true) else {
            let range = answer["responses"]?.elements.first?["response_range"]
            guard let range else { throw StoreFailure("its answer to a swap makes no sense", mayHaveHappened: true) }
            return .refused(try Self.records(in: range).first?.record)
        }
        guard let revision = answer["header"]?["revision"]?.number else {
            throw StoreFailure("its answer to a swap has no revision", mayHaveHappened: true)
        }
        return .done(StoreVersion(String(revision)))
    }

    private func encoded(_ key: String) -> JSONValue { .string(Base64.encode("\(prefix)/\(key)".utf8)) }

    /// The records of a range; an empty list and an empty value are left out.
    private static func records(
        in range: JSONValue
    ) throws(StoreFailure) -> [(key: String, record: StoredRecord)] {
        var records: [(key: String, record: StoredRecord)] = []
        for item in range["kvs"]?.elements ?? [] {
            guard let key = Base64.decode(item["key"]?.text ?? ""), let revision = item["mod_revision"]?.number,
                let bytes = Base64.decode(item["value"]?.text ?? "")
            else { throw StoreFailure("a record in its answer makes no sense", mayHaveHappened: true) }
            let record = StoredRecord(version: StoreVersion(String(revision)), bytes: bytes)
            records.append((String(decoding: key, as: UTF8.self), record))
        }
        return records
    }
}
