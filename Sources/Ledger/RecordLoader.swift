internal import Clockwork
internal import Schedule

/// Makes a book of records.
struct RecordLoader {
    /// Of the format; a file of a newer one is left alone.
    static let version = 1

    /// More than any release keeps, or any clock can bring about.
    private static let (mostRuns, mostFailures, mostAttempts) = (1_000, 1_000_000_000, 1_000_000)
    /// A slot may lie ahead of its run's begin where the clock went back in between, but never so far.
    private static let longestAhead = Duration.seconds(366 * 86_400)

    /// The longest holds of jobs as they are configured, by folded name.
    private let holds: [String: Duration]

    private(set) var book = Book()
    /// What the file says that it is; nil if its header is lost.
    private(set) var fileVersion: Int?
    /// The app that it was kept for; empty where that is not known.
    private(set) var target = ""

    /// The jobs, by folded name, of which a record made no sense.
    private var doubted: [String: String] = [:]

    init(holds: [String: Duration] = [:]) { self.holds = holds }

    /// The book, in which no job of which something is lost is one that never ran: that one counts as having run now.
    func settled(at now: Moment) -> Book {
        var book = book
        for (key, name) in doubted where book.jobs[key]?.last == nil {
            book.change(name, key) { $0.noteBegun(now.wholeMilliseconds) }
        }
        return book
    }

    /// The job of the last record, in the file's bytes and as the book has it: records of one often follow each other.
    private var lastBytes: [UInt8] = []
    private var lastName = (name: "", key: "")

    /// Reads one record; false if it makes no sense.
    ///
    /// A record of an unknown kind comes from a later release, and is passed over.
    mutating func take(_ bytes: Span<UInt8>, _ payload: Range<Int>) -> Bool {
        var fields = RecordFields(bytes, payload)
        if fields.isKind("scheduler-state", bytes) {
            guard let version = fields.number("version", bytes), version > 0 else { return false }
            fileVersion = max(version, fileVersion ?? 0)
            target = fields.text("target", bytes) ?? target
            return true
        }
        guard Self.kinds.contains(where: { fields.isKind($0, bytes) }) else { return true }
        guard let name = name(&fields, bytes) else { return false }
        guard take(name, &fields, bytes) else {
            doubted[name.key] = name.name
            return false
        }
        return true
    }

    private mutating func take(
        _ name: (name: String, key: String),
        _ fields: inout RecordFields,
        _ bytes: Span<UInt8>
    ) -> Bool {
        if fields.isKind("job", bytes) { return restoreJob(name, &fields, bytes) }
        if fields.isKind("run", bytes) {
            guard let run = run(&fields, bytes) else { return false }
            book.restore(run, of: name)
        } else if fields.isKind("unfinished", bytes) {
            guard let run = run(&fields, bytes) else { return false }
            book.restore(unfinished: run, of: name)
        } else if fields.isKind("flight", bytes) {
            guard let begin = begin(&fields, bytes), let previous = fields.optionalMoment("previous", bytes),
                var peak = fields.optionalMoment("peak", bytes)
            else { return false }
            // Release 0.1.0 knew the last slot alone.
            if fields.value("peak", bytes) == nil { peak = previous }
            guard peak == nil || previous != nil else { return false }
            book.restore(JobState.InFlight(begin, previous: previous, previousHighest: peak), of: name)
        } else {
            guard let fact = fact(name, &fields, bytes) else { return false }
            book.apply(fact, name.name, key: name.key)
        }
        return true
    }

    private static let kinds: [StaticString] = [
        "begin", "end", "failed", "withdrawn", "passed", "paused", "skips", "configured", "gone", "dropped", "run",
        "flight", "unfinished", "trouble", "closing",
        "job",
    ]

