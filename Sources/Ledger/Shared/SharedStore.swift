package import HTTPClient

/// Which state of a record is meant: etcd's `mod_revision`, or an `ETag`.
package struct StoreVersion: Sendable, Hashable {
    package let text: String

    package init(_ text: String) { self.text = text }
}

/// A record as it was read.
package struct StoredRecord: Sendable, Equatable {
    package var version: StoreVersion
    package var bytes: [UInt8]

    package init(version: StoreVersion, bytes: [UInt8]) { (self.version, self.bytes) = (version, bytes) }
}

/// What became of a compare-and-swap.
package enum Swap: Sendable, Equatable {
    /// The record is ours, in this version; also if it was an earlier try of the same swap that the store took.
    case won(StoreVersion)
    /// The record as it is now; nil: it is not there.
    case lost(StoredRecord?)
}

/// Why a store gave no answer that counts.
package struct StoreFailure: Error, Equatable {
    /// For a log line; it may quote what the store said, so this is text from outside.
    package var why: String
    /// Whether a write may have reached the store, or may reach it yet: the same swap again tells.
    package var mayHaveHappened: Bool

    package init(_ why: String, mayHaveHappened: Bool = false) {
        (self.why, self.mayHaveHappened) = (why, mayHaveHappened)
    }
}

/// Records that several sidecars reach, each changed by compare-and-swap alone.
///
/// Keys are `jobs/<folded name>`, `fleet` and `replicas/<replica>`. Each call blocks, for two seconds per endpoint.
package protocol SharedStore: Sendable {
    /// `etcd` or `app`, for log lines.
    var name: String { get }
    func read(_ key: String, with client: Client) throws(StoreFailure) -> StoredRecord?
    /// From nil: makes the record.
    ///
    /// After a failure that may have happened the caller repeats it unchanged, and never decides by a read.
    func swap(
        _ key: String,
        from version: StoreVersion?,
        to bytes: [UInt8],
        with client: Client
    ) throws(StoreFailure) -> Swap
    /// Whether the record is gone; false if it is there in another version.
    func remove(_ key: String, _ version: StoreVersion, with client: Client) throws(StoreFailure) -> Bool
    /// The records of a folder, which ends with a slash, by the rest of their keys; not for `jobs/`, which the app cannot
    /// list.
    func list(_ folder: String, with client: Client) throws(StoreFailure) -> [String: StoredRecord]
    /// The store's clock minus ours, in whole seconds, from its last `Date` header; nil: not known.
    var clockOffset: Duration? { get }
}

/// How long one request to a store may take.
let storeTimeout = Duration.seconds(2)
/// More than a record can be: etcd takes 1.5 MiB, and one answer may hold many.
let longestStoreAnswer = 8 * 1024 * 1024

extension Swap {
    /// A swap that lost to our own bytes has won: libcurl or the caller sent it twice, and the first one's answer was
    /// lost.
    static func lost(to record: StoredRecord?, with bytes: [UInt8]) -> Swap {
        guard let record, record.bytes == bytes else { return .lost(record) }
        return .won(record.version)
    }
}
