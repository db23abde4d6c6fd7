/// Reads the bytes of a zone file (RFC 9636): versions 1 to 4, from 2 on the block with 64-bit times.
///
/// Abbreviations and the isdst flag are skipped: a wall clock shows neither.
struct TZif {
    /// Why bytes are not a zone file that can be used.
    enum Fault: Error, Equatable {
        case notTZif
        case truncated
        case leapSeconds
        case badCounts
        case badOffset
        case badType
        case timesNotAscending
        case badRule
    }

    private var rest: ArraySlice<UInt8>

    private init(_ bytes: [UInt8]) { rest = bytes[...] }

    static func read(_ bytes: [UInt8]) throws(Fault) -> ZoneData {
        var reader = TZif(bytes)
        let first = try reader.header()
        guard first.version != 0 else { return try reader.block(first, timeSize: 4, hasRule: false) }
        try reader.skip(first.size(timeSize: 4))
        let second = try reader.header()
        return try reader.block(second, timeSize: 8, hasRule: true)
    }

    /// The counts of section 3.1; each is below 2^32, so that no product with a record's size overflows.
    private struct Header {
        var version: UInt8
        var utIndicators, standardIndicators, leaps, times, types, characters: Int

        /// The bytes of the data block after the header.
        func size(timeSize: Int) -> Int {
            times * (timeSize + 1) + types * 6 + characters + leaps * (timeSize + 4)
                + standardIndicators + utIndicators
        }
    }

    private mutating func header() throws(Fault) -> Header {
        guard rest.starts(with: "TZif".utf8) else { throw .notTZif }
        try skip(4)
        let version = try take(1).first ?? 0
        try skip(15)
        var counts: [Int] = []
        for _ in 0..<6 { counts.append(Int(try integer(4))) }
        return Header(
            version: version,
            utIndicators: counts[0],
            standardIndicators: counts[1],
            leaps: counts[2],
            times: counts[3],
            types: counts[4],
            characters: counts[5]
        )
    }

    private mutating func block(_ header: Header, timeSize: Int, hasRule: Bool) throws(Fault) -> ZoneData {
        guard header.leaps == 0 else { throw .leapSeconds }
        // A type is named by one byte.
        guard (1...256).contains(header.types) else { throw .badCounts }
        guard header.size(timeSize: timeSize) <= rest.count else { throw .truncated }
        var times: [Int64] = []
        for _ in 0..<header.times { times.append(Self.signed(try integer(timeSize), size: timeSize)) }
        guard zip(times, times.dropFirst()).allSatisfy(<) else { throw .timesNotAscending }
        let indices = try take(header.times).map(Int.init)
        var offsets: [Int64] = []
        for _ in 0..<header.types {
            let offset = Self.signed(try integer(4), size: 4)
            guard ZoneData.offsets.contains(offset) else { throw .badOffset }
            offsets.append(offset)
            try skip(2)
        }
        guard indices.allSatisfy(offsets.indices.contains) else { throw .badType }
        try skip(header.characters + header.standardIndicators + header.utIndicators)
        return ZoneData(
            // Section 3.2: type 0 is the one for times before the first change.
            offsetBefore: offsets[0],
            changes: zip(times, indices).map { ($0, offsets[$1]) },
            rule: hasRule ? try rule() : nil
        )
    }

    /// The footer: a TZ string between two line ends; an empty one says that nothing is known.
    private mutating func rule() throws(Fault) -> ZoneRule? {
        guard try take(1).first == UInt8(ascii: "\n") else { throw .badRule }
        let text = rest.prefix { $0 != UInt8(ascii: "\n") }
        guard text.count < rest.count else { throw .truncated }
        if text.isEmpty { return nil }
        guard let rule = ZoneRule(parsing: Array(text)) else { throw .badRule }
        return rule
    }

    private mutating func take(_ count: Int) throws(Fault) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw .truncated }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    private mutating func skip(_ count: Int) throws(Fault) { _ = try take(count) }

    /// Big-endian.
    private mutating func integer(_ size: Int) throws(Fault) -> UInt64 {
        try take(size).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Two's complement; times are kept within ±2^59, the age of the universe, so that adding to them is safe.
    private static func signed(_ value: UInt64, size: Int) -> Int64 {
        let signed = size == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
        return min(max(signed, -1 << 59), 1 << 59)
    }
}
