/// What tells runs apart, here and in the app: 128 random bits, written as 32 lower-case hex digits.
///
/// Two numbers rather than text: the last runs of every job are kept.
package struct RunID: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

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
        unsafe String(unsafeUninitializedCapacity: 32) { digits in
            unsafe Self.write(high, to: digits, at: 0)
            unsafe Self.write(low, to: digits, at: 16)
            return 32
        }
    }

    /// 16 hex digits.
    package static func hex(_ value: UInt64) -> String {
        unsafe String(unsafeUninitializedCapacity: 16) { digits in
            unsafe write(value, to: digits, at: 0)
            return 16
        }
    }

    private static func write(_ value: UInt64, to digits: UnsafeMutableBufferPointer<UInt8>, at start: Int) {
        var rest = value
        for place in 1...16 {
            let digit = UInt8(truncatingIfNeeded: rest & 15)
            unsafe digits[start + 16 - place] = digit < 10 ? 0x30 + digit : 0x57 + digit
            rest >>= 4
        }
    }
}
