/// Some HTTP statuses, as ranges in the order given.
package struct Statuses: Sendable, Equatable, CustomStringConvertible {
    package let ranges: [ClosedRange<Int>]

    package init(_ ranges: [ClosedRange<Int>] = []) { self.ranges = ranges }

    package var isEmpty: Bool { ranges.isEmpty }

    package func contains(_ status: Int) -> Bool { ranges.contains { $0.contains(status) } }

    /// As a job line has them: `404,500-503`.
    package var description: String {
        ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
    }
}