    private func fact(
        _ job: (name: String, key: String),
        _ fields: inout RecordFields,
        _ bytes: Span<UInt8>
    ) -> Fact? {
        let name = job.name
        if fields.isKind("begin", bytes) { return begin(&fields, bytes).map { .began(name, $0) } }
        if fields.isKind("end", bytes) {
            guard let run = run(&fields, bytes), let hold = hold(job.key, &fields, bytes) else { return nil }
            return .ended(name, run, hold)
        }
        if fields.isKind("failed", bytes) {
            guard let run = run(&fields, bytes), let hold = hold(job.key, &fields, bytes) else { return nil }
            return .failed(name, run, hold)
        }
        if fields.isKind("withdrawn", bytes) { return fields.id("run", bytes).map { .withdrawn(name, $0) } }
        if fields.isKind("passed", bytes) { return fields.moment("slot", bytes).map { .passed(name, slot: $0) } }
        if fields.isKind("paused", bytes) { return pause(&fields, bytes)?.map { .paused(name, $0) } }
        if fields.isKind("skips", bytes) {
            guard let left = skips("left", &fields, bytes), let slot = fields.optionalMoment("slot", bytes) else {
                return nil
            }
            return .skips(name, left: left, slot: slot)
        }
        if fields.isKind("trouble", bytes) { return incident(&fields, bytes).map { .trouble(name, $0) } }
        if fields.isKind("closing", bytes) { return incident(&fields, bytes).map { .closing(name, $0) } }
        if fields.isKind("gone", bytes) { return fields.moment("at", bytes).map { .gone(name, at: $0) } }
        if fields.isKind("dropped", bytes) { return .dropped(name) }
        guard let last = fields.optionalMoment("last", bytes), let zone = fields.text("zone", bytes),
            let schedule = fields.text("schedule", bytes), let seen = fields.optionalMoment("seen", bytes),
            let seed = fields.optionalHash("seed", bytes)
        else { return nil }
        return .configured(
            name,
            Fact.Configuration(schedule: schedule, zone: zone, seedHash: seed, seen: seen, last: last)
        )
    }

    private func run(_ fields: inout RecordFields, _ bytes: Span<UInt8>) -> RunRecord? {
        var run = RunRecord()
        for field in RunField.all {
            switch field.access {
            case .moment(let path):
                guard let moment = fields.moment(field.key, bytes) else { return nil }
                run[keyPath: path] = moment
            case .id(let path):
                guard let id = fields.id(field.key, bytes) else { return nil }
                run[keyPath: path] = id
            case .number(let path):
                guard let number = fields.number(field.key, bytes), field.allowed.contains(number) else { return nil }
                run[keyPath: path] = number
            case .count(let path):
                guard fields.value(field.key, bytes) != nil else { continue }
                guard let count = fields.number(field.key, bytes), field.allowed.contains(count) else { return nil }
                run[keyPath: path] = count
            case .text(let path): run[keyPath: path] = fields.text(field.key, bytes) ?? ""
            case .word(_, let set):
                guard let word = fields.text(field.key, bytes), set(&run, word) else { return nil }
            }
        }
        guard run.slot - run.began <= Self.longestAhead, RecordFields.believed.contains(run.ended.seconds) else {
            return nil
        }
        return run
    }

    private func begin(_ fields: inout RecordFields, _ bytes: Span<UInt8>) -> RunBegin? {
        guard let slot = fields.moment("slot", bytes),
            let id = fields.id("run", bytes),
            let trigger: Run.Trigger = fields.word("trigger", bytes),
            let at = fields.moment("at", bytes),
            let attempt = fields.number("attempt", bytes), (1...Self.mostAttempts).contains(attempt),
            slot - at <= Self.longestAhead
        else { return nil }
        return RunBegin(id: id, slot: slot, trigger: trigger, at: at, attempt: attempt)
    }

    /// One that is longer than any that a job can have would silence it for ever.
    private func hold(_ key: String, _ fields: inout RecordFields, _ bytes: Span<UInt8>) -> Hold?? {
        guard fields.value("hold", bytes) != nil else { return .some(nil) }
        guard let reason: Hold.Reason = fields.word("hold", bytes), let from = fields.moment("from", bytes),
            let until = fields.moment("until", bytes)
        else { return nil }
        // It may be of a longer timeout than the job has now.
        let own = holds[key].map { max($0, Hold.usual) } ?? Hold.longest
        guard (.zero...(reason == .throttled ? Hold.longestThrottle : own)).contains(until - from) else { return nil }
        return Hold(from: from, until: until, reason: reason)
    }

