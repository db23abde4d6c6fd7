import Schedule
import SchedulerCore
import TestSupport

/// One process played through: its loop, its runs, and what happens to its machine's clock.
///
/// Two times: `time` goes forward only, as the kernel's monotonic clock; the wall clock shows `time + shift`.
struct Simulation {
    struct Counts {
        var looks = 0
        var starts = 0
        var holds = 0
        var faults = 0
        var skips = 0
        var crashes = 0
        /// Jobs whose last slot was moved because the clock went back.
        var moved = 0

        mutating func add(_ other: Counts) {
            looks += other.looks
            starts += other.starts
            holds += other.holds
            faults += other.faults
            skips += other.skips
            crashes += other.crashes
            moved += other.moved
        }
    }

    private enum Event {
        case began
        case looked([Ticker.Action])
        case ended(Int)
        case fault(ClockFault)
        case crashed(undone: [Int], held: [Int])
    }

    fileprivate struct InFlight {
        var end: Moment
        let run: Run
        let id: RunID
        /// The job's last slot before.
        let previous: Moment?
    }

    private(set) var counts = Counts()
    private let pace: RandomJobs.Pace
    private let tick: Duration
    private let buildDate: Moment
    private let end: Moment
    private var random: SplitMix
    private var ticker: Ticker
    private var oracle: Oracle
    private var time: Moment
    private var shift = Duration.zero
    /// The shift to go back to, while the clock stands at 1970.
    private var shiftBefore: Duration?
    /// What the loop sleeps until by the wall clock, and when it looks by `time`.
    private var armed: Moment?
    private var nextLook: Moment
    private var nextFault: Moment
    private var inFlight: [InFlight] = []
    private let made: [(name: String, timetable: Timetable)]
    private let windows: [Int: Duration]
    /// What a state directory would hold.
    private var book = StateBook()
    private var nextCrash: Moment
    /// The last events, to be printed with a fault.
    private var trace: [(wall: Moment, event: Event)] = []

    init(seed: UInt64, days: Int, pace: RandomJobs.Pace, jobs: RandomJobs) throws {
        var random = SplitMix(seed: seed)
        made = try jobs.make(50, pace: pace, random: &random)
        let start = Moment(
            seconds: 1_767_225_600 + Int64.random(in: 0..<31_536_000, using: &random),
            // Often on the second itself, where inclusive and exclusive differ.
            nanoseconds: Bool.random(using: &random) ? 0 : Int32.random(in: 0..<1_000_000_000, using: &random)
        )
        self.pace = pace
        tick = .seconds([1, 30, 300][Int.random(in: 0...2, using: &random)])
        buildDate = start - .seconds(100 * 86_400)
        time = start
        end = start + .seconds(days * 86_400)
        var windows: [Int: Duration] = [:]
        for job in made.indices where Int.random(in: 0...4, using: &random) == 0 {
            windows[job] = .seconds([0, 1, 600, 40_000][Int.random(in: 0...3, using: &random)])
        }
        self.windows = windows
        ticker = Ticker(made, windows: windows, tick: tick, buildDate: buildDate)
        var assumed: [Int: Moment] = [:]
        for job in made.indices where Int.random(in: 0...2, using: &random) == 0 {
            // Mostly as the offset of a job's first run; some as a state directory of another time.
            let past = [0...3600, 0...3600, 0...8_000_000, -8_000_000...0][Int.random(in: 0...3, using: &random)]
            assumed[job] = start.wholeMilliseconds - .seconds(Int.random(in: past, using: &random))
        }
        ticker.begin(at: start, assumed: assumed)
        oracle = Oracle(
            made.map(\.timetable),
            windows: windows,
            tick: tick,
            buildDate: buildDate,
            begin: start,
            assumed: assumed
        )
        nextLook = start
        nextCrash = start + .seconds(Int.random(in: 0...8_000_000, using: &random) / (pace == .seconds ? 100 : 1))
        nextFault = start + .milliseconds(Int.random(in: 0...1_000_000, using: &random))
        self.random = random
        for job in made.indices { book.apply(configured(job, last: assumed[job])) }
        note(.began)
    }

    /// Plays to the end; throws with the first promise that was not kept.
    mutating func run() throws {
        while time < end {
            let ending = inFlight.indices.min { inFlight[$0].end < inFlight[$1].end }
            if let ending, inFlight[ending].end <= min(nextLook, nextFault) {
                let run = inFlight.remove(at: ending)
                time = max(time, run.end)
                try endRun(run)
            } else if nextCrash <= min(nextLook, nextFault), shiftBefore == nil {
                time = max(time, nextCrash)
                try crash()
            } else if nextFault <= nextLook {
                time = max(time, nextFault)
                stepClock()
            } else {
                time = max(time, nextLook)
                try look()
            }
        }
    }

    /// What came before a fault.
    var history: String { trace.map { "  \($0.wall) \($0.event)" }.joined(separator: "\n") }

    private var wall: Moment { time + shift }

    private mutating func note(_ event: Event) {
        if trace.count == 24 { trace.removeFirst() }
        trace.append((wall, event))
    }

