internal import Clockwork
internal import Schedule

/// How many runs start in each minute of a day, and of which jobs.
struct Pressure {
    /// As the clock shows them.
    let hours: [Range<Moment>]
    let zone: Zone
    /// Runs that start, by minute of the day.
    private(set) var runs: [Int]
    /// Jobs of which at least one run starts.
    private(set) var jobs: [Int]
    /// Those that were left out, since the work has a limit.
    private(set) var uncounted: [String] = []
    /// Whether slots were counted from the start of the day, which the schedule does not know.
    let hasElapsedTime: Bool

    /// Of all jobs, in their order.
    private let allNames: [String]
    private var groups: [Group] = []
    private let day: Range<Moment>

    /// Jobs whose runs start together.
    private struct Group {
        /// Their places among all jobs.
        let members: [Int]
        /// A bit for each minute in which one starts.
        var minutes: [UInt64]
    }

    private struct Key: Hashable {
        let timetable: Timetable
        let isFreezeExempt: Bool
        /// Of a job whose jitter is its own.
        let name: String?
    }

    /// `limit` is how many slots are looked at one by one.
    init(
        _ jobs: [Job],
        on date: CalendarDay,
        in zone: Zone,
        freezes: FreezeCalendar,
        seed: String,
        limit: Int = 6_000_000
    ) {
        hours = zone.hours(of: date)
        self.zone = zone
        day = (hours.first?.lowerBound ?? .epoch)..<(hours.last?.upperBound ?? .epoch)
        let minutes = Int((day.upperBound - day.lowerBound).components.seconds + 59) / 60
        (runs, self.jobs) = (Array(repeating: 0, count: minutes), Array(repeating: 0, count: minutes))
        allNames = jobs.map(\.name)
        hasElapsedTime = jobs.contains { $0.timetable.schedule.isElapsedTime }
        var (left, freezes) = (limit, freezes)
        for members in Self.grouped(jobs) {
            guard left > 0 else {
                uncounted += members.map { allNames[$0] }
                continue
            }
            let counts = counts(jobs[members[0]], minutes, seed, &freezes, &left)
            add(members, counts)
        }
    }

    private static func grouped(_ jobs: [Job]) -> [[Int]] {
        var places: [Key: Int] = [:]
        var groups: [[Int]] = []
        for (index, job) in jobs.enumerated() {
            let name = job.isMovedByJitter ? job.name : nil
            let key = Key(timetable: job.timetable, isFreezeExempt: job.isFreezeExempt, name: name)
            if let place = places[key] {
                groups[place].append(index)
            } else {
                places[key] = groups.count
                groups.append([index])
            }
        }
        return groups
    }

    private mutating func add(_ members: [Int], _ counts: [Int]) {
        var group = Group(members: members, minutes: Array(repeating: 0, count: counts.count / 64 + 1))
        for (minute, count) in counts.enumerated() where count > 0 {
            runs[minute] += count * members.count
            jobs[minute] += members.count
            group.minutes[minute / 64] |= 1 << UInt64(minute % 64)
        }
        groups.append(group)
    }

    /// The names of the jobs that start in a minute of the day.
    func names(_ minute: Int) -> [String] {
        groups.filter { $0.minutes[minute / 64] >> UInt64(minute % 64) & 1 == 1 }.flatMap(\.members).sorted()
            .map { allNames[$0] }
    }

    /// The minutes of one of the hours.
    func minutes(of hour: Range<Moment>) -> Range<Int> { minute(hour.lowerBound)..<minute(hour.upperBound) }

    func moment(_ minute: Int) -> Moment { day.lowerBound + .seconds(minute * 60) }

    private func minute(_ moment: Moment) -> Int { Int((moment - day.lowerBound).components.seconds / 60) }

    // MARK: - Counting

    private func counts(
        _ job: Job,
        _ minutes: Int,
        _ seed: String,
        _ freezes: inout FreezeCalendar,
        _ left: inout Int
    ) -> [Int] {
        var counts = [Int](repeating: 0, count: minutes)
        var next = firstSlot(job)
        while let slot = next, slot < day.upperBound, left > 0 {
            left -= 1
            if !job.isFreezeExempt, let freeze = freezes.span(containing: slot) {
                next = freeze.end.flatMap { end in
                    job.timetable.next(after: job.timetable.latest(after: slot, through: end - .nanoseconds(1)) ?? slot)
                }
                continue
            }
            if job.isMovedByJitter {
                let start = slot + job.jitter(of: slot, seed: seed)
                // In a freeze nothing starts that was delayed into it either.
                let isFrozen = !job.isFreezeExempt && freezes.span(containing: start) != nil
                if day.contains(start), !isFrozen { counts[minute(start)] += 1 }
                next = job.timetable.next(after: slot)
                continue
            }
            let (last, count) = slots(job, from: slot, &freezes)
            counts[minute(slot)] += count
            next = job.timetable.next(after: last)
        }
        return counts
    }

    /// The last slot of the minute and how many there are; of a schedule with other distances than one this one alone.
    private func slots(_ job: Job, from slot: Moment, _ freezes: inout FreezeCalendar) -> (last: Moment, count: Int) {
        guard case .every(let interval) = job.timetable.schedule else { return (slot, 1) }
        var end = min(moment(minute(slot) + 1), day.upperBound)
        if !job.isFreezeExempt, let freeze = freezes.next(after: slot) { end = min(end, freeze.start) }
        let last = job.timetable.latest(after: slot, through: end - .nanoseconds(1)) ?? slot
        return (last, Int((last - slot).components.seconds / interval.seconds) + 1)
    }

    /// The first slot whose run may start on this day; those of `every` count from its start.
    private func firstSlot(_ job: Job) -> Moment? {
        if job.timetable.schedule.isElapsedTime { return day.lowerBound }
        let earliest = job.isMovedByJitter ? day.lowerBound - .seconds(job.jitterSeconds) : day.lowerBound
        return job.timetable.next(after: earliest - .nanoseconds(1))
    }
}

extension Job {
    /// Whether jitter moves it out of its minute: it stays below the gap to the next slot.
    fileprivate var isMovedByJitter: Bool {
        guard jitterSeconds > 0 else { return false }
        guard case .every(let interval) = timetable.schedule else { return true }
        return interval.seconds >= 60
    }
}