    /// None where there is none.
    private func incident(_ fields: inout RecordFields, _ bytes: Span<UInt8>) -> Incident?? {
        guard fields.value("slot", bytes) != nil else { return .some(nil) }
        guard let slot = fields.moment("slot", bytes), let since = fields.moment("since", bytes),
            let failures = fields.number("failures", bytes), failures <= Self.mostFailures,
            let last = fields.moment("last", bytes), let run = fields.optionalID("run", bytes),
            let opened = fields.optionalMoment("opened", bytes), let told = fields.optionalMoment("told", bytes),
            let closed = fields.optionalMoment("closed", bytes)
        else { return nil }
        var incident = Incident(slot: slot, since: since)
        (incident.failures, incident.last, incident.run) = (failures, last, run)
        (incident.opened, incident.told, incident.closed) = (opened, told, closed)
        return incident
    }

    /// None where there is none; one that is longer than any that can be asked for makes no sense.
    private func pause(_ fields: inout RecordFields, _ bytes: Span<UInt8>) -> Pause?? {
        guard fields.value("paused", bytes) != nil else { return .some(nil) }
        guard let from = fields.moment("paused", bytes), let until = fields.moment("resumes", bytes),
            (.zero...Pause.longest * 2).contains(until - from)
        else { return nil }
        return Pause(from: from, until: until, note: fields.text("note", bytes) ?? "")
    }

    private func skips(_ key: StaticString, _ fields: inout RecordFields, _ bytes: Span<UInt8>) -> Int? {
        guard fields.value(key, bytes) != nil else { return 0 }
        return fields.number(key, bytes).flatMap { $0 <= JobState.mostSkips ? $0 : nil }
    }

    private mutating func restoreJob(
        _ name: (name: String, key: String),
        _ fields: inout RecordFields,
        _ bytes: Span<UInt8>
    ) -> Bool {
        guard let last = fields.optionalMoment("last", bytes),
            let success = fields.optionalMoment("success", bytes),
            let failures = fields.number("failures", bytes), failures <= Self.mostFailures,
            let gone = fields.optionalMoment("gone", bytes), let seen = fields.optionalMoment("seen", bytes),
            let runs = fields.number("runs", bytes), runs <= Self.mostRuns, let hold = hold(name.key, &fields, bytes),
            let flight = fields.optionalID("flight", bytes), let unfinished = fields.optionalID("unfinished", bytes),
            let seed = fields.optionalHash("seed", bytes), var highest = fields.optionalMoment("highest", bytes)
        else { return false }
        guard let zone = fields.text("zone", bytes), let schedule = fields.text("schedule", bytes),
            let pause = pause(&fields, bytes), let skips = skips("skips", &fields, bytes)
        else { return false }
        var state = JobState(name: name.name)
        (state.schedule, state.zone, state.last, state.gone) = (schedule, zone, last, gone)
        (state.lastSuccess, state.consecutiveFailures) = (success, failures)
        // Release 0.1.0 did not keep it; its runs tell of it.
        if fields.value("highest", bytes) == nil { highest = book.highest(key: name.key) }
        // A job that has begun a run is not one that never ran.
        guard last != nil || highest == nil else { return false }
        (state.pause, state.skips) = (pause, skips)
        (state.seen, state.seedHash, state.highest, state.hold) = (seen, seed, highest, hold)
        book.restore(state, key: name.key, runs: runs, open: (flight, unfinished))
        return true
    }

    private mutating func name(_ fields: inout RecordFields, _ bytes: Span<UInt8>) -> (name: String, key: String)? {
        guard let range = fields.value("job", bytes), !range.isEmpty else { return nil }
        var isSame = range.count == lastBytes.count
        if isSame {
            for offset in 0..<range.count where bytes[range.lowerBound + offset] != lastBytes[offset] { isSame = false }
        }
        if !isSame {
            let name = RecordFields.text(bytes, range)
            guard JobName.isValid(name) || Target.name(of: name) != nil else { return nil }
            lastName = (name, JobName.folded(name))
            lastBytes.removeAll(keepingCapacity: true)
            for index in range { lastBytes.append(bytes[index]) }
        }
        return lastName
    }
}