    private mutating func look() throws {
        let now = wall
        let actions = ticker.look(at: now)
        armed = ticker.nextDue
        note(.looked(actions))
        counts.looks += 1
        try oracle.looked(at: now, actions, nextDue: armed)
        for action in actions {
            switch action {
            case .start(let run):
                counts.starts += 1
                begin(run, at: now)
            case .hold: counts.holds += 1
            case .skip(let job, let slot):
                counts.skips += 1
                book.apply(configured(job, last: slot))
            case .clockWentBack(let jobs):
                counts.moved += jobs.count
                for job in jobs { book.apply(configured(job, last: now.wholeMilliseconds)) }
            case .clockIsWrong, .clockIsRight: break
            }
        }
        // A tick without anything due is left out: nothing can come of it that the look after it would not show.
        nextLook = armed.map { time + ($0 - now) + latency() } ?? time + .seconds(3600)
        if chance(1, in: 20) { nextLook = time + .nanoseconds(number(0...1_000_000_000)) }  // a spurious wake-up
    }

    private func configured(_ job: Int, last: Moment?) -> StateRecord {
        .configured(made[job].name, schedule: "\(made[job].timetable.schedule)", zone: "", last: last)
    }

    private mutating func begin(_ run: Run, at now: Moment) {
        let id = RunID(random.next(), random.next())
        let previous = book[made[run.job].name]?.last
        inFlight.append(InFlight(end: time + length(), run: run, id: id, previous: previous))
        let begin = RunBegin(id: id, slot: run.slot, trigger: run.trigger, at: now, attempt: 1)
        book.apply(.begin(made[run.job].name, begin))
    }

    private mutating func endRun(_ run: InFlight) throws {
        let (now, job) = (wall, run.run.job)
        let wantsLook = ticker.ended(job, at: now)
        note(.ended(job))
        book.apply(.end(made[job].name, run.ended))
        try oracle.ended(job, at: now, wantsLook: wantsLook, nextLook: armed)
        if wantsLook { nextLook = min(nextLook, time + latency()) }
    }

    /// Killed, and started again later with nothing but the book.
    private mutating func crash() throws {
        counts.crashes += 1
        var (undone, held): ([Int: Moment?], [InFlight]) = ([:], [])
        for var run in inFlight {
            let name = made[run.run.job].name
            if chance(1, in: 4) {
                // It was still to begin, or the app never saw it.
                book.apply(.withdrawn(name, run.id))
                undone.updateValue(run.previous, forKey: run.run.job)
            } else {
                book.apply(.end(name, run.ended))
                run.end = time + .seconds(number(1...10_000))
                if chance(1, in: 2) { held.append(run) }
            }
        }
        time = time + .milliseconds(chance(1, in: 3) ? number(0...3_000) : number(0...400_000_000))
        inFlight = held.filter { $0.end > time }
        let (now, jobs) = (wall, inFlight.map(\.run.job))
        note(.crashed(undone: Array(undone.keys), held: jobs))
        oracle.restarted(at: now, undone: undone, held: jobs)
        var last: [Int: Moment] = [:]
        for job in made.indices { last[job] = book[made[job].name]?.last }
        ticker = Ticker(made, windows: windows, tick: tick, buildDate: buildDate)
        ticker.begin(at: now, assumed: last, held: jobs)
        nextLook = time
        nextFault = max(nextFault, time)
        nextCrash = time + .seconds(pace == .seconds ? number(1...80_000) : number(1...8_000_000))
    }

    private mutating func stepClock() {
        let fault = ClockFault.random(isWrong: shiftBefore != nil, &random)
        counts.faults += 1
        switch fault {
        case .step(let duration): shift += duration
        case .backIn1970:
            shiftBefore = shift
            shift = Moment(seconds: Int64(number(0...1000))) - time
        case .mended:
            shift = (shiftBefore ?? shift) + .milliseconds(number(-2000...2000))
            shiftBefore = nil
        }
        note(.fault(fault))
        // The timer tells of the step at once, unless it lives by another clock; then the loop looks within a tick.
        nextLook = min(nextLook, time + (chance(1, in: 5) ? tick : .zero) + latency())
        let isSoon = shiftBefore != nil || pace == .seconds
        nextFault = time + .seconds(isSoon ? number(1...20_000) : number(1...864_000))
        // Two steps in a row, before anyone looked.
        if chance(1, in: 10) { nextFault = time + .milliseconds(number(0...100)) }
    }

    /// How much later than its timer the loop looks.
    private mutating func latency() -> Duration {
        switch number(0...999) {
        case 0: .seconds(number(1...4000))  // stopped in a debugger, swapped out, a frozen cgroup
        case 1...20: .milliseconds(number(1...3000))
        case 21...500: .microseconds(number(0...2000))
        default: .zero
        }
    }

    /// How long a run takes: mostly less than its interval, sometimes for days.
    private mutating func length() -> Duration {
        switch number(0...99) {
        case 0: .seconds(number(1...200_000))
        case 1...9: .seconds(number(1...5_000))
        case 10...49: .milliseconds(number(0...10_000))
        default: .milliseconds(number(0...900))
        }
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &random) }

    private mutating func chance(_ count: Int, in total: Int) -> Bool { number(1...total) <= count }
}

extension Simulation.InFlight {
    fileprivate var ended: RunRecord {
        RunRecord(
            id: id,
            slot: run.slot,
            trigger: run.trigger,
            began: run.slot,
            attempts: 1,
            outcome: .ok,
            status: 200,
            milliseconds: 1,
            lateMilliseconds: 0
        )
    }
}
