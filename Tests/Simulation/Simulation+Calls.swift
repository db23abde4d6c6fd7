import Clockwork
import Schedule

/// What the threads do with their attempts.
extension Simulation {
    mutating func goOn(_ place: Int) throws {
        switch calls[place].next {
        case .begin:
            calls[place].begin = reading
            if chance(1, in: 200) { return try refuse(place) }
            (calls[place].next, calls[place].at) = (.connect, time + App.connectTime(&random))
            meetTrouble(calls[place].attempt)
        case .connect:
            if let end = app.refusal(&random) { return try finish(place, end) }
            try connect(place)
        case .end(let end): try finish(place, end)
        }
    }

    /// The system has no thread for it.
    private mutating func refuse(_ place: Int) throws {
        let call = calls.remove(at: place)
        try oracle.refuse(call.attempt, at: reading)
        try perform(clockwork.refused(call.attempt, number: 11, at: reading), "refused", call.attempt)
    }

    private mutating func connect(_ place: Int) throws {
        let call = calls[place]
        let expected = try oracle.connect(call.attempt, at: reading)
        let (mayGo, orders) = clockwork.connected(call.attempt, begin: call.begin, at: reading)
        try perform(orders, mayGo ? "connected" : "connected, and may not go on", call.attempt)
        if isDead { return }
        if mayGo != expected {
            throw Oracle.Fault(text: "\(call.attempt.job.name) connects, and is told \(mayGo) to go on")
        }
        var (end, after) = App.answer(call.attempt, &random)
        if !mayGo || chance(1, in: 500) {
            (end, after) = (AttemptEnd(.aborted), .zero)
            end.wasSent = false
        }
        (calls[place].next, calls[place].at) = (.end(end), time + after)
        meetTrouble(call.attempt)
    }

    private mutating func finish(_ place: Int, _ end: AttemptEnd) throws {
        let call = calls.remove(at: place)
        try oracle.end(call.attempt, begin: call.begin, end, at: reading)
        let orders = clockwork.ended(call.attempt, begin: call.begin, end, at: reading)
        try perform(orders, end.isOwnLimit ? "ended by a limit of our own" : "ended", call.attempt)
    }

    // MARK: - The end

    /// SIGTERM or SIGKILL, between two events or in the middle of one.
    mutating func end() throws {
        nextEnd = time + pause()
        guard drain == nil else { return }
        switch number(0...5) {
        case 0: isDead = true
        case 1...2: ordersLeft = number(0...4)
        default:
            counts.stops += 1
            drain = time + .milliseconds(number(0...60_000))
            oracle.stop(at: reading)
            try perform(clockwork.stop(at: reading), "stop")
            // What is not answered in time is cut off; some threads are stuck, and do not tell.
            for place in calls.indices {
                guard case .end = calls[place].next, let patience = drain, calls[place].at > patience else { continue }
                var end = AttemptEnd(.aborted)
                end.wasSent = !chance(1, in: 5)
                if !chance(1, in: 6) {
                    (calls[place].next, calls[place].at) = (.end(end), max(time, patience - .milliseconds(1)))
                }
            }
        }
    }

    /// Its patience is over, or there is nothing to wait for.
    mutating func finish() throws {
        drain = nil
        oracle.finish(at: reading)
        try perform(clockwork.end(at: reading), "end")
        if isDead { return }
        try oracle.finishLife()
        isDead = true
    }

    mutating func restart() throws {
        counts.kills += 1
        (calls, ordersLeft, drain, isDead) = ([], nil, nil, false)
        time += .milliseconds(chance(2, in: 3) ? number(0...3_000) : number(0...40_000_000))
        if chance(1, in: 3) { try jobs.change(&list, bench: &bench, pace: pace, random: &random) }
        try start()
    }

    /// A process begins with what the disk holds.
    mutating func start() throws {
        let grace = Duration.seconds([0, 0, 60, 300][number(0...3)])
        rules.spread = .seconds([0, 0, 0, 600][number(0...3)])
        rules.threads = number(1...8)
        rules.groups = RandomJobs.groups.map { Group(name: $0, limit: number(1...3)) }
        let new = Clockwork.Rules(
            tick: rules.tick,
            buildDate: rules.buildDate,
            seed: "s",
            spread: rules.spread,
            threads: rules.threads,
            groups: rules.groups
        )
        clockwork = Clockwork(jobs: list, rules: new, random: random)
        oracle.load(list, rules: rules, grace: grace, at: reading)
        let states = disk.values.sorted { $0.name < $1.name }
        try perform(clockwork.load(states, graceEnd: time + grace, at: reading), "load")
        if !isDead { try compare() }
    }

    // MARK: - Faults

    /// SIGHUP.
    mutating func reload() throws {
        nextReload = time + pause()
        guard drain == nil else { return }
        counts.reloads += 1
        try jobs.change(&list, bench: &bench, pace: pace, first: reloaded, random: &random)
        reloaded = nil
        if chance(1, in: 3) { list.shuffle(using: &random) }
        let threads = number(1...8)
        rules.threads = max(rules.threads, threads)
        oracle.replace(list, threads: threads, at: reading)
        try perform(clockwork.replace(list, threads: threads, at: reading), "reload")
    }

    mutating func stepClock() {
        counts.faults += 1
        switch ClockFault.random(isWrong: shiftBefore != nil, &random) {
        case .step(let duration): shift += duration
        case .backIn1970:
            shiftBefore = shift
            shift = Moment(seconds: Int64(number(0...1000))) - (origin + time)
        case .mended:
            shift = (shiftBefore ?? shift) + .milliseconds(number(-2000...2000))
            shiftBefore = nil
        }
        // The timer tells of the step at once, unless it lives by another clock; then the loop looks within a tick.
        nextLook = min(nextLook, time + (chance(1, in: 5) ? rules.tick : .zero) + latency())
        nextFault = time + (shiftBefore != nil ? .seconds(number(1...20_000)) : pause())
    }
}
