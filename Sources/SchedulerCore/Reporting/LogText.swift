/// A log message that knows which of its parts came from outside.
///
/// An interpolated `String` counts as outside unless it is labelled `own:`, so that forgetting is safe.
package struct LogText: ExpressibleByStringInterpolation, Sendable {
    enum Part: Sendable {
        case own(String)
        case outside(String)
    }

    let parts: [Part]

    package init(stringLiteral value: String) { parts = [.own(value)] }

    package init(stringInterpolation: Interpolation) { parts = stringInterpolation.parts }

    package struct Interpolation: StringInterpolationProtocol {
        var parts: [Part] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            parts.reserveCapacity(2 * interpolationCount + 1)
        }

        package mutating func appendLiteral(_ literal: String) { parts.append(.own(literal)) }
        package mutating func appendInterpolation(_ outside: String) { parts.append(.outside(outside)) }
        package mutating func appendInterpolation(_ number: some BinaryInteger) { parts.append(.own("\(number)")) }
        /// A text that was checked at its door: a job's name or path, a schedule in canonical form.
        package mutating func appendInterpolation(own text: String) { parts.append(.own(text)) }
    }
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
