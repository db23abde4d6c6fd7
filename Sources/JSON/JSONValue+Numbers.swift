extension JSONValue {
    /// A whole number that is not negative and that every reader keeps exactly, so below 2^53 (RFC 8259 §6): 2.0 is one.
    package var count: Int? { decimal?.count }

    /// Whether both say the same: numbers are compared by their value, and members come in any order.
    package func means(_ other: JSONValue) -> Bool {
        switch (self, other) {
        case (.integer, .integer), (.integer, .number), (.number, .integer), (.number, .number):
            decimal.map { $0 == other.decimal } ?? (self == other)
        case (.array(let values), .array(let others)):
            values.count == others.count && zip(values, others).allSatisfy { $0.means($1) }
        case (.object(let members), .object(let others)):
            // No name is there twice.
            members.count == others.count
                && members.allSatisfy { name, value in other[name].map(value.means) ?? false }
        default: self == other
        }
    }

    /// What the names lead to, from one object into the next.
    package func member(at names: [String]) -> JSONValue? {
        names.reduce(.some(self)) { $0?[$1] }
    }

    private var decimal: Decimal? {
        switch self {
        case .integer(let number): Decimal(String(number))
        case .number(let text): Decimal(text)
        default: nil
        }
    }
}

/// A number exactly as it was written, ±digits × 10^exponent: without zeros at either end, so that equal ones look alike.
private struct Decimal: Equatable {
    private var isNegative: Bool
    private var digits: Substring
    private var exponent: Int

    /// Nil for an exponent that is no number of ours.
    init?(_ text: String) {
        let parts = text.split(maxSplits: 1) { $0 == "e" || $0 == "E" }
        guard let first = parts.first, let power = parts.count == 1 ? 0 : Int(parts[1]), power.magnitude < 1 << 60
        else { return nil }
        isNegative = first.hasPrefix("-")
        let mantissa = first.drop { $0 == "-" }
        let fraction = mantissa.drop { $0 != "." }.dropFirst()
        var digits = Substring(mantissa.prefix { $0 != "." } + fraction).drop { $0 == "0" }
        var exponent = power - fraction.count
        while digits.last == "0" {
            digits.removeLast()
            exponent += 1
        }
        if digits.isEmpty { (isNegative, exponent) = (false, 0) }
        (self.digits, self.exponent) = (digits, exponent)
    }

    var count: Int? {
        if digits.isEmpty { return 0 }
        guard !isNegative, exponent >= 0, digits.count + exponent <= 16,
            let count = Int(digits + String(repeating: "0", count: exponent)), count < 1 << 53
        else { return nil }
        return count
    }
}
