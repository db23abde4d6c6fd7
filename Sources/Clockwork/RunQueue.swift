internal import Schedule

/// The runs that wait for a thread, or for a place in all of their groups.
///
/// There is a lane for each set of groups that jobs have: what starts next is the first of the lanes that are open, so
/// that a full group holds up nobody else.
struct RunQueue: Sendable {
    /// Whose turn it is: by class, then by slot, then by name.
    struct Turn: Comparable, Sendable {
        let priority: Int
        let slot: Moment

        static func < (left: Turn, right: Turn) -> Bool {
            left.priority == right.priority ? left.slot < right.slot : left.priority < right.priority
        }
    }

    private struct Lane {
        let groups: [Int]
        let jobs: [Int]
        var queue: DueQueue<Turn>
    }

    let limits: [Int]
    /// The jobs that have a place in each group.
    private(set) var holders: [[Int]]
    /// The first is for those that need no place, or have it; all jobs may stand in that.
    private var lanes: [Lane]
    /// Of each job that is in a group its other lane, and its seat there.
    private var seats: [(lane: Int, seat: Int)]
    private let ranks: [Int]

    /// `groups` are those of each job, as places in `limits`; `ranks` the places of the jobs' names in their order.
    init(limits: [Int], groups: [[Int]], ranks: [Int]) {
        (self.limits, self.ranks) = (limits, ranks)
        holders = Array(repeating: [], count: limits.count)
        lanes = [Lane(groups: [], jobs: Array(groups.indices), queue: DueQueue(ranks: ranks))]
        seats = Array(repeating: (0, 0), count: groups.count)
        let members = Dictionary(grouping: groups.indices.filter { !groups[$0].isEmpty }) { groups[$0] }
        for (groups, jobs) in members.sorted(by: { $0.value[0] < $1.value[0] }) {
            for (seat, job) in jobs.enumerated() { seats[job] = (lanes.count, seat) }
            lanes.append(Lane(groups: groups, jobs: jobs, queue: DueQueue(ranks: jobs.map { ranks[$0] })))
        }
    }

    /// Enters the run of a job, moves it, or with nil takes it out.
    mutating func set(_ job: Int, _ turn: Turn?, hasPlace: Bool) {
        let (lane, seat) = seats[job]
        lanes[0].queue.set(job, due: lane == 0 || hasPlace ? turn : nil)
        if lane > 0 { lanes[lane].queue.set(seat, due: hasPlace ? nil : turn) }
    }

    /// The run whose turn it is, of those that a thread is all they need for.
    var first: Int? {
        var best: (turn: Turn, job: Int)?
        for lane in lanes.indices where areOpen(lanes[lane].groups) {
            guard let (turn, seat) = lanes[lane].queue.first else { continue }
            let job = lanes[lane].jobs[seat]
            if let best, (best.turn, ranks[best.job]) < (turn, ranks[job]) { continue }
            best = (turn, job)
        }
        return best?.job
    }

    /// How many runs wait that need a place in this group.
    func waiting(for group: Int) -> Int {
        lanes.reduce(0) { $0 + ($1.groups.contains(group) ? $1.queue.count : 0) }
    }

    // MARK: - Places

    func areOpen(_ groups: [Int]) -> Bool { groups.allSatisfy { holders[$0].count < limits[$0] } }

    mutating func take(_ groups: [Int], for job: Int) { for group in groups { holders[group].append(job) } }

    mutating func leave(_ groups: [Int], _ job: Int) {
        for group in groups { holders[group].removeAll { $0 == job } }
    }
}
