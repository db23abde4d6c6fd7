internal import Schedule

/// Makes a book of records.
struct StateLoader {
    /// Of the format; a file of a newer one is left alone.
    static let version = 1

    private(set) var book = StateBook()
    /// What the file says that it is; nil if its header is lost.
    private(set) var fileVersion: Int?

    /// The job of the last record, in the file's bytes and as the book has it: records of one often follow each other.
    private var lastBytes: [UInt8] = []
    private var lastName = (name: "", key: "")

    /// Reads one record; false if it makes no sense.
    ///
    /// A record of an unknown kind comes from a later release, and is passed over.
    mutating func take(_ bytes: Span<UInt8>, _ payload: Range<Int>) -> Bool {
        var fields = RecordFields(bytes, payload)
        if fields.isKind("run", bytes) || fields.isKind("end", bytes) { return takeRun(&fields, bytes) }
        if fields.isKind("begin", bytes) || fields.isKind("flight", bytes) { return takeBegin(&fields, bytes) }
        if fields.isKind("job", bytes) { return takeJob(&fields, bytes) }
        if fields.isKind("configured", bytes) { return takeConfigured(&fields, bytes) }
        if fields.isKind("withdrawn", bytes) {
            guard let name = name(&fields, bytes), let id = fields.id("run", bytes) else { return false }
            book.apply(.withdrawn(name.name, id), key: name.key)
        } else if fields.isKind("gone", bytes) {
            guard let name = name(&fields, bytes), let moment = fields.moment("at", bytes) else { return false }
            book.apply(.gone(name.name, at: moment), key: name.key)
        } else if fields.isKind("dropped", bytes) {
            guard let name = name(&fields, bytes) else { return false }
            book.apply(.dropped(name.name), key: name.key)
        } else if fields.isKind("scheduler-state", bytes) {
            guard let version = fields.number("version", bytes), version > 0 else { return false }
            fileVersion = max(version, fileVersion ?? 0)
        }
        return true
    }

    private mutating func takeRun(_ fields: inout RecordFields, _ bytes: Span<UInt8>) -> Bool {
        guard let name = name(&fields, bytes),
            let slot = fields.moment("slot", bytes),
            let id = fields.id("run", bytes),
            let trigger: Run.Trigger = fields.word("trigger", bytes),
            let began = fields.moment("at", bytes),
            let attempts = fields.number("attempts", bytes),
            let outcome: Outcome = fields.word("outcome", bytes),
            let status = fields.number("status", bytes),
            let milliseconds = fields.number("ms", bytes),
            let late = fields.number("late", bytes)
        else { return false }
        let run = RunRecord(
            id: id,
            slot: slot,
            trigger: trigger,
            began: began,
            attempts: attempts,
            outcome: outcome,
            status: status,
            milliseconds: milliseconds,
            lateMilliseconds: late
        )
        if fields.isKind("end", bytes) {
            book.apply(.end(name.name, run), key: name.key)
        } else {
            book.restore(run, of: name)
        }
        return true
    }

    private mutating func takeBegin(_ fields: inout RecordFields, _ bytes: Span<UInt8>) -> Bool {
        guard let name = name(&fields, bytes),
            let slot = fields.moment("slot", bytes),
            let id = fields.id("run", bytes),
            let trigger: Run.Trigger = fields.word("trigger", bytes),
            let at = fields.moment("at", bytes),
            let attempt = fields.number("attempt", bytes)
        else { return false }
        let begin = RunBegin(id: id, slot: slot, trigger: trigger, at: at, attempt: attempt)
        if fields.isKind("begin", bytes) {
            book.apply(.begin(name.name, begin), key: name.key)
            return true
        }
        guard let previous = fields.optionalMoment("previous", bytes) else { return false }
        book.restore(JobState.InFlight(begin, previous: previous), of: name)
        return true
    }

    private mutating func takeConfigured(_ fields: inout RecordFields, _ bytes: Span<UInt8>) -> Bool {
        guard let name = name(&fields, bytes), let last = fields.optionalMoment("last", bytes),
            let zone = fields.text("zone", bytes), let schedule = fields.text("schedule", bytes)
        else { return false }
        book.apply(.configured(name.name, schedule: schedule, zone: zone, last: last), key: name.key)
        return true
    }

    private mutating func takeJob(_ fields: inout RecordFields, _ bytes: Span<UInt8>) -> Bool {
        guard let name = name(&fields, bytes),
            let last = fields.optionalMoment("last", bytes),
            let success = fields.optionalMoment("success", bytes),
            let failures = fields.number("failures", bytes),
            let gone = fields.optionalMoment("gone", bytes),
            let runs = fields.number("runs", bytes),
            let zone = fields.text("zone", bytes),
            let schedule = fields.text("schedule", bytes)
        else { return false }
        var state = JobState(name: name.name, schedule: schedule, zone: zone, last: last)
        state.lastSuccess = success
        state.consecutiveFailures = failures
        state.gone = gone
        book.restore(state, key: name.key, runs: runs, flight: fields.id("flight", bytes))
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
            guard JobName.isValid(name) else { return nil }
            lastName = (name, JobName.folded(name))
            lastBytes.removeAll(keepingCapacity: true)
            for index in range { lastBytes.append(bytes[index]) }
        }
        return lastName
    }
}
