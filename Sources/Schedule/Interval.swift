/// A span of whole seconds that remembers how it was written: `90s`, `15m`, `1h30m`.
///
/// Two intervals are equal if they print alike; `120m` and `2h` are as long but not equal.
package struct Interval: Hashable, Sendable {
    package struct Part: Hashable, Sendable {
        let count: Int64
        let unit: Unit
    }

    package enum Unit: String, CaseIterable, Sendable {
        case days = "d", hours = "h", minutes = "m", seconds = "s"

        var seconds: Int64 {
            switch self {
            case .days: 86_400
            case .hours: 3_600
            case .minutes: 60
            case .seconds: 1
            }
        }
    }

    /// Ten years of 365 days: what is longer is taken for a slip of the keyboard.
    package static let limit: Int64 = 10 * 365 * 86_400

    package let seconds: Int64
    let parts: [Part]

    /// Reads `90`, `90s`, `15m`, `1h30m`; units from long to short, each once.
    ///
    /// A bare number counts seconds. Zero is allowed here; where it is not, the caller says so.
    package init(parsing text: String) throws(ScheduleError) {
        var parts: [Part] = []
        var total: Int64 = 0
        var rest = text.utf8[...]
        while !rest.isEmpty {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard let count = wholeNumber(Substring(digits)) else { throw .malformedInterval(text: text) }
            rest = rest.dropFirst(digits.count)
            let unit: Unit
            if rest.isEmpty, parts.isEmpty {
                unit = .seconds
            } else if let letter = rest.popFirst(),
                let known = Unit(rawValue: String(Unicode.Scalar(letter))),
                parts.last.map({ $0.unit.seconds > known.seconds }) ?? true
            {
                unit = known
            } else {
                throw .malformedInterval(text: text)
            }
            let (span, overflow) = Int64(count).multipliedReportingOverflow(by: unit.seconds)
            guard !overflow, span <= Self.limit, total + span <= Self.limit else {
                throw .intervalTooLong(text: text)
            }
            total += span
            parts.append(Part(count: Int64(count), unit: unit))
        }
        guard let last = parts.last else { throw .malformedInterval(text: text) }
        let nonzero = parts.filter { $0.count != 0 }
        self.parts = nonzero.isEmpty ? [last] : nonzero
        seconds = total
    }
}

extension Interval: CustomStringConvertible {
    package var description: String { parts.map { "\($0.count)\($0.unit.rawValue)" }.joined() }
}
