package import HTTPClient
internal import Schedule

/// Everything that the environment says, checked.
package struct Settings: Sendable {
    package let target: BaseURL
    /// Nil: requests carry none.
    package let token: TokenSource?
    package let transport: TransportSettings
    /// The documented ones in their order.
    package let jobs: [Job]
    package let tickSeconds: Int
    package let startupGraceSeconds: Int
    /// The first run of `bq-metadata-refresh` comes up to this much earlier than an interval; 0: no such offset.
    package let metadataOffsetMaxSeconds: Int
    package let stopTimeoutSeconds: Int
    package let errorReports: ErrorReportSettings?
    package let logLevel: LogLevel
    package let logFormat: LogFormat
    package let warnings: [SettingsFault]

    package var tick: Duration { .seconds(tickSeconds) }

    /// Everything that must not appear in a log.
    package let secrets: SecretBook

    package struct ErrorReportSettings: Sendable {
        package let key: Secret
        package let host: BaseURL
    }

    /// Checks the whole environment, and throws all that is wrong with it at once.
    package init(environment: [String: String]) throws(SettingsFaults) {
        var reader = EnvironmentReader(environment)
        let target = reader.url("API_URL", default: "http://localhost:8000")
        secrets = SecretBook()
        token = reader.token(for: target, secrets: secrets)
        transport = reader.transport(for: target)
        for secret in transport.proxy?.secrets ?? [] { secrets.add(Secret(secret)) }
        var intervals: [IntervalVariable: Int] = [:]
        for variable in IntervalVariable.allCases {
            intervals[variable] = reader.seconds(variable.rawValue, default: variable.defaultSeconds, least: 1)
        }
        let tick = reader.seconds(Name.tick, default: 30, least: 1)
        let grace = reader.seconds(Name.grace, default: 60, least: 0)
        metadataOffsetMaxSeconds = reader.offset(default: 900)
        let stopTimeout = reader.seconds("SCHEDULER_STOP_TIMEOUT_SECONDS", default: 50, least: 0)
        let reportKey = reader.secret("POSTHOG_API_KEY")
        let reportHost = reader.url("POSTHOG_HOST", default: "https://eu.i.posthog.com")
        if let reportKey { secrets.add(reportKey) }
        logLevel = reader.logLevel()
        logFormat = reader.logFormat()
        let isStrict = reader.flag("SCHEDULER_STRICT_ENV", default: false)
        if let tick { reader.checkTick(tick, against: intervals) }
        reader.reportUnknown(in: environment, asFault: isStrict)
        let jobs = DocumentedJobs.rows.compactMap { reader.job($0, intervals: intervals) }

        warnings = secrets.masked(reader.warnings)
        guard reader.faults.isEmpty, let target, let tick, let grace, let stopTimeout, let reportHost else {
            throw SettingsFaults(faults: secrets.masked(reader.faults), warnings: warnings, logFormat: logFormat)
        }
        self.target = target
        self.jobs = jobs
        tickSeconds = tick
        startupGraceSeconds = grace
        stopTimeoutSeconds = stopTimeout
        errorReports = reportKey.map { ErrorReportSettings(key: $0, host: reportHost) }
    }
}

private enum Name {
    static let tick = "SCHEDULER_TICK_SECONDS"
    static let grace = "SCHEDULER_STARTUP_GRACE_SECONDS"
    static let offset = "SCHEDULER_BQ_METADATA_INITIAL_OFFSET_MAX_SECONDS"
}

extension EnvironmentReader {
    fileprivate mutating func offset(default standard: Int) -> Int {
        let allowed = "seconds up to \(Self.longestSeconds), digits only; 0 or less means no offset"
        guard isSet(Name.offset) else {
            ignore(Name.offset)
            return standard
        }
        return max(0, integer(Name.offset, allowed: allowed) ?? 0)
    }

    /// The sidecar's own name for a setting wins over the one that it shares with the app.
    private mutating func own<Value>(
        _ name: String,
        or shared: String,
        _ read: (inout Self, String) -> Value?
    ) -> Value? {
        ignore(shared)
        return read(&self, isSet(name) ? name : shared)
    }

    fileprivate mutating func logLevel() -> LogLevel {
        ignore("SCHEDULER_LOG_LEVEL")
        return own("SCHEDULER_LOG_LEVEL", or: "LOG_LEVEL") { reader, name in
            reader.word(name, LogLevel.words, allowed: "DEBUG, INFO, WARNING or ERROR")
        } ?? .info
    }

    fileprivate mutating func logFormat() -> LogFormat {
        ignore("SCHEDULER_LOG_FORMAT")
        return own("SCHEDULER_LOG_FORMAT", or: "LOG_FORMAT") { reader, name in
            reader.word(name, [("text", LogFormat.text), ("json", .json)], allowed: "text or json")
        } ?? .text
    }

    /// A tick longer than an interval would make that job late each time.
    fileprivate mutating func checkTick(_ tick: Int, against intervals: [IntervalVariable: Int]) {
        let smallest = IntervalVariable.allCases.compactMap { name in intervals[name].map { (name, $0) } }
            .min { $0.1 < $1.1 }
        guard let (variable, seconds) = smallest, tick > seconds else { return }
        fault(
            Name.tick,
            "\(Name.tick)=\(tick) is more than \(variable.rawValue)=\(seconds), the smallest interval of the jobs that "
                + "run; write a tick from 1 to \(seconds), or a longer interval"
        )
    }

    fileprivate mutating func job(_ row: DocumentedJobs.Row, intervals: [IntervalVariable: Int]) -> Job? {
        let text: String
        switch row.source {
        case .fixed(let schedule): text = schedule
        case .interval(let variable):
            guard let seconds = intervals[variable] else { return nil }
            text = IntervalVariable.schedule(seconds: seconds)
        }
        do throws(ScheduleError) {
            let timetable = Timetable(try Schedule(parsing: text))
            return Job(
                name: row.name,
                timetable: timetable,
                method: row.method,
                path: row.path,
                timeoutSeconds: row.timeout
            )
        } catch {
            fault(row.name, "\(row.name): \(error)")
            return nil
        }
    }

    /// A name with our prefix that nothing reads is likely a slip; the app may share the .env, so it is no fault.
    fileprivate mutating func reportUnknown(in environment: [String: String], asFault: Bool) {
        for name in environment.keys.filter({ $0.hasPrefix("SCHEDULER_") }).sorted() where !known.contains(name) {
            let near = NearestName.of(name, in: known.sorted())
            let hint = near.map { "did you mean \($0)?" } ?? "see .env.example for the names that are"
            let message = "\(name) is read by nothing; \(hint)"
            if asFault { fault(name, message) } else { warn(name, message) }
        }
    }
}
