import Clockwork
import Schedule
import TestSupport

/// One life played through: a sidecar's processes one after the other, their callers, the app, the disk, and what
/// happens to the machine's clock.
///
/// Two times: `time` goes forward only, as the kernel's monotonic clock; the wall clock shows `origin + time + shift`.
struct Simulation {
    struct Counts {
        var looks = 0, attempts = 0, runs = 0, retries = 0, passed = 0, gaveWay = 0, givenUp = 0, held = 0
        var outages = 0, limits = 0, interrupted = 0, kills = 0, stops = 0, reloads = 0, faults = 0, moved = 0

        mutating func add(_ other: Counts) {
            let paths: [WritableKeyPath<Counts, Int>] = [
                \.looks, \.attempts, \.runs, \.retries, \.passed, \.gaveWay, \.givenUp, \.held, \.outages, \.limits,
                \.interrupted,
                \.kills, \.stops, \.reloads, \.faults, \.moved,
            ]
            for path in paths { self[keyPath: path] += other[keyPath: path] }
        }
    }

    /// An attempt that a thread has, and what comes next of it.
    struct Call {
        enum Next {
            case begin, connect
            case end(AttemptEnd)
        }

        let attempt: Attempt
        var begin: Reading
        var next: Next
        var at: Duration
    }

    var counts = Counts()
    let pace: RandomJobs.Pace
    var rules: Oracle.Rules
    let jobs: RandomJobs
    let origin: Moment
    let lifetime: Duration
    var random: SplitMix
    var list: [Job]
    var bench: [Job] = []
    var clockwork: Clockwork
    var oracle: Oracle
    var app: App
    /// What a state directory would hold.
    var disk: [String: JobState] = [:]

    var time = Duration.seconds(1_000)
    var shift = Duration.zero
    /// The shift to go back to, while the clock stands at 1970.
    var shiftBefore: Duration?
    var calls: [Call] = []
    var nextLook = Duration.zero
    var nextFault: Duration
    var nextReload: Duration
    /// The job that the next reload is about.
    var reloaded: String?
    var nextEnd: Duration
    /// While it stops: when its patience is over.
    var drain: Duration?
    /// So many orders are carried out before the process is killed in the middle of them.
    var ordersLeft: Int?
    var isDead = false
    private var trace = Trace()

    init(seed: UInt64, days: Int, pace: RandomJobs.Pace, jobs: RandomJobs) throws {
        var random = SplitMix(seed: seed)
        list = try jobs.make(20, pace: pace, random: &random)
        origin = Moment(
            seconds: 1_767_225_600 + Int64.random(in: 0..<31_536_000, using: &random),
            // Often on the second itself, where inclusive and exclusive differ.
            nanoseconds: Bool.random(using: &random) ? 0 : Int32.random(in: 0..<1_000_000_000, using: &random)
        )
        (self.pace, self.jobs) = (pace, jobs)
        lifetime = time + .seconds(days * 86_400)
        rules = Oracle.Rules(
            tick: .seconds([1, 30, 300][Int.random(in: 0...2, using: &random)]),
            buildDate: origin - .seconds(100 * 86_400),
            spread: .zero,
            threads: 1
        )
        oracle = Oracle(rules: rules)
        app = App(pace: pace, &random)
        clockwork = Clockwork(jobs: [], rules: Clockwork.Rules(tick: rules.tick), random: random)
        (nextFault, nextReload, nextEnd) = (.zero, .zero, .zero)
        self.random = random
        (nextFault, nextReload, nextEnd) = (time + pause(), time + pause(), time + pause())
    }

    /// Plays to the end; throws with the first promise that was not kept.
    mutating func run() throws {
        try start()
        while time < lifetime || drain != nil || isDead {
            if isDead {
                try restart()
                continue
            }
            let call = calls.indices.min { calls[$0].at < calls[$1].at }
            let callAt = call.map { calls[$0].at } ?? .seconds(Int64.max / 4)
            let next = min(callAt, nextLook, nextFault, nextReload, nextEnd, app.nextTurn, drain ?? callAt)
            time = max(time, next)
            if let call, callAt == next {
                try goOn(call)
            } else if drain == next || drain != nil && calls.isEmpty {
                try finish()
            } else if app.nextTurn == next {
                app.turn(at: time, &random)
                if app.isDown { counts.outages += 1 }
            } else if nextEnd == next {
                try end()
            } else if nextReload == next {
                try reload()
            } else if nextFault == next {
                stepClock()
            } else {
                try look()
            }
        }
        ordersLeft = nil
        oracle.stop(at: reading)
        try perform(clockwork.stop(at: reading), "stop")
        try finish()
    }

