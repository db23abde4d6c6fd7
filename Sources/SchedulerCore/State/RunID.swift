/// What tells runs apart, here and in the app: 128 random bits, written as 32 lower-case hex digits.
///
/// Two numbers rather than text: the last runs of every job are kept.
package struct RunID: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    package init(_ high: UInt64, _ low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Nil unless it is 32 lower-case hex digits.
    package init?(_ text: String) {
        let digits = text.utf8
        guard digits.count == 32, digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }),
            let high = UInt64(text.prefix(16), radix: 16), let low = UInt64(text.suffix(16), radix: 16)
        else { return nil }
        self.init(high, low)
    }
}

extension RunID: CustomStringConvertible {
    package var description: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `description`, put behind what is there.
    func append(to bytes: inout [UInt8]) {
        Self.append(high, to: &bytes)
        Self.append(low, to: &bytes)
    }

    /// 16 hex digits.
    static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        for place in 0..<16 {
            let digit = UInt8(truncatingIfNeeded: value >> (60 - 4 * UInt64(place)) & 15)
            bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
    }
}
