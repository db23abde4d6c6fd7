internal import HTTPServer
internal import Schedule

/// The variables that need more than one rule.
extension EnvironmentReader {
    static let tickName = "SCHEDULER_TICK_SECONDS"
    static let listenName = "SCHEDULER_LISTEN"
    /// Each thread costs memory and a process id.
    static let mostThreads = 256

    mutating func metadataOffset(default standard: Int) -> Int {
        let name = "SCHEDULER_BQ_METADATA_INITIAL_OFFSET_MAX_SECONDS"
        guard isSet(name) else {
            ignore(name)
            return standard
        }
        let allowed = "seconds up to \(Self.longestSeconds), digits only; 0 or less means no offset"
        return max(0, integer(name, allowed: allowed) ?? 0)
    }

    mutating func logLevel() -> LogLevel {
        own("SCHEDULER_LOG_LEVEL", or: "LOG_LEVEL") { reader, name in
            reader.word(name, LogLevel.words, allowed: "DEBUG, INFO, WARNING or ERROR")
        } ?? .info
    }

    mutating func logFormat() -> LogFormat {
        own("SCHEDULER_LOG_FORMAT", or: "LOG_FORMAT") { reader, name in
            reader.word(name, [("text", LogFormat.text), ("json", .json)], allowed: "text or json")
        } ?? .text
    }

    /// The sidecar's own name for a setting wins over the one that it shares with the app.
    private mutating func own<Value>(
        _ name: String,
        or shared: String,
        _ read: (inout Self, String) -> Value?
    ) -> Value? {
        ignore(name)
        ignore(shared)
        return read(&self, isSet(name) ? name : shared)
    }

    /// All jobs, each with its zone and hash resolved.
    mutating func jobs(intervals: [IntervalVariable: Int], tick: Int?, seed: String) -> [Job] {
        var zones = ZoneCache(directory: ZoneDirectory(environment: environment))
        let defaults = jobDefaults(&zones)
        var builder = JobBuilder(defaults: defaults, zone: .utc, seed: seed, zones: zones)
        builder.zone = zone(&builder.zones) ?? .utc
        let faultsBefore = faults.count
        let definitions = jobDefinitions(intervals).ordered
        if definitions.isEmpty, faults.count == faultsBefore {
            let name = "SCHEDULER_BUILTIN_JOBS"
            fault(name, "\(name): no job is left; leave a documented job on, or define one with SCHEDULER_JOB_<NAME>")
        }
        let used = definitions.compactMap(\.interval)
        if let tick { checkTick(tick, against: intervals.filter { used.contains($0.key) }) }
        return definitions.compactMap { definition in
            switch builder.build(definition) {
            case .success(let job): return job
            case .failure(let bad):
                for problem in bad.faults { jobFault(definition.origin, problem) }
                return nil
            }
        }
    }

    /// Of schedules that name none.
    mutating func zone(_ zones: inout ZoneCache) -> Zone? {
        let name = "SCHEDULER_TIMEZONE"
        guard let value = text(name, allowed: "an IANA zone such as Europe/Prague, or UTC") else { return nil }
        do throws(ZoneError) {
            return try zones.zone(named: value.trimmingBlanks)
        } catch {
            fault(name, "\(name): \(error)")
            return nil
        }
    }

    /// A tick longer than an interval would make that job late each time.
    private mutating func checkTick(_ tick: Int, against intervals: [IntervalVariable: Int]) {
        let smallest = IntervalVariable.allCases.compactMap { name in intervals[name].map { (name, $0) } }
            .min { $0.1 < $1.1 }
        guard let (variable, seconds) = smallest, tick > seconds else { return }
        fault(
            Self.tickName,
            "\(Self.tickName)=\(tick) is more than \(variable.rawValue)=\(seconds), the smallest interval of the jobs "
                + "that run; write a tick from 1 to \(seconds), or a longer interval"
        )
    }

    /// Where the status listener listens; whether it can is found out when it is opened.
    mutating func listenAddress() -> ListenAddress? {
        guard let value = text(Self.listenName, allowed: "host:port, such as 127.0.0.1:9090") else { return nil }
        do throws(ListenError) {
            return try ListenAddress(parsing: value.trimmingBlanks)
        } catch {
            fault(Self.listenName, "\(Self.listenName): \(error)")
            return nil
        }
    }

    /// The variable that was probably meant: a few letters apart, or one that has all words of the name in it.
    private func nearestVariable(_ name: String) -> String? {
        let names = known.filter { $0.hasPrefix("SCHEDULER_") }.sorted()
        let words = name.split(separator: "_").dropFirst()
        guard !words.isEmpty else { return nil }
        if let longer = names.first(where: { $0.hasPrefix(name + "_") }) { return longer }
        if let fuller = names.first(where: { Set(words).isSubset(of: $0.split(separator: "_")) }) { return fuller }
        if let near = NearestName.of(name, in: names) { return near }
        return names.first { candidate in
            let parts = candidate.split(separator: "_")
            return words.allSatisfy { word in
                parts.contains { $0.hasPrefix(word) || $0.count > 3 && word.hasPrefix($0) }
            }
        }
    }

    /// A name with our prefix that nothing reads is likely a slip; the app may share the .env, so it is no fault.
    mutating func reportUnknown(asFaults: Bool) {
        for name in names(withPrefix: "SCHEDULER_") where !known.contains(name) {
            let near = nearestVariable(name)
            let hint = near.map { "did you mean \($0)?" } ?? "scheduler --help shows where the names are"
            let message = "\(name) is read by nothing; \(hint)"
            if asFaults { fault(name, message) } else { warn(name, message) }
        }
    }
}
