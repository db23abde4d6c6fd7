/// Decimal digits with leading zeros.
func padded(_ value: Int, to width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

/// The value of a text of ASCII digits, or nil if it holds anything else; what is too large becomes `Int.max`.
///
/// Unlike `Int(_:)` it takes no sign, so `-1` and `+1` are refused wherever a grammar says "number".
func wholeNumber(_ text: some StringProtocol) -> Int? {
    guard !text.isEmpty else { return nil }
    var total = 0
    for byte in text.utf8 {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        let (tens, overflow) = total.multipliedReportingOverflow(by: 10)
        let (sum, carry) = tens.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
        total = overflow || carry ? .max : sum
    }
    return total
}
