/// A log message that knows which of its parts came from outside.
///
/// An interpolated `String` counts as outside unless it is labelled `own:`, so that forgetting is safe.
package struct LogText: ExpressibleByStringInterpolation, Sendable {
    /// The whole message: one piece of memory, whatever it was put together from.
    let bytes: [UInt8]
    /// Where in it that stands which came from outside, in order.
    let outside: [Range<Int>]

    package init(stringLiteral value: String) { (bytes, outside) = (Array(value.utf8), []) }

    package init(stringInterpolation: Interpolation) {
        (bytes, outside) = (stringInterpolation.bytes, stringInterpolation.outside)
    }

    /// The parts in their order: what is between those from outside is our own.
    func forEachPart(_ body: (ArraySlice<UInt8>, _ isOutside: Bool) -> Void) {
        var end = 0
        for range in outside {
            if range.lowerBound > end { body(bytes[end..<range.lowerBound], false) }
            body(bytes[range], true)
            end = range.upperBound
        }
        if end < bytes.count { body(bytes[end...], false) }
    }

    package struct Interpolation: StringInterpolationProtocol {
        fileprivate var bytes: [UInt8] = []
        fileprivate var outside: [Range<Int>] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            bytes.reserveCapacity(literalCapacity + 32 * interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) { bytes.append(utf8Of: literal) }
        package mutating func appendInterpolation(_ text: String) {
            let start = bytes.count
            bytes.append(utf8Of: text)
            outside.append(start..<bytes.count)
        }
        package mutating func appendInterpolation(_ number: some BinaryInteger) { bytes.append(utf8Of: "\(number)") }
        /// A text that was checked at its door: a job's name or path, a schedule in canonical form.
        package mutating func appendInterpolation(own text: String) { bytes.append(utf8Of: text) }
    }
}

/// One `name=value` of a line.
///
/// Not a tuple: to end an array of those, the runtime looks up each of their parts.
package struct LogField: Sendable {
    package let name: StaticString
    package let value: LogValue

    package init(_ name: StaticString, _ value: LogValue) { (self.name, self.value) = (name, value) }
}

/// The value of a log field.
package enum LogValue: Sendable {
    case own(String)
    case outside(String)
    case integer(Int)
}

extension LogValue: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int) { self = .integer(value) }
}

extension [UInt8] {
    /// In one piece; over the general way through a collection it takes a third of the time.
    package mutating func append(utf8Of text: String) {
        var text = text
        text.withUTF8 { unsafe append(contentsOf: $0) }
    }

    mutating func append(utf8Of text: StaticString) { text.withUTF8Buffer { unsafe append(contentsOf: $0) } }

    /// In decimal; over a `String` it takes five times as long.
    mutating func append(decimal number: Int) {
        if number < 0 { append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var start = 20
            repeat {
                start -= 1
                unsafe digits[start] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            unsafe append(contentsOf: digits[start...])
        }
    }
}
