import Glibc

/// Rows in columns, the first to the left, numbers to the right.
struct Table {
    private let title: String
    private var rows: [[String]]

    init(_ title: String, _ heads: String...) {
        self.title = title
        rows = [heads]
    }

    mutating func add(_ cells: String...) { rows.append(cells) }

    func show() {
        print("\n\(title)")
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = zip(row, widths).enumerated().map { column, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return column == 0 ? cell.0 + space : space + cell.0
            }
            print("  " + cells.joined(separator: "   "))
        }
        // Seen at once, also in a file.
        fflush(nil)
    }
}

/// Times and counts as a table shows them.
enum Figure {
    static func time(_ duration: Duration) -> String {
        let nanoseconds = nanoseconds(duration)
        return switch nanoseconds {
        case ..<10_000: "\(Int(nanoseconds.rounded())) ns"
        case ..<10_000_000: "\(Int((nanoseconds / 1e3).rounded())) us"
        default: "\(Int((nanoseconds / 1e6).rounded())) ms"
        }
    }

    static func ratio(_ duration: Duration, to base: Duration) -> String {
        ratio(nanoseconds(duration), to: nanoseconds(base))
    }

    static func ratio(_ value: Double, to base: Double) -> String {
        guard base > 0 else { return "-" }
        let tenths = Int((value / base * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)x"
    }

    /// With two decimals.
    static func share(_ value: Double, of base: Double) -> String {
        guard base > 0 else { return "-" }
        let hundredths = Int((value / base * 100).rounded())
        let decimals = hundredths % 100
        return "\(hundredths / 100).\(decimals < 10 ? "0" : "")\(decimals)"
    }

    static func count(_ number: Int) -> String {
        var digits = String(number)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return ([digits] + groups).joined(separator: " ")
    }

    static func nanoseconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) * 1e9 + Double(duration.components.attoseconds) / 1e9
    }
}

/// The least of some repetitions, since what disturbs a measurement only adds to it.
func leastTime(of repetitions: Int = 5, rounds: Int, _ call: () -> Void) -> Duration {
    let times = (0..<repetitions).map { _ in
        ContinuousClock().measure { for _ in 0..<rounds { call() } } / rounds
    }
    return times.min() ?? .zero
}
