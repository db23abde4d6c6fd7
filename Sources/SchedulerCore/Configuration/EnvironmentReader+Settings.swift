internal import Clockwork
internal import HTTPClient
internal import HTTPServer
internal import Schedule
internal import Telling

/// The variables that need more than one rule.
extension EnvironmentReader {
    /// Where the app is.
    mutating func target() -> BaseURL? {
        guard let target = url(.apiURL) else { return nil }
        if target.host.contains("_") {
            warn(
                Variable.apiURL.name,
                "\(quoted(.apiURL, target.text)) has an underscore in its host name, and some frameworks refuse such a "
                    + "Host; give the app a name with - (in compose: an alias in its network)"
            )
        }
        return target
    }

    /// From 1 to the longest that is allowed, as `random` has it; 0 where there is to be none.
    mutating func metadataOffset(_ random: UInt64) -> Int {
        guard let longest = number(.metadataOffsetMax), longest > 0 else { return 0 }
        return 1 + Int(random % UInt64(longest))
    }

    mutating func logLevel() -> LogLevel { word(own(.ownLogLevel, or: .logLevel), LogLevel.words) ?? .info }

    mutating func logFormat() -> LogFormat {
        word(own(.ownLogFormat, or: .logFormat), [("text", .text), ("json", .json)]) ?? .text
    }

    mutating func logOk() -> OkLogging { word(.logOk, OkLogging.allCases.map { ($0.rawValue, $0) }) ?? .all }

    /// The sidecar's own name for a setting wins over the one that it shares with the app.
    private func own(_ own: Variable, or shared: Variable) -> Variable { isSet(own) ? own : shared }

    /// All jobs, each with its zone and hash resolved.
    mutating func jobs(
        intervals: [Variable: Int],
        tick: Int?,
        seed: String,
        initialOffset: Duration?,
        groups: [Group],
        targets: [String],
        zone: Zone,
        _ zones: inout ZoneCache
    ) -> [Job] {
        let defaults = jobDefaults(&zones, groups)
        var builder = JobBuilder(
            defaults: defaults,
            groups: groups,
            targets: targets,
            zone: zone,
            seed: seed,
            initialOffset: initialOffset,
            zones: zones
        )
        defer { zones = builder.zones }
        let faultsBefore = faults.count
        let all = jobDefinitions(intervals)
        let definitions = all.ordered
        if definitions.isEmpty, faults.count == faultsBefore { noJobIsLeft(all) }
        let used = definitions.compactMap(\.interval)
        if let tick { checkTick(tick, against: intervals.filter { used.contains($0.key) }) }
        return definitions.compactMap { definition in
            readHeaderFiles(definition.line.options.headerFiles, definition.origin)
            switch builder.build(definition) {
            case .success(let job):
                if job.retries == 0, definition.line.options.changes["retry-on"] != nil {
                    jobWarning(definition.origin, "retry-on= has no effect without retries=; write retries=3, say")
                }
                if job.timetable.schedule.isElapsedTime, definition.line.options.zone != nil {
                    jobWarning(
                        definition.origin,
                        "tz= has no effect on every, which knows no zone; take it out, or write a schedule with a time of day"
                    )
                }
                return job
            case .failure(let bad):
                for problem in bad.faults { jobFault(definition.origin, problem) }
                return nil
            }
        }
    }

    /// Of schedules that name none.
    mutating func zone(_ zones: inout ZoneCache) -> Zone? {
        guard let value = value(.timezone) else { return nil }
        do throws(ZoneError) {
            return try zones.zone(named: value.trimmingBlanks)
        } catch {
            fault(.timezone, "\(Variable.timezone.name): \(error)")
            return nil
        }
    }

    /// A tick longer than an interval would make that job late each time.
    private mutating func checkTick(_ tick: Int, against intervals: [Variable: Int]) {
        let smallest = DocumentedJobs.intervals.compactMap { name in intervals[name].map { (name, $0) } }
            .min { $0.1 < $1.1 }
        guard let (variable, seconds) = smallest, tick > seconds else { return }
        fault(
            .tick,
            "\(Variable.tick.name)=\(tick) is more than \(variable.name)=\(seconds), the smallest interval of the jobs "
                + "that run; write a tick from 1 to \(seconds), or a longer interval"
        )
    }

    /// Where the status listener listens; whether it can is found out when it is opened.
    mutating func listenAddress() -> ListenAddress? {
        guard let value = text(.listen) else { return nil }
        do throws(ListenError) {
            return try ListenAddress(parsing: value.trimmingBlanks)
        } catch {
            fault(.listen, "\(Variable.listen.name): \(error)")
            return nil
        }
    }
}
