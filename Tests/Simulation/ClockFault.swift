import TestSupport

/// What happens to a wall clock.
enum ClockFault {
    /// Somebody sets it, or, forward only, the machine slept.
    case step(Duration)
    /// A clock without a battery, before the first answer of a time server.
    case backIn1970
    /// That answer.
    case mended

    static func random(isWrong: Bool, _ random: inout SplitMix) -> ClockFault {
        if isWrong { return .mended }
        func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &random) }
        return switch number(0...19) {
        case 0: .backIn1970
        case 1...7: .step(.microseconds(number(-20_000...20_000)))
        case 8...9: .step(.milliseconds(number(-3000...3000)))
        case 10...11: .step(.seconds(number(-60...60)))
        case 12: .step(.seconds(-3600))
        case 13: .step(.seconds(3600))
        case 14...15: .step(.seconds(number(-20_000...20_000)))
        case 16: .step(.seconds(number(-3 * 86_400...0)))
        default: .step(.seconds(number(0...5 * 86_400)))
        }
    }
}
