internal import JSON

/// Where the app keeps a key.
enum Place: Equatable {
    /// In a record of its own, of this name.
    case record(String)
    /// In the record of its folder.
    case entry(String, folder: String)

    init(_ key: String) {
        let parts = key.split(separator: "/", maxSplits: 1)
        switch (parts.first, parts.dropFirst().first) {
        case ("jobs"?, let job?): self = .record(Self.escaped(job))
        case (let folder?, let entry?): self = .entry(String(entry), folder: Self.name(ofFolder: folder))
        default: self = .record(Self.name(ofFolder: Substring(key)))
        }
    }

    static func name(ofFolder folder: Substring) -> String { "_\(escaped(folder))" }

    /// RFC 3986 §2.3: what may stand in a path as it is.
    private static func escaped(_ name: Substring) -> String {
        var text = ""
        for byte in name.utf8 {
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) || "-._~".utf8.contains(byte)
            if isPlain {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }
}

/// A folder's records in one: an object of their texts by name.
///
/// An entry is its own version: that it has not changed is all that a swap asks.
struct StoredFolder {
    private var texts: [(String, JSONValue)]

    init(_ record: StoredRecord?) throws(StoreFailure) {
        guard let record else {
            texts = []
            return
        }
        guard case .object(let members)? = try? JSONValue(parsing: record.bytes) else {
            throw StoreFailure("the record of all replicas is no JSON object")
        }
        texts = members
    }

    var bytes: [UInt8] { Array(JSONValue.object(texts).description.utf8) }

    subscript(_ name: String) -> StoredRecord? {
        guard let text = texts.first(where: { $0.0 == name })?.1.text else { return nil }
        return StoredRecord(version: StoreVersion(text), bytes: Array(text.utf8))
    }

    var records: [String: StoredRecord] { texts.reduce(into: [:]) { $0[$1.0] = self[$1.0] } }

    /// Nil: takes it out.
    mutating func set(_ name: String, _ bytes: [UInt8]?) {
        let place = texts.firstIndex { $0.0 == name }
        let text = bytes.map { JSONValue.string(String(decoding: $0, as: UTF8.self)) }
        switch (place, text) {
        case (let place?, let text?): texts[place].1 = text
        case (let place?, nil): texts.remove(at: place)
        case (nil, let text?): texts.append((name, text))
        case (nil, nil): break
        }
    }

    static func version(of bytes: [UInt8]) -> StoreVersion { StoreVersion(String(decoding: bytes, as: UTF8.self)) }
}