    /// What came before a fault.
    var history: String { trace.description }

    var reading: Reading { Reading(now: origin + (time + shift), uptime: time) }

    // MARK: - Orders

    /// Carries them out, and has them checked; at any of them the process may be killed.
    mutating func perform(_ orders: [Order], _ event: StaticString, _ attempt: Attempt? = nil) throws {
        trace.note(reading, event, attempt, orders)
        for order in orders {
            if let left = ordersLeft {
                if left == 0 {
                    isDead = true
                    return
                }
                ordersLeft = left - 1
            }
            switch order {
            case .start(let attempt):
                try oracle.start(attempt)
                counts.attempts += 1
                if attempt.number > 1 { counts.retries += 1 }
                calls.append(Call(attempt: attempt, begin: reading, next: .begin, at: time + threadTime()))
            case .note(let fact):
                try oracle.note(fact)
                keep(fact)
                count(fact)
            }
        }
        try oracle.finishEvent(clockwork)
        if chance(1, in: 64) { try compare() }
        arm()
    }

    private mutating func keep(_ fact: Fact) {
        guard let name = fact.keptJob else { return }
        if case .dropped = fact {
            disk[name] = nil
            return
        }
        disk[name, default: JobState(name: name)].apply(fact)
    }

    private mutating func count(_ fact: Fact) {
        switch fact {
        case .ended(_, let run, _, _):
            counts.runs += 1
            if run.outcome == .interrupted { counts.interrupted += 1 }
        case .passed: counts.passed += 1
        case .slotHeld: counts.held += 1
        case .slotsGaveWay: counts.gaveWay += 1
        case .slotGivenUp: counts.givenUp += 1
        case .limited: counts.limits += 1
        case .clockWentBack(let jobs, _): counts.moved += jobs.count
        default: break
        }
    }

    /// A disk and the memory come to the same.
    func compare() throws {
        for (name, state) in disk where clockwork.state(of: name) != state {
            throw Oracle.Fault(
                text: "\(name): memory and disk differ: \(String(describing: clockwork.state(of: name))), \(state)"
            )
        }
    }

    /// When the loop would look next.
    mutating func arm() {
        let (moment, uptime) = clockwork.nextLook
        let onWall = moment.map { time + ($0 - reading.now) }
        guard let next = [onWall, uptime].compactMap(\.self).min() else {
            nextLook = time + .seconds(86_400)
            return
        }
        nextLook = max(time, next) + latency()
        // A spurious wake-up.
        if chance(1, in: 40) { nextLook = min(nextLook, time + .nanoseconds(number(0...1_000_000_000))) }
    }

    private mutating func look() throws {
        counts.looks += 1
        oracle.look(at: reading)
        try perform(clockwork.look(at: reading), "look")
    }

    // MARK: - Chance

    mutating func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &random) }

    mutating func chance(_ count: Int, in total: Int) -> Bool { number(1...total) <= count }

    /// Between two things that happen now and then.
    mutating func pause() -> Duration {
        // Two at once, before anyone looked.
        if chance(1, in: 12) { return .milliseconds(number(0...100)) }
        return .milliseconds(number(1...(pace == .seconds ? 15_000_000 : 2_400_000_000)))
    }

    private mutating func threadTime() -> Duration {
        chance(1, in: 50) ? .milliseconds(number(0...2_000)) : .microseconds(number(0...200))
    }

    /// Now and then something happens just while an attempt is under way, or soon after.
    mutating func meetTrouble(_ attempt: Attempt) {
        guard chance(1, in: 80) else { return }
        let soon = time + .milliseconds(number(0...2_000))
        switch number(0...5) {
        case 0...2: (nextReload, reloaded) = (soon, attempt.job.name)
        case 3: nextEnd = soon
        case 4: nextFault = soon
        default: app.turn(at: time, &random)
        }
    }

    /// How much later than its timer the loop looks.
    mutating func latency() -> Duration {
        switch number(0...999) {
        case 0: .seconds(number(1...4_000))  // stopped in a debugger, swapped out, a frozen cgroup
        case 1...20: .milliseconds(number(1...3_000))
        case 21...500: .microseconds(number(0...2_000))
        default: .zero
        }
    }
}
