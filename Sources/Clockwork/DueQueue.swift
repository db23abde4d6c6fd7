/// Which job is due next, on whatever clock: a binary heap that knows where each job stands, so that a due time can be moved.
package struct DueQueue<Time: Comparable & Sendable>: Sendable {
    private struct Node {
        var due: Time
        var job: Int
    }

    private var heap: [Node] = []
    /// Where each job stands in `heap`, -1 if it does not.
    private var positions: [Int]
    /// Breaks ties: of jobs that are due at the same moment the one with the lower rank comes first.
    private let ranks: [Int]

    /// The places of names in their order, by which jobs are ranked.
    package static func ranks(of names: [String]) -> [Int] {
        var ranks = Array(repeating: 0, count: names.count)
        for (rank, job) in names.indices.sorted(by: { names[$0] < names[$1] }).enumerated() { ranks[job] = rank }
        return ranks
    }

    package init(ranks: [Int]) {
        self.ranks = ranks
        positions = Array(repeating: -1, count: ranks.count)
    }

    package var first: (due: Time, job: Int)? { heap.first.map { ($0.due, $0.job) } }

    package var count: Int { heap.count }

    /// When the job is due; nil if it is not entered.
    package func due(of job: Int) -> Time? { positions[job] < 0 ? nil : heap[positions[job]].due }

    /// Enters the job, moves it, or with nil takes it out.
    package mutating func set(_ job: Int, due: Time?) {
        let position = positions[job]
        guard let due else {
            if position >= 0 { remove(at: position) }
            return
        }
        if position >= 0 {
            heap[position].due = due
            settle(position)
        } else {
            heap.append(Node(due: due, job: job))
            positions[job] = heap.count - 1
            settle(heap.count - 1)
        }
    }

    private mutating func remove(at position: Int) {
        let last = heap.count - 1
        positions[heap[position].job] = -1
        if position != last {
            heap[position] = heap[last]
            positions[heap[position].job] = position
        }
        heap.removeLast()
        if position < heap.count { settle(position) }
    }

    private func comesFirst(_ left: Int, _ right: Int) -> Bool {
        let (a, b) = (heap[left], heap[right])
        return a.due == b.due ? ranks[a.job] < ranks[b.job] : a.due < b.due
    }

    private mutating func settle(_ start: Int) {
        var position = start
        while position > 0, comesFirst(position, (position - 1) / 2) {
            swap(position, (position - 1) / 2)
            position = (position - 1) / 2
        }
        while true {
            var child = 2 * position + 1
            guard child < heap.count else { return }
            if child + 1 < heap.count, comesFirst(child + 1, child) { child += 1 }
            guard comesFirst(child, position) else { return }
            swap(position, child)
            position = child
        }
    }

    private mutating func swap(_ left: Int, _ right: Int) {
        heap.swapAt(left, right)
        positions[heap[left].job] = left
        positions[heap[right].job] = right
    }
}
