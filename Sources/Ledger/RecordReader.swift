internal import Glibc

/// Cuts a file into records, and finds its way back after damage: one bad byte costs one record.
///
/// It needs no more memory than a few of the longest records, however large the file.
struct RecordReader {
    /// What was found.
    struct Tally: Equatable, Sendable {
        /// Records that were whole and made sense.
        var good = 0
        /// Stretches of bytes that did not.
        var damaged = 0
        var damagedBytes = 0
        /// All that was read.
        var bytes = 0
    }

    private enum Step {
        case record(Range<Int>)
        /// Nothing that can be read up to here.
        case damage(Int)
        case more
    }

    private(set) var tally = Tally()
    private var buffer: [UInt8]
    /// What is not worked off yet, as indices of the buffer.
    private var rest = 0..<0
    private var isAtEnd = false
    /// After damage, until the line ends.
    private var isSkipping = false
    /// Where the last damage ended, counted in the file.
    private var lastDamage = -1

    private static let head = RecordWriter.headLength
    /// Records are mostly shorter; only such a one is looked for where its line does not end with it.
    private static let likely = 1_024

    init() {
        buffer = [UInt8](repeating: 0, count: 65_536)
    }

    /// Reads all there is.
    ///
    /// `fill` puts bytes into the buffer from the index on and says how many, 0 at the end; `take` is given a record's
    /// payload and says whether it made sense.
    mutating func read<Failure: Error>(
        fill: (inout [UInt8], Int) throws(Failure) -> Int,
        take: (Span<UInt8>, Range<Int>) -> Bool
    ) throws(Failure) {
        while true {
            switch step() {
            case .record(let payload): end(payload, makesSense: take(buffer.span, payload))
            case .damage(let index): damage(through: index)
            case .more:
                if isAtEnd { return }
                if rest.lowerBound > 0 {
                    buffer.replaceSubrange(0..<rest.count, with: buffer[rest])
                    rest = 0..<rest.count
                }
                // A record that is longer than all before it.
                if rest.count == buffer.count { buffer += [UInt8](repeating: 0, count: buffer.count) }
                let count = try fill(&buffer, rest.upperBound)
                isAtEnd = count == 0
                tally.bytes += count
                rest = rest.lowerBound..<rest.upperBound + count
            }
        }
    }

    private func step() -> Step {
        guard !rest.isEmpty else { return .more }
        if isSkipping { return .damage(lineEnd ?? rest.upperBound) }
        guard rest.count > Self.head || isAtEnd else { return .more }
        let bytes = buffer.span
        let start = rest.lowerBound
        guard rest.count > Self.head, let (sum, length) = Self.readHead(bytes, start), length <= RecordWriter.longest
        else { return .damage(lineEnd ?? rest.upperBound) }
        let end = start + Self.head + length
        guard end < rest.upperBound || isAtEnd else { return .more }
        // A sum over much that is no record would take its time for each line of a file made for that.
        let endsLine = end == rest.upperBound || end < rest.upperBound && bytes[end] == UInt8(ascii: "\n")
        guard endsLine || length <= Self.likely else { return .damage(lineEnd ?? rest.upperBound) }
        guard end <= rest.upperBound, CRC32.sum(bytes, start + 9..<end) == sum else {
            return .damage(lineEnd ?? rest.upperBound)
        }
        return .record(start + Self.head..<end)
    }

    private mutating func end(_ payload: Range<Int>, makesSense: Bool) {
        if makesSense {
            tally.good += 1
            rest = payload.upperBound..<rest.upperBound
        } else {
            damage(through: payload.upperBound)
        }
        isSkipping = false
        // The line's end is no part of what the sum covers: without it the record is whole, the file is not.
        let hasLineEnd = !rest.isEmpty && buffer[rest.lowerBound] == UInt8(ascii: "\n")
        if hasLineEnd {
            rest = rest.lowerBound + 1..<rest.upperBound
        } else {
            damage(through: min(rest.lowerBound + 1, rest.upperBound))
            isSkipping = false
        }
    }

    private mutating func damage(through index: Int) {
        let start = tally.bytes - rest.count
        if start != lastDamage { tally.damaged += 1 }
        tally.damagedBytes += index - rest.lowerBound
        isSkipping = index == rest.lowerBound || buffer[index - 1] != UInt8(ascii: "\n")
        rest = index..<rest.upperBound
        lastDamage = tally.bytes - rest.count
    }

    /// The index after the next line's end, and after empty lines that follow.
    private var lineEnd: Int? {
        let rest = rest
        return unsafe buffer.withUnsafeBytes { bytes -> Int? in
            guard let base = bytes.baseAddress, let found = unsafe memchr(base + rest.lowerBound, 10, rest.count) else {
                return nil
            }
            var index = unsafe base.distance(to: UnsafeRawPointer(found)) + 1
            while index < rest.upperBound, unsafe bytes[index] == 10 { index += 1 }
            return index
        }
    }

    /// Expects the bytes of a head.
    private static func readHead(_ bytes: Span<UInt8>, _ start: Int) -> (sum: UInt32, length: Int)? {
        guard bytes[start + 8] == UInt8(ascii: " "), bytes[start + 15] == UInt8(ascii: " "),
            let length = RecordFields.number(bytes, start + 9..<start + 15)
        else { return nil }
        var sum: UInt32 = 0
        for index in start..<start + 8 {
            guard let digit = RecordFields.hexDigit(bytes[index]) else { return nil }
            sum = sum << 4 | UInt32(digit)
        }
        return (sum, length)
    }
}
